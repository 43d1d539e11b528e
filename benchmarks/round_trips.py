"""Round trips per second and client CPU per round trip, four clients against one minimal CSMS."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from benchmarks import payloads
from benchmarks.cases import BARE, CASES, FILE, MEMORY, OCPP, PEERS, Case
from benchmarks.process import ROOT, Child
from benchmarks.settings import Settings

WARM_UP = 30


@frozen
class Sample:
    cpu_us: float
    wall_us: float


@define
class Measured:
    """One case: the samples of each client by round, and the bytes of its frame."""

    case: Case
    samples: dict[str, list[Sample]] = field(factory=dict)
    sizes: dict[str, int] = field(factory=dict)

    def cpu_us(self, peer: str) -> float:
        return statistics.median(sample.cpu_us for sample in self.samples[peer])

    def spread_us(self, peer: str) -> tuple[float, float]:
        found = [sample.cpu_us for sample in self.samples[peer]]
        return min(found), max(found)

    def per_second(self, peer: str) -> float:
        return 1e6 / statistics.median(sample.wall_us for sample in self.samples[peer])

    @property
    def ratio(self) -> float:
        return self.cpu_us(OCPP) / self.cpu_us(MEMORY)

    @property
    def met(self) -> bool:
        return self.ratio >= self.case.target


@define
class _Client:
    """A measured process, and how to make it do round trips."""

    child: Child
    run: Callable[[int], Sample]
    frame: str
    """Its frame, as it reached the CSMS."""
    count: int = 0


def measure(settings: Settings) -> list[Measured]:
    found = []
    with Child("csms", pin_to=settings.csms_cpu) as csms:
        url = csms.do("address")["url"]
        for case in CASES:
            if not _wanted(case, settings):
                continue
            with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as directory:
                found.append(_measure(case, settings, csms, url, Path(directory)))
    return found


def _wanted(case: Case, settings: Settings) -> bool:
    words = settings.messages
    return not words or any(word.casefold() in case.name.casefold() for word in words)


def _measure(case: Case, settings: Settings, csms: Child, url: str, directory: Path) -> Measured:
    measured = Measured(case)
    with ExitStack() as stack:
        clients: dict[str, _Client] = {}
        question = ""
        for peer in PEERS:
            frame = clients[MEMORY].frame if clients else None
            child = stack.enter_context(_start(peer, case, settings, url, directory, frame))
            child.do("ready")
            if case.asked and not question:
                question = _question(case, csms, f"{peer}/measured")
            clients[peer] = _client(case, child, csms, f"{peer}/measured", question)
            measured.sizes[peer] = len(clients[peer].frame)
            measured.samples[peer] = []
        for client in clients.values():
            trial = client.run(WARM_UP)
            client.count = max(5, int(settings.seconds_a_sample * 1e6 / trial.wall_us))
        for _ in range(settings.rounds):
            for peer, client in clients.items():
                measured.samples[peer].append(client.run(client.count))
        errors = csms.do("status")["errors"]
    if errors:
        raise RuntimeError(f"{case.name}: {errors} CALLERRORs")
    return measured


def _start(
    peer: str, case: Case, settings: Settings, url: str, directory: Path, frame: str | None
) -> Child:
    shared: dict[str, Any] = {"version": case.version, "pin_to": settings.client_cpu}
    match peer:
        case "memory" | "file":
            store = str(directory / "station.db") if peer == FILE else None
            return Child(
                "peer_station",
                url=f"{url}/{peer}",
                action=case.action,
                store=store,
                synchronous=settings.synchronous,
                **shared,
            )
        case "ocpp":
            answer = json.loads(frame or "")[2] if case.asked else None
            return Child(
                "peer_ocpp", url=f"{url}/{peer}", action=case.action, answer=answer, **shared
            )
        case _:
            return Child("peer_bare", url=f"{url}/{peer}", frame=frame, asked=case.asked, **shared)


def _question(case: Case, csms: Child, station: str) -> str:
    """What the CSMS asks, as JSON text."""
    if case.action == "GetVariables":
        return json.dumps(payloads.variables_asked(), separators=(",", ":"))
    everything = csms.do("ask", station=station, action=case.action, payload="{}")
    keys = [
        each["key"]
        for each in json.loads(everything["answer"])[2]["configurationKey"]
        if each.get("value") is not None
    ]
    return json.dumps({"key": keys[: payloads.KEYS]}, separators=(",", ":"))


def _client(case: Case, child: Child, csms: Child, station: str, question: str) -> _Client:
    if not case.asked:

        def run(count: int) -> Sample:
            answer = child.do("run", count=count)
            return Sample(answer["cpu_s"] / count * 1e6, answer["wall_s"] / count * 1e6)

        run(1)
        return _Client(child, run, csms.do("frames")["last"][case.action])

    def ask(count: int) -> Sample:
        child.do("collect")
        before = child.do("cpu")["cpu_s"]
        answer = csms.do("ask", station=station, action=case.action, payload=question, count=count)
        spent = child.do("cpu")["cpu_s"] - before
        return Sample(spent / count * 1e6, answer["wall_s"] / count * 1e6)

    answer = csms.do("ask", station=station, action=case.action, payload=question)["answer"]
    return _Client(child, ask, answer)


__all__ = ["BARE", "FILE", "MEMORY", "OCPP", "Measured", "measure"]
