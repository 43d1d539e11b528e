"""Vendor messages."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import Instance, Optional, Text, Word


@frozen
class CustomData:
    """`data` is JSON text."""

    vendor_id: str = field(validator=Text())
    data: str = field(validator=Text())


class DataTransferStatus(StrEnum):
    """Offline: there is no link to carry the request."""

    Accepted = "Accepted"
    Rejected = "Rejected"
    UnknownMessageId = "UnknownMessageId"
    UnknownVendorId = "UnknownVendorId"
    Offline = "Offline"


@frozen
class DataTransferRequest:
    """`data` is text; what is in it is between the vendors."""

    vendor_id: str = field(validator=Text())
    message_id: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    data: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    custom_data: CustomData | None = field(
        default=None, kw_only=True, validator=Optional(Instance(CustomData))
    )


@frozen
class DataTransferResponse:
    status: DataTransferStatus = field(validator=Word(DataTransferStatus))
    data: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
    custom_data: CustomData | None = field(
        default=None, kw_only=True, validator=Optional(Instance(CustomData))
    )
