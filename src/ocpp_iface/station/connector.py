"""All the facts a connector's status is made of; each version projects its own words from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from ocpp_iface.types import ChargingState, Fault

if TYPE_CHECKING:
    from ocpp_iface.station.station import Station


@frozen
class ConnectorFacts:
    """`evse_id` 0 with `connector_id` 0 is the station itself."""

    evse_id: int
    connector_id: int
    operative: bool = True
    """Effective availability: its own and that of everything above it."""
    held: bool = False
    """It is not operative for a while only: before a reset, or before the CSMS accepts the station."""
    leaving: bool = False
    """It becomes inoperative with the end of a transaction."""
    faults: tuple[Fault, ...] = ()
    plugged: bool = False
    cable_left: bool = False
    evse_in_use: bool = False
    """Another connector of the same EVSE is plugged in or in a transaction."""
    authorized: bool = False
    transaction: bool = False
    charging_state: ChargingState = ChargingState.Idle
    prepared: bool = False
    """In this transaction energy has flowed or was suspended, or the EV was pulled, at least once."""
    ending: bool = False
    """The end of the transaction is decided, the energy is being stopped."""
    finishing: bool = False
    """A transaction has ended, the cable is still here."""
    reserved: bool = False
    ev_gone: bool = False
    """The transaction goes on although the EV was unplugged (StopTxOnEVSideDisconnect false)."""

    @property
    def faulted(self) -> bool:
        return any(fault.is_fault for fault in self.faults)


def connector_facts(station: Station, evse_id: int, connector_id: int) -> ConnectorFacts:
    """Of one connector."""
    evse = station.evses[evse_id]
    row, driver = evse.row, evse.authorization
    transaction = station.transactions.open_on(evse_id)
    here = row.plugged or row.cable_left or (transaction.connector_id if transaction else None)
    mine = here is None or here == connector_id
    operative = station.availability.operative(evse_id, connector_id)
    return ConnectorFacts(
        evse_id=evse_id,
        connector_id=connector_id,
        operative=operative,
        held=not operative and station.availability.operative(evse_id, connector_id, holds=False),
        leaving=station.availability.becomes_inoperative(evse_id, connector_id),
        faults=station.faults.of(evse_id, connector_id),
        plugged=row.plugged == connector_id,
        cable_left=row.cable_left == connector_id,
        evse_in_use=not mine,
        authorized=mine and driver is not None and driver.may_plug(connector_id),
        transaction=mine and transaction is not None,
        charging_state=evse.charging_state if mine else ChargingState.Idle,
        prepared=mine and transaction is not None and transaction.prepared,
        ending=mine and transaction is not None and transaction.ending is not None,
        finishing=mine and row.finishing,
        reserved=False,
        ev_gone=mine and transaction is not None and row.plugged is None,
    )


def station_facts(station: Station) -> ConnectorFacts:
    """Of the station as a whole."""
    return ConnectorFacts(
        evse_id=0,
        connector_id=0,
        operative=station.availability.operative(0),
        faults=station.faults.of(0, None),
    )
