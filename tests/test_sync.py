"""The blocking facade: from any thread, in any callback, and its end in every way."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent / "runtime"))

from fake_shell import START, Charger, FakeClock, FakeKernel, FakeNetwork

from ocpp_iface.config import StationConfig
from ocpp_iface.engine.outputs import AskPort, Publish
from ocpp_iface.errors import NotRunning, PayloadError, StoreError
from ocpp_iface.parts import Listeners, Parts
from ocpp_iface.runtime.runner import Runner
from ocpp_iface.service import CLOSE_GRACE_S
from ocpp_iface.smartcharging import (
    ChargingNeeds,
    DcNeeds,
    EnergyTransferMode,
    LimitSource,
    RateUnit,
)
from ocpp_iface.station import commands, reports
from ocpp_iface.sync import OcppServiceSync
from ocpp_iface.types import (
    AuthorizationStatus,
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ChangeAvailabilityStatusEnumType,
    ChargingState,
    Component,
    ComponentVariable,
    Fault,
    GetVariableRequest,
    GetVariableResult,
    GetVariableStatusEnumType,
    IdToken,
    MeterReading,
    OperationalStatusEnumType,
    SecurityEvent,
    SetVariableRequest,
    SetVariableStatusEnumType,
    Variable,
)
from ocpp_iface.types.outcomes import TokenOutcome
from ocpp_iface.vars import DeliveryPolicy

ADDRESS = ComponentVariable(Component("TxCtrlr"), Variable("EVConnectionTimeOut"))
GET = GetVariableRequest(ADDRESS)
SET = SetVariableRequest(ADDRESS, "60")
CHANGE = ChangeAvailabilityRequest(OperationalStatusEnumType.Operative)
CONFIG = StationConfig(id="CS-1", csms_url="ws://csms.example/ocpp", evses=(1, 1))
ACCEPTED = ChangeAvailabilityResponse(ChangeAvailabilityStatusEnumType.Accepted)
LIMIT = 10.0


class World:
    def __init__(self, *, hardware: object | None = None, **more: Any) -> None:
        self.kernel = FakeKernel()
        self.kernel.handlers = {
            commands.Stop: lambda _command: True,
            commands.Restart: lambda _command: True,
            commands.RaiseSecurityEvent: lambda _command: None,
            commands.GetVariables: lambda command: [
                GetVariableResult(GetVariableStatusEnumType.Accepted, ADDRESS, value="60")
                for _ in command.requests
            ],
            commands.SetVariables: lambda _command: [],
            commands.ChangeAvailability: lambda _command: ACCEPTED,
            commands.MonitorVariables: lambda _command: None,
            reports.StopButton: lambda _report: True,
        }
        self.ocpp = OcppServiceSync(CONFIG, hardware or Charger(), assemble=self.assemble, **more)

    async def assemble(
        self, config: StationConfig, hardware: object, parts: Parts, listeners: Listeners
    ) -> Runner:
        return Runner(
            self.kernel,
            FakeNetwork(),
            hardware,
            FakeClock(),
            threaded=True,
            on_publish=listeners.on_publish,
            on_fatal=listeners.on_fatal,
            close_grace_s=0.05,
        )

    def publish_at_start(self, *values: tuple[str, object]) -> None:
        self.kernel.begun = tuple(Publish(name, value) for name, value in values)


def test_every_command_blocks_for_its_answer() -> None:
    with World().ocpp as ocpp:
        assert ocpp.stop(timeout=LIMIT) is True
        assert ocpp.restart(timeout=LIMIT) is True
        assert ocpp.security_event(SecurityEvent("x"), timeout=LIMIT) is None
        assert ocpp.get_variables([GET], timeout=LIMIT)[0].value == "60"
        assert ocpp.set_variables([SET], "app", timeout=LIMIT) == []
        assert ocpp.change_availability(CHANGE, timeout=LIMIT) == ACCEPTED
        assert ocpp.monitor_variables([ADDRESS], timeout=LIMIT) is None


def assert_not_ready(ocpp: OcppServiceSync) -> None:
    assert ocpp.stop() is False
    assert ocpp.restart() is False
    assert ocpp.security_event(SecurityEvent("x")) is None
    assert ocpp.get_variables([GET])[0].status is GetVariableStatusEnumType.Rejected
    assert ocpp.set_variables([SET], "app")[0].status is SetVariableStatusEnumType.Rejected
    assert ocpp.change_availability(CHANGE).status is ChangeAvailabilityStatusEnumType.Rejected
    assert ocpp.monitor_variables([ADDRESS]) is None
    with pytest.raises(PayloadError):
        ocpp.get_variables("TxCtrlr")  # type: ignore[arg-type]  # that is the test
    with pytest.raises(NotRunning):
        ocpp.station.evse(1).press_stop()
    with pytest.raises(NotRunning):
        ocpp.vars.event_data.wait_for(timeout=1)


def test_a_service_that_is_not_open_is_not_ready() -> None:
    ocpp = World().ocpp
    assert_not_ready(ocpp)
    with ocpp:
        assert ocpp.is_open
    assert not ocpp.is_open
    assert_not_ready(ocpp)


def test_start_and_close_may_be_repeated() -> None:
    ocpp = World().ocpp
    ocpp.close()
    for _ in range(2):
        ocpp.start(timeout=LIMIT)
        ocpp.start(timeout=LIMIT)
        assert ocpp.stop() is True
        ocpp.close(timeout=LIMIT)
        ocpp.close(timeout=LIMIT)

    assert [thread for thread in threading.enumerate() if thread.name == "ocpp-loop"] == []


def test_a_start_that_fails_leaves_nothing_behind() -> None:
    world = World()
    world.kernel.broken = StoreError("cannot read")

    with pytest.raises(StoreError):
        world.ocpp.start()

    assert_not_ready(world.ocpp)
    with world.ocpp as ocpp:
        assert ocpp.is_open


def test_commands_from_many_threads_each_get_their_own_answer() -> None:
    world = World()
    world.kernel.handlers[commands.GetVariables] = lambda command: [
        GetVariableResult(
            GetVariableStatusEnumType.Accepted,
            request.component_variable,
            value=request.component_variable.variable.name,
        )
        for request in command.requests
    ]

    def ask(number: int) -> bool:
        address = ComponentVariable(Component("C"), Variable(f"V{number}"))
        results = ocpp.get_variables([GetVariableRequest(address)], timeout=LIMIT)
        return results[0].value == f"V{number}"

    with world.ocpp as ocpp, ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))


def test_starts_and_closes_from_many_threads_do_not_hang() -> None:
    ocpp = World().ocpp

    def flicker(number: int) -> bool:
        if number % 2:
            ocpp.start(timeout=LIMIT)
        else:
            ocpp.close(timeout=LIMIT)
        return isinstance(ocpp.stop(timeout=LIMIT), bool)

    with ThreadPoolExecutor(4) as threads:
        for future in [threads.submit(flicker, number) for number in range(40)]:
            assert future.result(30)
    ocpp.close(timeout=LIMIT)

    assert not ocpp.is_open


def test_a_time_out_is_raised_and_the_service_goes_on() -> None:
    world, release = World(), threading.Event()
    world.kernel.handlers[commands.Stop] = lambda _command: release.wait(LIMIT)

    with world.ocpp as ocpp:
        with pytest.raises(TimeoutError):
            ocpp.stop(timeout=0.01)
        release.set()

        assert ocpp.restart(timeout=LIMIT) is True


# -- vars --------------------------------------------------------------------------------------


def test_callbacks_run_in_order_in_one_thread_of_their_own() -> None:
    world, heard, threads, done = World(), [], [], threading.Event()

    def callback(value: bool) -> None:
        heard.append(value)
        threads.append(threading.current_thread().name)
        if len(heard) == 3:
            done.set()

    world.ocpp.on_is_connected(callback)
    world.publish_at_start(*(("is_connected", value) for value in (True, False, True)))
    with world.ocpp:
        assert done.wait(LIMIT)

    assert heard[:3] == [True, False, True]
    assert set(threads) == {"ocpp-callbacks"}


def test_every_command_may_be_called_in_a_callback() -> None:
    world, answers, done = World(), [], threading.Event()

    def callback(_value: bool) -> None:
        ocpp = world.ocpp
        answers.extend(
            [
                ocpp.stop(timeout=LIMIT),
                ocpp.restart(timeout=LIMIT),
                ocpp.get_variables([GET], timeout=LIMIT)[0].value,
                ocpp.set_variables([SET], "app", timeout=LIMIT),
                ocpp.change_availability(CHANGE, timeout=LIMIT),
                ocpp.monitor_variables([ADDRESS], timeout=LIMIT),
                ocpp.security_event(SecurityEvent("x"), timeout=LIMIT),
                ocpp.station.evse(1).press_stop(timeout=LIMIT),
            ]
        )
        done.set()

    world.ocpp.on_is_connected(callback)
    world.publish_at_start(("is_connected", True))
    with world.ocpp:
        assert done.wait(LIMIT)

    assert answers == [True, True, "60", [], ACCEPTED, None, None, True]


def test_the_service_may_be_closed_in_a_callback() -> None:
    world, done = World(), threading.Event()

    def callback(_value: bool) -> None:
        world.ocpp.close(timeout=LIMIT)
        done.set()

    world.ocpp.on_is_connected(callback)
    world.publish_at_start(("is_connected", True))
    world.ocpp.start()

    assert done.wait(LIMIT)
    assert not world.ocpp.is_open
    assert world.kernel.store.closed


def test_a_callback_that_closes_the_service_does_not_hold_up_the_others() -> None:
    world, heard, done = World(), [], threading.Event()

    def callback(_value: bool) -> None:
        world.ocpp.close(timeout=CLOSE_GRACE_S)  # they have that long
        done.set()

    world.ocpp.on_is_connected(callback)
    world.ocpp.on_is_connected(heard.append)
    world.publish_at_start(("is_connected", True), ("is_connected", False))
    world.ocpp.start()

    assert done.wait(LIMIT)
    assert heard == [True, False]


def test_a_callback_that_raises_is_isolated(caplog: pytest.LogCaptureFixture) -> None:
    world, heard, done = World(), [], threading.Event()

    def bad(_value: bool) -> None:
        raise ValueError("bad callback")

    subscription = world.ocpp.vars.is_connected.subscribe(bad)
    world.ocpp.vars.is_connected.subscribe(lambda value: (heard.append(value), done.set()))
    world.publish_at_start(("is_connected", True))
    with world.ocpp:
        assert done.wait(LIMIT)

    assert heard == [True, False]
    assert subscription.failed == 2
    assert "bad callback" in caplog.text


def test_a_callback_that_hangs_does_not_hold_up_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(delivery=DeliveryPolicy(callback_timeout_s=0.02))
    release, done = threading.Event(), threading.Event()
    hanging = world.ocpp.vars.is_connected.subscribe(lambda _value: release.wait(LIMIT))
    world.ocpp.vars.is_connected.subscribe(lambda _value: done.set())
    world.publish_at_start(("is_connected", True))
    with world.ocpp:
        assert done.wait(LIMIT)
        release.set()

    assert hanging.timed_out == 1
    assert "callback hung" in caplog.text


def test_an_async_callback_is_refused() -> None:
    async def callback(_value: bool) -> None: ...

    with pytest.raises(TypeError, match="plain function"):
        World().ocpp.vars.is_connected.subscribe(callback)


def test_a_callback_that_turns_out_to_be_async_fails_loudly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, done = World(), threading.Event()

    async def hidden(_value: bool) -> None: ...

    subscription = world.ocpp.vars.is_connected.subscribe(lambda value: hidden(not value))
    world.ocpp.vars.is_connected.subscribe(lambda _value: done.set())
    world.publish_at_start(("is_connected", True))
    with world.ocpp:
        assert done.wait(LIMIT)

    assert subscription.failed == 2  # connected, and no more at the end
    assert "must be a plain function" in caplog.text


def test_waiting_for_a_value_and_reading_the_latest() -> None:
    world = World()
    world.publish_at_start(("is_connected", True))
    with world.ocpp as ocpp:
        assert ocpp.vars.is_connected.wait_for(bool, timeout=LIMIT) is True
        assert ocpp.vars.is_connected.latest is True
        assert ocpp.vars.is_connected.name == "is_connected"
        with pytest.raises(TimeoutError):
            ocpp.vars.event_data.wait_for(timeout=0.01)


def test_a_loop_over_a_var_ends_with_the_service() -> None:
    world, heard = World(), []
    ready, stream = threading.Event(), iter(world.ocpp.vars.is_connected)

    def read() -> None:
        for value in stream:
            heard.append(value)
            ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    world.publish_at_start(("is_connected", True))
    with world.ocpp:
        assert ready.wait(LIMIT)
    reader.join(LIMIT)

    assert not reader.is_alive()
    assert heard == [True, False]
    assert list(stream) == []


# -- the station side ----------------------------------------------------------------------------


def test_limits_and_vehicles_block_until_they_are_stored() -> None:
    world, needs = World(), ChargingNeeds(EnergyTransferMode.DC, dc=DcNeeds(200, 400))
    kinds = (
        reports.SetExternalLimit,
        reports.ClearExternalLimit,
        reports.ReportChargingNeeds,
        reports.ReportChargingPlan,
    )
    world.kernel.handlers = dict.fromkeys(kinds, lambda _report: True)
    world.kernel.handlers[reports.OfferSchedules] = lambda _report: ()
    with world.ocpp as ocpp:
        station, evse = ocpp.station, ocpp.station.evse(2)
        station.set_external_limit(20.0, timeout=LIMIT)
        evse.set_external_limit(3700.0, unit=RateUnit.W, timeout=LIMIT)
        assert station.clear_external_limit() is True
        assert evse.clear_external_limit(LimitSource.EMS) is True
        evse.report_charging_needs(needs)
        assert evse.offered_schedules() == ()
        assert evse.report_charging_plan() is True


def test_reports_block_until_they_are_stored() -> None:
    world, token, fault = World(), IdToken("04AB"), Fault("f")
    outcome = TokenOutcome(AuthorizationStatus.Accepted)
    kinds = (
        reports.PlugIn,
        reports.Unplug,
        reports.StopButton,
        reports.StopTransaction,
        reports.ReportMeter,
        reports.ReportChargingState,
        reports.ReportBay,
        reports.ReportFault,
        reports.ClearFault,
    )
    world.kernel.handlers = dict.fromkeys(kinds, lambda _report: True)
    world.kernel.handlers[reports.PresentToken] = lambda _report: outcome
    reading = MeterReading(START, ())
    with world.ocpp as ocpp:
        station, evse = ocpp.station, ocpp.station.evse(2)
        connector = evse.connector(1)
        connector.plug_in(timeout=LIMIT)
        connector.unplug(True, timeout=LIMIT)
        connector.report_fault(fault)
        assert connector.clear_fault("f") is True
        evse.report_meter(reading)
        evse.report_charging_state(ChargingState.Charging)
        evse.report_bay(False)
        evse.report_fault(fault)
        assert evse.clear_fault("f") is True
        assert evse.press_stop() is True
        assert evse.stop_transaction() is True
        assert evse.present_token(token) == outcome
        station.report_meter(reading)
        station.report_fault(fault)
        assert station.clear_fault("f") is True
        assert station.present_token(token) == outcome
        with pytest.raises(ValueError, match="no EVSE 9"):
            station.evse(9)

    assert len(world.kernel.inputs) == 16


def test_a_blocking_call_in_an_async_hardware_method_is_refused_with_a_reason() -> None:
    found, done = [], threading.Event()

    class Asking(Charger):
        async def permit_energy(self, evse_id: int) -> None:
            try:
                world.ocpp.stop()
            except RuntimeError as error:
                found.append(str(error))
            done.set()

    world = World(hardware=Asking())
    world.kernel.begun = (AskPort(1, "permit_energy", (1,), 5.0),)
    with world.ocpp:
        assert done.wait(LIMIT)

    assert "wait for itself" in found[0]


@pytest.mark.parametrize("method", ["stop", "close"])
def test_a_plain_hardware_method_may_call_the_service(method: str) -> None:
    done = threading.Event()

    class Resetting(Charger):
        def reset(self, kind: object, evse_id: object) -> bool:
            call: Callable[[], object] = getattr(world.ocpp, method)
            call()
            done.set()
            return True

    world = World(hardware=Resetting())
    world.kernel.begun = (AskPort(1, "reset", ("Immediate", None), 5.0),)
    with world.ocpp:
        assert done.wait(LIMIT)


def test_an_interrupt_while_it_closes_is_raised_when_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    ocpp = world.ocpp
    ocpp.start()
    loop: Any = ocpp._loop
    submit, interrupted = loop.submit, []

    class Interrupted:
        def __init__(self, future: Any) -> None:
            self._future = future

        def result(self, timeout: float | None) -> object:
            if not interrupted:
                interrupted.append(True)
                raise KeyboardInterrupt
            return self._future.result(timeout)

    monkeypatch.setattr(loop, "submit", lambda work: Interrupted(submit(work)))

    with pytest.raises(KeyboardInterrupt):
        ocpp.close()

    assert world.kernel.store.closed
    assert not ocpp.is_open


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of threads: from 3.12 on
def test_in_a_fork_it_is_closed_and_nobody_hangs() -> None:
    world = World()
    with world.ocpp as ocpp:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                signal.alarm(5)
                assert ocpp.stop() is False
                assert ocpp.get_variables([GET])[0].status == "Rejected"
                with pytest.raises(NotRunning):
                    ocpp.station.evse(1).press_stop()
                assert not ocpp.is_open
                ocpp.close()
                world.kernel = FakeKernel()
                ocpp.start(timeout=LIMIT)
                assert ocpp.is_open
                ocpp.close()
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)

        assert status == 0
        assert ocpp.stop() is True
