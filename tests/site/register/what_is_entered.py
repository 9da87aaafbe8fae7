"""Every text that the code can write into the register as what was done, found by reading the code itself.

A writer is a function that hands one of its parameters on as an entry's `what`: first `enter_reading` and
`enter_change`, then whatever calls a writer with a parameter of its own, and so on. What other calls hand
over are the texts. A text whose parts are known only when the program runs has `{name}` in their place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import lippen.site

ROOT = Path(lippen.site.__path__[0])
Writer = tuple[Path | None, str]
"""A function by its name, and by its file where it is that file's own."""

FIRST_WRITERS: dict[Writer, int] = {(None, "enter_reading"): 2, (None, "enter_change"): 2}


class CannotTellError(Exception):
    """A call hands over something that is neither a text nor a parameter."""


@cache
def texts() -> frozenset[str]:
    """Every text. Raises CannotTellError where the code hands over what cannot be read from it."""
    functions = [one for path in sorted(ROOT.rglob("*.py")) for one in _functions(path)]
    writers = dict(FIRST_WRITERS)
    while True:
        found: set[str] = set()
        more: dict[Writer, int] = {}
        for path, function in functions:
            for handed in _handed_over(function, writers, path):
                if isinstance(handed, ast.Name) and handed.id in _parameters(function):
                    own = path if function.name.startswith("_") else None
                    more[own, function.name] = _parameters(function).index(handed.id)
                else:
                    found |= _read(handed, function, path)
        if more.keys() <= writers.keys():
            return frozenset(found)
        writers |= more


def _functions(path: Path) -> Iterator[tuple[Path, ast.FunctionDef]]:
    tree = ast.parse(path.read_text("utf-8"))
    yield path, ast.FunctionDef("", ast.arguments([], [], None, [], [], None, []), _outside(tree), [])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield path, node


def _outside(tree: ast.Module) -> list[ast.stmt]:
    """What a module does when it is read: its lines outside functions and classes."""
    return [one for one in tree.body if not isinstance(one, ast.FunctionDef | ast.ClassDef)]


@cache
def _constants(path: Path) -> dict[str, str]:
    """Texts that a module gives a name outside its functions."""
    return {
        name: text
        for line in ast.parse(path.read_text("utf-8")).body
        if isinstance(line, ast.AnnAssign | ast.Assign)
        for target in ([line.target] if isinstance(line, ast.AnnAssign) else line.targets)
        for name, text in [(getattr(target, "id", ""), getattr(line.value, "value", None))]
        if name and isinstance(text, str)
    }


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in function.args.args if one.arg != "self"]


@cache
def _calls(function: ast.FunctionDef) -> list[tuple[ast.Call, bool]]:
    """Each call within a function, and whether a function within this one makes it."""
    inner = {
        id(node)
        for each in ast.walk(function)
        if isinstance(each, ast.FunctionDef) and each is not function
        for node in ast.walk(each)
    }
    return [(node, id(node) in inner) for node in ast.walk(function) if isinstance(node, ast.Call)]


def _handed_over(function: ast.FunctionDef, writers: dict[Writer, int], path: Path) -> Iterator[ast.expr]:
    for call, is_inner in _calls(function):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        place = writers.get((path if name.startswith("_") else None, name))
        if place is None:
            continue
        named = {one.arg: one.value for one in call.keywords}
        handed = call.args[place] if len(call.args) > place else named.get("what")
        if handed is None:
            continue
        if isinstance(handed, ast.Name) and handed.id in _constants(path):
            yield ast.Constant(_constants(path)[handed.id])
            continue
        # A function within a function hands on what the outer one was given: the outer one is the writer.
        if is_inner and not (isinstance(handed, ast.Name) and handed.id in _parameters(function)):
            continue
        if not (isinstance(handed, ast.Name) and _is_of_outer(handed.id, function)):
            yield handed


def _is_of_outer(name: str, function: ast.FunctionDef) -> bool:
    """Whether `name` is neither a parameter of this function nor given a value in it."""
    given = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _stored(node)}
    return name not in given and name not in _parameters(function) and function.name != ""


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _read(handed: ast.expr, function: ast.FunctionDef, path: Path) -> set[str]:
    match handed:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return _read(one, function, path) | _read(other, function, path)
        case ast.JoinedStr(values=parts):
            return {"".join(_part(one) for one in parts)}
        case ast.Name(id=name):
            return _given(name, function, path)
    raise CannotTellError(f"{path.relative_to(ROOT)}:{handed.lineno}: {ast.unparse(handed)}")


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return f"{{{ast.unparse(value)}}}"


def _given(name: str, function: ast.FunctionDef, path: Path) -> set[str]:
    """What `name` can stand for: what it is given within the function."""
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=held)], value=value) if held == name:
                found |= _read(value, function, path)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for one, its_value in zip(names, values, strict=True):
                    if isinstance(one, ast.Name) and one.id == name:
                        found |= _read(its_value, function, path)
    if not found:
        raise CannotTellError(f"{path.relative_to(ROOT)}: {function.name} hands over {name}")
    return found
