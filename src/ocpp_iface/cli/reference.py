"""Writes `docs/reference` from the code: `python -m ocpp_iface.cli.reference docs/reference`.

A page is made of signatures, of docstrings (also those below a field, which Python itself does not
keep), and of the catalogue of variables, so it cannot say anything else than the code.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

import attrs

from ocpp_iface import errors, sim, types
from ocpp_iface.cli.command import EXIT_STATUSES
from ocpp_iface.cli.main import commands
from ocpp_iface.config import NetworkProfile, StationConfig
from ocpp_iface.devicemodel.catalog import COMPONENTS
from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import KeyPart, Scope, VarDef
from ocpp_iface.handles import ConnectorHandle, EvseHandle, StationHandle
from ocpp_iface.ports.hardware import Hardware, OptionalHardware
from ocpp_iface.ports.transport import TlsSettings
from ocpp_iface.service import OcppService
from ocpp_iface.sim import Bench, Network, Rule, SimCsms, SimEv, SimStation, World
from ocpp_iface.vars import Vars

_NOTE: Final = "<!-- Made by `make docs` from the code: change the code. -->\n"
_COMMANDS: Final = (
    "stop",
    "restart",
    "security_event",
    "get_variables",
    "set_variables",
    "change_availability",
    "monitor_variables",
)
_VARS: Final = (
    "ocpp_transaction_event",
    "ocpp_transaction_event_response",
    "charging_schedules",
    "is_connected",
    "security_event",
    "event_data",
    "boot_notification_response",
)
_SCOPES: Final = {
    Scope.STATION: "",
    Scope.EVSE: "one for each EVSE",
    Scope.CONNECTOR: "one for each connector",
    Scope.SLOT: "one for each network configuration slot (the instance)",
}


def pages() -> dict[str, str]:
    """File name -> content."""
    made = {
        "commands.md": _commands(),
        "vars.md": _vars(),
        "reports.md": _reports(),
        "hardware.md": _hardware(),
        "configuration.md": _configuration(),
        "variables.md": _variables(),
        "types.md": _types(),
        "errors.md": _errors(),
        "sim.md": _sim(),
        "cli.md": _cli(),
    }
    return {name: f"{_NOTE}{text.rstrip()}\n" for name, text in made.items()}


# -- pages -------------------------------------------------------------------------------------


def _commands() -> str:
    lines = [
        "# Commands",
        "",
        "Methods of `OcppService`; the same names, blocking and with `timeout`, are those of",
        "`OcppServiceSync`. They answer the same on OCPP 1.6 and 2.0.1.",
    ]
    for name in _COMMANDS:
        lines += _method(name, getattr(OcppService, name))
    lines += ["", "## Life of a service"]
    for name in ("open", "start", "close"):
        lines += _method(name, getattr(OcppService, name), level=3)
    return "\n".join(lines)


def _vars() -> str:
    lines = [
        "# Vars",
        "",
        "`ocpp.vars.<name>` has `latest`, `subscribe(callback)`, `wait_for(...)` and `async for`;",
        "`@ocpp.on_<name>` subscribes a function. Of a *state* var only the newest value matters, so",
        "a slow subscriber may miss older ones; of an *event* var it misses none. `wait_for` is content",
        "with the latest value of a state var and of `boot_notification_response`; of other event vars",
        "it takes only what comes after the call, so wait before you do what leads to it.",
    ]
    hints = _var_types()
    made = {var.name: var for var in Vars()}
    for name in (*_VARS, *(each for each in made if each not in _VARS)):
        beyond = "" if name in _VARS else ", beyond the contract"
        kind = "state" if made[name].is_state else "event"
        lines += ["", f"## `{name}`", "", f"{_linked(hints[name])} ({kind}{beyond})"]
        cls = getattr(types, hints[name], None)
        if cls is not None:
            lines += ["", *_prose(cls), "", *_fields(cls)]
    return "\n".join(lines)


def _var_types() -> Mapping[str, str]:
    """`self.is_connected: Var[bool] = ...` in the source of Vars."""
    found = {}
    for node in ast.walk(_tree(Vars)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
            found[node.target.attr] = ast.unparse(node.annotation)[len("Var[") : -1]
    return found


def _reports() -> str:
    lines = ["# Reports", "", inspect.cleandoc(inspect.getmodule(StationHandle).__doc__ or "")]
    for title, cls in (
        ("ocpp.station", StationHandle),
        ("ocpp.station.evse(n)", EvseHandle),
        ("ocpp.station.evse(n).connector(m)", ConnectorHandle),
    ):
        lines += ["", f"## `{title}`", "", *_prose(cls)]
        for name, method in _public_methods(cls):
            lines += _method(name, method, level=3)
    return "\n".join(lines)


def _hardware() -> str:
    module = inspect.getmodule(Hardware)
    lines = ["# Hardware", "", inspect.cleandoc(module.__doc__ or "" if module else "")]
    for title, cls in (("Mandatory", Hardware), ("Optional", OptionalHardware)):
        lines += ["", f"## {title}"]
        for name, method in _public_methods(cls):
            lines += _method(name, method, level=3)
    return "\n".join(lines)


def _configuration() -> str:
    lines = ["# Configuration", "", inspect.cleandoc(StationConfig.__doc__ or "")]
    for name in ("from_toml", "from_dict", "from_libocpp16", "from_component_config"):
        lines += _method(f"StationConfig.{name}", getattr(StationConfig, name))
    for title, cls in (
        ("Fields", StationConfig),
        ("`network_profiles`", NetworkProfile),
        ("`tls`", TlsSettings),
    ):
        lines += ["", f"## {title}", ""]
        lines += [] if cls is StationConfig else [*_prose(cls), ""]
        lines += _fields(cls, hidden=("imported", "source"))
    return "\n".join(lines)


def _variables() -> str:
    lines = [
        "# Variables",
        "",
        "The standard catalogue: every variable has one value, whichever way it is addressed, by",
        "component and variable or by its 1.6 key. *w* after a key: it can be written.",
        "A value is the default, unless the configuration says otherwise, unless it was set at run",
        "time.",
    ]
    for component in COMPONENTS:
        lines += _component(component)
    return "\n".join(lines)


def _component(component: type[ComponentDef]) -> Iterator[str]:
    yield ""
    yield f"## {component.component}"
    scope = _SCOPES[component.scope]
    if scope or component.__doc__:
        yield ""
        yield ", ".join(part for part in (_first_line(component.__doc__), scope) if part)
    yield ""
    yield "| Variable | Type | Default | Limits | Access | 1.6 key | |"
    yield "|---|---|---|---|---|---|---|"
    docs = _field_docs(component)
    names = {id(value): name for name, value in vars(component).items()}
    for variable in component.variables:
        yield _variable(variable, docs.get(names.get(id(variable), ""), ""))


def _variable(variable: VarDef[Any], doc: str) -> str:
    instance = f"[{variable.instance}]" if variable.instance else ""
    keys = [
        f"{key.name}{' w' if _writable(variable, key.part, key.read_only) else ''}"
        for key in variable.key16
    ]
    notes = [doc] if doc else []
    notes += ["takes effect after a reboot"] if variable.reboot else []
    cells = (
        f"{variable.name}{instance}",
        str(variable.data_type),
        _default(variable),
        _limits(variable),
        str(variable.access),
        ", ".join(keys),
        "; ".join(notes),
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _writable(variable: VarDef[Any], part: KeyPart, read_only: bool) -> bool:
    return part is KeyPart.VALUE and not read_only and variable.access != "ReadOnly"


def _default(variable: VarDef[Any]) -> str:
    default = variable.default
    if variable.write_only or default in (None, ""):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    text = ",".join(default) if isinstance(default, tuple) else str(default)
    return f"{text} {variable.unit}" if variable.unit else text


def _limits(variable: VarDef[Any]) -> str:
    if variable.values:
        listed = ", ".join(variable.values)
        return listed if len(listed) <= 120 else f"{len(variable.values)} words"
    low, high = variable.minimum, variable.maximum
    if low is None and high is None:
        return ""
    shown = [f"{each:g}" if each is not None else "" for each in (low, high)]
    length = "" if variable.data_type.is_number else " characters"
    return f"{shown[0]}..{shown[1]}{length}"


def _types() -> str:
    lines = ["# Types", "", "All of `ocpp_iface.types`. Fields with a default may be left out."]
    for name in sorted(dir(types)):
        cls = getattr(types, name)
        if not isinstance(cls, type) or not cls.__module__.startswith("ocpp_iface.types"):
            continue
        if issubclass(cls, Enum):
            words = ", ".join(f"`{member.value}`" for member in cls)
            lines += ["", f"## {name}", "", *_prose(cls), *([""] if _prose(cls) else []), words]
        elif attrs.has(cls):
            lines += ["", f"## {name}", "", *_prose(cls), *([""] if _prose(cls) else [])]
            lines += _fields(cls)
    return "\n".join(lines)


def _errors() -> str:
    doc = inspect.cleandoc(errors.__doc__ or "").replace("::\n", "", 1)
    return f"# Errors\n\n{doc}"


def _cli() -> str:
    lines = ["# Command line", "", "```", EXIT_STATUSES.rstrip(), "```"]
    for command in commands():
        parser = argparse.ArgumentParser(prog=f"ocpp-iface {command.name}")
        command.add_arguments(parser)
        lines += [
            "",
            f"## `ocpp-iface {command.name}`",
            "",
            f"{command.summary[0].upper()}{command.summary[1:]}.",
            "",
        ]
        lines += ["```", command.description.rstrip(), "", *_arguments(parser), ""]
        lines += [command.epilog.rstrip(), "```"]
    return "\n".join(lines)


def _sim() -> str:
    lines = ["# Simulated world", "", inspect.cleandoc(sim.__doc__ or "")]
    for cls in (Bench, Rule, SimCsms, SimStation, SimEv, Network, World):
        lines += ["", f"## `{cls.__name__}`", "", *_prose(cls)]
        for name, method in _public_methods(cls):
            if method.__doc__:  # the others are what the parts of the world say to each other
                lines += _method(name, method, level=3)
    return "\n".join(lines)


def _arguments(parser: argparse.ArgumentParser, indent: str = "") -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help or "" for each in action._choices_actions}
            for name, sub in action.choices.items():
                yield f"{indent}{name}: {helps.get(name, '')}"
                yield from _arguments(sub, f"{indent}  ")
        elif action.help != argparse.SUPPRESS and action.dest != "help":
            shown = ", ".join(action.option_strings) or str(action.metavar or action.dest)
            takes = action.option_strings and action.nargs != 0
            metavar = str(action.metavar or action.dest.upper())
            if action.choices:
                metavar = "{" + ",".join(map(str, action.choices)) + "}"
            word = f"{shown} {metavar}" if takes else shown
            yield f"{indent}{word:<{24 - len(indent)}} {action.help or ''}".rstrip()


# -- pieces ------------------------------------------------------------------------------------


def _method(name: str, method: Any, *, level: int = 2) -> Iterator[str]:
    source = ast.parse(textwrap.dedent(inspect.getsource(method))).body[0]
    if not isinstance(source, ast.FunctionDef | ast.AsyncFunctionDef):
        raise TypeError(f"{name} is no function")
    source.args.args = [each for each in source.args.args if each.arg not in ("self", "cls")]
    returns = "" if source.returns is None else f" -> {ast.unparse(source.returns)}"
    text = f"({ast.unparse(source.args)}){returns}"
    keyword = "async " if isinstance(source, ast.AsyncFunctionDef) else ""
    yield ""
    yield f"{'#' * level} `{name}`"
    yield ""
    yield "```python"
    yield f"{keyword}{name.rpartition('.')[2]}{text}"
    yield "```"
    doc = inspect.getdoc(method)
    if doc:
        yield ""
        yield doc


def _public_methods(cls: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(cls).items():
        if not name.startswith("_") and inspect.isfunction(member):
            yield name, member


def _fields(cls: type, hidden: Iterable[str] = ()) -> Iterator[str]:
    docs, annotations = _field_docs(cls), _annotations(cls)
    skipped = tuple(hidden)
    yield "| Field | Type | Default | |"
    yield "|---|---|---|---|"
    for field in attrs.fields(cls):
        if field.name in skipped or field.name.startswith("_"):
            continue
        kind = annotations.get(field.name, "")
        cells = (f"`{field.name}`", f"`{kind}`", _field_default(field), docs.get(field.name, ""))
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _field_default(field: Any) -> str:
    if field.default is attrs.NOTHING:
        return ""
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # a class, whatever attrs' stubs say
        return "{}" if field.default.factory is dict else "see below"
    if isinstance(field.default, Enum):
        return f"`{field.default.value}`"
    return f"`{field.default!r}`"


def _tree(cls: type) -> ast.ClassDef:
    """The definition of a class in the source."""
    module = ast.parse(inspect.getsource(sys.modules[cls.__module__]))
    return next(
        node
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__
    )


def _field_docs(cls: type) -> Mapping[str, str]:
    """The string below each field, in one line."""
    docs: dict[str, str] = {}
    name = ""
    for node in _tree(cls).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            docs[name] = " ".join(str(node.value.value).split())
            name = ""
        else:
            name = ""
    return docs


def _annotations(cls: type) -> Mapping[str, str]:
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in _tree(cls).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _prose(cls: type) -> list[str]:
    """The docstring that somebody wrote (attrs and enum write some themselves)."""
    doc = ast.get_docstring(_tree(cls))
    return doc.splitlines() if doc else []


def _first_line(doc: str | None) -> str:
    return (doc or "").strip().partition("\n")[0].rstrip(".")


def _linked(name: str) -> str:
    return f"[`{name}`](types.md#{name.lower()})" if hasattr(types, name) else f"`{name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(argv: list[str]) -> int:
    """-> the exit status: 2 for a usage error."""
    if len(argv) != 1:
        print("usage: python -m ocpp_iface.cli.reference DIRECTORY", file=sys.stderr)
        return 2
    directory = Path(argv[0])
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (directory / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
