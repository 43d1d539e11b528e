"""Every exception this library raises on purpose.

::

    OcppIfaceError
    ├── ConfigurationError      a configuration file or value is wrong; nothing was started
    ├── StoreError              the store cannot be read or written
    │   ├── CorruptStore        the file is damaged; it was kept aside
    │   └── StoreTooNew         a newer version of this library wrote it
    ├── NotRunning              the service is not open (never raised by a contract command)
    ├── CallError               an own CALL got no usable answer
    │   ├── CallTimedOut        no answer within the message time-out, or the link was lost
    │   ├── CallFailed          the CSMS answered CALLERROR
    │   └── CallDropped         the message was not sent at all (offline, not accepted, stopped)
    ├── PayloadError            a message or value breaks its schema; carries the path to the fault
    ├── PortError               the hardware side failed
    │   ├── PortTimedOut        no answer before the deadline
    │   └── PortRefused         it raised, or answered nonsense
    └── ForeignAwaitable        a flow awaited something that is not a kernel trap (a bug in a block)

What the specification models as a status (Rejected, UnknownVariable, ...) is a result, never an
exception.
"""

from __future__ import annotations

from enum import StrEnum


class OcppIfaceError(Exception):
    """Base of all exceptions of this library."""


class ConfigurationError(OcppIfaceError):
    """`source` names the file or object, `path` the place in it, `reason` the fault."""

    def __init__(self, reason: str, *, source: str = "", path: str = "") -> None:
        self.reason, self.source, self.path = reason, source, path
        where = ": ".join(part for part in (source, path) if part)
        super().__init__(f"{where}: {reason}" if where else reason)


class StoreError(OcppIfaceError):
    """The store cannot be read or written."""


class CorruptStore(StoreError):
    """The store is damaged; `kept_as` is where the damaged file was moved, if it was."""

    def __init__(self, reason: str, *, kept_as: str = "") -> None:
        self.kept_as = kept_as
        super().__init__(f"{reason} (kept aside as {kept_as})" if kept_as else reason)


class StoreTooNew(StoreError):
    """The store was written by a newer version of this library."""


class NotRunning(OcppIfaceError):
    """The service is not open."""


class CallError(OcppIfaceError):
    """An own CALL got no usable answer."""


class CallTimedOut(CallError):
    """No answer within the message time-out, or the link was lost while waiting."""


class CallFailed(CallError):
    """The CSMS answered CALLERROR."""

    def __init__(self, code: str, description: str = "") -> None:
        self.code, self.description = code, description
        super().__init__(f"{code}: {description}" if description else code)


class CallDropped(CallError):
    """The message was not sent: offline, not accepted, or stopped."""


class Fault(StrEnum):
    """How a value breaks its schema, in the words of OCPP-J; a version maps them to its codes."""

    FORMAT = "FormatViolation"
    """Not of the shape of the message at all."""
    OCCURRENCE = "OccurrenceConstraintViolation"
    """A field is missing, or a list has too few or too many items."""
    PROPERTY = "PropertyConstraintViolation"
    """A field is known but its value is not allowed (too long, not in the enumeration)."""
    TYPE = "TypeConstraintViolation"
    """A field has the wrong JSON type."""


class PayloadError(OcppIfaceError):
    """`path` leads to the fault (`requests[2].component_variable.variable.name`)."""

    def __init__(self, path: str, reason: str, fault: Fault = Fault.FORMAT) -> None:
        self.path, self.reason, self.fault = path, reason, fault
        super().__init__(f"{path}: {reason}" if path else reason)

    def __reduce__(self) -> tuple[type[PayloadError], tuple[str, str, Fault]]:
        """Pickled to another process it would else be made of its text alone, and fail."""
        return type(self), (self.path, self.reason, self.fault)


class PortError(OcppIfaceError):
    """The hardware side failed."""


class PortTimedOut(PortError):
    """No answer before the deadline."""


class PortRefused(PortError):
    """The port method raised, or answered something it may not answer."""


class ForeignAwaitable(OcppIfaceError):
    """A flow awaited something that is not a kernel trap."""
