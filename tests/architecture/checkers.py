"""What the code has to look like, as functions from a module's source to a list of complaints.

Each is used twice: on the library (`test_source.py`), and on a snippet that breaks the rule
(`test_checkers.py`), so that a check which has gone blind is noticed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

LINES_A_FILE = 500
LINES_A_FUNCTION = 60
PUBLIC_METHODS = 25

IMPURE = (
    "asyncio", "concurrent", "ctypes", "logging.handlers", "multiprocessing", "os", "pathlib",
    "random", "secrets", "select", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile",
    "threading", "time", "urllib.request", "uuid", "websockets",
)  # fmt: skip
CLOCKS = {"now", "utcnow", "today"}
MUTATORS = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem",
    "remove", "setdefault", "sort", "update",
}  # fmt: skip
VERSION_WORDS = re.compile(
    r"(?i)(?<![a-z0-9])(?:v(?:16|201|21)|ocpp ?(?:16|201|21|1\.6|2\.0\.1|2\.1))(?![0-9])"
    r"|(?<![0-9.])(?:1\.6|2\.0\.1)(?![0-9])"
)


def too_long(source: str) -> list[str]:
    lines = source.count("\n") + 1
    return [f"{lines} lines"] if lines > LINES_A_FILE else []


def long_functions(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            length = (node.end_lineno or first) - first + 1
            if length > LINES_A_FUNCTION:
                found.append(f"{node.name} has {length} lines")
    return found


def crowded_classes(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            public = [
                each.name
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
                and not each.name.startswith("_")
            ]
            if len(public) > PUBLIC_METHODS:
                found.append(f"{node.name} has {len(public)} public methods")
    return found


def impure_imports(source: str) -> list[str]:
    return [
        f"imports {module}"
        for module in imports(source)
        if any(module == bad or module.startswith(bad + ".") for bad in IMPURE)
    ]


def clock_reads(source: str) -> list[str]:
    """`datetime.now()`, `date.today()` and the like: time comes from the shell."""
    return [
        f"line {node.lineno}: {node.func.value.id}.{node.func.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date")
    ]


def module_state(source: str) -> list[str]:
    """Names of the module that a function rebinds or changes."""
    tree = ast.parse(source)
    own = set(_bound_at_module_level(tree))
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                found += [f"line {node.lineno}: global {name}" for name in node.names]
            name = _changed(node)
            if name in own and name not in _locals(function):
                found.append(f"line {node.lineno}: changes {name}")  # type: ignore[attr-defined]
    return sorted(dict.fromkeys(found))


def iterated_sets(source: str) -> list[str]:
    """Loops over a set: their order is another in each process."""
    tree = ast.parse(source)
    sets = set(_names_of_sets(tree))
    found = []
    for node in ast.walk(tree):
        loops = []
        if isinstance(node, ast.For | ast.AsyncFor):
            loops = [node.iter]
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            loops = [each.iter for each in node.generators]
        elif isinstance(node, ast.Call) and _name(node.func) in (
            "list",
            "tuple",
            "iter",
            "enumerate",
        ):
            loops = node.args[:1]
        found += [
            f"line {each.lineno}: iterates a set"
            for each in loops
            if (_is_set(each) or _name(each) in sets) and not _is_ordered(node, tree)
        ]
    return found


def ocpp_imports(source: str) -> list[str]:
    return [f"imports {name}" for name in imports(source) if name.split(".")[0] == "ocpp"]


def version_words(source: str) -> list[str]:
    """In names and texts; docstrings may speak of versions, code may not know them."""
    tree = ast.parse(source)
    prose = set(_docstrings(tree))
    found = []
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.Name):
            text = node.id
        elif isinstance(node, ast.Attribute):
            text = node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in prose else node.value
        elif isinstance(node, ast.ImportFrom):
            text = node.module or ""
        if VERSION_WORDS.search(text.replace("_", " ")):
            found.append(f"line {node.lineno}: {text[:40]}")  # type: ignore[attr-defined]
    return found


def imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(root: Path) -> list[Path]:
    return sorted(root.rglob("*.py"))


# How.


def _bound_at_module_level(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _locals(function: ast.AST) -> set[str]:
    arguments = function.args  # type: ignore[attr-defined]
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    names = {each.arg for each in every}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _changed(node: ast.AST) -> str | None:
    """The name whose value this changes in place."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _name(node.func.value) if node.func.attr in MUTATORS else None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return _name(node.value)
    return None


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and _name(node.value) == "self":
        return f"self.{node.attr}"
    return None


def _is_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and _name(node.func) in ("set", "frozenset")


def _names_of_sets(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_set(node.value):
            yield from (name for name in map(_name, node.targets) if name)
        elif isinstance(node, ast.AnnAssign):
            text = ast.unparse(node.annotation)
            if re.match(r"(Final\[)?(frozen)?set\b", text) or (node.value and _is_set(node.value)):
                name = _name(node.target)
                if name:
                    yield name


def _is_ordered(node: ast.AST, tree: ast.AST) -> bool:
    """It goes into `sorted`, `min`, `any`, ... where the order makes no difference."""
    if not isinstance(node, ast.GeneratorExp | ast.ListComp):
        return False
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and node in call.args:
            return _name(call.func) in ("sorted", "min", "max", "sum", "any", "all", "set",
                                        "frozenset", "len")  # fmt: skip
    return False


def _docstrings(tree: ast.AST) -> Iterator[int]:
    """Strings that stand alone: of a module, a class, a function, or below a field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
