"""Who the station is."""

from __future__ import annotations

from attrs import frozen


@frozen
class Identity:
    """Who the station says it is (BootNotification)."""

    vendor: str
    model: str
    serial_number: str | None = None
    firmware_version: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None
    charge_box_serial_number: str | None = None
