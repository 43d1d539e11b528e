"""What a functional block of the standard looks like to the kernel, and what the kernel needs of a
version's codec and of everything that stands on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum, auto
from typing import Any, ClassVar, Protocol

from ocpp_iface.engine.dispatcher import Handler
from ocpp_iface.engine.link import LinkPlan
from ocpp_iface.engine.outbox import Delivery, RetryPolicy
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.ports.transport import CloseReason

Watcher = Callable[[Any], None]


class Codec(Protocol):
    """Typed message <-> JSON of one OCPP version (implemented by `wire.codec`)."""

    @property
    def subprotocol(self) -> str: ...

    def action_of(self, message: object) -> str: ...

    def encode_request(self, request: object) -> tuple[str, str]:
        """(action, payload as JSON text)"""

    def encode_response(self, response: object) -> str: ...

    def decode_request(self, action: str, payload: Any) -> object:
        """Raises UnknownAction, PayloadError."""

    def decode_response(self, action: str, payload: Any) -> object:
        """Raises PayloadError."""


class Admission(Enum):
    """What becomes of an inbound CALL in a registration state."""

    HANDLE = auto()
    SECURITY_ERROR = auto()
    IGNORE = auto()


class Cause(StrEnum):
    """Why an assembly is built."""

    BOOT = "boot"
    """The process started: what the rows say may be old."""
    REBUILD = "rebuild"
    """A handler crashed after a write: the rows are what is true now."""
    VERSION = "version"
    """The CSMS negotiated another OCPP version; the station itself goes on."""


class Block:
    """One functional block (2.x) or profile slice (1.6): tables first, then handlers.

    Blocks never know each other; they meet in the station model, the variables and the bus.
    """

    code: ClassVar[str] = ""

    def routes(self) -> Mapping[type, Handler]:
        """CSMS request class -> handler."""
        return {}

    def watches(self) -> Mapping[type, Watcher]:
        """Domain event class -> watcher."""
        return {}

    def triggers(self) -> Mapping[str, Callable[[Any], bool]]:
        """TriggerMessage name -> (request -> can it be done); the sending starts after the reply."""
        return {}

    def deliveries(self) -> Mapping[type, Delivery]:
        """Fact class -> how this version carries it."""
        return {}

    def commands(self) -> Mapping[type, Handler]:
        """Command class -> handler, for commands that only make sense in this version."""
        return {}

    def resume(self, cause: Cause) -> None:
        """Start what the rows say is under way."""


class Assembly(Protocol):
    """Everything above the engine, for one OCPP version, built from the rows of the store."""

    codec: Codec
    commands: Mapping[type, Handler]
    routes: Mapping[type, Handler]
    deliveries: Mapping[type, Delivery]
    plan: LinkPlan
    retry: RetryPolicy
    subprotocols: tuple[str, ...]

    def admit(self, action: str, state: RegistrationState) -> Admission: ...

    def resume(self, cause: Cause) -> None: ...

    def link_opened(self, slot: int, subprotocol: str) -> None: ...

    def link_closed(self, reason: CloseReason, detail: str, *, was_open: bool) -> None: ...

    def clock_stepped(self, by_s: float) -> None:
        """The system clock was set, and the station's time with it."""

    def settle(self) -> None:
        """Compute derived state once, after all inputs of a step."""

    def holds_rows(self) -> bool:
        """True while transactional rows have to wait (resume delay after a reconnect)."""
