"""The only things a flow may await.

A trap is armed by the flow runner with a `Resume`; the part of the kernel behind it calls that once,
with a value or an error. Arming returns how to give up waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Generic, Protocol, TypeVar, cast

T = TypeVar("T")

Disarm = Callable[[], None]


class Resume:
    """Continues one flow, once; later calls do nothing."""

    __slots__ = ("_deliver",)

    def __init__(self, deliver: Callable[[object, Exception | None], None]) -> None:
        self._deliver: Callable[[object, Exception | None], None] | None = deliver

    def value(self, value: object = None) -> None:
        deliver, self._deliver = self._deliver, None
        if deliver is not None:
            deliver(value, None)

    def error(self, error: Exception) -> None:
        deliver, self._deliver = self._deliver, None
        if deliver is not None:
            deliver(None, error)


class Trap(Generic[T]):
    """`arm(resume)` starts what is awaited."""

    __slots__ = ("arm",)

    def __init__(self, arm: Callable[[Resume], Disarm]) -> None:
        self.arm = arm

    def __await__(self) -> Generator[Trap[T], Any, T]:
        return cast("T", (yield self))


def _nothing() -> None:
    """Nothing to give up."""


class Signal:
    """Something flows can wait for: `fire` wakes everybody who waits now."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[Resume] = []

    def fire(self, value: object = None) -> None:
        waiting, self._waiting = self._waiting, []
        for resume in waiting:
            resume.value(value)

    def wait(self) -> Trap[Any]:
        return Trap(self._arm)

    def _arm(self, resume: Resume) -> Disarm:
        self._waiting.append(resume)

        def disarm() -> None:
            if resume in self._waiting:
                self._waiting.remove(resume)

        return disarm


def ready(value: T) -> Trap[T]:
    """A trap that resumes at once, for the branch of a flow that need not wait."""

    def arm(resume: Resume) -> Disarm:
        resume.value(value)
        return _nothing

    return Trap(arm)


class Sleeper(Protocol):
    """What `sleep` needs of the timers."""

    def after(self, delay_s: float, action: Callable[[], None], name: str = "") -> Cancellable: ...


class Cancellable(Protocol):
    def cancel(self) -> None: ...


def sleep(timers: Sleeper, delay_s: float) -> Trap[None]:
    """Wait `delay_s` seconds."""

    def arm(resume: Resume) -> Disarm:
        return timers.after(delay_s, resume.value, "sleep").cancel

    return Trap(arm)
