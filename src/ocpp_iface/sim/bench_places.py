"""Where a `Bench` has come to at each EVSE."""

from __future__ import annotations

from attrs import define


@define
class Place:
    """One connector of the bench and what the test has done there."""

    evse: int
    connector: int
    number: int
    """The 1.6 number of the connector."""
    plugged: bool = False
    token: str | None = None
    """Who is authorized."""
    open: bool = False
    """A transaction runs."""
    transaction: str | None = None
    """Its id (1.6: the number as text), the last one's after its end; None while it is unknown."""
    charging: bool = False
