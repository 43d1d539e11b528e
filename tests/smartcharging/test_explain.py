from __future__ import annotations

from tests.smartcharging.builders import (
    T0,
    A,
    W,
    charging,
    installed,
    profile,
    station,
)

from ocpp_iface.smartcharging import (
    EvseContext,
    Explanation,
    InstalledProfile,
    LimitSource,
    Purpose,
    StationContext,
    Track,
    explain,
)


def profiles() -> list[InstalledProfile]:
    return [
        installed(
            profile((0, 20), id=1, purpose=Purpose.TX, transaction_id="tx", duration_s=100), 1
        ),
        installed(profile((0, 6), id=2, duration_s=200), 1),
        installed(profile((0, 6), id=3, level=1, duration_s=150), 1),
        installed(profile((0, 16), id=4, purpose=Purpose.STATION_MAX, duration_s=300)),
        installed(
            profile((0, 14), id=5, purpose=Purpose.STATION_EXTERNAL, duration_s=50),
            source=LimitSource.EMS,
        ),
    ]


def ask(evse_id: int, context: StationContext, **more: object) -> Explanation:
    found = explain(profiles(), context, evse_id, T0, **{"duration_s": 400, "unit": A, **more})
    assert found is not None
    return found


def rows(track: Track | Explanation) -> list[tuple[int, int, float, int | None]]:
    return [
        (span.start_s, span.end_s, span.limit, span.winner and span.winner.profile_id)
        for span in track.spans
    ]


def test_the_limit_over_time_tells_which_profile_wins_when() -> None:
    assert rows(ask(1, station(charging()))) == [
        (0, 50, 14.0, 5),
        (50, 100, 16.0, 4),
        (100, 150, 6.0, 3),
        (150, 200, 6.0, 2),
        (200, 300, 16.0, 4),
        (300, 400, 48.0, None),
    ]


def test_under_it_every_purpose_tells_what_it_says() -> None:
    found = ask(1, station(charging()))

    assert [(track.purpose, track.evse_id, rows(track)) for track in found.tracks] == [
        (Purpose.TX, 1, [(0, 100, 20.0, 1)]),
        (Purpose.TX_DEFAULT, 1, [(0, 150, 6.0, 3), (150, 200, 6.0, 2)]),
        (Purpose.STATION_EXTERNAL, 0, [(0, 50, 14.0, 5)]),
        (Purpose.STATION_MAX, 0, [(0, 300, 16.0, 4)]),
    ]


def test_the_station_shows_its_caps_over_the_sum_of_its_evses() -> None:
    found = ask(0, station(charging(), EvseContext(2)))

    assert rows(found) == [(0, 50, 14.0, 5), (50, 300, 16.0, 4), (300, 400, 96.0, None)]
    assert [track.purpose for track in found.tracks] == [
        Purpose.STATION_EXTERNAL,
        Purpose.STATION_MAX,
    ]


def test_an_explanation_is_in_the_wanted_unit() -> None:
    found = ask(1, station(charging()), unit=W)

    assert rows(found)[0] == (0, 50, 9660.0, 5)
    assert rows(found.tracks[0]) == [(0, 100, 13_800.0, 1)]


def test_on_dc_an_explanation_has_no_phases() -> None:
    found = ask(1, station(charging(dc=True)))

    spans = [*found.spans, *(span for track in found.tracks for span in track.spans)]
    assert {span.number_phases for span in spans} == {None}


def test_an_unknown_evse_is_not_explained() -> None:
    assert explain(profiles(), station(), 9, T0, duration_s=60, unit=A) is None
