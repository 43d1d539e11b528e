"""The facade against a scripted kernel: the contract's answers, life, callbacks, handles."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent / "runtime"))

from fake_shell import (
    OPENS,
    START,
    Charger,
    FakeClock,
    FakeKernel,
    FakeNetwork,
    in_loop,
)

from ocpp_iface.config import StationConfig
from ocpp_iface.engine.inputs import Command, Input, LinkClosed
from ocpp_iface.engine.outputs import Output, Publish
from ocpp_iface.errors import (
    NotRunning,
    OcppIfaceError,
    PayloadError,
    StoreError,
)
from ocpp_iface.parts import Listeners, Parts
from ocpp_iface.runtime.runner import Runner
from ocpp_iface.service import CLOSE_GRACE_S, OcppService
from ocpp_iface.smartcharging import (
    ChargingNeeds,
    ChargingSchedule,
    DcNeeds,
    EnergyTransferMode,
    EvNeedsReport,
    EvSchedule,
    LimitSource,
    RateUnit,
    SchedulePeriod,
    constant_limit,
)
from ocpp_iface.station import commands, reports
from ocpp_iface.types import (
    AttributeEnum,
    AuthorizationStatus,
    BootNotificationResponse,
    ChangeAvailabilityRequest,
    ChangeAvailabilityResponse,
    ChangeAvailabilityStatusEnumType,
    ChargingSchedules,
    ChargingState,
    Component,
    ComponentVariable,
    ConnectionStatus,
    EventData,
    EventNotificationType,
    EventTriggerEnum,
    Fault,
    GetVariableRequest,
    GetVariableResult,
    GetVariableStatusEnumType,
    IdToken,
    Message,
    MessageDirection,
    MeterReading,
    OcppTransactionEvent,
    OcppTransactionEventResponse,
    OperationalStatusEnumType,
    RegistrationStatus,
    SecurityEvent,
    SetVariableRequest,
    SetVariableResult,
    SetVariableStatusEnumType,
    StoppedReason,
    TransactionEvent,
    Variable,
)
from ocpp_iface.types.outcomes import TokenOutcome

ADDRESS = ComponentVariable(Component("TxCtrlr"), Variable("EVConnectionTimeOut"))
GET = GetVariableRequest(ADDRESS, attribute_type=AttributeEnum.Actual)
SET = SetVariableRequest(ADDRESS, "60")
OUT_OF_ORDER = ChangeAvailabilityRequest(OperationalStatusEnumType.Inoperative)
EVENT = SecurityEvent("MaintenanceLoginAccepted")
READING = MeterReading(START, ())
CONFIG = StationConfig(id="CS-1", csms_url="ws://csms.example/ocpp", evses=(1, 2))
STARTED = OcppTransactionEvent(TransactionEvent.Started, "s-1")
VALUES: dict[str, Any] = {
    "ocpp_transaction_event": STARTED,
    "ocpp_transaction_event_response": OcppTransactionEventResponse(STARTED),
    "charging_schedules": ChargingSchedules(()),
    "is_connected": True,
    "security_event": EVENT,
    "event_data": EventData(
        ADDRESS,
        1,
        START,
        EventTriggerEnum.Delta,
        "60",
        EventNotificationType.CustomMonitor,
    ),
    "boot_notification_response": BootNotificationResponse(RegistrationStatus.Accepted, START, 300),
    "connection_status": ConnectionStatus(True),
    "ocpp_message": Message("[]", MessageDirection.ChargingStationToCSMS),
}
"""One value of each var."""


class World:
    """A kernel that answers all contract commands, and a service around it."""

    def __init__(self, *, threaded: bool = False, hardware: object | None = None) -> None:
        self.kernels: list[FakeKernel] = []
        self.network = FakeNetwork()
        self.threaded = threaded
        self.assemble_gate: Callable[[], Any] | None = None
        self.prepare: Callable[[FakeKernel], None] = lambda _kernel: None
        self.service = OcppService(CONFIG, hardware or Charger(), assemble=self.assemble)

    @property
    def kernel(self) -> FakeKernel:
        return self.kernels[-1]

    async def assemble(
        self, config: StationConfig, hardware: object, parts: Parts, listeners: Listeners
    ) -> Runner:
        if self.assemble_gate is not None:
            await self.assemble_gate()
        kernel = FakeKernel()
        kernel.handlers = {
            commands.Stop: lambda _command: True,
            commands.Restart: lambda _command: True,
            commands.RaiseSecurityEvent: lambda _command: None,
            commands.GetVariables: _got,
            commands.SetVariables: _set,
            commands.ChangeAvailability: lambda _command: ChangeAvailabilityResponse(
                ChangeAvailabilityStatusEnumType.Accepted
            ),
            commands.MonitorVariables: lambda _command: None,
            reports.PlugIn: lambda _report: None,
        }
        self.prepare(kernel)
        self.kernels.append(kernel)
        return Runner(
            kernel,
            self.network,
            hardware,
            FakeClock(),
            threaded=self.threaded,
            on_publish=listeners.on_publish,
            on_fatal=listeners.on_fatal,
            close_grace_s=0.05,
        )

    def requests(self) -> list[object]:
        return [each.request for each in self.kernel.inputs if isinstance(each, Command)]


def _got(command: commands.GetVariables) -> list[GetVariableResult]:
    return [
        GetVariableResult(
            GetVariableStatusEnumType.Accepted, request.component_variable, value="60"
        )
        for request in command.requests
    ]


def _set(command: commands.SetVariables) -> list[SetVariableResult]:
    return [
        SetVariableResult(SetVariableStatusEnumType.Accepted, request.component_variable)
        for request in command.requests
    ]


# -- the contract commands ---------------------------------------------------------------------


@in_loop
async def test_every_command_reaches_the_kernel_and_brings_its_answer() -> None:
    world = World()
    async with world.service as ocpp:
        assert await ocpp.stop() is True
        assert await ocpp.restart() is True
        assert await ocpp.security_event(EVENT) is None
        got = await ocpp.get_variables([GET, GET])
        done = await ocpp.set_variables([SET], "app")
        response = await ocpp.change_availability(OUT_OF_ORDER)
        assert await ocpp.monitor_variables([ADDRESS]) is None

        assert [result.value for result in got] == ["60", "60"]
        assert [result.status for result in done] == [SetVariableStatusEnumType.Accepted]
        assert response.status is ChangeAvailabilityStatusEnumType.Accepted
        assert world.requests() == [
            commands.Stop(),
            commands.Restart(),
            commands.RaiseSecurityEvent(EVENT),
            commands.GetVariables((GET, GET)),
            commands.SetVariables((SET,), "app"),
            commands.ChangeAvailability(OUT_OF_ORDER),
            commands.MonitorVariables((ADDRESS,)),
        ]


async def assert_not_ready(ocpp: OcppService) -> None:
    assert await ocpp.stop() is False
    assert await ocpp.restart() is False
    assert await ocpp.security_event(EVENT) is None
    assert await ocpp.get_variables([GET]) == [
        GetVariableResult(
            GetVariableStatusEnumType.Rejected, ADDRESS, attribute_type=AttributeEnum.Actual
        )
    ]
    assert (
        await ocpp.set_variables([SET, SET], "app")
        == [SetVariableResult(SetVariableStatusEnumType.Rejected, ADDRESS)] * 2
    )
    assert await ocpp.change_availability(OUT_OF_ORDER) == ChangeAvailabilityResponse(
        ChangeAvailabilityStatusEnumType.Rejected
    )
    assert await ocpp.monitor_variables([ADDRESS]) is None


@in_loop
async def test_a_service_that_never_started_is_not_ready() -> None:
    await assert_not_ready(World().service)


@in_loop
async def test_a_closed_service_is_not_ready() -> None:
    async with World().service as ocpp:
        pass

    assert not ocpp.is_open
    await assert_not_ready(ocpp)


@in_loop
async def test_a_service_that_broke_is_not_ready_and_says_why() -> None:
    world = World()
    async with world.service as ocpp:
        ocpp.vars.publish("is_connected", True)
        world.kernel.broken = StoreError("disk full")

        await assert_not_ready(ocpp)

        assert not ocpp.is_open
        assert isinstance(ocpp.fatal_error, StoreError)
        assert ocpp.vars.is_connected.latest is False
        assert ocpp.vars.connection_status.latest == ConnectionStatus(False)


@in_loop
async def test_who_waits_hears_that_the_service_broke() -> None:
    world = World()
    async with world.service as ocpp:
        wait = asyncio.ensure_future(ocpp.vars.event_data.wait_for())
        stream = aiter(ocpp.vars.event_data)
        await asyncio.sleep(0)
        world.kernel.broken = StoreError("disk full")
        await ocpp.stop()

        with pytest.raises(NotRunning):
            await wait
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


@in_loop
async def test_a_service_that_broke_starts_anew() -> None:
    world = World()
    async with world.service as ocpp:
        world.kernel.broken = StoreError("disk full")
        await ocpp.stop()

        await ocpp.start()

        assert ocpp.is_open
        assert ocpp.fatal_error is None
        assert await ocpp.stop() is True
        assert len(world.kernels) == 2


@pytest.mark.parametrize("error", [OcppIfaceError("undone"), ZeroDivisionError()])
@in_loop
async def test_a_command_that_crashes_inside_answers_as_if_not_ready(error: Exception) -> None:
    world = World()

    def crash(_command: object) -> None:
        raise error

    async with world.service as ocpp:
        world.kernel.handlers = dict.fromkeys(world.kernel.handlers, crash)

        await assert_not_ready(ocpp)
        assert ocpp.is_open


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda ocpp: ocpp.get_variables("TxCtrlr"), "requests"),
        (lambda ocpp: ocpp.get_variables([GET, "TxCtrlr"]), r"requests\[1\]"),
        (lambda ocpp: ocpp.get_variables(None), "requests"),
        (lambda ocpp: ocpp.set_variables([GET], "app"), r"requests\[0\]"),
        (lambda ocpp: ocpp.set_variables([SET], None), "source"),
        (lambda ocpp: ocpp.change_availability({}), "request"),
        (lambda ocpp: ocpp.monitor_variables([ADDRESS, GET]), r"component_variables\[1\]"),
        (lambda ocpp: ocpp.security_event("Tamper"), "event"),
    ],
)
@in_loop
async def test_a_wrong_argument_is_refused_before_anything_happens(
    call: Callable[[OcppService], Any], path: str
) -> None:
    world = World()
    async with world.service as ocpp:
        with pytest.raises(PayloadError, match=path):
            await call(ocpp)

        assert world.kernel.inputs == []


# -- life --------------------------------------------------------------------------------------


def test_hardware_without_a_mandatory_method_is_refused_at_open() -> None:
    with pytest.raises(TypeError, match="permit_energy"):
        OcppService.open(CONFIG, hardware=object())


@in_loop
async def test_starting_twice_starts_once() -> None:
    world = World()

    await asyncio.gather(world.service.start(), world.service.start())
    await world.service.start()

    assert len(world.kernels) == 1
    await world.service.close()


@in_loop
async def test_closing_twice_and_from_nowhere_does_nothing() -> None:
    world = World()
    await world.service.close()
    await world.service.start()

    await asyncio.gather(world.service.close(), world.service.close())
    await world.service.close()

    assert world.kernel.store.closed


@in_loop
async def test_closing_while_it_starts_closes_it() -> None:
    world, gate = World(), asyncio.Event()
    world.assemble_gate = gate.wait
    starting = asyncio.ensure_future(world.service.start())
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(world.service.close())
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(starting, closing)

    assert not world.service.is_open
    assert world.kernel.store.closed


@in_loop
async def test_a_start_that_fails_leaves_it_closed_and_raises() -> None:
    world = World()
    world.prepare = lambda kernel: setattr(kernel, "broken", StoreError("cannot read"))

    with pytest.raises(StoreError):
        await world.service.start()
    await assert_not_ready(world.service)
    world.prepare = lambda _kernel: None

    async with world.service as ocpp:
        assert ocpp.is_open


@in_loop
async def test_subscriptions_stay_over_a_restart_of_the_service() -> None:
    world, heard = World(), []
    world.service.vars.event_data.subscribe(heard.append)
    async with world.service:
        pass
    async with world.service as ocpp:
        ocpp.vars.event_data.publish(VALUES["event_data"])

    assert heard == [VALUES["event_data"]]


@in_loop
async def test_the_end_says_that_there_is_no_connection_any_more() -> None:
    world, heard = World(), []
    world.service.on_is_connected(heard.append)

    def script(incoming: Input) -> tuple[Output, ...]:
        connected = not isinstance(incoming, LinkClosed)
        return (Publish("is_connected", connected),)

    def prepare(kernel: FakeKernel) -> None:
        kernel.begun, kernel.script = OPENS, script

    world.prepare = prepare
    async with world.service as ocpp:
        await ocpp.vars.is_connected.wait_for(bool)

    assert heard == [True, False]


@in_loop
async def test_security_profile_0_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    async with World().service:
        assert "security profile 0" in caplog.text


# -- callbacks ---------------------------------------------------------------------------------


def decorator(ocpp: OcppService, name: str) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = getattr(ocpp, f"on_{name}")
    return found


@pytest.mark.parametrize("name", VALUES)
@in_loop
async def test_each_var_has_its_decorator(name: str) -> None:
    heard: list[Any] = []
    async with World().service as ocpp:
        callback = heard.append
        assert decorator(ocpp, name)(callback) is callback

        ocpp.vars.publish(name, VALUES[name])

    assert heard[0] == VALUES[name]


@pytest.mark.parametrize("threaded", [False, True], ids=["inline", "threaded"])
@pytest.mark.parametrize("name", VALUES)
@in_loop
async def test_every_command_may_be_called_in_every_callback(name: str, threaded: bool) -> None:
    world = World(threaded=threaded)
    done = asyncio.get_running_loop().create_future()

    async def callback(_value: object) -> None:
        if done.done():
            return
        ocpp = world.service
        done.set_result(
            [
                await ocpp.stop(),
                await ocpp.restart(),
                await ocpp.get_variables([GET]),
                await ocpp.set_variables([SET], "callback"),
                await ocpp.change_availability(OUT_OF_ORDER),
                await ocpp.monitor_variables([ADDRESS]),
                await ocpp.security_event(EVENT),
                await ocpp.station.evse(1).connector(1).plug_in(),
            ]
        )

    decorator(world.service, name)(callback)
    world.prepare = lambda kernel: setattr(kernel, "begun", (Publish(name, VALUES[name]),))
    async with world.service:
        answers = await done

    assert answers[:2] == [True, True]
    assert len(world.requests()) == 8


@in_loop
async def test_a_command_in_a_callback_of_its_own_step_works() -> None:
    world, heard = World(), []

    async def callback(event: EventData) -> None:
        heard.append(await world.service.get_variables([GET]))

    def script(incoming: Input) -> tuple[Output, ...]:
        asked = isinstance(incoming, Command) and isinstance(
            incoming.request, commands.SetVariables
        )
        return (Publish("event_data", VALUES["event_data"]),) if asked else ()

    world.prepare = lambda kernel: setattr(kernel, "script", script)
    world.service.on_event_data(callback)
    async with world.service as ocpp:
        await ocpp.set_variables([SET], "app")

    assert heard[0][0].value == "60"


@in_loop
async def test_the_service_may_be_closed_in_a_callback() -> None:
    world, closed = World(), asyncio.Event()

    async def callback(_connected: bool) -> None:
        await world.service.close()
        closed.set()

    world.service.on_is_connected(callback)
    await world.service.start()
    world.service.vars.publish("is_connected", True)
    await closed.wait()

    assert not world.service.is_open
    assert world.kernel.store.closed


@in_loop
async def test_callbacks_that_close_the_service_at_once_do_not_wait_for_each_other() -> None:
    world, closed = World(), []

    async def callback(connected: bool) -> None:
        await world.service.close()
        closed.append(connected)

    for _ in range(3):
        world.service.on_is_connected(callback)
    await world.service.start()
    world.service.vars.publish("is_connected", True)
    async with asyncio.timeout(CLOSE_GRACE_S / 2):
        while len(closed) < 3:
            await asyncio.sleep(0)

    assert world.kernel.store.closed


@in_loop
async def test_a_callback_may_start_the_service_that_is_being_closed() -> None:
    world = World()
    world.service.on_is_connected(lambda connected: None if connected else world.service.start())
    await world.service.start()
    world.service.vars.publish("is_connected", True)

    async with asyncio.timeout(CLOSE_GRACE_S / 2):
        await world.service.close()
        while not world.service.is_open:
            await asyncio.sleep(0)

    assert len(world.kernels) == 2
    await world.service.close()


# -- the station side ----------------------------------------------------------------------------


@in_loop
async def test_reports_reach_the_kernel_as_they_are() -> None:
    world, token, fault = World(), IdToken("04AB"), Fault("f1")
    outcome = TokenOutcome(AuthorizationStatus.Accepted, started=True, transaction_id="t")
    async with world.service as ocpp:
        world.kernel.handlers = dict.fromkeys(
            (
                reports.PlugIn,
                reports.Unplug,
                reports.ReportFault,
                reports.ReportMeter,
                reports.ReportBay,
                reports.ReportChargingState,
            ),
            lambda _report: None,
        )
        yes = (reports.ClearFault, reports.StopButton, reports.StopTransaction)
        world.kernel.handlers |= dict.fromkeys(yes, lambda _report: True)
        world.kernel.handlers[reports.PresentToken] = lambda _report: outcome
        station, evse = ocpp.station, ocpp.station.evse(2)
        connector = evse.connector(2)

        await connector.plug_in()
        await connector.unplug(cable_left=True)
        await connector.report_fault(fault)
        assert await connector.clear_fault("f1") is True
        assert await evse.present_token(token) == outcome
        await evse.report_meter(READING)
        await evse.report_charging_state(ChargingState.Charging, 3)
        await evse.report_bay(True)
        assert await evse.press_stop() is True
        assert await evse.stop_transaction(StoppedReason.EmergencyStop) is True
        await evse.report_fault(fault)
        assert await evse.clear_fault("f1") is True
        assert await station.present_token(token) == outcome
        await station.report_meter(READING)
        await station.report_fault(fault)
        assert await station.clear_fault("f1") is True

        assert world.requests() == [
            reports.PlugIn(2, 2),
            reports.Unplug(2, 2, True),
            reports.ReportFault(2, 2, fault),
            reports.ClearFault(2, 2, "f1"),
            reports.PresentToken(token, 2),
            reports.ReportMeter(2, READING),
            reports.ReportChargingState(2, ChargingState.Charging, 3),
            reports.ReportBay(2, True),
            reports.StopButton(2),
            reports.StopTransaction(2, "EmergencyStop"),
            reports.ReportFault(2, None, fault),
            reports.ClearFault(2, None, "f1"),
            reports.PresentToken(token),
            reports.ReportMeter(0, READING),
            reports.ReportFault(0, None, fault),
            reports.ClearFault(0, None, "f1"),
        ]


@in_loop
async def test_limits_and_vehicles_reach_the_kernel_as_they_are() -> None:
    world, needs = World(), ChargingNeeds(EnergyTransferMode.DC, dc=DcNeeds(200, 400))
    planned = ChargingSchedule(RateUnit.A, (SchedulePeriod(0, 10.0),))
    async with world.service as ocpp:
        world.kernel.handlers = dict.fromkeys(
            (reports.SetExternalLimit, reports.ReportChargingNeeds), lambda _report: None
        )
        yes = (reports.ClearExternalLimit, reports.ReportChargingPlan)
        world.kernel.handlers |= dict.fromkeys(yes, lambda _report: True)
        world.kernel.handlers[reports.OfferSchedules] = lambda _report: ()
        station, evse = ocpp.station, ocpp.station.evse(2)

        await station.set_external_limit(20.0)
        await evse.set_external_limit(
            planned, source=LimitSource.SO, valid_to=START, grid_critical=True
        )
        assert await station.clear_external_limit() is True
        assert await evse.clear_external_limit(LimitSource.SO) is True
        await evse.report_charging_needs(needs, 12)
        assert await evse.offered_schedules(60) == ()
        assert await evse.report_charging_plan(planned, time_base=START, selected=1) is True
        assert await evse.report_charging_plan() is True

        assert world.requests() == [
            reports.SetExternalLimit(0, constant_limit(20.0, RateUnit.A), LimitSource.EMS),
            reports.SetExternalLimit(2, planned, LimitSource.SO, START, True),
            reports.ClearExternalLimit(0),
            reports.ClearExternalLimit(2, LimitSource.SO),
            reports.ReportChargingNeeds(EvNeedsReport(2, needs, 12)),
            reports.OfferSchedules(2, 60),
            reports.ReportChargingPlan(2, EvSchedule(2, START, planned), 1),
            reports.ReportChargingPlan(2),
        ]


def _schedule(start_period: Any = 0, **more: Any) -> ChargingSchedule:
    return ChargingSchedule(RateUnit.A, (SchedulePeriod(start_period, 10.0, **more),))


def _needs(departure: Any = None, **more: Any) -> ChargingNeeds:
    dc = DcNeeds(**{"ev_max_current_a": 200, "ev_max_voltage_v": 400, **more})
    return ChargingNeeds(EnergyTransferMode.DC, dc=dc, departure_time=departure)


def test_what_the_station_does_not_have_is_refused_naming_what_it_has() -> None:
    station = World().service.station

    with pytest.raises(ValueError, match="no EVSE 3; it has 1 to 2"):
        station.evse(3)
    with pytest.raises(ValueError, match="no EVSE True"):
        station.evse(True)
    with pytest.raises(ValueError, match="EVSE 1 has no connector 2; it has 1"):
        station.evse(1).connector(2)
    with pytest.raises(ValueError, match="EVSE 2 has no connector 0; it has 1 to 2"):
        station.evse(2).connector(0)


@pytest.mark.parametrize(
    ("report", "path"),
    [
        (lambda evse: evse.present_token("04AB"), "token"),
        (lambda evse: evse.report_meter(17.0), "reading"),
        (lambda evse: evse.report_charging_state("Charging"), "state"),
        (lambda evse: evse.report_charging_state(ChargingState.Charging, 4), "phases_used"),
        (lambda evse: evse.report_bay("yes"), "occupied"),
        (lambda evse: evse.stop_transaction("Bored"), "reason"),
        (lambda evse: evse.report_fault("f1"), "fault"),
        (lambda evse: evse.clear_fault(1), "fault_id"),
        (lambda evse: evse.set_external_limit("10"), "limit"),
        (lambda evse: evse.set_external_limit(-1.0), "limit"),
        (lambda evse: evse.set_external_limit(10.0, unit="A"), "unit"),
        (lambda evse: evse.set_external_limit(10.0, source=LimitSource.CSO), "source"),
        (lambda evse: evse.set_external_limit(10.0, valid_to="noon"), "valid_to"),
        (lambda evse: evse.set_external_limit(10.0, source=None), "source"),
        (lambda evse: evse.set_external_limit(10.0, grid_critical="yes"), "grid_critical"),
        (lambda evse: evse.set_external_limit(_schedule(number_phases=1.5)), "number_phases"),
        (lambda evse: evse.set_external_limit(_schedule(True)), r"periods\[0\].start_period"),
        (lambda evse: evse.clear_external_limit("EMS"), "source"),
        (lambda evse: evse.report_charging_needs("much"), "needs"),
        (lambda evse: evse.report_charging_needs(_needs(ev_max_current_a="9")), "ev_max_current_a"),
        (lambda evse: evse.report_charging_needs(_needs(departure="soon")), "departure_time"),
        (lambda evse: evse.offered_schedules(0), "duration_s"),
        (lambda evse: evse.report_charging_plan(constant_limit(1, RateUnit.A)), "time_base"),
        (lambda evse: evse.report_charging_plan(_schedule(), time_base="now"), "time_base"),
        (lambda evse: evse.report_charging_plan(selected="1"), "selected"),
        (lambda evse: evse.report_charging_plan(selected=-1), "selected"),
        (lambda evse: evse.connector(1).unplug("no"), "cable_left"),
        (lambda evse: evse.connector(1).report_fault(None), "fault"),
        (lambda evse: evse.connector(1).clear_fault(""), "fault_id"),
    ],
)
@in_loop
async def test_a_report_of_something_wrong_is_refused_before_anything_happens(
    report: Callable[[Any], Any], path: str
) -> None:
    world = World()
    async with world.service as ocpp:
        with pytest.raises(PayloadError, match=path):
            await report(ocpp.station.evse(1))

        assert world.kernel.inputs == []


@in_loop
async def test_a_report_to_a_service_that_is_not_open_raises() -> None:
    with pytest.raises(NotRunning):
        await World().service.station.evse(1).press_stop()


@in_loop
async def test_a_report_that_crashes_inside_raises_an_error_of_the_library() -> None:
    world = World()

    def crash(_report: object) -> None:
        raise ZeroDivisionError

    async with world.service as ocpp:
        world.kernel.handlers = {reports.PlugIn: crash}

        with pytest.raises(OcppIfaceError, match="PlugIn"):
            await ocpp.station.evse(1).connector(1).plug_in()
