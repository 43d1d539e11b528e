"""10,000 mutated frames thrown at the whole station, on both versions.

After each of them it is alive, has answered what must be answered exactly once, and if it answered
with an error (or not at all) its rows and its memory are as they were. What "must" means is decided
here with `json` and the official schemas, not with the code under test.

Frames are drawn from a seed, several to a world, since 10,000 worlds would take too long; a failure
names the seed and the frames that led to it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ocpp_iface.sim import Bench
from ocpp_iface.sim.memory import differences, disagreements, image_of, memory_of
from ocpp_iface.sim.payloads import json_values, mutated_payload, valid_payload
from ocpp_iface.storage import Image
from ocpp_iface.wire.registry import version_of

SEEDS = 10
FRAMES = 500
"""A seed; so 2 versions * 10 seeds * 500 frames."""
FRAMES_A_WORLD = 50
PLACES = {"connectorId": (0, 1, 2), "evseId": (0, 1, 2), "id": (1, 2)}
"""Small numbers lead to places that this station has."""
OF_A_STATION = (
    "Authorize", "BootNotification", "ClearedChargingLimit", "DiagnosticsStatusNotification",
    "FirmwareStatusNotification", "Get15118EVCertificate", "GetCertificateStatus", "Heartbeat",
    "LogStatusNotification", "MeterValues", "NotifyChargingLimit", "NotifyCustomerInformation",
    "NotifyDisplayMessages", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule", "NotifyEvent",
    "NotifyMonitoringReport", "NotifyReport", "PublishFirmwareStatusNotification",
    "ReportChargingProfiles", "ReservationStatusUpdate", "SecurityEventNotification",
    "SignCertificate", "SignedFirmwareStatusNotification", "StartTransaction",
    "StatusNotification", "StopTransaction", "TransactionEvent",
)  # fmt: skip
"""What only a station may send: never carried out, so a few of each will do."""


@lru_cache(maxsize=4)
def corpus(version: str) -> dict[str, list[Any]]:
    """Action -> payloads, valid and mutated ones. The same in each run."""
    subprotocol = f"ocpp{version}"
    found: dict[str, list[Any]] = {}
    for action in version_of(subprotocol).classes("request"):
        kept = found.setdefault(action, [])
        many = action not in OF_A_STATION
        collect(valid_payload(subprotocol, action, "request"), 10 if many else 1, kept)
        collect(mutated_payload(subprotocol, action, "request"), 20 if many else 2, kept)
    found["MakeCoffee"] = [{}]
    return found


def collect(strategy: st.SearchStrategy[Any], count: int, into: list[Any]) -> None:
    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def note(value: Any) -> None:
        into.append(value)

    note()


class Fuzzer:
    """Draws frames."""

    def __init__(self, version: str, draw: Random) -> None:
        self.draw, self.payloads = draw, corpus(version)
        self.actions = list(self.payloads)
        self.ids = 0

    def frame(self) -> str | bytes:
        self.ids += 1
        kind = self.draw.choices([2, 3, 4, 0], [90, 4, 4, 2])[0]
        action = self.draw.choice(self.actions)
        payload = self.placed(copy.deepcopy(self.draw.choice(self.payloads[action])))
        unique_id: Any = f"fuzz-{self.ids}"
        parts: list[Any] = (
            [kind, unique_id, action, payload] if kind == 2 else [kind, unique_id, {}]
        )
        if self.draw.random() < 0.15:
            self.bend(parts)
        text = json.dumps(parts, ensure_ascii=self.draw.random() < 0.5)
        if self.draw.random() < 0.2:
            return self.break_text(text)
        return text if self.draw.random() < 0.95 else text.encode()

    def placed(self, node: Any) -> Any:
        """With places that exist, so that more than refusals is exercised."""
        if isinstance(node, list):
            return [self.placed(value) for value in node]
        if not isinstance(node, dict):
            return node
        return {
            key: self.draw.choice(PLACES[key])
            if key in PLACES and type(value) is int and self.draw.random() < 0.8
            else self.placed(value)
            for key, value in node.items()
        }

    def bend(self, parts: list[Any]) -> None:
        """Something is wrong with the array."""
        where = self.draw.randrange(len(parts))
        match self.draw.randrange(5):
            case 0:
                del parts[where]
            case 1:
                parts.insert(where, self.nonsense())
            case 2:
                parts[where] = self.nonsense()
            case 3:
                parts.reverse()
            case _:
                parts[1:2] = ["x" * self.draw.choice([0, 36, 37, 255, 256, 5000])]

    def nonsense(self) -> Any:
        return self.draw.choice(
            [None, True, -1, 2, 2.0, 1e300, 10**17, "", "é\u0000\u2028", "a" * 300, [], [[[]]],
             {}, {"": {"": ""}}]
        )  # fmt: skip

    def break_text(self, text: str) -> str | bytes:
        """Something is wrong with the characters or bytes."""
        data = bytearray(text.encode())
        for _ in range(self.draw.choice([1, 1, 3])):
            where = self.draw.randrange(len(data) + 1)
            match self.draw.randrange(6):
                case 0:
                    del data[where:]
                case 1:
                    data[where:where] = self.draw.randbytes(self.draw.choice([1, 2, 8]))
                case 2:
                    del data[where : where + self.draw.choice([1, 4])]
                case 3:
                    data[where:where] = self.draw.choice(
                        [b"NaN", b"1e999", b'"', b"\\", b"\\ud800", b"[" * 50, b"\x00", b"9" * 30]
                    )
                case 4 if data:
                    data[min(where, len(data) - 1)] ^= 1 << self.draw.randrange(8)
                case _:
                    data[where:where] = data[:where]
        try:
            return data.decode() if self.draw.random() < 0.7 else bytes(data)
        except UnicodeDecodeError:
            return bytes(data)


def plain(data: str | bytes) -> list[Any] | None:
    """The frame as JSON (and nothing that JSON does not have), or None."""

    def refuse(_word: str) -> Any:
        raise ValueError("no JSON")

    try:
        parts = json.loads(data if isinstance(data, str) else data.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    return parts if isinstance(parts, list) else None


def call_id(parts: list[Any] | None) -> str | None:
    """The id under which an answer must come: that of a CALL with an acceptable id."""
    if not parts or type(parts[0]) is not int or parts[0] != 2 or len(parts) < 2:
        return None
    unique_id = parts[1]
    if not isinstance(unique_id, str) or len(unique_id) > 36 or not is_unicode(unique_id):
        return None
    return unique_id


def is_unicode(text: str) -> bool:
    """Half a surrogate pair can be written in JSON, and in no UTF-8."""
    return text.encode("utf-8", "replace").decode() == text


class Trial:
    """One station, and the frames it gets."""

    def __init__(self, make: Callable[[], Bench], version: str) -> None:
        self.bench = make()
        self.codec = self.bench.csms.session().codec
        self.frames: list[str | bytes] = []
        self.used: list[str] = []
        self.is16 = version == "1.6"

    def throw(self, data: str | bytes) -> bool:
        """False if the frame has rightly ended the link (a reset, another network profile)."""
        self.frames.append(data)
        before, count = self.state(), len(self.bench.world.trace.entries(">"))
        self.bench.csms.send_raw(data)
        self.bench.world.settle()
        sent = [json.loads(x.content) for x in self.bench.world.trace.entries(">")[count:]]
        answers = [frame for frame in sent if frame[0] in (3, 4)]
        self.judge(data, answers)
        if not any(frame[0] == 3 for frame in answers):
            assert sent == answers, f"a refused frame makes the station call {sent}"
            after = self.state()
            assert differences(after[1], before[1]) == []
            assert after[0] == before[0]
        else:
            self.bench.run(2)  # what was accepted is done: a reset begins, a password is tried
        return self.bench.station.running and self.bench.csms.connected()

    def judge(self, data: str | bytes, answers: list[Any]) -> None:
        parts = plain(data)
        unique_id = call_id(parts)
        if unique_id is not None:
            assert [answer[1] for answer in answers] == [unique_id]
            answer = answers[0]
            if not self.is_valid(parts) or unique_id in self.used:
                assert answer[0] == 4
            self.used.append(unique_id)
        elif parts is not None and parts[:1] in ([3], [4]) and type(parts[0]) is int:
            assert answers == []
        else:
            assert len(answers) <= 1
            assert all(answer[0] == 4 for answer in answers)
        for answer in answers:
            if answer[0] == 4:
                assert len(answer) == 5
                assert len(answer[3]) <= 255

    def is_valid(self, parts: Any) -> bool:
        """By the official schema."""
        if len(parts) != 4 or not isinstance(parts[2], str):
            return False
        if parts[3] is None:
            parts[3] = {}
        try:
            self.codec.check_request(parts[2], parts[3])
        except Exception:  # noqa: BLE001 - whatever the validator thinks of nonsense
            return False
        return True

    def state(self) -> tuple[Image, dict[str, Any]]:
        process = self.bench.station.process
        assert process is not None
        return image_of(self.bench.station), memory_of(process.kernel)

    def end(self) -> None:
        """It still does its work."""
        self.bench.check()
        assert disagreements(self.bench.station) == []
        self.bench.call("ClearCache")
        self.bench.run(40)
        self.bench.check()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
def test_mutated_frames(version: str, seed: int) -> None:
    fuzzer = Fuzzer(version, Random(f"{version} {seed}"))

    def make() -> Bench:
        bench = Bench(version, evses=(1, 1), auto=False)  # nothing happens by itself
        bench.charging()
        bench.run(2)
        return bench

    trial = Trial(make, version)
    for _ in range(FRAMES):
        if len(trial.frames) == FRAMES_A_WORLD:
            trial.end()
            trial = Trial(make, version)
        try:
            goes_on = trial.throw(fuzzer.frame())
        except AssertionError as fault:
            raise AssertionError(f"{fault}\nafter {trial.frames[-3:]}") from fault
        if not goes_on:
            trial = Trial(make, version)
    trial.end()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_text_and_any_json(version: str, data: st.DataObject) -> None:
    """What has nothing to do with OCPP at all."""
    frames = st.text(max_size=60) | st.binary(max_size=60) | json_values().map(json.dumps)
    trial = Trial(lambda: Bench(version, evses=(1,)), version)

    for frame in data.draw(st.lists(frames, min_size=20, max_size=20)):
        assert trial.throw(frame)

    trial.end()
