"""The names that others may rely on. A change here is a change for users: it belongs in the
CHANGELOG. To take over what the code says now:

    PYTHONPATH=src python tests/architecture/test_public_names.py
"""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

SNAPSHOT = Path(__file__).parent / "public_names.json"
MODULES = (
    "ocpp_iface", "ocpp_iface.types", "ocpp_iface.sim", "ocpp_iface.errors",
    "ocpp_iface.ports.hardware", "ocpp_iface.ports.store", "ocpp_iface.ports.transport",
    "ocpp_iface.ports.clock", "ocpp_iface.ports.entropy", "ocpp_iface.ports.topology",
)  # fmt: skip
CLASSES = (
    ("ocpp_iface.service", "OcppService"),
    ("ocpp_iface.sync", "OcppServiceSync"),
    ("ocpp_iface.ports.hardware", "Hardware"),
    ("ocpp_iface.ports.hardware", "OptionalHardware"),
    ("ocpp_iface.handles", "StationHandle"),
    ("ocpp_iface.handles", "EvseHandle"),
    ("ocpp_iface.handles", "ConnectorHandle"),
    ("ocpp_iface.vars", "Vars"),
    ("ocpp_iface.vars", "Var"),
    ("ocpp_iface.vars", "Subscription"),
    ("ocpp_iface.sim.bench", "Bench"),
    ("ocpp_iface.sim.world", "World"),
)
COMMANDS = ("stop", "restart", "security_event", "get_variables", "set_variables",
            "change_availability", "monitor_variables")  # fmt: skip


def names_of(module: str) -> list[str]:
    """`__all__`, or else what is public and defined there."""
    loaded = import_module(module)
    listed = getattr(loaded, "__all__", None)
    if listed is not None:
        return sorted(listed)
    return sorted(
        name
        for name, value in vars(loaded).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module
    )


def members_of(module: str, name: str) -> list[str]:
    cls = getattr(import_module(module), name)
    own = [each for each in cls.__mro__ if each.__module__.startswith("ocpp_iface")]
    return sorted({key for each in own for key in vars(each) if not key.startswith("_")})


def current() -> dict[str, list[str]]:
    found = {module: names_of(module) for module in MODULES}
    found.update({f"{module}.{name}": members_of(module, name) for module, name in CLASSES})
    return found


@pytest.mark.parametrize("place", [*MODULES, *(f"{m}.{c}" for m, c in CLASSES)])
def test_public_names_are_those_of_the_snapshot(place: str) -> None:
    assert current()[place] == json.loads(SNAPSHOT.read_text())[place]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_that_is_listed_exists(module: str) -> None:
    loaded = import_module(module)
    assert all(hasattr(loaded, name) for name in names_of(module))


def test_both_facades_have_the_commands_of_the_contract() -> None:
    for module, name in CLASSES[:2]:
        cls = getattr(import_module(module), name)
        assert all(inspect.isfunction(getattr(cls, command)) for command in COMMANDS)


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Names are loaded when they are used; an app that wants a type pays for no station."""
    code = (
        "import sys, ocpp_iface; heavy = {'ocpp', 'websockets', 'sqlite3', 'asyncio'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(current(), indent=1, sort_keys=True) + "\n")
