from __future__ import annotations

from collections.abc import Iterator

from ocpp_iface.smartcharging import RateUnit
from ocpp_iface.smartcharging.layers import Measure, add_changes, lowest, stack, totals
from ocpp_iface.smartcharging.schedule import FOREVER, Layer, Segment


def layer(index: int, start: int, end: int) -> Layer:
    return Layer(
        index,
        starts=(0,),
        rows=((10 * index, 3, 0),),
        factors=(0, 1, 1, 1),
        base=start,
        every=None,
        length=end - start,
        valid_from=0,
        valid_to=FOREVER,
        dc=False,
    )


def segment(start: int, end: int, share: int, phases: int = 3, phase: int = 0) -> Segment:
    return (start, end, share, phases, phase, share)


def spans(segments: list[Segment]) -> list[tuple[int, int, int]]:
    return [(start, end, index) for start, end, *_, index in segments]


def test_the_first_layer_wins_and_the_next_fill_its_gaps() -> None:
    found = stack([layer(1, 20, 30), layer(2, 10, 50), layer(3, 0, 99)], 0, 60)

    assert spans(found) == [(0, 10, 3), (10, 20, 2), (20, 30, 1), (30, 50, 2), (50, 60, 3)]


def test_what_no_layer_says_stays_a_gap() -> None:
    assert spans(stack([layer(1, 20, 30), layer(2, 40, 50)], 0, 60)) == [(20, 30, 1), (40, 50, 2)]


def test_hidden_layers_are_never_made() -> None:
    def layers() -> Iterator[Layer]:
        yield layer(1, 0, 100)
        raise AssertionError("asked for a hidden layer")

    assert spans(stack(layers(), 10, 60)) == [(10, 60, 1)]


def test_the_lowest_of_two_takes_the_share_the_phases_and_the_phase() -> None:
    one = [segment(0, 10, 5), segment(20, 40, 9, 1, 2)]
    two = [segment(5, 30, 7, 2)]

    assert lowest(one, two) == [
        segment(0, 5, 5),
        (5, 10, 5, 2, 0, 5),
        segment(10, 20, 7, 2),
        (20, 30, 7, 1, 2, 7),
        segment(30, 40, 9, 1, 2),
    ]


def test_of_equal_limits_the_first_wins() -> None:
    assert lowest([(0, 9, 5, 3, 0, 1)], [(0, 9, 5, 3, 0, 2)]) == [(0, 9, 5, 3, 0, 1)]


def test_the_lowest_of_one_and_nothing_is_that_one() -> None:
    one = [segment(0, 10, 5)]

    assert lowest(one, []) == lowest([], one) == one


def test_a_sum_counts_the_default_where_an_evse_has_no_limit() -> None:
    measure = Measure(RateUnit.W, 2300, 100)
    changes: dict[int, int] = {}

    add_changes(changes, [segment(10, 20, 60 * 30)], measure, phases=3, times=2)
    add_changes(changes, [segment(15, 30, 60 * 10)], measure, phases=1, times=1)

    assert totals(changes, 0, 40, 300) == [
        (0, 10, 300),
        (10, 15, 280),
        (15, 20, 190),
        (20, 30, 210),
        (30, 40, 300),
    ]
