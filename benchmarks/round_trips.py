"""Round trips per second and client CPU per round trip, four clients against one minimal CSMS.

With one link the client sleeps between two messages, and the wake-up, with a processor cache that
others have used meanwhile, is a good part of what a short message costs; with several links at once
it does not sleep, and what is measured is the work.
"""

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
        """The median of the rounds' ratios: what slows the machine slows all clients of a round."""
        pairs = zip(self.samples[OCPP], self.samples[MEMORY], strict=True)
        return statistics.median(theirs.cpu_us / ours.cpu_us for theirs, ours in pairs)

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


def measure(settings: Settings, links: int) -> list[Measured]:
    """With so many links at once."""
    found = []
    with Child("csms", pin_to=settings.csms_cpu) as csms:
        url = csms.do("address")["url"]
        for case in CASES:
            if not _wanted(case, settings):
                continue
            with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as directory:
                found.append(_measure(case, settings, links, csms, url, Path(directory)))
    return found


def _wanted(case: Case, settings: Settings) -> bool:
    words = settings.messages
    return not words or any(word.casefold() in case.name.casefold() for word in words)


def _measure(
    case: Case, settings: Settings, links: int, csms: Child, url: str, directory: Path
) -> Measured:
    measured = Measured(case)
    with ExitStack() as stack:
        clients: dict[str, _Client] = {}
        question = ""
        for peer in PEERS:
            frame = clients[MEMORY].frame if clients else None
            child = _start(peer, case, settings, links, url, directory, frame)
            stack.enter_context(child).do("ready")
            stations = [f"{peer}/{number}" for number in range(links)]
            if case.asked and not question:
                question = _question(case, csms, stations[0])
            clients[peer] = _client(case, child, csms, stations, question)
            measured.sizes[peer] = len(clients[peer].frame)
            measured.samples[peer] = []
        for client in clients.values():
            trial = client.run(WARM_UP)
            client.count = max(5, int(settings.seconds_a_sample * 1e6 / trial.wall_us / links))
        for _ in range(settings.rounds):
            for peer, client in clients.items():
                measured.samples[peer].append(client.run(client.count))
        errors = csms.do("status")["errors"]
    if errors:
        raise RuntimeError(f"{case.name}: {errors} CALLERRORs")
    return measured


def _start(
    peer: str,
    case: Case,
    settings: Settings,
    links: int,
    url: str,
    directory: Path,
    frame: str | None,
) -> Child:
    shared: dict[str, Any] = {
        "version": case.version,
        "links": links,
        "pin_to": settings.client_cpu,
    }
    match peer:
        case "memory" | "file":
            store = str(directory) if peer == FILE else None
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


def _client(case: Case, child: Child, csms: Child, stations: list[str], question: str) -> _Client:
    """`run(count)`: so many round trips on each link."""
    if not case.asked:

        def run(count: int) -> Sample:
            answer, trips = child.do("run", count=count), count * len(stations)
            return Sample(answer["cpu_s"] / trips * 1e6, answer["wall_s"] / trips * 1e6)

        run(1)
        return _Client(child, run, csms.do("frames")["last"][case.action])

    def ask(count: int) -> Sample:
        child.do("collect")
        before = child.do("cpu")["cpu_s"]
        answer = csms.do(
            "ask_all", stations=stations, action=case.action, payload=question, count=count
        )
        spent, trips = child.do("cpu")["cpu_s"] - before, count * len(stations)
        return Sample(spent / trips * 1e6, answer["wall_s"] / trips * 1e6)

    answer = csms.do("ask", station=stations[0], action=case.action, payload=question)["answer"]
    return _Client(child, ask, answer)


__all__ = ["BARE", "FILE", "MEMORY", "OCPP", "Measured", "measure"]
