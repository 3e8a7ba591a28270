"""A unit that cannot be judged as it is declared: the value, the reason, the remedy, whole."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pytest
from jaxtyping import Float, Int

from gradcheck import Declaration, DeclarationError, Subject, check, declare

Array = np.ndarray[Any, np.dtype[Any]]


class Y(NamedTuple):
    y: Float[Array, " N"]


class M(NamedTuple):
    y: Float[Array, " M"]


Result = tuple[Y, Callable[[Y], dict[str, Array]]]
N = Float[Array, " N"]


def right(x: N) -> Result:
    return Y(2 * x), lambda d: {"x": 2 * d.y}


def right_reference(x: N) -> Y:
    return Y(2 * x)


def no_annotation(x) -> Result: ...
def unbound(x: N) -> tuple[M, Callable[[M], dict[str, Array]]]: ...
def unbound_range(x: N, k: Annotated[Int[Array, " N"], "0 <= k < V"]) -> Result: ...
def no_range(x: N, labels: Int[Array, " N"]) -> Result: ...
def bad_range(x: N, k: Annotated[int, "0 <= k"]) -> Result: ...
def range_of_another(x: N, k: Annotated[int, "0 <= j < N"]) -> Result: ...
def range_in_floats(x: N, k: Annotated[int, "0 <= k < N / 2"]) -> Result: ...
def star(*xs: N) -> Result: ...
def double_star(**xs: N) -> Result: ...
def positional(x: N, /) -> Result: ...
def default(x: N, kind: Literal["a", "b"] = "c") -> Result: ...
def reserved(x: N, seed: Literal["a", "b"] = "a") -> Result: ...
def no_shape(x: Array) -> Result: ...
def strange_size(x: Float[Array, "N**2"]) -> Result: ...
def too_few_names(x: Float[Array, "rz=3*N"]) -> Result: ...
def no_outputs(x: N): ...
def only_outputs(x: N) -> Y: ...
def tuple_outputs(x: N) -> tuple[tuple[Array], Callable[..., Any]]: ...


OUTPUTS = (
    "annotate it as tuple[Output, Callable[[Output], Gradients]], where Output is a NamedTuple of annotated arrays"
)
UNITS = {
    no_annotation: 'argument x: it has no annotation; annotate it, for example Float[Array, "T B I"]',
    unbound: "output y: no input has the size M; use the letters of the inputs (N), or add an input that has it",
    unbound_range: "the range of k: no input has the size V; use the letters of the inputs (N), or add an input "
    "that has it",
    no_range: "argument labels: an integer input needs the range of its values; "
    'write Annotated[..., "0 <= labels < V"]',
    bad_range: "argument k: '0 <= k' is not a range; write the range as \"0 <= k < V\"",
    range_of_another: "argument k: '0 <= j < N' does not bound 'k'; write the range as \"0 <= k < V\"",
    range_in_floats: "argument k: 'N / 2 - 1' is not a size; a size is made of letters, integers and + - * //; "
    'write the range as "0 <= k < V"',
    star: "argument xs: inputs are passed by name; write it as a parameter with a name",
    double_star: "argument xs: inputs are passed by name; write it as a parameter with a name",
    positional: "argument x: inputs are passed by name; write it as a parameter with a name",
    default: "argument kind: its default 'c' is not one of ('a', 'b'); add it to the Literal",
    reserved: "argument seed: case ids already use this name; choose another name for the option",
    no_shape: "argument x: its annotation ndarray does not say its kind and shape; use Float, Complex, Int or Bool of "
    'jaxtyping with a shape, for example Float[Array, "T B I"]',
    strange_size: "argument x: 'N**2' is not a size; a size is made of letters, integers and + - * //; "
    'write sizes as letters, for example "4*H I", or "ifgo=4*H I" with a name for each of the four blocks',
    too_few_names: "argument x: r, z are 2 names, and 3*N has 3 blocks; "
    'write sizes as letters, for example "4*H I", or "ifgo=4*H I" with a name for each of the four blocks',
    no_outputs: f"return value: it does not name the outputs; {OUTPUTS}",
    only_outputs: f"return value: it does not name the outputs; {OUTPUTS}",
    tuple_outputs: f"return value: it does not name the outputs; {OUTPUTS}",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.__name__)
def test_the_error_says_value_reason_and_remedy(unit: Callable[..., Any]) -> None:
    with pytest.raises(DeclarationError) as error:
        check(unit, right_reference)
    assert str(error.value) == f"{unit.__name__}: {UNITS[unit]}"
    assert str(error.value) == f"{error.value.value}: {error.value.reason}; {error.value.remedy}"


def other_argument(z: N) -> Y: ...
def more_arguments(x: N, z: N) -> Y: ...
def other_shape(x: Float[Array, "N N"]) -> Y: ...
def other_kind(x: Annotated[Int[Array, " N"], "0 <= x < N"]) -> Y: ...
def with_option(x: N, kind: Literal["a", "b"] = "a") -> Y: ...
def unit_with_option(x: N, kind: Literal["a", "c"] = "a") -> Result: ...


class Z(NamedTuple):
    z: Float[Array, " N"]


def other_output(x: N) -> Z: ...


PAIRS = {
    (
        right,
        other_argument,
    ): "right: arguments: x only in manual; z only in reference; use the same names on both sides",
    (right, more_arguments): "right: arguments: z only in reference; use the same names on both sides",
    (right, other_output): "right: outputs: y only in manual; z only in reference; use the same names on both sides",
    (right, other_shape): "right: argument x: manual declares float[N], reference float[N N]; "
    "give both the same annotation",
    (right, other_kind): "right: argument x: manual declares float[N], reference int[N]; give both the same annotation",
    (unit_with_option, with_option): "unit_with_option: option kind: manual offers ['a', 'c'], reference ['a', 'b']; "
    "give both the same Literal",
    (unit_with_option, right_reference): "unit_with_option: option kind: the reference does not take it; add it there",
    (right, with_option): "right: option kind: manual offers [], reference ['a', 'b']; give both the same Literal",
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].__name__}-{pair[1].__name__}")
def test_names_and_shapes_must_agree_on_both_sides(pair: tuple[Callable[..., Any], Callable[..., Any]]) -> None:
    with pytest.raises(DeclarationError) as error:
        check(*pair)
    assert str(error.value) == PAIRS[pair]


def test_what_is_read_from_a_right_declaration() -> None:
    def unit(
        x: Float[Array, "T 2*H"], k: Annotated[int, "1 <= k <= H+1"], m: N | None = None, *, way: Literal[1, 2] = 2
    ) -> Result: ...

    declaration: Declaration = declare(unit)
    assert {n: str(i) for n, i in declaration.inputs.items()} == {"x": "float[T 2*H]", "k": "int[]", "m": "float[N]"}
    assert (declaration.letters, declaration.optional) == (("T", "H", "N"), ("m",))
    assert (declaration.differentiable, declaration.options) == (("x", "m"), {"way": (2, 1)})
    assert declaration.inputs["x"].shape({"T": 3, "H": 4, "N": 1}) == (3, 8)
    assert declaration.inputs["k"].range.high.size({"H": 4}) == 5


def test_the_annotation_names_the_blocks_of_a_size() -> None:
    def unit(
        x: Float[Array, "rzn=3*N"], z: Float[Array, "reset_new=2*N"], bare: Float[Array, "3*N"], m: Float[Array, "M=N"]
    ) -> Result: ...

    def reference(x: Float[Array, "3*N"], z: Float[Array, "2*N"], bare: Float[Array, "3*N"], m: N) -> Y: ...

    declaration = declare(unit)
    sizes = {n: i.dimensions[0] for n, i in declaration.inputs.items()}
    assert [sizes[n].blocks for n in "xz"] == [("r", "z", "n"), ("reset", "new")]
    assert [(sizes[n].factor, sizes[n].text) for n in ("x", "bare", "m")] == [(3, "3*N"), (3, "3*N"), (1, "N")]
    Subject("unit", unit, reference)


def test_a_state_is_an_initial_value_and_the_output_that_it_becomes() -> None:
    class States(NamedTuple):
        h_T: Float[Array, " N"]
        y_T: Float[Array, " N"]

    def unit(x: N, h_0: N, c_0: N, k_0: Annotated[int, "0 <= k_0 <= N"]) -> tuple[States, Callable[..., Any]]: ...

    declaration = declare(unit)
    assert declaration.initial_states == ("h_0", "c_0")
    assert declaration.states == {"h_0": "h_T"}


def test_an_integer_that_counts_steps_has_them_in_its_range() -> None:
    def counting(
        x: Float[Array, "T N"], after: Annotated[int, "T <= after < T+N"], label: Annotated[int, "0 <= label < N"]
    ) -> Result: ...

    def plain(x: Float[Array, "T N"], label: Annotated[int, "0 <= label < N"]) -> Result: ...

    assert {n: i.counts_steps for n, i in declare(counting).inputs.items()} == {
        "x": False,
        "after": True,
        "label": False,
    }
    assert (declare(counting).counts_steps, declare(plain).counts_steps) == (True, False)
