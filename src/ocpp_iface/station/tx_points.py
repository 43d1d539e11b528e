"""When a transaction starts and ends: TxStartPoint and TxStopPoint (E01, E06). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from ocpp_iface.station.policy import TxPoint


@frozen
class Conditions:
    """What holds at an EVSE right now."""

    bay: bool = False
    connected: bool = False
    authorized: bool = False
    energy: bool = False
    signed: bool = False
    """The meter has signed a value for the driver who may charge here."""
    locked: bool = False
    """The cable of the driver who may charge is held (or need not be)."""

    @property
    def ready(self) -> bool:
        """The driver may charge, and the EV is there."""
        return self.authorized and self.connected


def holds(point: TxPoint, now: Conditions) -> bool:
    match point:
        case TxPoint.PARKING_BAY_OCCUPANCY:
            return now.bay
        case TxPoint.EV_CONNECTED:
            return now.connected
        case TxPoint.AUTHORIZED:
            return now.authorized
        case TxPoint.POWER_PATH_CLOSED:
            return now.ready
        case TxPoint.ENERGY_TRANSFER:
            return now.energy
        case TxPoint.DATA_SIGNED:
            return now.signed


def starts(points: Sequence[TxPoint], before: Conditions, after: Conditions) -> bool:
    """A start point has just been reached.

    A driver who is authorized at an EVSE where a start point holds already (the EV stayed connected
    after the last transaction) has reached it, too. The path of the energy counts as closed only when
    the cable is held (G05); for the end that makes no difference.
    """
    newly_authorized = after.authorized and not before.authorized
    return any(
        _begins(point, after) and (newly_authorized or not _begins(point, before))
        for point in points
    )


def _stop_points(points: Sequence[TxPoint]) -> Iterator[TxPoint]:
    """E06.FR.06: as a stop point, PowerPathClosed is exactly EVConnected and Authorized."""
    for point in points:
        if point is TxPoint.POWER_PATH_CLOSED:
            yield from (TxPoint.EV_CONNECTED, TxPoint.AUTHORIZED)
        else:
            yield point


def _begins(point: TxPoint, now: Conditions) -> bool:
    return holds(point, now) and (now.locked or point is not TxPoint.POWER_PATH_CLOSED)


def energy_comes_first(points: Sequence[TxPoint]) -> bool:
    """E01.S6: energy may flow before there is a transaction, as its flow may be what starts one. Not
    where a signed value may be that: then nothing flows before the meter has signed (E01.S4).
    """
    return TxPoint.ENERGY_TRANSFER in points and TxPoint.DATA_SIGNED not in points


def stops(points: Sequence[TxPoint], before: Conditions, after: Conditions) -> bool:
    """A stop point has just been left, or nobody is here any more.

    The second is for points that were never reached, so cannot be left: an EV that left without any
    authorization, with Authorized. Nothing else would ever end such a transaction. Where the parking
    bay decides, it alone does (E03.FR.15).
    """
    if any(holds(point, before) and not holds(point, after) for point in _stop_points(points)):
        return True
    return TxPoint.PARKING_BAY_OCCUPANCY not in points and not (
        after.bay or after.connected or after.authorized
    )
