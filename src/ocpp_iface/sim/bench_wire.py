"""What the CSMS has to see when a `Bench` reaches a state: once for each version.

Modelled on the reusable states of the certification tool. Only the wire is looked at. A message
that a rule leaves to the station is looked for, but not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from attrs import define

from ocpp_iface.sim.bench_places import Place
from ocpp_iface.sim.csms import SimCsms
from ocpp_iface.sim.csms_script import Received
from ocpp_iface.sim.match import one_of

SOON_S: Final = 15.0
_ENDS_BY_TOKEN: Final = ("Authorized", "PowerPathClosed", "EnergyTransfer", "DataSigned")


class WireScript(Protocol):
    """Each method expects what belongs to it, and notes what became of the transaction."""

    def booted(self, places: list[Place]) -> None: ...

    def plugged(self, place: Place) -> None: ...

    def authorized(self, place: Place, *, asked: bool) -> None: ...

    def started_remotely(self, place: Place, remote_id: int) -> None: ...

    def charging(self, place: Place) -> None: ...

    def suspended(self, place: Place, by: str) -> None: ...

    def stopped(self, place: Place, *, remotely: bool) -> None: ...

    def unplugged(self, place: Place) -> None: ...

    def status(self, place: Place, word: str, timeout_s: float) -> None: ...


@define(eq=False)
class Wire16:
    csms: SimCsms

    def booted(self, places: list[Place]) -> None:
        self.csms.expect("BootNotification", timeout_s=SOON_S)
        for place in places:
            self.status(place, "Available", SOON_S)

    def plugged(self, place: Place) -> None:
        if place.token is None:
            self.status(place, "Preparing", SOON_S)
        elif not place.open:
            self._started(place)

    def authorized(self, place: Place, *, asked: bool) -> None:
        if asked:
            self.csms.expect("Authorize", idTag=place.token, timeout_s=SOON_S)
        if place.plugged:
            self._started(place)

    def started_remotely(self, place: Place, remote_id: int) -> None:
        del remote_id  # 1.6 has no such id
        if place.plugged:
            self._started(place)

    def charging(self, place: Place) -> None:
        self.status(place, "Charging", SOON_S)

    def suspended(self, place: Place, by: str) -> None:
        self.status(place, by, SOON_S)

    def stopped(self, place: Place, *, remotely: bool) -> None:
        reason = "Remote" if remotely else one_of("Local", None)
        self._ended(place, reason)
        self.status(place, "Finishing", SOON_S)

    def unplugged(self, place: Place) -> None:
        if place.open:
            self._ended(place, "EVDisconnected")
        self.status(place, "Available", SOON_S)

    def status(self, place: Place, word: str, timeout_s: float) -> None:
        fields = {"connectorId": place.number, "status": word}
        self.csms.expect("StatusNotification", fields, timeout_s=timeout_s)

    def _started(self, place: Place) -> None:
        start = self.csms.expect(
            "StartTransaction", connectorId=place.number, idTag=place.token, timeout_s=SOON_S
        )
        self.csms.world.settle()
        place.open = True
        place.transaction = next(
            (
                record.id
                for record in reversed(self.csms.transactions.values())
                if record.started is not None and record.started.payload == start
            ),
            None,
        )

    def _ended(self, place: Place, reason: Any) -> None:
        number = None if place.transaction is None else int(place.transaction)
        fields: Mapping[str, Any] = {"reason": reason}
        if number is not None:
            fields = {**fields, "transactionId": number}
        self.csms.expect("StopTransaction", fields, timeout_s=SOON_S)
        place.open = False


@define(eq=False)
class Wire201:
    csms: SimCsms
    start_points: tuple[str, ...]
    stop_points: tuple[str, ...]

    def booted(self, places: list[Place]) -> None:
        self.csms.expect("BootNotification", timeout_s=SOON_S)
        for place in places:
            self.status(place, "Available", SOON_S)

    def plugged(self, place: Place) -> None:
        self.status(place, "Occupied", SOON_S)
        by_path = "PowerPathClosed" in self.start_points and place.token is not None
        starts = "EVConnected" in self.start_points or by_path
        trigger = one_of("CablePluggedIn", "ChargingStateChanged", "RemoteStart")
        self._event(place, starts, triggerReason=trigger)

    def authorized(self, place: Place, *, asked: bool) -> None:
        token = {"idToken": place.token}
        if asked:
            self.csms.expect("Authorize", idToken=token, timeout_s=SOON_S)
        self._event(place, self._starts_by_token(place), triggerReason="Authorized", idToken=token)

    def started_remotely(self, place: Place, remote_id: int) -> None:
        self._event(
            place,
            self._starts_by_token(place),
            triggerReason="RemoteStart",
            idToken={"idToken": place.token},
            transactionInfo={"remoteStartId": remote_id},
        )

    def charging(self, place: Place) -> None:
        self._event(
            place,
            "EnergyTransfer" in self.start_points,
            triggerReason="ChargingStateChanged",
            transactionInfo={"chargingState": "Charging"},
        )

    def suspended(self, place: Place, by: str) -> None:
        if "EnergyTransfer" in self.stop_points:
            reason = "StoppedByEV" if by == "SuspendedEV" else ...
            self._end(place, triggerReason="ChargingStateChanged", reason=reason)
            return
        self._event(
            place,
            False,
            triggerReason="ChargingStateChanged",
            transactionInfo={"chargingState": by},
        )

    def stopped(self, place: Place, *, remotely: bool) -> None:
        trigger = "RemoteStop" if remotely else "StopAuthorized"
        if any(point in self.stop_points for point in _ENDS_BY_TOKEN):
            self._end(
                place,
                triggerReason=one_of(trigger, "ChargingStateChanged"),
                reason="Remote" if remotely else one_of("Local", None),
            )
        else:
            self._event(place, False, triggerReason=trigger)

    def unplugged(self, place: Place) -> None:
        self.status(place, "Available", SOON_S)
        if not place.open:
            return
        trigger = one_of("EVCommunicationLost", "EVDeparted")
        if any(point in self.stop_points for point in ("EVConnected", *_ENDS_BY_TOKEN)):
            reason = "EVDisconnected" if place.token is not None else ...
            self._end(place, triggerReason=trigger, reason=one_of(reason, None))
        else:
            self._event(place, False, triggerReason=trigger)

    def status(self, place: Place, word: str, timeout_s: float) -> None:
        """By StatusNotification, or by NotifyEvent of the connector's AvailabilityState."""
        csms = self.csms
        notified = {
            "evseId": place.evse,
            "connectorId": place.connector,
            "connectorStatus": word,
        }

        def found() -> Received | None:
            call = csms.find("StatusNotification", None, notified)
            return call or csms.find("NotifyEvent", _reports_status(place, word), {})

        where = f"EVSE {place.evse} connector {place.connector}"
        csms.world.run_until(
            lambda: found() is not None, timeout_s, lambda: f"status {word} of {where}"
        )
        call = found()
        if call is not None:
            call.taken = True

    # -- inside --------------------------------------------------------------------------------

    def _starts_by_token(self, place: Place) -> bool:
        by_path = "PowerPathClosed" in self.start_points and place.plugged
        return "Authorized" in self.start_points or by_path

    def _event(self, place: Place, starts: bool, **fields: Any) -> None:
        """Started if nothing runs and this starts it, Updated if something runs, else nothing."""
        if not (place.open or starts):
            return
        kind = "Updated" if place.open else "Started"
        info = dict(fields.pop("transactionInfo", {}))
        if place.open and place.transaction is not None:
            info["transactionId"] = place.transaction
        call = self.csms.expect(
            "TransactionEvent", eventType=kind, transactionInfo=info, timeout_s=SOON_S, **fields
        )
        place.open = True
        place.transaction = str(call["transactionInfo"]["transactionId"])

    def _end(self, place: Place, *, reason: Any, **fields: Any) -> None:
        info: dict[str, Any] = {"stoppedReason": reason}
        if place.transaction is not None:
            info["transactionId"] = place.transaction
        self.csms.expect(
            "TransactionEvent", eventType="Ended", transactionInfo=info, timeout_s=SOON_S, **fields
        )
        place.open = False


def _reports_status(place: Place, word: str) -> Any:
    def reports(payload: Mapping[str, Any]) -> bool:
        for event in payload.get("eventData", ()):
            component, variable = event["component"], event["variable"]
            at = component.get("evse", {})
            if (
                component["name"] == "Connector"
                and variable["name"] == "AvailabilityState"
                and (at.get("id"), at.get("connectorId")) == (place.evse, place.connector)
                and event["actualValue"] == word
            ):
                return True
        return False

    return reports
