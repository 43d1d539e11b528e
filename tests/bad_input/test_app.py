"""What the app, its hardware and its callbacks may do wrong: nothing of it harms the station."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface.config import StationConfig
from ocpp_iface.errors import CorruptStore, PayloadError, StoreError
from ocpp_iface.parts import Parts
from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkRequest, LinkSink
from ocpp_iface.service import OcppService
from ocpp_iface.sim import Bench, address
from ocpp_iface.sim.csms_replies import Office, default_reply
from ocpp_iface.storage import MemoryStore
from ocpp_iface.types import (
    ChargingState,
    Fault,
    GetVariableRequest,
    IdToken,
    IdTokenType,
    MeterReading,
    SampledValue,
    SetVariableRequest,
)
from ocpp_iface.vars import DeliveryPolicy

Make = Callable[..., Bench]
TOKEN = IdToken("04AB12CD", IdTokenType.ISO14443)
FAN = address("TxCtrlr/EVConnectionTimeOut")
GET = GetVariableRequest(FAN)


class Link:
    """A CSMS that is content with everything."""

    def __init__(self, sink: LinkSink) -> None:
        self.sink, self.office = sink, Office(lambda: datetime.now(UTC))

    def open(self, request: LinkRequest, /) -> None:
        self.subprotocol = request.subprotocols[0]
        asyncio.get_running_loop().call_soon(self.sink.opened, self.subprotocol)

    def send(self, text: str, /) -> None:
        parts = json.loads(text)
        if parts[0] == 2:
            reply = default_reply(self.subprotocol, parts[2], self.office, parts[3], text)
            answer = json.dumps([3, parts[1], reply])
            asyncio.get_running_loop().call_soon(self.sink.frame, answer)

    def close(self, code: int = 1000, reason: str = "") -> None:
        asyncio.get_running_loop().call_soon(
            self.sink.closed, LinkClose(CloseReason.LOCAL, code, reason)
        )


class Charger:
    def permit_energy(self, evse_id: int) -> None: ...

    def stop_energy(self, evse_id: int) -> None: ...


def service(
    version: str,
    hardware: object | None = None,
    *,
    store: str | None = None,
    parts_store: MemoryStore | None = None,
    **delivery: Any,
) -> OcppService:
    config = StationConfig(
        id="cs1",
        csms_url="ws://csms.sim/ocpp",
        versions=(f"ocpp{version}",),
        evses=(1,),
        store=store,
    )
    policy = DeliveryPolicy(**delivery) if delivery else None
    parts = Parts(transport_factory=Link, store=parts_store)
    return OcppService(config, hardware or Charger(), parts=parts, delivery=policy)


def run(work: Awaitable[None]) -> None:
    async def timed() -> None:
        await asyncio.wait_for(work, 20)  # type: ignore[arg-type]  # a coroutine

    asyncio.run(timed())


# -- wrong arguments raise at the call, before anything changed ------------------------------------

COMMANDS: list[tuple[str, Callable[[OcppService], Awaitable[Any]]]] = [
    ("get: no list", lambda o: o.get_variables(5)),  # type: ignore[arg-type]
    ("get: not a request", lambda o: o.get_variables([GET, "x"])),  # type: ignore[list-item]
    ("get: a dict", lambda o: o.get_variables([{}])),  # type: ignore[list-item]
    ("get: None", lambda o: o.get_variables(None)),  # type: ignore[arg-type]
    ("set: not a request", lambda o: o.set_variables([GET], "app")),  # type: ignore[list-item]
    ("set: source", lambda o: o.set_variables([SetVariableRequest(FAN, "9")], 5)),  # type: ignore[arg-type]
    ("set: the second is wrong",
     lambda o: o.set_variables([SetVariableRequest(FAN, "9"), None], "app")),  # type: ignore[list-item]
    ("monitor: a text", lambda o: o.monitor_variables(["HeartbeatInterval"])),  # type: ignore[list-item]
    ("availability", lambda o: o.change_availability("Operative")),  # type: ignore[arg-type]
    ("security event", lambda o: o.security_event("Door")),  # type: ignore[arg-type]
]  # fmt: skip

REPORTS: list[tuple[str, Callable[[OcppService], Any], type[Exception]]] = [
    ("unknown EVSE", lambda o: o.station.evse(2), ValueError),
    ("EVSE is a text", lambda o: o.station.evse("1"), ValueError),
    ("EVSE is true", lambda o: o.station.evse(True), ValueError),
    ("unknown connector", lambda o: o.station.evse(1).connector(2), ValueError),
    ("token is a text", lambda o: o.station.evse(1).present_token("04"), PayloadError),
    ("reading is a number", lambda o: o.station.evse(1).report_meter(5.0), PayloadError),
    ("state is a guess", lambda o: o.station.evse(1).report_charging_state("Full"), PayloadError),
    ("phases", lambda o: o.station.evse(1).report_charging_state(ChargingState.Charging, 4),
     PayloadError),
    ("fault is a text", lambda o: o.station.report_fault("broken"), PayloadError),
    ("reason", lambda o: o.station.evse(1).stop_transaction("Because"), PayloadError),
    ("bay", lambda o: o.station.evse(1).report_bay("yes"), PayloadError),
]  # fmt: skip

VALUES: list[tuple[str, Callable[[], object]]] = [
    ("token too long", lambda: IdToken("x" * 256, IdTokenType.ISO14443)),
    ("token type", lambda: IdToken("x", "Card")),  # type: ignore[arg-type]
    ("sample is no number", lambda: SampledValue("5")),  # type: ignore[arg-type]
    ("sample is NaN", lambda: SampledValue(float("nan"))),
    ("naive time", lambda: MeterReading(datetime(2026, 1, 1), ())),  # noqa: DTZ001
    ("value too long", lambda: SetVariableRequest(FAN, "x" * 1001)),
    ("fault without an id", lambda: Fault("", "OtherError")),
]


@pytest.mark.parametrize("call", [x[1] for x in COMMANDS], ids=[x[0] for x in COMMANDS])
def test_a_command_with_a_wrong_argument_raises_and_changes_nothing(
    version: str, call: Callable[[OcppService], Awaitable[Any]]
) -> None:
    async def work() -> None:
        async with service(version) as ocpp:
            with pytest.raises(PayloadError):
                await call(ocpp)
            (result,) = await ocpp.get_variables([GET])
            assert result.value == "120"

    run(work())


@pytest.mark.parametrize(("call", "error"), [x[1:] for x in REPORTS], ids=[x[0] for x in REPORTS])
def test_a_report_with_a_wrong_argument_raises(
    version: str, call: Callable[[OcppService], Any], error: type[Exception]
) -> None:
    async def work() -> None:
        async with service(version) as ocpp:
            with pytest.raises(error):
                await call(ocpp)
            assert ocpp.vars.ocpp_transaction_event.latest is None

    run(work())


@pytest.mark.parametrize("make", [x[1] for x in VALUES], ids=[x[0] for x in VALUES])
def test_a_wrong_value_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(PayloadError):
        make()


# -- the store -------------------------------------------------------------------------------------


def test_a_damaged_store_is_reported_as_such(version: str, tmp_path: Path) -> None:
    path = str(tmp_path / "station.db")

    async def work() -> None:
        async with service(version, store=path) as ocpp:
            await ocpp.monitor_variables([FAN])
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("UPDATE watch SET body = '{'")
        with pytest.raises(CorruptStore, match="table watch"):
            await ocpp.start()

    run(work())


class FullDisk:
    """Reads well; writes nothing."""

    full = False

    def load(self, _definition: object) -> dict[Any, Any]:
        return {}

    def save(self, _changes: object) -> None:
        if self.full:
            raise StoreError("the commit failed: disk full")


def test_a_station_that_ends_for_its_store_says_why(version: str) -> None:
    disk = FullDisk()

    async def work() -> None:
        async with service(version, parts_store=MemoryStore(backing=disk)) as ocpp:
            disk.full = True
            await ocpp.monitor_variables([FAN])
            assert not ocpp.is_open
            assert str(ocpp.fatal_error) == "the commit failed: disk full"

    run(work())


# -- subscribers -----------------------------------------------------------------------------------


def test_a_subscriber_that_raises_disturbs_nobody(version: str) -> None:
    async def work() -> None:
        ocpp = service(version)
        heard: list[object] = []

        def broken(_value: object) -> None:
            raise RuntimeError("a bug of the app")

        subscription = ocpp.vars.is_connected.subscribe(broken)
        ocpp.vars.is_connected.subscribe(heard.append)
        async with ocpp:
            await ocpp.vars.is_connected.wait_for(bool)
            assert (await ocpp.get_variables([GET]))[0].status == "Accepted"
        assert True in heard
        assert subscription.failed == len(heard)

    run(work())


def test_a_subscriber_that_hangs_is_given_up(version: str) -> None:
    async def work() -> None:
        ocpp = service(version, callback_timeout_s=0.02)
        heard: list[object] = []

        async def hangs(_value: object) -> None:
            await asyncio.Event().wait()

        subscription = ocpp.vars.is_connected.subscribe(hangs)
        ocpp.vars.is_connected.subscribe(heard.append)
        async with ocpp:
            await ocpp.vars.is_connected.wait_for(bool)
            while not subscription.timed_out:
                await asyncio.sleep(0.005)
            assert (await ocpp.get_variables([GET]))[0].status == "Accepted"
        assert True in heard

    run(work())


# -- hardware in the loop ----------------------------------------------------------------------------


class Broken(Charger):
    """Each method does what it should not."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def permit_energy(self, evse_id: int) -> Any:
        return self.act()

    def stop_energy(self, evse_id: int) -> Any:
        return self.act()

    def read_meter(self, evse_id: int) -> Any:
        return self.act()

    def act(self) -> Any:
        if self.kind == "raises":
            raise OSError("the bus is gone")
        if self.kind == "blocks":
            time.sleep(0.05)  # in a thread of its own
        return "nonsense"


