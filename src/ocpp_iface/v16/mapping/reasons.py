"""Reason of a StopTransaction."""

from __future__ import annotations

from typing import Final

from ocpp_iface.types import StoppedReason, TriggerReason
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.wire.v16 import enums

_BY_REASON: Final = {
    StoppedReason.DeAuthorized: enums.Reason.de_authorized,
    StoppedReason.EmergencyStop: enums.Reason.emergency_stop,
    StoppedReason.EVDisconnected: enums.Reason.ev_disconnected,
    StoppedReason.ImmediateReset: enums.Reason.hard_reset,
    StoppedReason.Local: enums.Reason.local,
    StoppedReason.LocalOutOfCredit: enums.Reason.local,
    StoppedReason.MasterPass: enums.Reason.local,
    StoppedReason.PowerLoss: enums.Reason.power_loss,
    StoppedReason.Reboot: enums.Reason.reboot,
    StoppedReason.Remote: enums.Reason.remote,
}
"""All others are Other."""


def to_wire(fact: TransactionFact) -> enums.Reason | None:
    """None: not known, which the CSMS reads as Local (section 4.10)."""
    if fact.trigger is TriggerReason.UnlockCommand:
        return enums.Reason.unlock_command
    if fact.stopped_reason is StoppedReason.Reboot and fact.trigger is TriggerReason.ResetCommand:
        return enums.Reason.soft_reset
    if fact.stopped_reason is None:
        return None
    return _BY_REASON.get(fact.stopped_reason, enums.Reason.other)
