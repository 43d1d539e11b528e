from __future__ import annotations

from tests.smartcharging.builders import A, W

from ocpp_iface.smartcharging import convert
from ocpp_iface.smartcharging.conversion import limit_of, share_factors, volt_tenths


def test_k01_fr_50_watts_are_spread_over_the_phases_of_the_period() -> None:
    assert convert(11_040, W, A, number_phases=3) == 16.0
    assert convert(11_040, W, A, number_phases=2) == 24.0
    assert convert(3_680, W, A, number_phases=1) == 16.0
    assert convert(3_680, W, A, number_phases=1, supply_voltage=110) == 33.4


def test_k01_fr_49_without_a_number_of_phases_three_are_assumed() -> None:
    assert convert(11_040, W, A) == convert(11_040, W, A, number_phases=3)
    assert convert(16, A, W) == 11_040.0


def test_k01_fr_51_amperes_are_per_phase() -> None:
    assert [convert(16, A, W, number_phases=n) for n in (1, 2, 3)] == [3680.0, 7360.0, 11_040.0]


def test_conversion_rounds_towards_zero_to_one_digit() -> None:
    assert convert(1_000, W, A) == 1.4
    assert convert(16.19, A, A) == 16.1
    assert convert(-1_000, W, A) == -1.4


def test_tenths_of_an_ampere_come_back_exactly_from_watts() -> None:
    for tenths in range(1000):
        assert convert(convert(tenths / 10, A, W), W, A) == tenths / 10


def test_shares_are_whole_numbers_also_for_a_voltage_with_a_fraction() -> None:
    volts = volt_tenths(231.5)
    factors = share_factors(A, volts, dc=False)

    assert limit_of(161 * factors[3], A, 3, volts) == 161
    assert limit_of(161 * factors[3], W, 3, volts) == 111_814


def test_k01_fr_44_on_dc_the_power_counts_whatever_the_phases() -> None:
    volts = volt_tenths(230)
    watts = share_factors(W, volts, dc=True)
    amperes = share_factors(A, volts, dc=True)

    assert {limit_of(500_000 * watts[n], W, 3, volts) for n in (1, 2, 3)} == {500_000}
    assert limit_of(320 * amperes[1], W, 3, volts) == 73_600
    assert limit_of(320 * amperes[3], A, 3, volts) == 320
