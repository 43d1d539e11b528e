"""The parts of `python -m benchmarks`: each measures and makes its tables."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from benchmarks import composite, days, footprint, round_trips
from benchmarks.cases import FILE, MEMORY, OCPP, PEERS
from benchmarks.process import ROOT, Child
from benchmarks.report import Table
from benchmarks.settings import Settings

VERSIONS: Final = ("ocpp1.6", "ocpp2.0.1")
MOST_KIB: Final = 100
MOST_P99_MS: Final = 100.0
MOST_BLOCK_MS: Final = 5.0
MOST_SECONDS: Final = 60.0


def round_trip_tables(settings: Settings) -> Iterator[Table]:
    """Round trips per second and client CPU, four clients."""
    for links in settings.links:
        how = "one link" if links == 1 else f"{links} links at once"
        found = round_trips.measure(settings, links)
        yield _cpu_table(found, how, settings)
        yield Table(
            f"Round trips per second, {how}",
            ("message", *PEERS.values(), "bytes sent"),
            tuple(
                (
                    each.case.name,
                    *(f"{each.per_second(peer):.0f}" for peer in PEERS),
                    _sizes(each),
                )
                for each in found
            ),
            (
                (
                    "On each link one after the other. A round trip includes the work of the CSMS "
                    "(`websockets`, prepared answers)."
                ),
            ),
        )


def _cpu_table(found: list[round_trips.Measured], how: str, settings: Settings) -> Table:
    return Table(
        f"Client CPU per round trip, {how}, microseconds",
        ("message", *PEERS.values(), "ratio", "target"),
        tuple(
            (
                each.case.name,
                *(_spread(each, peer) for peer in PEERS),
                f"{each.ratio:.1f}",
                f"{each.case.target:g}",
            )
            for each in found
        ),
        (
            (
                f"Medians of {settings.rounds} rounds (fastest to slowest round); the clients take "
                "turns. CPU time is that of the client's process, all threads; the CSMS is another "
                "process."
            ),
            "ratio: ocpp ChargePoint to this library with the memory store, median of the rounds' ratios.",
        ),
        tuple(
            (
                (
                    f"{each.case.name}, {how}: {each.ratio:.1f} times less CPU than ocpp "
                    f"(promised: {each.case.target:g})"
                ),
                each.met,
            )
            for each in found
        ),
    )


def _spread(each: round_trips.Measured, peer: str) -> str:
    low, high = each.spread_us(peer)
    return f"{each.cpu_us(peer):.0f} ({low:.0f}-{high:.0f})"


def _sizes(each: round_trips.Measured) -> str:
    """The frames are alike, not equal: ids differ in length."""
    sizes = {each.sizes[peer] for peer in (MEMORY, FILE, OCPP)}
    low, high = min(sizes), max(sizes)
    return str(low) if low == high else f"{low}-{high}"


def import_tables(settings: Settings) -> Iterator[Table]:
    """Import time and memory of a fresh process."""
    found = footprint.measure(settings)
    theirs = found[footprint.THEIRS]
    yield Table(
        "Import in a fresh process",
        ("imported", "milliseconds", "resident MiB"),
        tuple(
            (
                name,
                f"{each.milliseconds:.0f} ({each.fastest:.0f}-{each.slowest:.0f})",
                f"{each.mebibytes:.1f}",
            )
            for name, each in found.items()
        ),
        (f"Medians of {settings.imports} interleaved rounds (fastest to slowest).",),
        tuple(
            (
                f"{name}: import no slower than {footprint.THEIRS}",
                found[name].milliseconds <= theirs.milliseconds,
            )
            for name in (footprint.APP, footprint.OURS)
        ),
    )


def memory_tables(settings: Settings) -> Iterator[Table]:
    """Memory of idle stations in one process."""
    rows, verdicts = [], []
    with Child("csms", pin_to=settings.csms_cpu) as csms:
        url = csms.do("address")["url"]
        for version in VERSIONS:
            child = Child("fleet", url=url, version=version, pin_to=settings.client_cpu)
            with child as fleet:
                first = fleet.do("connect", count=1)["rss_kib"]
                last = fleet.do("connect", count=settings.stations)["rss_kib"]
                connected = csms.do("status")["stations"]
                csms.do("cut")
            if connected < settings.stations:
                raise RuntimeError(f"only {connected} stations are connected")
            each = (last - first) / settings.stations
            rows.append((version, str(settings.stations), f"{last / 1024:.0f}", f"{each:.1f}"))
            what = f"{version}: an idle station needs {each:.0f} KiB (at most {MOST_KIB})"
            verdicts.append((what, each <= MOST_KIB))
    yield Table(
        "Memory of idle stations in one process",
        ("version", "stations", "resident MiB", "KiB a station"),
        tuple(rows),
        (
            (
                "Each is an OcppService with a memory store, booted and connected; growth from the "
                "first station to the last, after gc.collect() and gc.freeze()."
            ),
        ),
        tuple(verdicts),
    )


def load_tables(settings: Settings) -> Iterator[Table]:
    """Stations in one process, each with a message a second."""
    rows, best = [], 0
    with Child("csms", pin_to=settings.csms_cpu) as csms:
        url = csms.do("address")["url"]
        with Child("fleet", url=url, version="ocpp2.0.1", pin_to=settings.client_cpu) as fleet:
            for count in _steps(settings):
                fleet.do("charge", count=count)
                found = fleet.do("load", seconds=settings.load_seconds)
                rows.append(_load_row(count, found))
                if found["p99_ms"] >= MOST_P99_MS:
                    break
                best = count
            csms.do("cut")
    yield Table(
        "Stations in one process, each recording a sample (TransactionEvent) every second",
        ("stations", "messages", "p50 ms", "p99 ms", "max ms", "processor"),
        tuple(rows),
        (
            (
                "Milliseconds from when a message was due until the CSMS has confirmed it. The step "
                f"before the first with a p99 over {MOST_P99_MS:g} ms counts: {best} stations."
            ),
        ),
        ((f"at least one station with p99 under {MOST_P99_MS:g} ms: {best}", best > 0),),
    )


def _steps(settings: Settings) -> Iterator[int]:
    if settings.quick:
        yield 5
        return
    yield from (250, 500, 1000)
    yield from range(1250, 10_001, 250)


def _load_row(count: int, found: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(count),
        str(found["messages"]),
        f"{found['p50_ms']:.1f}",
        f"{found['p99_ms']:.1f}",
        f"{found['max_ms']:.1f}",
        f"{found['cpu'] * 100:.0f} %",
    )


def commit_tables(settings: Settings) -> Iterator[Table]:
    """How long commits of a file store hold the event loop."""
    seconds = settings.load_seconds
    with (
        Child("csms", pin_to=settings.csms_cpu) as csms,
        tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as directory,
        Child(
            "commits",
            url=csms.do("address")["url"],
            version="ocpp2.0.1",
            pin_to=settings.client_cpu,
            store=f"{directory}/station.db",
            synchronous=settings.synchronous,
        ) as station,
    ):
        idle = station.do("idle", seconds=seconds)
        busy = station.do("busy", seconds=seconds, slow=False)
        slow = station.do("busy", seconds=seconds, slow=True)
    worst = max(busy["p99_ms"], slow["p99_ms"])
    yield Table(
        "How late the event loop wakes while a file store commits, milliseconds",
        ("station", "loop p50", "loop p99", "loop max", "commits", "commit p50", "commit p99"),
        (
            _block_row("idle", idle),
            _block_row("recording without pause", busy),
            _block_row("the same, disk 20 ms slower", slow),
        ),
        (f"synchronous={settings.synchronous}; a probe sleeps 1 ms at a time.",),
        ((f"p99 under {MOST_BLOCK_MS:g} ms: {worst:.2f}", worst < MOST_BLOCK_MS),),
    )


def _block_row(name: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    commits = "commits" in found
    return (
        name,
        *(f"{found[key]:.2f}" for key in ("p50_ms", "p99_ms", "max_ms")),
        str(found["commits"]) if commits else "",
        *(f"{found[key]:.2f}" if commits else "" for key in ("commit_p50_ms", "commit_p99_ms")),
    )


def day_tables(settings: Settings) -> Iterator[Table]:
    """Real seconds for simulated days."""
    found = [days.measure(version, settings.days) for version in VERSIONS]
    yield Table(
        f"{settings.days} simulated days of a station with two EVSEs",
        ("version", "seconds", "lines of trace", "twice the same trace", "rules broken"),
        tuple(
            (
                each.version,
                f"{each.seconds:.1f}",
                str(each.happenings),
                "yes" if each.same_trace else "no",
                str(len(each.problems)),
            )
            for each in found
        ),
        ("Up to four sessions a day, the link down twice a day, a power cut every week.",),
        tuple(
            (
                f"{each.version}: under {MOST_SECONDS:g} s, twice the same trace",
                each.seconds < MOST_SECONDS and each.same_trace and not each.problems,
            )
            for each in found
        ),
    )


def composite_tables(settings: Settings) -> Iterator[Table]:
    """Composite schedules: `benchmarks/composite.py`."""
    if settings.quick:
        milliseconds = composite.median_ms(composite.shared(10), 32, 1)
        rows: tuple[tuple[str, ...], ...] = (("32 EVSEs, 10 profiles", f"{milliseconds:.2f}"),)
        kept = milliseconds < composite.TARGET_MS
    else:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            kept = composite.main() == 0
        rows = tuple(_composite_rows(output.getvalue()))
    yield Table(
        "Composite schedules, median milliseconds",
        ("schedules", "ms"),
        rows,
        ("24 periods a profile, a window of 24 hours.",),
        ((f"32 EVSEs with 10 profiles under {composite.TARGET_MS:g} ms", kept),),
    )


def _composite_rows(output: str) -> Iterator[tuple[str, ...]]:
    """The benchmark prints headings, and below them lines that end in a figure."""
    heading = ""
    for line in output.splitlines()[1:]:
        if not line.startswith("  "):
            heading = line
            continue
        what, _, figure = line.strip().rpartition(" ")
        yield f"{heading}: {' '.join(what.split())}", figure


PARTS: Final[Mapping[str, Callable[[Settings], Iterator[Table]]]] = {
    "round-trips": round_trip_tables,
    "import": import_tables,
    "memory": memory_tables,
    "load": load_tables,
    "commit": commit_tables,
    "composite": composite_tables,
    "days": day_tables,
}
