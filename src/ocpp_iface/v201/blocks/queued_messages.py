"""Messages that were kept because the station queues all of them (see `sending`)."""

from __future__ import annotations

from collections.abc import Mapping

from ocpp_iface.engine.block import Block
from ocpp_iface.engine.outbox import Delivery
from ocpp_iface.types.facts import StoredRequest
from ocpp_iface.v201.sending import project


class QueuedMessages(Block):
    code = "queue"

    def deliveries(self) -> Mapping[type, Delivery]:
        return {StoredRequest: Delivery(project)}
