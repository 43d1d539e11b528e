"""The sales tariff that a schedule may carry to an ISO 15118 vehicle; kept, never judged."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class CostKind(StrEnum):
    CARBON_DIOXIDE_EMISSION = "CarbonDioxideEmission"
    RELATIVE_PRICE_PERCENTAGE = "RelativePricePercentage"
    RENEWABLE_GENERATION_PERCENTAGE = "RenewableGenerationPercentage"


@frozen
class Cost:
    """`amount` times ten to the power of `amount_multiplier` (-3 to 3), per kWh."""

    kind: CostKind
    amount: int
    amount_multiplier: int | None = None


@frozen
class ConsumptionCost:
    """Costs from a consumption of `start_value` on; one to three of them."""

    start_value: float
    costs: tuple[Cost, ...]


@frozen
class SalesTariffEntry:
    """`start_s` seconds from the start of the schedule, for `duration_s` seconds."""

    start_s: int
    duration_s: int | None = None
    price_level: int | None = None
    consumption_costs: tuple[ConsumptionCost, ...] = ()


@frozen
class SalesTariff:
    id: int
    entries: tuple[SalesTariffEntry, ...]
    description: str | None = None
    price_levels: int | None = None
