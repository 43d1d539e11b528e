"""The bus of domain events: typed, synchronous, ordered by subscription."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")


class Bus:
    """Delivers an event to the watchers of its exact type, in the order they subscribed.

    An event published while another is being delivered waits until that one has reached all its
    watchers, so every watcher sees events in the order in which they happened.
    """

    def __init__(self) -> None:
        self._watchers: dict[type, list[Callable[[Any], None]]] = {}
        self._waiting: list[object] = []
        self._delivering = False

    def subscribe(self, event_type: type[E], watcher: Callable[[E], None]) -> None:
        self._watchers.setdefault(event_type, []).append(watcher)

    def publish(self, event: object) -> None:
        self._waiting.append(event)
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._waiting:
                current = self._waiting.pop(0)
                for watcher in self._watchers.get(type(current), ()):
                    watcher(current)
        finally:
            self._delivering = False
            self._waiting.clear()
