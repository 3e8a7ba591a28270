"""The expressions of a header as trees.

    expression := [-] term {(+ | -) term} [where expression (> | >=) expression, else expression]
    term       := product {* product}                    elementwise
    product    := quotient {quotient}                    side by side: matrix and vector, column and row, or numbers
    quotient   := factor {/ factor}
    factor     := primary {^T | ^H | ^number}
    primary    := number | name | ||expression||^2 | (expression {, expression}) | function[^number] argument
                  | n'(expression) quotient | sum[_letters] term

`sum_t` is over the steps, `sum_i` and `sum_j` are over the positions of a source, `sum_ti` is over both; a bare `sum`
is over the rows of the batch, of which an expression sees one.
"""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

NAME = r"[A-Za-z]+(?:_(?:\{[^}]*\}|[A-Za-z0-9]+))*'?(?:\[[^\]]*\])?"
TOKEN = re.compile(rf"\s*(\|\||\d+(?:\.\d+)?(?:e-?\d+)?|{NAME}|\^[TH]\b|>=|>|[-+*/^(),])")
FUNCTIONS = (
    "s",
    "tanh",
    "phi",
    "phi'",
    "exp",
    "log",
    "softmax",
    "onehot",
    "Re",
    "Im",
    "conj",
    "diag",
    "sqrt",
    "mean",
    "rowsum",
)


class Tree(NamedTuple):
    kind: str
    parts: tuple[Any, ...]


class UnreadableError(Exception):
    """What the grammar does not have."""


def parse_expression(text: str, functions: Collection[str] = ()) -> Tree:
    """The tree of an expression; `functions` are those that the header itself defines."""
    parser = Parser(split_tokens(text), {*FUNCTIONS, *functions})
    tree = parser.read_alternatives()
    if parser.token:
        raise UnreadableError(f"{parser.token!r} in {text!r}")
    return tree


def split_tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
            raise UnreadableError(f"{text[at:]!r} in {text!r}")
        tokens.append(found[1])
        at = found.end()
    return tokens


class Parser:
    def __init__(self, tokens: list[str], functions: Collection[str]) -> None:
        self.tokens, self.functions = [*tokens, ""], functions
        self.in_norm = False

    @property
    def token(self) -> str:
        return self.tokens[0]

    def take(self, *expected: str) -> str:
        if expected and self.token not in expected:
            raise UnreadableError(f"{self.token!r} where {expected} is due")
        return self.tokens.pop(0)

    def read_alternatives(self) -> Tree:
        first = self.read_sum()
        if self.token != "where":
            return first
        self.take()
        left = self.read_sum()
        relation = self.take(">", ">=")
        right = self.read_sum()
        self.take(",")
        self.take("else")
        return Tree(relation, (left, right, first, self.read_sum()))

    def read_sum(self) -> Tree:
        sign = self.take() if self.token in ("-", "+") else "+"
        terms = [self.read_term() if sign == "+" else Tree("minus", (self.read_term(),))]
        while self.token in ("+", "-"):
            sign = self.take()
            terms.append(self.read_term() if sign == "+" else Tree("minus", (self.read_term(),)))
        return Tree("sum", tuple(terms)) if len(terms) > 1 else terms[0]

    def read_term(self) -> Tree:
        factors = [self.read_product()]
        while self.token == "*":
            self.take()
            factors.append(self.read_product())
        return Tree("elementwise", tuple(factors)) if len(factors) > 1 else factors[0]

    def read_product(self) -> Tree:
        factors = [self.read_quotient()]
        while self.begins_a_factor():
            factors.append(self.read_quotient())
        return Tree("product", tuple(factors)) if len(factors) > 1 else factors[0]

    def begins_a_factor(self) -> bool:
        return self.token not in ("where", "else") and (
            bool(re.match(r"[\w(]", self.token)) or (self.token == "||" and not self.in_norm)
        )

    def read_quotient(self) -> Tree:
        tree = self.read_factor()
        while self.token == "/":
            self.take()
            tree = Tree("quotient", (tree, self.read_factor()))
        return tree

    def read_factor(self) -> Tree:
        tree = self.read_primary()
        while self.token.startswith("^"):
            kind = self.take()[1:]
            tree = Tree("power", (tree, float(self.take()))) if not kind else Tree(kind, (tree,))
        return tree

    def read_primary(self) -> Tree:
        token = self.take()
        if token[:1].isdigit():
            return Tree("number", (float(token),))
        if token == "(":
            parts = [self.read_alternatives()]
            while self.token == ",":
                self.take()
                parts.append(self.read_alternatives())
            self.take(")")
            return Tree("stack", tuple(parts)) if len(parts) > 1 else parts[0]
        if token == "||":
            self.in_norm = True
            tree = Tree("norm", (self.read_sum(),))
            self.in_norm = False
            for token in ("||", "^", "2"):
                self.take(token)
            return tree
        if re.fullmatch("sum(_[tij]+)?", token):
            return Tree("over", (token[4:], self.read_term()))
        if token in self.functions and self.token != "":
            return self.read_call(token)
        if token[:1].isalpha():
            return Tree("name", (token,))
        raise UnreadableError(f"{token!r} is no beginning of a value")

    def read_call(self, function: str) -> Tree:
        power = 1.0
        if self.token == "^":
            self.take()
            power = float(self.take())
        argument = self.read_factor() if function == "mean" else self.read_primary()
        if function.endswith("'") and function != "phi'":
            return Tree("pull back", (function, argument, self.read_quotient()))
        call = Tree("call", (function, argument))
        return call if power == 1 else Tree("power", (call, power))
