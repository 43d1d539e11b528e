"""A: SecurityEventNotification, from the facts of the outbox."""

from __future__ import annotations

from collections.abc import Mapping

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.outbox import Delivery
from ocpp_iface.types.facts import SecurityFact
from ocpp_iface.wire import datetimes
from ocpp_iface.wire.v201 import call


class Security(Block):
    code = "A"

    def deliveries(self) -> Mapping[type, Delivery]:
        return {SecurityFact: Delivery(_project)}


def _project(fact: SecurityFact) -> call.SecurityEventNotification:
    """A04.FR.01, A04.FR.02"""
    return call.SecurityEventNotification(
        fact.type, datetimes.format(fact.timestamp), tech_info=fact.info
    )
