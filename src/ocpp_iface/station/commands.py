"""The seven commands of the contract, and what goes beyond it, as the kernel gets them.

Checked when made, so that a wrong argument raises PayloadError before anything changed.
"""

from __future__ import annotations

from attrs import field, frozen

from ocpp_iface.types import (
    ChangeAvailabilityRequest,
    ComponentVariable,
    DataTransferRequest,
    GetVariableRequest,
    SecurityEvent,
    SetVariableRequest,
)
from ocpp_iface.types.check import Instance, Items, Text, as_tuple


@frozen
class Stop:
    """Close the link and stop OCPP; nothing of what happens until Restart is sent later.
    -> bool: it was running
    """


@frozen
class Restart:
    """Start OCPP again after Stop. -> bool: it was stopped"""


@frozen
class RaiseSecurityEvent:
    """Record the event; it goes to the CSMS if it is critical. -> None"""

    event: SecurityEvent = field(validator=Instance(SecurityEvent))


@frozen
class GetVariables:
    """-> list[GetVariableResult], in the order of the requests, duplicates included"""

    requests: tuple[GetVariableRequest, ...] = field(
        converter=as_tuple, validator=Items(Instance(GetVariableRequest))
    )


@frozen
class SetVariables:
    """`source` is stored with the values. -> list[SetVariableResult], in the order of the requests"""

    requests: tuple[SetVariableRequest, ...] = field(
        converter=as_tuple, validator=Items(Instance(SetVariableRequest))
    )
    source: str = field(validator=Text())


@frozen
class ChangeAvailability:
    """As the CSMS may ask for it. -> ChangeAvailabilityResponse"""

    request: ChangeAvailabilityRequest = field(validator=Instance(ChangeAvailabilityRequest))


@frozen
class MonitorVariables:
    """Publish `event_data` when one of these changes; adds to what is monitored already. -> None"""

    component_variables: tuple[ComponentVariable, ...] = field(
        converter=as_tuple, validator=Items(Instance(ComponentVariable))
    )


@frozen
class SendDataTransfer:
    """A vendor message to the CSMS. -> DataTransferResponse: Offline if it could not leave, Rejected
    if there was no usable answer
    """

    request: DataTransferRequest = field(validator=Instance(DataTransferRequest))