@pytest.mark.parametrize("kind", ["raises", "blocks", "nonsense"])
def test_broken_hardware_is_isolated(version: str, kind: str) -> None:
    async def work() -> None:
        async with service(version, Broken(kind)) as ocpp:
            while ocpp.vars.boot_notification_response.latest is None:
                await asyncio.sleep(0.001)
            evse = ocpp.station.evse(1)
            await evse.connector(1).plug_in()
            await evse.present_token(TOKEN)
            await evse.report_charging_state(ChargingState.Charging)
            await evse.connector(1).unplug()
            while ocpp.vars.ocpp_transaction_event.latest is None:
                await asyncio.sleep(0.001)
            while ocpp.vars.ocpp_transaction_event.latest.transaction_event != "Ended":
                await asyncio.sleep(0.001)
            assert (await ocpp.get_variables([GET]))[0].status == "Accepted"
            assert ocpp.is_open
            assert ocpp.fatal_error is None

    run(work())


# -- hardware in the simulated world -----------------------------------------------------------------


def counters(bench: Bench) -> dict[str, int]:
    process = bench.station.process
    assert process is not None
    found: dict[str, int] = process.kernel.counters  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("trouble", ["fail", "hang", "answer"])
@pytest.mark.parametrize("method", ["permit_energy", "lock", "read_meter", "set_operative"])
def test_an_order_that_goes_wrong_loses_no_transaction(
    make_bench: Make, version: str, method: str, trouble: str
) -> None:
    bench = make_bench(version)
    spoil(bench, method, trouble)

    bench.station.plug_in(1)
    bench.station.present_token("04AB12CD", 1)
    bench.run(120)
    bench.station.unplug(1)
    bench.run(300)

    assert bench.csms.books.open() == []
    bench.station.hardware.heal()
    bench.station.plug_in(1)
    bench.station.present_token("04AB12CD", 1)
    bench.run(60)
    assert bench.station.evse(1).contactor_closed
    bench.station.unplug(1)
    bench.run(60)


