"""A to W and back, in integers, never upwards.

Limits are counted in tenths of their unit (what OCPP sends has one digit) and compared as *shares*:
the power on one phase in 1/600 W, a whole number for every limit in A or W on one, two or three
phases. K01.FR.50: watts are spread over the number of phases of their own period. K01.FR.51: ampere
are per phase. Only the way out of the shares rounds, and it rounds down.

On DC the number of phases means nothing (K01.FR.44): there a share is a third of the total power.
"""

from __future__ import annotations

from ocpp_iface.smartcharging.profile import RateUnit, clamp_phases, tenths


def volt_tenths(supply_voltage: float) -> int:
    """`supply_voltage` (V between phase and neutral, more than 0) in tenths of a volt."""
    return max(1, round(supply_voltage * 10))


def share_factors(unit: RateUnit, volts: int, *, dc: bool) -> tuple[int, int, int, int]:
    """By the number of phases (1 to 3): the share of a tenth of `unit` at `volts`/10 V."""
    if dc:
        return (0, 2 * volts, 4 * volts, 6 * volts) if unit is RateUnit.A else (0, 20, 20, 20)
    return (0, 6 * volts, 6 * volts, 6 * volts) if unit is RateUnit.A else (0, 60, 30, 20)


def limit_of(share: int, unit: RateUnit, phases: int, volts: int) -> int:
    """Tenths of `unit` that a share allows on `phases` phases, rounded down."""
    return share // (6 * volts) if unit is RateUnit.A else share * phases // 60


def convert(
    limit: float,
    from_unit: RateUnit,
    to_unit: RateUnit,
    *,
    supply_voltage: float = 230.0,
    number_phases: int | None = None,
) -> float:
    """`limit` in the other unit, to one digit, rounded towards zero; the same unit only rounds."""
    phases, volts = clamp_phases(number_phases), volt_tenths(supply_voltage)
    sign = -1 if limit < 0 else 1
    exact = abs(tenths(limit)) * share_factors(from_unit, volts, dc=False)[phases]
    return sign * limit_of(exact, to_unit, phases, volts) / 10
