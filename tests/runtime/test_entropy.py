from __future__ import annotations

import uuid

from ocpp_iface.runtime.entropy import SystemEntropy


def test_ids_are_random_uuids_and_never_repeat() -> None:
    ids = [SystemEntropy().unique_id() for _ in range(2000)]

    assert len(set(ids)) == len(ids)
    for each in ids:
        parsed = uuid.UUID(each)
        assert str(parsed) == each
        assert parsed.version == 4
        assert parsed.variant == uuid.RFC_4122


def test_uniform_numbers_lie_below_the_bound() -> None:
    numbers = [SystemEntropy().uniform(3.0) for _ in range(2000)]

    assert all(0 <= number < 3 for number in numbers)
    assert min(numbers) < 1
    assert max(numbers) > 2
    assert SystemEntropy().uniform(0.0) == 0
