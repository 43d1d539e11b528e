"""A composite schedule in the terminal: the limit as a chart, under it what each profile says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ocpp_iface.cli.style import Style
from ocpp_iface.smartcharging import Explanation, Purpose, Span, Track, Winner

_HEIGHT: Final = 8
_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_LABELS: Final = "123456789abcdefghijklmnopqrstuvwxyz"
_MARGIN: Final = 24
_MOST_LINES: Final = 16
_COLOURS: Final = {
    Purpose.TX: "green",
    Purpose.TX_DEFAULT: "cyan",
    Purpose.STATION_MAX: "yellow",
    Purpose.STATION_EXTERNAL: "magenta",
}
_SHORT: Final = {
    Purpose.TX: "TxProfile",
    Purpose.TX_DEFAULT: "TxDefault",
    Purpose.STATION_MAX: "StationMax",
    Purpose.STATION_EXTERNAL: "External",
}


def place(evse_id: int) -> str:
    return f"EVSE {evse_id}" if evse_id else "station"


def labels(explanation: Explanation) -> dict[Winner, str]:
    """A sign for each profile that says something, in the order in which they win."""
    spans = [*explanation.spans, *(span for track in explanation.tracks for span in track.spans)]
    winners = dict.fromkeys(span.winner for span in spans if span.winner is not None)
    return {winner: _LABELS[index % len(_LABELS)] for index, winner in enumerate(winners)}


def top_of(explanation: Explanation) -> float:
    """The limit that the chart reaches up to."""
    return max(span.limit for span in explanation.spans) or 1.0


def chart(explanation: Explanation, style: Style, columns: int) -> list[str]:
    """The lines of the drawing, at most `columns` wide."""
    width = max(24, columns - _MARGIN)
    step = explanation.duration_s / width
    seconds = [int(column * step) for column in range(width)]
    signs = labels(explanation)
    lines = [_title(explanation, style)]
    lines += _curve(explanation, seconds, style)
    lines.append(f"{'0':>{_MARGIN - 2}} └{'─' * width}")
    lines.append(" " * _MARGIN + _clock(explanation, seconds))
    lines += [_track(explanation, track, seconds, signs, style) for track in explanation.tracks]
    lines += [f"  {sign}  {_named(winner)}" for winner, sign in signs.items()]
    lines += _periods(explanation, style)
    return lines


def _title(explanation: Explanation, style: Style) -> str:
    end = explanation.start + timedelta(seconds=explanation.duration_s)
    begin = f"{explanation.start:%Y-%m-%d %H:%M}"
    title = f"{place(explanation.evse_id)}, {begin} to {end:%Y-%m-%d %H:%M} UTC"
    what = "A per phase" if explanation.unit.value == "A" else "W"
    return f"{style.paint(title, 'bold')} ({what})"


def at(spans: Sequence[Span], second: int) -> Span | None:
    """The span that holds at a second."""
    index = bisect_right([span.start_s for span in spans], second) - 1
    return spans[index] if index >= 0 and second < spans[index].end_s else None


def _curve(explanation: Explanation, seconds: Sequence[int], style: Style) -> list[str]:
    top = top_of(explanation)
    lines = []
    for row in range(_HEIGHT - 1, -1, -1):
        cells = []
        for second in seconds:
            span = at(explanation.spans, second)
            limit = 0.0 if span is None else span.limit
            fill = min(1.0, max(0.0, limit / top * _HEIGHT - row))
            winner = None if span is None else span.winner
            cells.append(_painted(_EIGHTHS[round(fill * 8)], winner, style))
        mark = f"{top * (row + 1) / _HEIGHT:g}" if row % 4 == _HEIGHT % 4 + 3 else ""
        lines.append(f"{mark:>{_MARGIN - 2}} {'┤' if mark else '│'}{''.join(cells)}")
    return lines


def _painted(text: str, winner: Winner | None, style: Style, *, dim: bool = False) -> str:
    if winner is None:
        return style.paint(text, "dim")
    return style.paint(text, _COLOURS.get(winner.purpose, "blue"), *(("dim",) if dim else ()))


def _clock(explanation: Explanation, seconds: Sequence[int]) -> str:
    """Times of day under the chart, every twelve columns."""
    text = ""
    for column in range(0, len(seconds) - 4, 12):
        moment = explanation.start + timedelta(seconds=seconds[column])
        text = f"{text:<{column}}{moment:%H:%M}"
    return text


def _track(
    explanation: Explanation,
    track: Track,
    seconds: Sequence[int],
    signs: dict[Winner, str],
    style: Style,
) -> str:
    """The sign of a profile where it wins, a dash where it says something and another wins."""
    name = f"{_SHORT.get(track.purpose, track.purpose.value)} {place(track.evse_id)}"
    cells = []
    for second in seconds:
        said, wins = at(track.spans, second), at(explanation.spans, second)
        if said is None or said.winner is None:
            cells.append(" ")
        elif wins is not None and wins.winner == said.winner:
            cells.append(_painted(signs[said.winner], said.winner, style))
        else:
            cells.append(_painted("-", said.winner, style, dim=True))
    return f"{name[: _MARGIN - 2]:>{_MARGIN - 2}}  {''.join(cells)}".rstrip()


def _named(winner: Winner) -> str:
    return (
        f"profile {winner.profile_id}: {winner.purpose.value}, level {winner.stack_level}, "
        f"{place(winner.evse_id)}, set by {winner.source.value}"
    )


def _periods(explanation: Explanation, style: Style) -> list[str]:
    lines = []
    for span in explanation.spans[:_MOST_LINES]:
        moment = explanation.start + timedelta(seconds=span.start_s)
        why = _why(explanation, span)
        phases = "" if span.number_phases is None else f" x{span.number_phases}"
        limit = f"{span.limit:g} {explanation.unit.value}{phases}"
        lines.append(f"  {moment:%m-%d %H:%M:%S}  {limit:<12}  {style.paint(why, 'dim')}")
    more = len(explanation.spans) - _MOST_LINES
    if more > 0:
        lines.append(f"  and {more} more; --json shows all")
    return lines


def _why(explanation: Explanation, span: Span) -> str:
    if span.winner is not None:
        return f"profile {span.winner.profile_id}, {span.winner.purpose.value}"
    return "the sum of the EVSEs" if explanation.evse_id == 0 else "no profile: the default limit"
