"""Small wrongs put into source code: one mutant, one changed operator, constant or answer.

Only functions are changed, and in them only what a rule could get wrong: comparisons,
conditions, boolean words, numbers, sums, and the refusal a guard returns. Assertions,
docstrings and annotations stay.
"""

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SUMS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
SKIPPED: Final = (ast.Assert, ast.arguments)

Change = Callable[[ast.AST], str]
"""Changes a node in place and says how."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong in a source: at which node, which of the node's changes, and in words."""

    source: str
    index: int
    variant: int
    line: int
    what: str

    def tree(self) -> ast.Module:
        """Return the whole module with the wrong in it."""
        tree = ast.parse(self.source)
        node = next(itertools.islice(_inside_functions(tree), self.index, None))
        _changes(node)[self.variant](node)
        return ast.fix_missing_locations(tree)


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source."""
    for index, node in enumerate(_inside_functions(ast.parse(source))):
        for variant, change in enumerate(_changes(node)):
            line = getattr(node, "lineno", 0)
            yield Mutant(source, index, variant, line, change(copy.deepcopy(node)))


def _inside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of all function bodies, each once, in order."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            for statement in node.body:
                yield from _nodes(statement)
        elif isinstance(node, ast.ClassDef):
            yield from _inside_functions(node)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, SKIPPED):
        return
    yield node
    fields = [child for name, child in ast.iter_fields(node) if name not in _TYPES]
    for child in fields:
        for one in child if isinstance(child, list) else [child]:
            if isinstance(one, ast.AST):
                yield from _nodes(one)


_TYPES: Final = frozenset({"annotation", "returns", "decorator_list"})


def _changes(node: ast.AST) -> list[Change]:
    if isinstance(node, ast.Compare):
        return [_compared(index, op) for index, op in _comparisons(node)]
    if isinstance(node, ast.BoolOp):
        return [_and_or]
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        return [_negated]
    if isinstance(node, ast.BinOp) and type(node.op) in SUMS:
        return [_summed]
    if isinstance(node, ast.Constant) and type(node.value) in (int, bool):
        return [_more, _less] if type(node.value) is int else [_flipped]
    if isinstance(node, ast.Return) and _refuses(node.value):
        return [_let_through, _miscoded]
    return []


def _comparisons(node: ast.Compare) -> Iterator[tuple[int, type[ast.cmpop]]]:
    for index, op in enumerate(node.ops):
        for other in COMPARISONS.get(type(op), ()):
            yield index, other


def _refuses(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Rejected"


def _compared(index: int, op: type[ast.cmpop]) -> Change:
    def change(node: ast.AST) -> str:
        assert isinstance(node, ast.Compare)
        before = ast.unparse(node)
        node.ops[index] = op()
        return f"{before}  →  {ast.unparse(node)}"

    return change


def _and_or(node: ast.AST) -> str:
    assert isinstance(node, ast.BoolOp)
    before = ast.unparse(node)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return f"{before}  →  {ast.unparse(node)}"


def _negated(node: ast.AST) -> str:
    assert isinstance(node, (ast.If, ast.IfExp, ast.While))
    before = ast.unparse(node.test)
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return f"if {before}  →  if not ({before})"


def _summed(node: ast.AST) -> str:
    assert isinstance(node, ast.BinOp)
    before = ast.unparse(node)
    node.op = SUMS[type(node.op)]()
    return f"{before}  →  {ast.unparse(node)}"


def _more(node: ast.AST) -> str:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    node.value += 1
    return f"{node.value - 1}  →  {node.value}"


def _less(node: ast.AST) -> str:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    node.value -= 1
    return f"{node.value + 1}  →  {node.value}"


def _flipped(node: ast.AST) -> str:
    assert isinstance(node, ast.Constant)
    node.value = not node.value
    return f"{not node.value}  →  {node.value}"


def _let_through(node: ast.AST) -> str:
    assert isinstance(node, ast.Return)
    assert node.value is not None
    before = ast.unparse(node.value).split(",")[0]
    node.value = ast.Constant(None)
    return f"return {before}…  →  return None"


def _miscoded(node: ast.AST) -> str:
    assert isinstance(node, ast.Return)
    assert isinstance(node.value, ast.Call)
    before = ast.unparse(node.value.args[0])
    node.value.args[0] = ast.Constant("ANOTHER_CODE")
    return f"{before}  →  another code"
