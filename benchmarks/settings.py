"""How long and where to measure."""

from __future__ import annotations

import os

from attrs import evolve, frozen


@frozen
class Settings:
    rounds: int
    seconds_a_sample: float
    """Wall time of one client in one round."""
    stations: int
    """Idle stations in one process."""
    load_seconds: float
    """How long a load is held."""
    imports: int
    """Fresh processes for each import."""
    days: int
    """Simulated days."""
    csms_cpu: int | None = None
    client_cpu: int | None = None
    synchronous: str = "FULL"
    quick: bool = False
    links: tuple[int, ...] = (1, 8)
    """Round trips are measured with so many links at once in the client's process."""
    messages: tuple[str, ...] = ()
    """Only the round trips whose name holds one of these words; none: all."""


def full() -> Settings:
    return Settings(
        rounds=9, seconds_a_sample=0.5, stations=1000, load_seconds=10.0, imports=11, days=30
    )


def quick() -> Settings:
    """Everything once, for a look whether it works: the figures mean nothing."""
    return Settings(
        rounds=1,
        seconds_a_sample=0.02,
        stations=10,
        load_seconds=1.0,
        imports=1,
        days=1,
        links=(2,),
        quick=True,
    )


def pinned(given: Settings) -> Settings:
    """The CSMS and the measured client on processors of their own. On a machine that does nothing
    else it changes little; on a busy one whoever is pinned waits for the others.
    """
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(allowed) < 2:
        return given
    return evolve(given, csms_cpu=allowed[0], client_cpu=allowed[1])
