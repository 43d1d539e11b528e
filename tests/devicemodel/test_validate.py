from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.devicemodel.definition import (
    Boolean,
    DateTime,
    Decimal,
    Integer,
    MemberList,
    OptionList,
    SequenceList,
    String,
)
from ocpp_iface.devicemodel.validate import Parsed, Refusal, check, decimal_text, text_of

NUMBER = Integer("N", default=1, minimum=0, maximum=100)
SHARE = Decimal("D", default=1.0, minimum=-1, maximum=10)
WORD = Boolean("B")
MOMENT = DateTime("T")
OPTION = OptionList("O", "A", ("A", "B"))
MEMBERS = MemberList("M", (), ("Voltage", "SoC", "Power"), max_items=2, suffixes=("L1",))
ORDER = SequenceList("S", (), ("1", "2"))
TEXT = String("X", minimum=3, maximum=5)


@pytest.mark.parametrize(
    ("definition", "text", "value"),
    [
        (NUMBER, "0", 0),
        (NUMBER, "100", 100),
        (SHARE, "-0.5", -0.5),
        (SHARE, "1.500000", 1.5),
        (WORD, "true", True),
        (WORD, "false", False),
        (MOMENT, "2024-01-01T00:00:00Z", datetime(2024, 1, 1, tzinfo=UTC)),
        (MOMENT, "2024-01-01T01:00:00+01:00", datetime(2024, 1, 1, tzinfo=UTC)),
        (MOMENT, "", None),
        (OPTION, "B", "B"),
        (MEMBERS, "", ()),
        (MEMBERS, "SoC,Voltage.L1", ("SoC", "Voltage.L1")),
        (MEMBERS, "SoC, Voltage", ("SoC", "Voltage")),
        (ORDER, "2,1", ("2", "1")),
        (TEXT, "", ""),
        (TEXT, "abcde", "abcde"),
    ],
)
def test_what_fits_is_taken(definition, text, value):
    parsed = check(definition, text)

    assert isinstance(parsed, Parsed)
    assert parsed.value == value


@pytest.mark.parametrize(
    ("definition", "text", "reason"),
    [
        (NUMBER, "007", "InvalidValue"),
        (NUMBER, "+7", "InvalidValue"),
        (NUMBER, "-0", "InvalidValue"),
        (NUMBER, "300.1", "InvalidValue"),
        (NUMBER, "abc", "InvalidValue"),
        (NUMBER, "", "InvalidValue"),
        (NUMBER, "\u0661", "InvalidValue"),
        (NUMBER, "2147483648", "InvalidValue"),
        (NUMBER, "9" * 400, "InvalidValue"),
        (NUMBER, "-1", "ValueTooLow"),
        (NUMBER, "101", "ValueTooHigh"),
        (SHARE, "1.1234567", "InvalidValue"),
        (SHARE, "1e3", "InvalidValue"),
        (SHARE, "NaN", "InvalidValue"),
        (SHARE, "inf", "InvalidValue"),
        (SHARE, "9" * 400, "InvalidValue"),
        (SHARE, "10.5", "ValueTooHigh"),
        (WORD, "True", "InvalidValue"),
        (WORD, "1", "InvalidValue"),
        (MOMENT, "yesterday", "InvalidValue"),
        (OPTION, "C", "InvalidValue"),
        (OPTION, "", "InvalidValue"),
        (MEMBERS, "Volts", "InvalidValue"),
        (MEMBERS, "SoC.L9", "InvalidValue"),
        (MEMBERS, "SoC,SoC", "InvalidValue"),
        (MEMBERS, "SoC,,Power", "InvalidValue"),
        (MEMBERS, "SoC,Power,Voltage", "TooManyElements"),
        (ORDER, "3", "InvalidValue"),
        (TEXT, "ab", "InvalidValue"),
        (TEXT, "abcdef", "TooLargeElement"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(definition, text, reason):
    refusal = check(definition, text)

    assert isinstance(refusal, Refusal)
    assert refusal.reason_code == reason


def test_boolean_words_of_1_6_may_have_any_case_and_are_kept_in_lower_case():
    assert check(WORD, "TRUE", lenient=True) == Parsed(value=True, text="true")


def test_lists_without_values_take_any_member():
    assert isinstance(check(MemberList("M", (), ()), "A,B"), Parsed)


def test_a_list_longer_than_its_text_may_be_is_refused():
    short = MemberList("M", (), ("Voltage", "SoC"), maximum=8)

    assert check(short, "Voltage,SoC").reason_code == "TooLargeElement"


@pytest.mark.parametrize(
    ("value", "text"),
    [(48.0, "48"), (0.1, "0.1"), (1e-9, "0"), (-2.5, "-2.5"), (1e9, "1000000000")],
)
def test_decimals_are_written_without_exponent(value, text):
    assert decimal_text(value) == text


@given(st.integers(min_value=-(2**31), max_value=2**31 - 1))
def test_every_integer_survives_its_text(value):
    definition = Integer("N", default=0)

    assert check(definition, text_of(definition, value)).value == value


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_every_decimal_survives_its_text_to_six_places(value):
    definition = Decimal("D", default=0.0)

    assert abs(check(definition, text_of(definition, value)).value - value) <= 1e-6


@given(st.text())
def test_no_text_makes_the_check_fail(text):
    for definition in (NUMBER, SHARE, WORD, MOMENT, OPTION, MEMBERS, ORDER, TEXT):
        checked = check(definition, text)
        if isinstance(checked, Parsed):
            assert check(definition, checked.text) == checked
