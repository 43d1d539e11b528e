"""`ocpp-iface demo`: the main job on loopback, on both versions, with a kill in the middle of it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from ocpp_iface.cli.command import Command, Exit
from ocpp_iface.cli.demo_record import Entry, disagreements, table
from ocpp_iface.cli.demo_words import gist
from ocpp_iface.cli.style import Style
from ocpp_iface.errors import OcppIfaceError

if TYPE_CHECKING:  # they load the `ocpp` package's own classes, which no other command needs
    from ocpp_iface.cli.demo_csms import DemoCsms
    from ocpp_iface.cli.demo_station import DemoStation

VERSIONS: Final = ("1.6", "2.0.1")
CONTRACT_VARS: Final = (
    "boot_notification_response",
    "charging_schedules",
    "event_data",
    "is_connected",
    "ocpp_transaction_event",
    "ocpp_transaction_event_response",
    "security_event",
)
_PATIENCE_S: Final = 15.0
_LOOK_S: Final = 0.02
_WIDTH: Final = 112
_COLOURS: Final = {"driver": "magenta", "CSMS": "blue", "station": "cyan", "world": "red"}

_DESCRIPTION: Final = """\
On loopback, with nothing else needed: a CSMS built on the server side of the `ocpp` package, so that
a codec which is not ours checks each message, and a simulated station of two EVSEs in a process of
its own. On OCPP 1.6 and on 2.0.1 it charges (cable first, card first), loses the network, is killed
in the middle of transactions, goes on, is stopped remotely; every var is shown as it is published.
At the end the CSMS's record stands beside the station's, and they have to agree.
"""
_EPILOG: Final = """\
examples:
  ocpp-iface demo
  ocpp-iface demo --version 2.0.1
  ocpp-iface demo > demo.txt