@pytest.mark.parametrize("trouble", ["fail", "hang", "answer"])
def test_a_stop_that_goes_wrong_ends_the_transaction_all_the_same(
    make_bench: Make, version: str, trouble: str
) -> None:
    bench = make_bench(version)
    bench.charging()
    spoil(bench, "stop_energy", trouble)

    bench.station.present_token("04AB12CD", 1)
    bench.run(120)
    bench.station.hardware.heal()
    bench.station.unplug(1)
    bench.run(120)

    (record,) = bench.csms.transactions.values()
    assert record.complete


@pytest.mark.parametrize("trouble", ["fail", "hang", "answer"])
def test_an_unlock_that_goes_wrong_is_told(make_bench: Make, version: str, trouble: str) -> None:
    bench = make_bench(version)
    spoil(bench, "unlock", trouble)

    where = {"connectorId": 1} if bench.is16 else {"evseId": 1, "connectorId": 1}
    answer = bench.call("UnlockConnector", timeout_s=60, **where)

    assert answer["status"] == "UnlockFailed"


def spoil(bench: Bench, method: str, trouble: str) -> None:
    hardware = bench.station.hardware
    if trouble == "answer":
        hardware.answer(method, "nonsense", None)
    else:
        getattr(hardware, trouble)(method, None)


