"""A real process with a real store is killed (SIGKILL) again and again, in the middle of charging
sessions over a real socket: the CSMS ends up with each transaction once, complete and in order.

The kills come at the meanest moments there are: when a message was heard and not answered, when it
was answered and the answer is on the way, at any moment of the start of the process, and anywhere
in between. Cars come, pause and leave at random in the meantime, at two EVSEs.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE, Process
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

sys.path.append(str(Path(__file__).parent))

from recorder import Recorder, registers

from ocpp_iface.engine.outbox import OUTBOX
from ocpp_iface.station.rows import TRANSACTIONS
from ocpp_iface.storage import open_store
from ocpp_iface.types.facts import TransactionFact

KILLS = 25
TRANSACTIONS_AT_LEAST = 10
TOKENS = ("04AB", "08CD")
CONFIG = """\
id = "KILLED"
csms_url = "{url}"
versions = ["ocpp{version}"]
evses = [1, 1]
store = "station.db"
on_power_loss = "{on_power_loss}"
[variables]
"OCPPCommCtrlr/RetryBackOffWaitMinimum" = 1
"OCPPCommCtrlr/RetryBackOffRandomRange" = 0
"OCPPCommCtrlr/RetryBackOffRepeatTimes" = 0
"SampledDataCtrlr/TxUpdatedInterval" = 1
"""


@define(eq=False)
class Rig:
    """The process, and what its drivers do. `told`: the transactions that its app has heard of."""

    directory: Path
    recorder: Recorder
    dice: random.Random
    kills: int = 0
    told: dict[str, None] = field(factory=dict)
    sessions: int = 0
    plugged: dict[int, bool] = field(factory=dict)
    accepted: asyncio.Event = field(factory=asyncio.Event)
    gone: asyncio.Event = field(factory=asyncio.Event)
    _process: Process | None = None
    _doomed: Process | None = None
    """The process, until it is killed."""
    _reader: asyncio.Task[None] | None = None
    _fatal: str = ""
    """When to kill at the next transactional message: `unanswered` or `answered`."""

    async def start(self, on_power_loss: str) -> None:
        text = CONFIG.format(
            url=self.recorder.url, version=self.recorder.version, on_power_loss=on_power_loss
        )
        (self.directory / "station.toml").write_text(text)
        self.accepted.clear()
        self.gone.clear()
        self._fatal = ""
        self.recorder.on_heard = self._heard
        with (self.directory / "stderr.txt").open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "ocpp_iface",
                "--log",
                "ERROR",
                "run",
                str(self.directory / "station.toml"),
                "--json",
                "--speed=60",
                "--meter=0.2",
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
            )
        self._doomed = self._process
        self._reader = asyncio.create_task(self._read(self._process))

    def kill(self) -> None:
        """Counts once a life."""
        process, self._doomed = self._doomed, None
        if process is not None and process.returncode is None:
            process.kill()
            self.kills += 1

    async def ended(self) -> int:
        assert self._process is not None
        assert self._reader is not None
        await self._reader
        status = await self._process.wait()
        self.gone.set()
        return status

    async def say(self, line: str) -> None:
        assert self._process is not None
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():  # it was killed
            return
        try:
            stdin.write(f"{line}\n".encode())
            await stdin.drain()
        except ConnectionError:
            stdin.close()

    def kill_at_next_message(self, when: str) -> None:
        self._fatal = when

    def _heard(self) -> bool:
        fatal, self._fatal = self._fatal, ""
        if fatal == "unanswered":
            self.kill()
            return False
        if fatal == "answered":
            asyncio.get_running_loop().call_later(self.dice.uniform(0, 0.004), self.kill)
        return True

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            try:
                line = json.loads(raw)
            except ValueError:  # killed in the middle of a line
                continue
            self._note(line)

    def _note(self, line: dict[str, Any]) -> None:
        match line:
            case {"kind": "note", "name": "charger", "details": details}:
                self.plugged = {
                    int(number): each["plugged"] is not None for number, each in details.items()
                }
            case {"name": "boot_notification_response", "value": {"status": "Accepted"}}:
                self.accepted.set()
            case {"name": "ocpp_transaction_event", "value": {"transaction_id": name}}:
                self.told[name] = None

    # -- the drivers -----------------------------------------------------------------------------

    async def drive(self) -> None:
        """One random thing at a random EVSE."""
        evse = self.dice.choice((1, 2))
        if not self.plugged.get(evse):
            self.plugged[evse] = True
            await self.say(f"plug {evse}")
            await self._present(evse)
        else:
            action = self.dice.choice(("token", "unplug", "pause", "resume", "resume"))
            if action == "token":
                await self._present(evse)
            else:
                self.plugged[evse] = action != "unplug"
                await self.say(f"{action} {evse}")

    async def _present(self, evse: int) -> None:
        self.sessions += 1
        await self.say(f"token {TOKENS[evse - 1]} {evse}")


async def _live_and_die(rig: Rig) -> None:
    """One life of the process, ended by a kill."""
    dice = rig.dice
    how = dice.choice(("early", "unanswered", "unanswered", "answered", "anywhere", "anywhere"))
    await rig.start(dice.choice(("resume", "resume", "end")))
    if how == "early":
        await asyncio.sleep(dice.uniform(0.2, 1.2))
    else:
        await _within(rig.accepted, 30.0)
        if how in ("unanswered", "answered"):
            rig.kill_at_next_message(how)
        end = asyncio.get_running_loop().time() + dice.uniform(0.1, 0.8)
        while asyncio.get_running_loop().time() < end and not rig.gone.is_set():
            await rig.drive()
            await asyncio.sleep(dice.uniform(0.0, 0.2))
    rig.kill()
    await rig.ended()


async def _within(event: asyncio.Event, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await event.wait()


async def _come_to_rest(rig: Rig) -> None:
    """All cars leave, and what waits is delivered."""
    await rig.start("resume")
    await _within(rig.accepted, 30.0)
    for evse in (1, 2):
        if rig.plugged.get(evse):
            await rig.say(f"unplug {evse}")
    recorder = rig.recorder
    async with asyncio.timeout(30.0):
        calm = 0
        while calm < 5:
            open_or_unheard = recorder.open_transactions() or set(rig.told) - set(
                recorder.transactions
            )
            calm = 0 if open_or_unheard else calm + 1
            await asyncio.sleep(0.2)
    await rig.say("quit")
    assert await rig.ended() == 0


async def _scenario(version: str, directory: Path, seed: int) -> Rig:
    ready, over = asyncio.Event(), asyncio.Event()
    recorder = Recorder(version)
    rig = Rig(directory, recorder, random.Random(seed))
    serving = asyncio.create_task(recorder.serve(ready, over))
    try:
        await _within(ready, 10.0)
        while rig.kills < KILLS or len(recorder.transactions) < TRANSACTIONS_AT_LEAST:
            await _live_and_die(rig)
        await _come_to_rest(rig)
    finally:
        rig.kill()
        over.set()
        await serving
    return rig


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_each_transaction_reaches_the_csms_once_complete_and_in_order_whatever_is_killed(
    version: str, tmp_path: Path
) -> None:
    rig = asyncio.run(_scenario(version, tmp_path, seed=20260101))

    recorder = rig.recorder
    assert (tmp_path / "stderr.txt").read_text() == ""
    assert rig.kills >= KILLS
    assert recorder.problems == []
    assert set(rig.told) <= set(recorder.transactions), "the app heard of one that the CSMS did not"
    assert len(recorder.transactions) >= TRANSACTIONS_AT_LEAST
    assert len(recorder.transactions) <= rig.sessions, "none is invented"
    for name, told in recorder.transactions.items():
        assert told.kinds[0] == "Started", name
        assert told.kinds[-1] == "Ended", name
        assert told.kinds.count("Started") == told.kinds.count("Ended") == 1, name
        for earlier, later in pairwise(registers(told)):
            assert earlier <= later + 1, f"{name}: the meter goes back (1.6 rounds to Wh): {told}"
    for evse in (1, 2):
        ends = [registers(each) for each in recorder.transactions.values() if each.evse == evse]
        for earlier, later in pairwise(ends):
            assert earlier[-1] <= later[0] + 1, "transactions of an EVSE overlap"
    store = open_store(tmp_path / "station.db")
    waiting = [row.fact for _, row in store.table(OUTBOX).items()]
    assert not [fact for fact in waiting if isinstance(fact, TransactionFact)]
    assert len(store.table(TRANSACTIONS)) == 0
    store.close()
