"""What the checks found at a case can be sent to another process, whatever the unit raised."""

import pickle

from gradcheck import Case, Subject
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.verification.judge import judge_case
from tests.harness import elman_reference
from tests.harness.plant import planted


def test_an_error_is_sent_without_what_it_came_from():
    unit = planted(("dys = ", "raise ValueError(lambda: 'cannot be pickled'); dys = "))
    result = judge_case(
        Subject("elman", unit, elman_reference.elman), Case({"T": 2, "B": 1, "I": 1, "H": 1}), NUMERIC_CHECKS
    )
    assert isinstance(result.error.__cause__, ValueError)
    sent = pickle.loads(pickle.dumps(result))
    assert (str(sent.error), sent.error.where) == (str(result.error), result.error.where)
    assert sent.error.__cause__ is sent.error.__traceback__ is None
    assert (sent.failed, sent.names, sent.kind) == (result.failed, result.names, result.kind)
