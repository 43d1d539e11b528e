from __future__ import annotations

import pytest

from ocpp_iface.devicemodel.catalog import DeviceDataCtrlr
from ocpp_iface.devicemodel.value_sizes import longest_reported, longest_set, whole_words


def test_the_smaller_of_both_sizes_counts(bench):
    assert (longest_set(bench.variables), longest_reported(bench.variables)) == (1000, 2500)

    bench.variables.set(DeviceDataCtrlr.value_size, 1500)

    assert (longest_set(bench.variables), longest_reported(bench.variables)) == (1000, 1500)


@pytest.mark.parametrize(
    ("longest", "left"), [(9, "one,two,3"), (8, "one,two"), (7, "one,two"), (6, "one"), (2, "")]
)
def test_no_word_of_a_list_is_cut(longest, left):
    assert whole_words("one,two,3", longest) == left
