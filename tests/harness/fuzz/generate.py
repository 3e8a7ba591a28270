"""Writes units at random: parts that are mostly right, so that many get past the first check, put together."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HEAD = """import os, sys, random
import numpy as np
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple
from jaxtyping import {kinds}
{imports}
Array = {array}
{before}

class Output(NamedTuple):
    y: {output}


"""
MANUAL = """def {name}({x}: {annotation}{rest}) -> {returned}:
    {first}
    y = {forward}

    def backward(d):
        {first_of_backward}
        dy = np.zeros_like(y) if d.y is None else d.y
        return {gradients}

    return {result}
"""
REFERENCE = """def {name}({x}: {annotation}{rest}) -> {returned}:
    {first}
    return {result}
"""
SHAPES = (
    "T B",
    "T B H",
    "B",
    "",
    "T",
    "T-3 B",
    "T-B",
    "4*H",
    "B 2*H",
    "T//2 B",
    "T//B",
    "0 B",
    "-T",
    "3",
    "ifgo=4*H",
    "T B-B",
)
BAD_SHAPES = ("*batch H", "... H", "T B!", "2.5", "T**2", "#T", "_ B", "T=3 B", "?", "t-é", "T B " * 12)
BAD_ANNOTATIONS = (
    "int",
    "str",
    "None",
    "np.ndarray",
    "Array",
    "'Nothing'",
    "list[float]",
    "Any",
    "Literal['a', 'b']",
    "3",
)
NAMES = ("x", "self", "d", "T", "seed", "case", "dtype", "y", "weight", "_", "x_0", "été", "lengths", "np_", "match")
FORWARDS = {
    "2 * {x}": "2 * {x}",
    "{x} * {x}": "{x} * {x}",
    "np.exp({x})": "torch.exp({x})",
    "np.sqrt(np.abs({x}))": "torch.sqrt(torch.abs({x}))",
    "{x} / {x}.std()": "{x} / {x}.std(correction=0)",
    "np.where({x} > 0, {x}, -np.inf)": "torch.where({x} > 0, {x}, -torch.inf)",
    "np.full_like({x}, np.nan)": "{x} * torch.nan",
    "1 / (0 * {x})": "1 / (0 * {x})",
    "{x}.astype(np.float32)": "{x}.float()",
    "np.argsort({x})": "torch.argsort({x})",
    "{x} + 1j": "{x} + 1j",
    "{x}[..., :1]": "{x}[..., :1]",
    "{x}.sum()": "{x}.sum()",
    "np.zeros((0, 3))": "torch.zeros((0, 3))",
    "{x} * 1e308 * 10": "{x} * 1e308 * 10",
    "{x}.T": "{x}.mT",
}
GRADIENTS = (
    "{{'{x}': 2 * dy}}",
    "{{'{x}': 2 * {x} * dy}}",
    "{{'{x}': y * dy}}",
    "{{'{x}': 3 * dy}}",
    "{{'{x}': None}}",
    "{{'{x}': 'dx'}}",
    "{{'{x}': [[1.0], [2.0, 3.0]]}}",
    "{{'{x}': object()}}",
    "{{'{x}': np.full({x}.shape, None)}}",
    "{{'{x}': dy.astype(np.int64)}}",
    "{{'{x}': dy * np.nan}}",
    "{{'{x}': dy[None]}}",
    "{{'{x}': {x}}}",
    "{{'{x}': d.y}}",
    "{{'z': dy}}",
    "{{1: dy}}",
    "{{}}",
    "None",
    "dy",
    "[dy]",
    "{{'{x}': np.ma.masked_array(dy)}}",
    "{{'{x}': np.matrix(np.zeros((1, 1)))}}",
    "{{'{x}': 10**400}}",
)
RIGHT_GRADIENTS = {"{x} * {x}": GRADIENTS[1], "np.exp({x})": GRADIENTS[2]}
RESULTS = (
    "Output(y), None",
    "Output(y)",
    "y, backward",
    "None",
    "(Output(None), backward)",
    "(Output('y'), backward)",
    "(Output([[1.0], [2.0, 3.0]]), backward)",
    "(Output(object()), backward)",
    "(Output(y.tolist()), backward)",
    "(Output(y[None]), backward)",
    "(type('Odd', (), {'y': property(lambda self: 1 / 0)})(), backward)",
    "(Output(y), lambda: {})",
    "(Output(y), backward, 3)",
    "Output(y), type('Odd', (), {'__call__': backward})",
)
ACTIONS = (
    "raise ValueError('no')",
    "raise Wordless",
    "raise KeyError(object())",
    "raise StopIteration",
    "raise NotImplementedError('write it')",
    "raise NotImplementedError",
    "raise SystemExit(0)",
    "raise KeyboardInterrupt",
    "raise GeneratorExit",
    "raise Exception('{}' * 3, '%s', b'\\xff', '\\ud800')",
    "raise ExceptionGroup('both', [ValueError(1), TypeError(2)])",
    "raise MemoryError",
    "raise FloatingPointError('np')",
    "assert False",
    "os._exit(3)",
    "sys.exit('bye')",
    "{x} += 1",
    "{x}.setflags(write=False)",
    "{x}.resize((1,), refcheck=False)",
    "{x}[...] = np.nan",
    "np.random.seed(0)",
    "np.seterr(all='raise')",
    "random.random()",
    "print('\\ud800' * 3)",
    "print('x' * 10**6)",
    "os.close(1)",
    "np.exp = None",
    "np.float64 = float",
    "sys.stdout = None",
    "sys.setrecursionlimit(80)",
    "sys.modules.pop('numpy')",
    "import warnings; warnings.warn('look', stacklevel=2)",
    "import warnings; warnings.simplefilter('error')",
    "os.environ.clear()",
    "(lambda f: f(f))(lambda f: f(f))",
    "np.ones(10**12)",
    "del {x}",
    "globals().clear()",
    "if 3 in {x}.shape: raise ValueError(3)",
    "if not {x}.size: raise ValueError('empty')",
    "if {x}.ndim and len({x}) > 4: {x} = {x}[::-1]",
)
LOOPS = ("while True: pass", "import time; time.sleep(1000)")
BEFORE = (
    "def f(:",
    "1 / 0",
    "import nothing_of_that_name",
    "sys.exit(0)",
    "os._exit(0)",
    "np.asarray = None",
    "__all__ = 3",
    "Float = None",
    "Output = None",
    "from __future__ import annotations",
    "\\x00",
    "raise KeyboardInterrupt",
)
RESTS = (
    "",
    ", h: Float[Array, 'B H'] | None = None",
    ", labels: Annotated[Int[Array, 'B'], '0 <= labels < T']",
    ", labels: Annotated[Int[Array, 'B'], '3 <= labels < T']",
    ", lengths: Annotated[Int[Array, 'B'], '1 <= lengths <= T'] | None = None",
    ", k: Literal['a', 'b'] = 'a'",
    ", *, eps: float = 1e-5",
    ", *rest",
    ", **rest",
    ", n: int = 3",
    ", mask: Bool[Array, 'T B'] | None = None",
    ", flag: bool = False",
    ", w: Float[Array, 'H H'] = ...",
)
RETURNED = ("Output", "float", "None", "tuple", "'Output'", "dict[str, Array]", "type('Empty', (tuple,), {})")
TYPE_OF_BACKWARD = "tuple[Output, Callable[[Output], dict[str, Array]]]"


@dataclass(frozen=True)
class Choice:
    """Chooses what is right most of the time."""

    draw: random.Random
    odds: float

    @classmethod
    def of(cls, seed: int, number: int) -> Self:
        draw = random.Random(f"{seed} {number}")
        return cls(draw, draw.choice((0.02, 0.05, 0.05, 0.15, 0.3)))

    def odd(self, usual: str, others: tuple[str, ...]) -> str:
        return self.draw.choice(others) if self.draw.random() < self.odds else usual


def write_unit(folder: Path, seed: int, number: int) -> str:
    """Write the two files of a unit; return its name."""
    choice = Choice.of(seed, number)
    name, x = f"unit_{number}", choice.odd("x", NAMES)
    shape = choice.odd("T B", SHAPES + BAD_SHAPES)
    annotation = choice.odd(
        f"Float[Array, {shape!r}]", (*BAD_ANNOTATIONS, f"Complex[Array, {shape!r}]", "Int[Array, 'T']")
    )
    output = choice.odd(f"Float[Array, {shape!r}]", (*BAD_ANNOTATIONS, f"Float[Array, {choice.odd('T', SHAPES)!r}]"))
    forward, twin = choice.draw.choice(list(FORWARDS.items())[: choice.draw.choice((2, 4, 16))])
    rest = choice.odd("", RESTS)
    actions = ACTIONS if choice.draw.random() < 0.97 else LOOPS
    parts = {"name": name, "x": x, "annotation": annotation, "rest": rest}
    manual = parts | {
        "returned": choice.odd(TYPE_OF_BACKWARD, RETURNED),
        "first": choice.odd("pass", actions).replace("{x}", x),
        "first_of_backward": choice.odd("pass", actions).replace("{x}", x),
        "forward": forward.format(x=x),
        "gradients": choice.odd(RIGHT_GRADIENTS.get(forward, GRADIENTS[0]), GRADIENTS).format(x=x),
        "result": choice.odd("Output(y), backward", RESULTS),
    }
    reference = parts | {
        "annotation": choice.odd(annotation, ("Float[Array, 'T']", "Any")),
        "returned": choice.odd("Output", RETURNED),
        "first": choice.odd("pass", actions).replace("{x}", x),
        "result": f"Output({twin.format(x=x)})" if choice.draw.random() > choice.odds else choice.odd("None", RESULTS),
    }
    heads = {
        "kinds": "Bool, Complex, Float, Int",
        "output": output,
        "before": f"class Wordless(Exception):\n    def __str__(self): return 1 / 0\n{choice.odd('', BEFORE)}",
    }
    sides = (
        ("manual", MANUAL, manual, "np.ndarray", ""),
        ("reference", REFERENCE, reference, "torch.Tensor", "import torch"),
    )
    for side, template, filled, array, imports in sides:
        (folder / side).mkdir(exist_ok=True)
        text = HEAD.format(**heads, array=array, imports=imports) + template.format(**filled)
        (folder / side / f"{name}.py").write_text(text, encoding="utf-8")
    return name
