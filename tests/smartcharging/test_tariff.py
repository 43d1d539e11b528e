from __future__ import annotations

from cattrs.preconf.json import make_converter

from ocpp_iface.smartcharging import (
    ConsumptionCost,
    Cost,
    CostKind,
    SalesTariff,
    SalesTariffEntry,
)


def test_a_tariff_survives_the_store() -> None:
    converter = make_converter()
    cost = Cost(CostKind.RELATIVE_PRICE_PERCENTAGE, 12, -2)
    entry = SalesTariffEntry(60, 3600, 2, (ConsumptionCost(0.5, (cost,)),))
    tariff = SalesTariff(3, (SalesTariffEntry(0), entry), "by night", 2)

    assert converter.loads(converter.dumps(tariff), SalesTariff) == tariff
