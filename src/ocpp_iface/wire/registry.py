"""What one version consists of; `wire.v16` and `wire.v201` each define theirs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Final, Literal

from attrs import frozen

Direction = Literal["request", "response"]

_MODULES: Final = {
    "ocpp1.6": "ocpp_iface.wire.v16",
    "ocpp2.0.1": "ocpp_iface.wire.v201",
}


@frozen
class Version:
    """`schemas` is the package that holds the official schema files; a request's file is named
    by its action and `request_suffix`, a response's by its action and "Response".
    """

    subprotocol: str
    requests: ModuleType
    responses: ModuleType
    schemas: str
    request_suffix: str

    def classes(self, direction: Direction) -> dict[str, type]:
        """Action -> class, in the order of the module."""
        module = self.requests if direction == "request" else self.responses
        return dict(_classes(module))

    def schema_name(self, action: str, direction: Direction) -> str:
        return action + (self.request_suffix if direction == "request" else "Response")


def _classes(module: ModuleType) -> Iterator[tuple[str, type]]:
    for name in module.__all__:
        item = getattr(module, name)
        if inspect.isclass(item):
            yield name, item


def version_of(subprotocol: str) -> Version:
    """Imports the version's classes. Raises `ValueError` for a subprotocol not in the table."""
    module = _MODULES.get(subprotocol)
    if module is None:
        raise ValueError(f"unknown subprotocol {subprotocol!r}")
    version = import_module(module).VERSION
    if not isinstance(version, Version):
        raise TypeError(f"{module}.VERSION is not a Version")
    return version
