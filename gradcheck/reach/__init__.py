"""Which of a unit's own code ran: statements, and both sides of branches and comparisons, over all judged cases.

recorder = Recorder(subject)                  finds the unit's own code, once
with recorder.recording(): ...                judge a case
recorder.reach                                what was reached; `+` adds up that of several processes
format_missing(recorder.reach)                "line 44 of lstm.py never ran (len(x) > 64)"
"""

from .point import Point
from .reach import Reach, describe_reach, format_missing, list_unreached
from .recorder import Recorder

__all__ = ["Point", "Reach", "Recorder", "describe_reach", "format_missing", "list_unreached"]
