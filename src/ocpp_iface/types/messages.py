"""Texts for people (`text_message` of the contract) and the raw messages of the journal."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import Optional, Text, Word


class MessageFormat(StrEnum):
    ASCII = "ASCII"
    HTML = "HTML"
    URI = "URI"
    UTF8 = "UTF8"
    QRCODE = "QRCODE"


@frozen
class MessageContent:
    """A text for the driver. `language` is an RFC 5646 tag."""

    content: str = field(validator=Text())
    format: MessageFormat | None = field(
        default=None, kw_only=True, validator=Optional(Word(MessageFormat))
    )
    language: str | None = field(default=None, kw_only=True, validator=Optional(Text()))


class MessageDirection(StrEnum):
    CSMSToChargingStation = "CSMSToChargingStation"
    ChargingStationToCSMS = "ChargingStationToCSMS"


def _length_only(text: object) -> str:
    return f"<{len(text)} characters>" if isinstance(text, str) else "<...>"


@frozen
class Message:
    """One OCPP-J frame as it went over the link. Its text may hold tokens and passwords, so the
    repr shows the length only.
    """

    message: str = field(validator=Text(), repr=_length_only)
    direction: MessageDirection = field(validator=Word(MessageDirection))
    version: str | None = field(default=None, kw_only=True, validator=Optional(Text()))
