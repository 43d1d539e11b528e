"""A composite schedule as SVG: one panel for each EVSE, readable on a light and a dark page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import escape
from itertools import pairwise
from typing import Final

from ocpp_iface.cli.schedule_text import at, place, top_of
from ocpp_iface.smartcharging import Explanation, Purpose, Span, Track

_WIDTH: Final = 960
_LEFT: Final = 170
_RIGHT: Final = 20
_CHART: Final = 150
_ROW: Final = 22
_HEAD: Final = 34
_FOOT: Final = 30
_COLOURS: Final = {
    Purpose.TX: "#2e9e5b",
    Purpose.TX_DEFAULT: "#2f7fd1",
    Purpose.STATION_MAX: "#d9902f",
    Purpose.STATION_EXTERNAL: "#b14fc4",
}
_GREY: Final = "#8a8f98"


def svg(explanations: Sequence[Explanation]) -> str:
    """One drawing with a panel for each of them, top to bottom."""
    heights = [_HEAD + _CHART + _FOOT + _ROW * len(each.tracks) for each in explanations]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {sum(heights) + 10}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_GREY}">'
    )
    lines = [head]
    offset = 0
    for explanation, height in zip(explanations, heights, strict=True):
        lines.append(f'<g transform="translate(0 {offset})">')
        lines.extend(_panel(explanation))
        lines.append("</g>")
        offset += height
    lines.append("</svg>")
    return "\n".join(lines) + "\n"


def _panel(explanation: Explanation) -> Iterator[str]:
    end = explanation.start + timedelta(seconds=explanation.duration_s)
    what = "A per phase" if explanation.unit.value == "A" else "W"
    title = (
        f"{place(explanation.evse_id)}: {what}, "
        f"{explanation.start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    )
    yield f'<text x="{_LEFT}" y="20" font-size="14" font-weight="600">{escape(title)}</text>'
    yield from _axes(explanation)
    for span in explanation.spans:
        yield _bar(explanation, span)
    yield _outline(explanation)
    for index, track in enumerate(explanation.tracks):
        yield from _track(explanation, track, _HEAD + _CHART + _FOOT + index * _ROW)


def _x(explanation: Explanation, second: float) -> float:
    usable = _WIDTH - _LEFT - _RIGHT
    return round(_LEFT + second / explanation.duration_s * usable, 1)


def _y(explanation: Explanation, limit: float) -> float:
    return round(_HEAD + _CHART * (1 - limit / top_of(explanation)), 1)


def _axes(explanation: Explanation) -> Iterator[str]:
    top = top_of(explanation)
    for share in (0.0, 0.5, 1.0):
        y = _y(explanation, top * share)
        yield (
            f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="{_GREY}" '
            f'stroke-opacity="0.35"/><text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">'
            f"{top * share:g}</text>"
        )
    for tick in range(9):
        second = explanation.duration_s * tick // 8
        moment = explanation.start + timedelta(seconds=second)
        x, y = _x(explanation, second), _HEAD + _CHART + 18
        yield f'<text x="{x}" y="{y}" text-anchor="middle">{moment:%H:%M}</text>'


def _colour(span: Span) -> str:
    return _GREY if span.winner is None else _COLOURS.get(span.winner.purpose, _GREY)


def _named(span: Span, unit: str) -> str:
    phases = "" if span.number_phases is None else f" on {span.number_phases} phases"
    if span.winner is None:
        return f"{span.limit:g} {unit}{phases}: no profile"
    winner = span.winner
    return (
        f"{span.limit:g} {unit}{phases}: profile {winner.profile_id}, {winner.purpose.value}, "
        f"level {winner.stack_level}, {place(winner.evse_id)}, set by {winner.source.value}"
    )


def _bar(explanation: Explanation, span: Span) -> str:
    x, y = _x(explanation, span.start_s), _y(explanation, span.limit)
    width = round(_x(explanation, span.end_s) - x, 1)
    height = round(_HEAD + _CHART - y, 1)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{_colour(span)}" '
        f'fill-opacity="0.3"><title>{escape(_named(span, explanation.unit.value))}</title></rect>'
    )


def _outline(explanation: Explanation) -> str:
    points = []
    for span in explanation.spans:
        y = _y(explanation, span.limit)
        points.append(f"{_x(explanation, span.start_s)},{y}")
        points.append(f"{_x(explanation, span.end_s)},{y}")
    return (
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{_GREY}" stroke-width="1.5"/>'
    )


def _track(explanation: Explanation, track: Track, y: int) -> Iterator[str]:
    """Full colour where the profile wins, pale where it says something and another wins."""
    name = f"{track.purpose.value}" if len(track.purpose.value) < 20 else "ExternalConstraints"
    yield (
        f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end" font-size="10">'
        f"{escape(f'{name}, {place(track.evse_id)}')}</text>"
    )
    for span in track.spans:
        for piece in _pieces(explanation, span):
            wins = at(explanation.spans, piece.start_s)
            leads = wins is not None and wins.winner == span.winner
            x = _x(explanation, piece.start_s)
            width = round(_x(explanation, piece.end_s) - x, 1)
            shown = escape(_named(span, explanation.unit.value))
            yield (
                f'<rect x="{x}" y="{y + 3}" width="{width}" height="{_ROW - 6}" rx="2" '
                f'fill="{_colour(span)}" fill-opacity="{0.9 if leads else 0.25}">'
                f"<title>{shown}</title></rect>"
            )
            if leads and span.winner is not None and width > 24:
                yield (
                    f'<text x="{round(x + 5, 1)}" y="{y + 15}" font-size="11" fill="#ffffff">'
                    f"{span.winner.profile_id}</text>"
                )


def _pieces(explanation: Explanation, span: Span) -> Iterator[Span]:
    """A span of a track, cut where another profile begins to win."""
    cuts = [each.start_s for each in explanation.spans if span.start_s < each.start_s < span.end_s]
    edges = [span.start_s, *cuts, span.end_s]
    for begin, end in pairwise(edges):
        yield Span(begin, end, span.limit, span.number_phases, span.winner)
