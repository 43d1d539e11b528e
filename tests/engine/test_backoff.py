from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.engine.backoff import BackOff


def test_the_pause_starts_at_the_minimum_doubles_and_stays():
    backoff = BackOff(wait_minimum_s=10, random_range_s=0, repeat_times=3)

    assert [backoff.wait_s(failures, 0.5) for failures in range(1, 7)] == [10, 20, 40, 80, 80, 80]


@given(
    st.integers(1, 50), st.floats(0, 0.999), st.integers(0, 10), st.floats(1, 60), st.floats(0, 60)
)
def test_the_random_part_stays_in_its_range(failures, jitter, repeats, minimum, spread):
    backoff = BackOff(minimum, spread, repeats)

    pause = backoff.wait_s(failures, jitter)
    floor = minimum * 2 ** min(failures - 1, repeats)

    assert floor <= pause <= floor + spread
