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


def write_project(root):
    (root / "pyproject.toml").write_text(STRICT)
    write_unit(root, "square")
    write_unit(root, "wrong", slope=2.0001)
