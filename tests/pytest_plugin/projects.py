"""A project with a unit that is right and one that is wrong."""

LIBRARIES = {"manual": ("import numpy as np", "np.ndarray"), "reference": ("from torch import Tensor", "Tensor")}
OUTPUT = """
from typing import Any, NamedTuple
from jaxtyping import Float
{library}

class Output(NamedTuple):
    y: Float[{array}, "T B"]

"""
UNITS = {
    "manual": """
def {name}(x: Float[np.ndarray, "T B"]) -> tuple[Output, Any]:
    return Output(x * x), lambda d: {{"x": {slope} * x * (np.zeros_like(x) if d.y is None else d.y)}}
""",
    "reference": """
def {name}(x: Float[Tensor, "T B"]) -> Output:
    return Output(x * x)
""",
}
IMPRECISE = {
    "manual": [("Output(x * x)", "Output(np.log(1 + 1e-4 * x * x))"), ("2 * x *", "2e-4 * x / (1 + 1e-4 * x * x) *")],
    "reference": [("Output(x * x)", "Output((1e-4 * x * x).log1p())")],
}
STRICT = """
[tool.pytest.ini_options]
addopts = ["--strict-config", "--strict-markers"]
filterwarnings = ["error"]
"""


def write_unit(root, name, slope=2):
    for side, (library, array) in LIBRARIES.items():
        (root / side).mkdir(parents=True, exist_ok=True)
        (root / side / "__init__.py").touch()
        text = OUTPUT.format(library=library, array=array) + UNITS[side].format(name=name, slope=slope)
        (root / side / f"{name}.py").write_text(text)


def write_imprecise(root, name):
    """log(1 + s) of a small s, where the reference has log1p."""
    write_unit(root, name)
    for side, edits in IMPRECISE.items():
        file = root / side / f"{name}.py"
        text = file.read_text()
        for old, new in edits:
            assert text.count(old) == 1
            text = text.replace(old, new)
        file.write_text(text)


def write_project(root):
    (root / "pyproject.toml").write_text(STRICT)
    write_unit(root, "square")
    write_unit(root, "wrong", slope=2.0001)
