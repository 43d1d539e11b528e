"""What waiting for a published value needs: what is wanted, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def predicate(wanted: Callable[[Any], object] | type | None) -> Callable[[Any], object]:
    """Raises TypeError for what is none."""
    if wanted is None:
        return lambda _value: True
    if not callable(wanted):
        raise TypeError(f"expected a predicate or a class, not {type(wanted).__name__}")
    if wanted is bool or not isinstance(wanted, type):
        return wanted
    kind = wanted
    return lambda value: isinstance(value, kind)


async def within(timeout_s: float | None, found: asyncio.Future[T], name: str) -> T:
    """The value of `found`. Raises TimeoutError, which names what was waited for."""
    try:
        async with asyncio.timeout(timeout_s) as limit:
            return await found
    except TimeoutError:
        if not limit.expired():  # the predicate's own
            raise
        raise TimeoutError(f"no {name} that was waited for within {timeout_s:g} s") from None