"""


class DemoFailed(OcppIfaceError):
    """Something that had to happen did not."""


@define(eq=False)
class Stage:
    """Says who does what, one line each."""

    style: Style
    lost: OSError | None = None
    """Why nothing can be printed any more: nobody reads it, the disk is full."""
    _begin: float = field(factory=time.monotonic)

    def title(self, text: str) -> None:
        self._print(f"\n{self.style.paint(f'== {text} '.ljust(_WIDTH, '='), 'bold')}")

    def scene(self, number: int, text: str) -> None:
        self._print(f"\n{self.style.paint(f'{number}. {text}', 'bold')}")

    def say(self, who: str, text: str) -> None:
        at = self.style.paint(f"{time.monotonic() - self._begin:5.1f} s", "dim")
        shown = text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
        self._print(f"  {at}  {self.style.paint(f'{who:<7}', _COLOURS[who])}  {shown}")

    def plain(self, text: str = "") -> None:
        self._print(text)

    def _print(self, text: str) -> None:
        if self.lost is not None:
            return
        try:
            print(text, flush=True)
        except OSError as error:
            self.lost = error  # told by `Play`: here the CSMS would take it for a fault of its own


@define(eq=False)
class Play:
    """The scenes, on one version."""

    version: str
    stage: Stage
    csms: DemoCsms
    station: DemoStation

    async def perform(self) -> None:
        self.station.configure(self.csms.url)
        self.stage.say("world", "the station's process starts")
        await self.station.start()
        await self._until(lambda: self.csms.boots == 1, "the station to boot")
        await self._until(lambda: "is_connected" in self.station.published, "the first var")
        await self.cable_first()
        await self.card_first()
        await self.link_cut()
        await self.kill_and_resume()
        await self.kill_and_end()
        self.stage.say("world", "the station's process ends")
        status = await self.station.quit()
        if status != 0:
            raise DemoFailed(f"the station ended with status {status}")

    async def cable_first(self) -> None:
        self.stage.scene(1, "Cable first: plug in, present a card, charge, present it again")
        await self._driver("monitor HeartbeatInterval")
        await self._driver("plug 1")
        await self._driver("token 04AB 1")
        entry = await self._charging(1)
        if self.csms.peer is not None:
            self.stage.say("CSMS", "sets HeartbeatInterval to 120")
            await self.csms.peer.set_heartbeat(120)
        await self._driver("token 04AB 1")
        await self._ended(entry)
        await self._driver("unplug 1")

    async def card_first(self) -> None:
        self.stage.scene(2, "Card first: present a card, plug in, charge; the CSMS stops it")
        await self._driver("token 08CD 2")
        await self._driver("plug 2")
        entry = await self._charging(2)
        if self.csms.peer is None:
            raise DemoFailed("the link is down")
        self.stage.say("CSMS", f"stops transaction {entry.transaction[:8]} remotely")
        status = await self.csms.peer.stop_remotely(entry.transaction)
        if status != "Accepted":
            raise DemoFailed(f"the remote stop was {status}")
        await self._ended(entry)
        await self._driver("unplug 2")

    async def link_cut(self) -> None:
        self.stage.scene(
            3, "The network fails in the middle of a charge; another car comes and goes"
        )
        await self._driver("plug 1")
        await self._driver("token 04AB 1")
        await self._charging(1)
        before = self._count("is_connected")
        self.stage.say("world", "the network is cut")
        self.csms.cut()
        await self._until(lambda: self._count("is_connected") > before, "the station to notice")
        orders = self._orders("stop_energy")
        await self._driver("plug 2")
        await self._driver("token 08CD 2")
        await self._until(lambda: self._permitted(2), "energy at EVSE 2")
        await asyncio.sleep(1.2)
        await self._driver("token 08CD 2")
        await self._until(lambda: self._orders("stop_energy") > orders, "the energy to stop")
        await self._driver("unplug 2")
        self.stage.say("world", "the network is back")
        known = len(self.csms.book.entries)
        self.csms.restore()
        await self._until(lambda: len(self.csms.book.entries) > known, "what was queued")
        offline = list(self.csms.book)[-1]
        await self._ended(offline)

    async def kill_and_resume(self) -> None:
        self.stage.scene(4, "The process is killed in mid-transaction; the transaction is resumed")
        entry = next(each for each in self.csms.book if each.reason is None)
        await self._kill_and_start()
        seen = len(entry.registers)
        await self._until(lambda: len(entry.registers) > seen, "the meter to run on")
        await self._driver("token 04AB 1")
        await self._ended(entry)
        await self._driver("unplug 1")

    async def kill_and_end(self) -> None:
        self.stage.scene(5, "Killed again; this time the transaction is ended (PowerLoss)")
        self.stage.say("world", 'station.toml says on_power_loss = "end" now')
        self.station.configure(self.csms.url, on_power_loss="end")
        await self._driver("plug 2")
        await self._driver("token 08CD 2")
        entry = await self._charging(2)
        await self._kill_and_start()
        await self._ended(entry)
        await self._driver("unplug 2")

    # -- what scenes are made of ------------------------------------------------------------------

    async def _driver(self, line: str) -> None:
        """A command; returns when the station has answered it."""
        answers = self._answers()
        self.stage.say("driver", line)
        await self.station.send(line)
        await self._until(lambda: self._answers() > answers, f"the answer to {line!r}")
        last = [each for each in self.station.lines if each["kind"] in ("answer", "error")][-1]
        if last["kind"] == "error":
            raise DemoFailed(f"{line}: {last['result']}")

    async def _charging(self, evse: int) -> Entry:
        """Until the CSMS has seen the meter of the newest transaction there move twice."""

        def moving() -> bool:
            return any(
                each.reason is None and each.evse == evse and len({*each.registers}) > 1
                for each in self.csms.book
            )

        await self._until(moving, f"a charge at EVSE {evse}")
        return [each for each in self.csms.book if each.evse == evse and each.reason is None][-1]

    async def _ended(self, entry: Entry) -> None:
        name = entry.transaction
        await self._until(lambda: entry.reason is not None, f"the end of transaction {name}")

        def told() -> bool:
            ours = self.station.book.entries.get(name)
            return ours is not None and None not in (ours.reason, ours.meter_stop_wh)

        await self._until(told, f"the station to publish the end of transaction {name}")

    async def _kill_and_start(self) -> None:
        # A sample was seen just now. Samples are taken each second from the start of the energy, the
        # meter is read each half of it: in between both are quiet, and the two records comparable.
        await asyncio.sleep(0.25)
        boots = self.csms.boots
        self.stage.say("world", f"kill -9 {self.station.pid}")
        await self.station.kill()
        await asyncio.sleep(0.5)
        self.stage.say("world", "the station's process starts again")
        await self.station.start()
        await self._until(lambda: self.csms.boots > boots, "the station to boot")

    async def _until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not holds():
            if self.stage.lost is not None:
                raise self.stage.lost
            if self.station.exit_status is not None:
                status = self.station.exit_status
                raise DemoFailed(f"the station ended with status {status} before {what}")
            if time.monotonic() > end:
                raise DemoFailed(f"waited {_PATIENCE_S:g} s in vain for {what}")
            await asyncio.sleep(_LOOK_S)

    def _answers(self) -> int:
        return sum(1 for each in self.station.lines if each["kind"] in ("answer", "error"))

    def _count(self, var: str) -> int:
        return self.station.published.get(var, 0)

    def _orders(self, name: str) -> int:
        return sum(1 for each in self.station.lines if each["name"] == name)

    def _permitted(self, evse: int) -> bool:
        orders = [
            each["name"]
            for each in self.station.lines
            if each["kind"] == "order" and each["evse"] == evse and "energy" in each["name"]
        ]
        return orders[-1:] == ["permit_energy"]


async def _demonstrate(version: str, stage: Stage, forget: int | None) -> list[str]:
    """-> what is wrong"""
    from ocpp_iface.cli.demo_csms import DemoCsms  # noqa: PLC0415 - see above
    from ocpp_iface.cli.demo_station import DemoStation  # noqa: PLC0415 - see above

    stage.title(f"OCPP {version}")

    def heard(action: str, text: str) -> None:
        stage.say("CSMS", f"{action} {text}".rstrip())

    def published(line: dict[str, Any]) -> None:
        if line["kind"] == "var" and line["name"] != "ocpp_message":
            stage.say("station", f"{line['name']:<32} {gist(line['name'], line['value'])}")

    problems: list[str] = []
    with TemporaryDirectory(prefix="ocpp-iface-demo-") as directory:
        station = DemoStation(Path(directory), version, published)
        async with DemoCsms(version, heard, forget) as csms:
            try:
                await Play(version, stage, csms, station).perform()
                problems += station.leftovers()
            except DemoFailed as failure:
                problems.append(str(failure))
            finally:
                await station.kill()
    sequenced = version != "1.6"
    problems += disagreements(csms.book, station.book, sequenced=sequenced)
    problems += [f"the CSMS refused a message: {refusal}" for refusal in csms.refusals]
    missing = [name for name in CONTRACT_VARS if name not in station.published]
    if missing:
        problems.append(f"never published: {', '.join(missing)}")
    _conclude(version, stage, csms, station, problems)
    return problems


def _conclude(
    version: str, stage: Stage, csms: DemoCsms, station: DemoStation, problems: list[str]
) -> None:
    stage.plain()
    stage.plain(stage.style.paint(f"The records, OCPP {version}", "bold"))
    for row in table(csms.book, station.book, stage.style):
        stage.plain(row)
    counts = ", ".join(f"{name} {station.published.get(name, 0)}" for name in CONTRACT_VARS)
    stage.plain(f"  vars published: {counts}")
    repeated = sum(entry.repeated for entry in csms.book)
    if repeated:
        stage.plain(f"  sent twice because the first answer was lost: {repeated}")
    for problem in problems:
        stage.plain(f"  {stage.style.paint('wrong:', 'red')} {problem}")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", choices=VERSIONS, help="only this one (default: both, one after the other)"
    )
    parser.add_argument("--forget", type=int, help=argparse.SUPPRESS)


def _interrupt(_number: int, _frame: object) -> None:
    """As Ctrl-C does: the process of the station must not outlive this one."""
    signal.raise_signal(signal.SIGINT)


def _run(arguments: argparse.Namespace) -> int:
    stage = Stage(Style.of(sys.stdout))
    versions = VERSIONS if arguments.version is None else (arguments.version,)
    problems: list[str] = []
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        for version in versions:
            problems += asyncio.run(_demonstrate(version, stage, arguments.forget))
    finally:
        signal.signal(signal.SIGTERM, before)
    stage.plain()
    if problems:
        stage.plain(stage.style.paint("The records do NOT agree.", "bold", "red"))
        return Exit.FAILED
    words = " and ".join(f"OCPP {version}" for version in versions)
    verdict = f"The records of CSMS and station agree, on {words}."
    stage.plain(stage.style.paint(verdict, "bold", "green"))
    return Exit.OK


COMMAND: Final = Command(
    name="demo",
    summary="both versions on loopback: charge, lose the network, be killed, lose nothing",
    description=_DESCRIPTION,
    epilog=_EPILOG,
    add_arguments=_add_arguments,
    run=_run,
)
