"""Writes conclusions in words."""

from collections.abc import Iterator, Mapping

from .conclusions import Conclusions, StatusByLag

MAX_NAMES = 8
MAX_RANGES = 5


def describe_location(
    found: Conclusions, step: Conclusions | None, elsewhere: Mapping[str, str], by_value: bool = False
) -> str:
    """Describe which gradients, lags and outputs are wrong.

    step       the conclusions at T = 1, if a single step is wrong
    elsewhere  by input whose gradient is right here, the id of a case at which it is wrong
    by_value   whether the values of the case decide which entries are wrong; then steps and outputs are left out,
               for it is by chance which of them are wrong
    """
    beyond = "a gradient that should be zero is not" if found.spurious else ""
    parts = [format_wrong_inputs(found.wrong_blocks)]
    parts += [] if by_value else [describe_times(found), beyond, *describe_outputs(found, step)]
    if step is not None and step.wrong_blocks and step.wrong_blocks != found.wrong_blocks:
        at_once, carried = format_wrong_inputs(step.wrong_blocks), describe_carry(found, step)
        parts[0] = f"{at_once} in a single step, {carried} through the carry"
    return "; ".join(filter(None, [*parts, *describe_right_inputs(found, elsewhere)]))


def describe_right_inputs(found: Conclusions, elsewhere: Mapping[str, str]) -> Iterator[str]:
    """Describe the gradients that are right here: those wrong at another case, with its id, and those never wrong."""
    by_case: dict[str, list[str]] = {}
    for n, case in elsewhere.items():
        by_case.setdefault(case, []).append(f"d{n}")
    yield from (f"at {case} {', '.join(names)} too" for case, names in by_case.items())
    right = [f"d{n}" for n in found.right_inputs if n not in elsewhere]
    if right:
        listed = ", ".join(right) if len(right) <= MAX_NAMES else f"the other {len(right)}"
        yield f"right in every case tried: {listed}"


def describe_carry(found: Conclusions, step: Conclusions) -> str:
    """Describe what is wrong in a sequence and right in a single step."""
    new = [f"d{n}" for n in found.wrong_blocks if n not in step.wrong_blocks]
    gates = any(step.wrong_blocks.get(n, labels) != labels for n, labels in found.wrong_blocks.items())
    if not found.right_inputs and len(new) > 1:
        return "all else"
    return " and ".join(filter(None, (", ".join(new), "other gates" if gates else "")))


def format_wrong_inputs(wrong: Mapping[str, tuple[str, ...]]) -> str:
    """Format wrong inputs, those of the same wrong blocks together: `dx, row block n of dweight_hh, dbias_hh`."""
    groups: dict[str, list[str]] = {}
    for name, labels in wrong.items():
        prefix = f"row block{'s' if len(labels) > 1 else ''} {', '.join(labels)} of " if labels else ""
        groups.setdefault(prefix, []).append(f"d{name}")
    return "; ".join(prefix + ", ".join(names) for prefix, names in groups.items())


def describe_times(found: Conclusions) -> str:
    """Describe which steps or lags are wrong, for each output if they differ."""
    if found.wrong_steps:
        return f"at s = {format_ranges([*found.wrong_steps])} only"
    verb = "missing" if found.missing else "wrong"
    said: dict[str, list[str]] = {}
    for name, lags in (found.lags or found.steps_by_output).items():
        if len(lags) > 1 or len(found.lags or found.steps_by_output) > 1:
            said.setdefault(describe_lags(lags, verb) if found.lags else describe_steps(lags), []).append(name)
    said.pop("", None)
    if len(said) < 2:
        return "".join(said)
    return "; ".join(f"through {', '.join(names)}: {text}" for text, names in said.items())


def describe_lags(lags: StatusByLag, verb: str) -> str:
    right, wrong, mixed = ([k for k, s in lags.items() if s == which] for which in ("right", "wrong", "mixed"))
    if len(wrong) == len(lags):
        return f"every lag t-s is {verb}"
    if wrong == [0] and not mixed:
        return f"the direct terms (t = s) alone are {verb}"
    if wrong and right and not mixed and right[0] == 0 and right[-1] < wrong[0]:
        tail = "direct terms (t = s)" if right == [0] else f"lags up to {right[-1]}"
        return f"every lag t-s >= {wrong[0]} is {verb}; {tail} are right"
    named = ((verb, wrong), (f"{verb} at some steps", mixed), ("right", right))
    return "lags t-s: " + ", ".join(f"{what} {format_ranges(which)}" for what, which in named if which)


def describe_steps(steps: StatusByLag) -> str:
    """Describe from which steps of the upstream gradient a weight or bias gets something wrong; empty if from all."""
    right, wrong = [t for t, s in steps.items() if s == "right"], [t for t, s in steps.items() if s != "right"]
    return (
        f"from the upstream gradient of t = {format_ranges(wrong)}, not of t = {format_ranges(right)}"
        if right and wrong
        else ""
    )


def format_ranges(numbers: list[int]) -> str:
    """Format sorted numbers as ranges, the first few of them: `0 and 1 and 5 to 9`."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    named = [f"{r[0]} to {r[-1]}" if len(r) > 2 else " and ".join(map(str, r)) for r in runs[:MAX_RANGES]]
    left = sum(map(len, runs[MAX_RANGES:]))
    return " and ".join([*named, f"{left} more"] if left else named)


def describe_outputs(found: Conclusions, step: Conclusions | None) -> list[str]:
    """Describe which upstream gradients are ignored, and which are handled wrongly while others are handled right."""
    bad = {*found.mishandled, *(() if step is None else step.mishandled)}
    if found.ignored and found.missing:
        others = [o for o in found.outputs if o in bad and o not in found.ignored]
        also = [f"that of {', '.join(others)} goes wrong too"] if others else []
        return [f"the upstream gradient of {', '.join(found.ignored)} is ignored", *also]
    some = [o for o in found.outputs if o in bad] if 0 < len(bad) < len(found.outputs) else []
    return [f"only through the upstream gradient of {', '.join(some)}"] if some else []