# -- EVs and meters that report nonsense -------------------------------------------------------------


def test_energy_that_goes_back_is_flagged_and_not_billed(make_bench: Make, version: str) -> None:
    bench = make_bench(version, auto=False)
    bench.station.meter(1, 10_000)
    bench.charging()
    bench.station.meter(1, 12_000)
    bench.run(70)

    bench.station.meter(1, 500)
    bench.run(70)
    bench.station.present_token("04AB12CD", 1)
    bench.station.unplug(1)
    bench.run(30)

    assert counters(bench)["implausible_readings"] >= 1
    (record,) = bench.csms.transactions.values()
    assert record.complete
    assert (record.energy_wh or 0) >= 0


@pytest.mark.parametrize("wh", [1e300, -5.0, 1e15])
def test_absurd_registers_are_survived(make_bench: Make, version: str, wh: float) -> None:
    bench = make_bench(version, auto=False)
    bench.station.meter(1, 100)
    bench.charging()

    bench.station.meter(1, wh)
    bench.run(70)
    bench.station.present_token("04AB12CD", 1)
    bench.station.unplug(1)
    bench.run(60)

    assert [record.complete for record in bench.csms.transactions.values()] == [True]


def test_a_clock_of_the_meter_that_is_far_off_is_flagged(make_bench: Make, version: str) -> None:
    bench = make_bench(version, auto=False)
    bench.charging()

    bench.station.meter(1, MeterReading(datetime(1999, 1, 1, tzinfo=UTC), (SampledValue(5.0),)))
    bench.run(70)

    assert counters(bench)["implausible_readings"] == 1
    bench.station.unplug(1)
    bench.run(30)


def test_a_cable_plugged_in_twice(make_bench: Make, version: str) -> None:
    from ocpp_iface.station import reports

    bench = make_bench(version, evses=(2,))
    bench.charging()

    bench.station.command(reports.PlugIn(1, 1))
    bench.station.command(reports.PlugIn(1, 2))
    bench.run(30)

    assert counters(bench)["implausible_reports"] == 1
    assert len(bench.csms.transactions) == 1
    bench.station.command(reports.Unplug(1, 2))  # which is not plugged in
    assert counters(bench)["implausible_reports"] == 2
    assert bench.csms.books.open() != []
    bench.unplugged()


def test_energy_without_an_ev(make_bench: Make, version: str) -> None:
    bench = make_bench(version)

    bench.station.charging_state(1, ChargingState.Charging)
    bench.run(30)

    assert counters(bench)["implausible_reports"] == 1
    assert not bench.csms.transactions


def test_reports_about_places_that_are_not_there(make_bench: Make, version: str) -> None:
    """The handles of the facade refuse them; whoever gets past those harms nobody."""
    from ocpp_iface.station import reports

    bench = make_bench(version)
    bench.station.tolerate_undone = True
    reading = MeterReading(bench.world.now, (SampledValue(5.0),))
    for report in (
        reports.PlugIn(9, 1), reports.Unplug(9, 1), reports.PresentToken(TOKEN, 9),
        reports.ReportMeter(9, reading), reports.ReportChargingState(9, ChargingState.Charging),
        reports.StopButton(9), reports.ReportBay(9, True), reports.StopTransaction(9),
        reports.ReportFault(9, 1, Fault("x", "OtherError")), reports.PlugIn(1, 7),
        reports.Unplug(1, 7),
    ):  # fmt: skip
        bench.station.send(report)
    bench.run(30)

    bench.station.unplug(1) if bench.station.evse(1).plugged else None
    assert bench.csms.connected()
    bench.call("ClearCache")
