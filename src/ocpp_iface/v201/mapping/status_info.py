"""StatusInfoType, cut to what the wire carries."""

from __future__ import annotations

from ocpp_iface.types import StatusInfoType
from ocpp_iface.wire.limits import cut
from ocpp_iface.wire.v201 import datatypes

_CODE_LENGTH = 20
_INFO_LENGTH = 512


def to_wire(info: StatusInfoType | None) -> datatypes.StatusInfoType | None:
    if info is None:
        return None
    additional = info.additional_info
    return datatypes.StatusInfoType(
        cut(info.reason_code, _CODE_LENGTH),
        cut(additional, _INFO_LENGTH) if additional else None,
    )


def because(reason_code: str, text: str = "") -> datatypes.StatusInfoType:
    """A reason of our own, in the words of the standard's list of reason codes."""
    return datatypes.StatusInfoType(reason_code, text or None)
