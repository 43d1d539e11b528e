"""Values to row text and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.storage.rowcodec import codec_for


class Colour(StrEnum):
    RED = "Red"
    BLUE = "Blue"


class Grade(IntEnum):
    FIRST = 1
    SECOND = 2


class Level(Enum):
    LOW = 1
    HIGH = 2


@frozen
class Leaf:
    name: str
    colour: Colour = Colour.RED


@frozen
class Twig:
    length: float
    leaf: Leaf | None = None


@frozen
class Tree:
    """Every kind of field that a row may have."""

    at: datetime
    amount: Decimal = Decimal(0)
    span: timedelta = timedelta(0)
    secret: bytes = b""
    level: Level = Level.LOW
    grade: Grade = Grade.FIRST
    on: bool = False
    count: int = 0
    leaves: tuple[Leaf, ...] = ()
    pair: tuple[int, str] = (0, "")
    words: tuple[str, ...] = field(factory=tuple)
    marks: frozenset[str] = frozenset()
    by_name: Mapping[str, Leaf] = field(factory=dict)
    by_level: Mapping[int, float] = field(factory=dict)
    part: Leaf | Twig | None = None
    parts: tuple[Leaf | Twig, ...] = ()
    scalar: str | int | float | bool | Decimal | datetime | Colour | None = None
    data: Any = None


def round_trip(value: Any, kind: Any) -> Any:
    codec = codec_for(kind)
    return codec.decode(codec.encode(value))


NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)

names = st.text(max_size=5)
numbers = st.floats(allow_nan=False)
leaves = st.builds(Leaf, names, st.sampled_from(Colour))
parts = st.one_of(leaves, st.builds(Twig, numbers, st.none() | leaves))
decimals = st.decimals(allow_nan=False)
times = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
trees = st.builds(
    Tree,
    at=times,
    amount=decimals,
    span=st.timedeltas(),
    secret=st.binary(max_size=5),
    level=st.sampled_from(Level),
    grade=st.sampled_from(Grade),
    on=st.booleans(),
    count=st.integers(),
    leaves=st.lists(leaves, max_size=2).map(tuple),
    pair=st.tuples(st.integers(), names),
    words=st.lists(names, max_size=2).map(tuple),
    marks=st.frozensets(names, max_size=3),
    by_name=st.dictionaries(names, leaves, max_size=2),
    by_level=st.dictionaries(st.integers(), numbers, max_size=2),
    part=st.none() | parts,
    parts=st.lists(parts, max_size=2).map(tuple),
    scalar=st.one_of(
        st.none(),
        names,
        st.integers(),
        numbers,
        st.booleans(),
        decimals,
        times,
        st.sampled_from(Colour),
    ),
    data=st.none() | st.dictionaries(names, st.integers(), max_size=2),
)


@given(trees)
def test_every_value_survives_the_round_trip(tree: Tree) -> None:
    again = round_trip(tree, Tree)

    assert again == tree
    assert type(again.scalar) is type(tree.scalar)
    assert [type(leaf.colour) for leaf in again.leaves] == [Colour for _ in tree.leaves]
    assert type(again.grade) is Grade
    assert again.at.utcoffset() == tree.at.utcoffset()


def test_a_whole_number_stays_whole_in_a_field_of_floats() -> None:
    assert codec_for(Twig).encode(round_trip(Twig(5), Twig)) == '{"length":5}'
    assert codec_for(Twig).encode(round_trip(Twig(5.0), Twig)) == '{"length":5.0}'
    assert type(codec_for(float | str).decode("5")) is int


def test_a_decimal_keeps_its_digits() -> None:
    assert str(round_trip(Tree(NOON, amount=Decimal("1.500")), Tree).amount) == "1.500"


def test_fields_with_their_default_are_left_out() -> None:
    assert json.loads(codec_for(Tree).encode(Tree(NOON))) == {"at": "2025-01-02T12:00:00+00:00"}


def test_an_enum_is_stored_as_its_word() -> None:
    body = codec_for(Leaf).encode(Leaf("x", Colour.BLUE))

    assert json.loads(body) == {"name": "x", "colour": "Blue"}


def test_unknown_fields_of_a_stored_row_are_ignored() -> None:
    assert codec_for(Leaf).decode('{"name": "x", "of_a_later_version": [1]}') == Leaf("x")


def test_the_class_is_stored_where_the_type_is_a_union() -> None:
    body = codec_for(Leaf | Twig).encode(Twig(1.0))

    assert json.loads(body) == {"$": "Twig", "length": 1.0}
    assert codec_for(Leaf | Twig).decode(body) == Twig(1.0)


def test_an_optional_class_needs_no_tag() -> None:
    body = codec_for(Twig).encode(Twig(1.0, Leaf("x")))

    assert json.loads(body) == {"length": 1.0, "leaf": {"name": "x"}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"name": 5}',
        '{"name": "x", "colour": "Green"}',
        '{"name": null}',
    ],
)
def test_a_damaged_row_is_an_error_not_a_guess(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        codec_for(Leaf).decode(text)


@pytest.mark.parametrize(
    "fault",
    [
        {"at": "2025-01-02T12:00:00"},
        {"at": 5},
        {"count": 1.5},
        {"count": True},
        {"on": 1},
        {"amount": 1.5},
        {"span": 1.5},
        {"secret": "***"},
        {"part": {"$": "Stone"}},
        {"part": {"length": 1.0}},
        {"part": "x"},
        {"by_level": {"a": 1.0}},
        {"by_level": {"1": "a"}},
        {"scalar": []},
        {"scalar": {"$": "Decimal", "value": "x1"}},
    ],
)
def test_a_field_of_the_wrong_type_is_an_error(fault: dict[str, Any]) -> None:
    row = {"at": "2025-01-02T12:00:00+00:00", **fault}

    with pytest.raises((KeyError, TypeError, ValueError, ArithmeticError)):
        codec_for(Tree).decode(json.dumps(row))


def test_a_time_without_zone_cannot_be_stored() -> None:
    with pytest.raises(ValueError, match="zone"):
        codec_for(Tree).encode(Tree(datetime(2025, 1, 1)))  # noqa: DTZ001 - that is the point


def test_a_class_outside_the_union_cannot_be_stored() -> None:
    with pytest.raises(TypeError, match="Tree"):
        codec_for(Leaf | Twig).encode(Tree(NOON))


def other_leaf() -> type:
    @frozen
    class Leaf:
        x: int

    return Leaf


@pytest.mark.parametrize("union", [Leaf | tuple[int, ...], Leaf | other_leaf()])
def test_a_union_that_cannot_be_told_apart_is_refused(union: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        codec_for(union)
