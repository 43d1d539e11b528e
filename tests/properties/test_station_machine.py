"""The whole station as a state machine: drivers, chargers, network, power, clocks, CSMS and app do
whatever they like, in any order.

After each step the world is in order: P1 sequence numbers have no gap, P2 one CALL at a time, P3
transaction messages in order, each at least once, none invented, P4 one answer for each inbound
CALL, P9 nothing after `stop`, P10 no cable is unlocked under load. In the end everything has arrived
at the CSMS, and memory is what a fresh load of the rows would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ocpp_iface.sim import Bench, SimStation, address
from ocpp_iface.sim.memory import disagreements
from ocpp_iface.sim.payloads import valid_payload
from ocpp_iface.station.commands import SetVariables
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    OperationalStatusEnumType,
    SecurityEvent,
    SetVariableRequest,
)

EVSES = st.sampled_from([1, 2])
TOKENS = st.sampled_from(["04AA", "04BB", "04CC"])
PAUSES = st.sampled_from([0.0, 0.05, 1.0, 7.0, 40.0, 200.0])
SUPPORTED = {
    "1.6": ("ChangeAvailability", "ChangeConfiguration", "ClearCache", "DataTransfer",
            "GetConfiguration", "RemoteStartTransaction", "RemoteStopTransaction", "Reset",
            "TriggerMessage", "UnlockConnector"),
    "2.0.1": ("ChangeAvailability", "ClearCache", "DataTransfer", "GetBaseReport", "GetReport",
              "GetTransactionStatus", "GetVariables", "RequestStartTransaction",
              "RequestStopTransaction", "Reset", "SetNetworkProfile", "SetVariables",
              "TriggerMessage", "UnlockConnector"),
}  # fmt: skip
TROUBLES = ("network", "network", "network", "cut_off", "power_at_a_commit", "hardware", "clock")
APP = ("stop_or_restart", "set_variables", "change_availability", "security_event")
METHODS = ("permit_energy", "stop_energy", "unlock", "lock", "read_meter")
PLACES = {"connectorId": 2, "evseId": 2, "id": 2, "configurationSlot": 2}
"""Numbers that lead to places which this station has, or nearly so."""


class Machine(RuleBasedStateMachine):
    version = "1.6"

    @initialize(
        seed=st.integers(0, 5),
        offline=st.booleans(),
        resume=st.sampled_from(["resume", "end"]),
        auto=st.booleans(),
    )
    def begin(self, seed: int, offline: bool, resume: str, auto: bool) -> None:
        variables: Mapping[str, Any] = {
            "ConnectionTimeOut": "30",
            "AllowOfflineTxForUnknownId": "true" if offline else "false",
            "MeterValueSampleInterval": "20",
        }
        self.bench = Bench(
            self.version,
            evses=(1, 1),
            seed=seed,
            auto=auto,
            variables=variables,
            config={"on_power_loss": resume, "standard_keys_writable": True},
        )
        self.bench.world.tolerate_crashes = True
        self.bench.csms.validation = "codec"
        self.station.boots_after_s = 5.0
        self.stopped_process: object = None
        self.sent_at_stop = 0

    @property
    def stopped(self) -> bool:
        """The app has stopped OCPP; a new process begins with it again."""
        return self.up and self.station.process is self.stopped_process

    @property
    def station(self) -> SimStation:
        return self.bench.station

    @property
    def frames(self) -> int:
        return len(self.bench.world.trace.entries(">"))

    @property
    def up(self) -> bool:
        return self.station.running

    def alive(self) -> bool:
        return hasattr(self, "bench") and self.up

    # -- drivers and chargers --------------------------------------------------------------------

    @precondition(alive)
    @rule(evse=EVSES, pause=PAUSES)
    def plug_or_unplug(self, evse: int, pause: float) -> None:
        if self.station.evse(evse).plugged is None:
            self.station.plug_in(evse)
        else:
            self.station.unplug(evse)
        self.bench.run(pause)

    @precondition(alive)
    @rule(evse=st.none() | EVSES, token=TOKENS, pause=PAUSES)
    def present_token(self, evse: int | None, token: str, pause: float) -> None:
        self.station.present_token(token, evse)
        self.bench.run(pause)

    @precondition(alive)
    @rule(evse=EVSES, token=TOKENS, seconds=PAUSES)
    def charge(self, evse: int, token: str, seconds: float) -> None:
        """A driver who knows how to do it, as far as the station lets him."""
        if self.station.evse(evse).plugged is None:
            self.station.plug_in(evse)
        self.bench.run(1)
        if self.up and not self.station.evse(evse).permitted:
            self.station.present_token(token, evse)
        self.bench.run(5)
        if self.up and not self.station.auto and self.station.evse(evse).permitted:
            self.station.charging_state(evse, "Charging")
        self.bench.run(seconds)

    @precondition(alive)
    @rule(evse=EVSES, pull=st.booleans())
    def leave(self, evse: int, pull: bool) -> None:
        if pull and self.station.evse(evse).plugged is not None:
            self.station.unplug(evse, cable_left=True)
        else:
            self.station.stop_button(evse)

    @precondition(alive)
    @rule(evse=EVSES, state=st.sampled_from(["Charging", "SuspendedEV", "EVConnected", "Idle"]))
    def charging_state(self, evse: int, state: str) -> None:
        self.station.charging_state(evse, state)

    @precondition(alive)
    @rule(evse=st.sampled_from([0, 1, 2]), wh=st.floats(0, 1e6))
    def meter(self, evse: int, wh: float) -> None:
        if not self.station.auto:
            self.station.meter(evse, wh)

    @precondition(alive)
    @rule(evse=st.sampled_from([0, 1, 2]), name=st.sampled_from(["GroundFailure", "WeakSignal"]))
    def fault(self, evse: int, name: str) -> None:
        where = None if evse == 0 else 1
        if not self.station.clear_fault(name, evse, where):
            self.station.fault(name, evse, where)

    # -- network, power, hardware, clocks ----------------------------------------------------------

    @precondition(lambda self: hasattr(self, "bench"))
    @rule(what=st.sampled_from(TROUBLES), data=st.data(), pause=PAUSES)
    def trouble(self, what: str, data: st.DataObject, pause: float) -> None:
        getattr(self, what)(data)
        self.bench.run(pause)

    def network(self, data: st.DataObject) -> None:
        what = data.draw(st.sampled_from(["cut", "restore", "restore", "drop", "half_open"]))
        getattr(self.station.network, what)()

    def cut_off(self, data: st.DataObject) -> None:
        if self.up:
            self.station.kill() if data.draw(st.booleans()) else self.station.end_process()
        self.bench.run(data.draw(PAUSES))
        if not self.up:
            self.station.boot()

    def power_at_a_commit(self, data: st.DataObject) -> None:
        number = self.station.wear.commits + data.draw(st.sampled_from([1, 2, 4]))
        if data.draw(st.booleans()):
            self.station.wear.cut_before = number
        else:
            self.station.wear.cut_after = number

    def hardware(self, data: st.DataObject) -> None:
        method = data.draw(st.sampled_from(METHODS))
        hardware = self.station.hardware
        hardware.heal()
        getattr(hardware, data.draw(st.sampled_from(["fail", "hang"])))(method)

    def clock(self, data: st.DataObject) -> None:
        seconds = data.draw(st.sampled_from([-7200.0, -5.0, 0.0, 3.0, 86_400.0]))
        if data.draw(st.booleans()):
            self.bench.csms.clock_offset_s = seconds
        else:
            self.station.clock_offset_s = seconds

    # -- the CSMS ----------------------------------------------------------------------------------

    @precondition(lambda self: self.alive() and self.bench.csms.connected())
    @rule(data=st.data(), pause=PAUSES)
    def csms_calls(self, data: st.DataObject, pause: float) -> None:
        action = data.draw(st.sampled_from(SUPPORTED[self.version]))
        payload = data.draw(valid_payload(f"ocpp{self.version}", action, "request"))
        self.bench.csms.start_call(action, placed(payload))
        self.bench.run(pause)

    @precondition(lambda self: self.alive() and self.bench.csms.connected())
    @rule(evse=EVSES, token=TOKENS)
    def remote_start(self, evse: int, token: str) -> None:
        if self.bench.is16:
            body = {"connectorId": evse, "idTag": token}
            self.bench.csms.start_call("RemoteStartTransaction", body)
        else:
            who = {"idToken": token, "type": "ISO14443"}
            body = {"evseId": evse, "idToken": who, "remoteStartId": 7}
            self.bench.csms.start_call("RequestStartTransaction", body)
        self.bench.run(1)

    @precondition(lambda self: self.alive() and self.bench.csms.connected())
    @rule(data=st.data())
    def remote_stop(self, data: st.DataObject) -> None:
        known = list(self.bench.csms.transactions)
        if not known:
            return
        which = data.draw(st.sampled_from(known))
        if self.bench.is16:
            body = {"transactionId": int(which)}
            self.bench.csms.start_call("RemoteStopTransaction", body)
        else:
            self.bench.csms.start_call("RequestStopTransaction", {"transactionId": which})
        self.bench.run(1)

    @precondition(lambda self: hasattr(self, "bench"))
    @rule(token=TOKENS, status=st.sampled_from(["Accepted", "Accepted", "Blocked"]))
    def csms_judges(self, token: str, status: str) -> None:
        self.bench.csms.tokens.put(token, status)

    # -- the app -----------------------------------------------------------------------------------

    @precondition(alive)
    @rule(what=st.sampled_from(APP), data=st.data())
    def app(self, what: str, data: st.DataObject) -> None:
        getattr(self, what)(data)

    def stop_or_restart(self, _data: st.DataObject) -> None:
        process, stopped = self.station.process, self.stopped
        done = self.station.ocpp.restart() if stopped else self.station.ocpp.stop()
        if self.station.process is not process:
            return  # the power failed
        assert done
        if not stopped:
            self.stopped_process = process
            self.sent_at_stop = self.frames
        else:
            self.stopped_process = None

    def set_variables(self, data: st.DataObject) -> None:
        where = address("TxCtrlr/EVConnectionTimeOut")
        value = data.draw(st.sampled_from(["30", "60", "-1", "many"]))
        self.station.command(SetVariables((SetVariableRequest(where, value),), "app"))
        if self.up:
            self.station.ocpp.monitor_variables([where])

    def change_availability(self, data: st.DataObject) -> None:
        words = OperationalStatusEnumType
        evse, on = data.draw(st.none() | EVSES), data.draw(st.booleans())
        status = words.Operative if on else words.Inoperative
        where = EVSE(evse) if evse else None
        self.station.ocpp.change_availability(ChangeAvailabilityRequest(status, evse=where))

    def security_event(self, data: st.DataObject) -> None:
        critical = data.draw(st.none() | st.booleans())
        self.station.ocpp.security_event(SecurityEvent("MemoryExhaustion", critical=critical))

    # -- what always holds -------------------------------------------------------------------------

    @invariant()
    def the_world_is_in_order(self) -> None:
        if not hasattr(self, "bench"):
            return
        self.bench.check()

    @invariant()
    def nothing_is_sent_after_stop(self) -> None:
        """P9."""
        if hasattr(self, "bench") and self.stopped:
            assert self.frames == self.sent_at_stop

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            return
        bench, station = self.bench, self.station
        station.wear.cut_before = station.wear.cut_after = None
        station.hardware.heal()
        station.network.restore()
        bench.run(10)
        if not self.up:
            station.boot()
        station.ocpp.restart()
        bench.run(300)
        self.the_world_is_in_order()
        if not (self.up and bench.csms.connected()):
            return  # the CSMS has told it to go elsewhere
        for evse in (1, 2):
            station.stop_button(evse)
            if station.evse(evse).plugged is not None:
                station.unplug(evse)
        bench.run(900)
        self.the_world_is_in_order()
        assert disagreements(station) == []
        if bench.csms.connected() and self.is_registered():
            assert bench.csms.books.open() == []
            assert not station.evse(1).contactor_closed
            assert not station.evse(2).contactor_closed

    def is_registered(self) -> bool:
        process = self.station.process
        assert process is not None
        accepted: bool = process.kernel.registration.accepted  # type: ignore[attr-defined]
        return accepted


def placed(node: Any) -> Any:
    """With numbers of places that exist, so that more than refusals is exercised."""
    if isinstance(node, list):
        return [placed(value) for value in node]
    if isinstance(node, dict):
        return {
            key: 1 + abs(value) % PLACES[key] if key in PLACES and type(value) is int
            else placed(value)
            for key, value in node.items()
        }  # fmt: skip
    return node


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.6", "2.0.1"], ids=["V16", "V201"])
def test_station_machine(version: str) -> None:
    machine = type("MachineOf" + version.replace(".", ""), (Machine,), {"version": version})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            report_multiple_bugs=False,
        ),
    )
