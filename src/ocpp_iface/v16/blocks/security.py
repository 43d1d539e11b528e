"""Security: SecurityEventNotification, from the facts of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ocpp_iface.devicemodel.catalog import OCPP16LegacyCtrlr
from ocpp_iface.engine.block import Block
from ocpp_iface.engine.outbox import Delivery, Verdict
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import SecurityEventEnum
from ocpp_iface.types.facts import SecurityFact
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.limits import cut
from ocpp_iface.wire.v16 import call

NAMES: Final = {
    SecurityEventEnum.InvalidCsmsCertificate.value: "InvalidCentralSystemCertificate",
    SecurityEventEnum.InvalidChargingStationCertificate.value: "InvalidChargePointCertificate",
    SecurityEventEnum.FailedToAuthenticateAtCsms.value: "FailedToAuthenticateAtCentralSystem",
    SecurityEventEnum.CsmsFailedToAuthenticate.value: "CentralSystemFailedToAuthenticate",
}
"""The events whose names in the 1.6 whitepaper (section 8) differ."""


class Security(Block):
    code = "Security"

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx

    def deliveries(self) -> Mapping[type, Delivery]:
        return {SecurityFact: Delivery(self._project)}

    def _project(self, fact: SecurityFact) -> call.SecurityEventNotification | Verdict:
        """A04.FR.01, A04.FR.02; none if DisableSecurityEventNotifications is set."""
        if self._ctx.variables.get(OCPP16LegacyCtrlr.disable_security_event_notifications):
            return Verdict.SKIP
        return call.SecurityEventNotification(
            NAMES.get(fact.type, cut(fact.type, 50)),
            datetimes.format(fact.timestamp),
            tech_info=None if fact.info is None else cut(fact.info, 255),
        )
