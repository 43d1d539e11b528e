"""Reason of a StopTransaction."""

from datetime import UTC, datetime

import pytest

from ocpp_iface.types import StoppedReason, TransactionEvent, TriggerReason
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.v16.mapping import reasons

AT = datetime(2026, 1, 1, tzinfo=UTC)


def ended(reason, trigger=TriggerReason.StopAuthorized):
    return TransactionFact(TransactionEvent.Ended, "t", 1, AT, trigger, 1, stopped_reason=reason)


@pytest.mark.parametrize(
    ("fact", "word"),
    [
        (ended(StoppedReason.Local), "Local"),
        (ended(StoppedReason.Remote, TriggerReason.RemoteStop), "Remote"),
        (ended(StoppedReason.EVDisconnected), "EVDisconnected"),
        (ended(StoppedReason.DeAuthorized), "DeAuthorized"),
        (ended(StoppedReason.EmergencyStop), "EmergencyStop"),
        (ended(StoppedReason.PowerLoss), "PowerLoss"),
        (ended(StoppedReason.ImmediateReset, TriggerReason.ResetCommand), "HardReset"),
        (ended(StoppedReason.Reboot, TriggerReason.ResetCommand), "SoftReset"),
        (ended(StoppedReason.Reboot), "Reboot"),
        (ended(StoppedReason.Other, TriggerReason.UnlockCommand), "UnlockCommand"),
        (ended(StoppedReason.MasterPass), "Local"),
        (ended(StoppedReason.Timeout), "Other"),
    ],
)
def test_words(fact, word):
    assert reasons.to_wire(fact).value == word


def test_an_unknown_reason_is_left_to_the_csms():
    assert reasons.to_wire(ended(None)) is None


@pytest.mark.parametrize("reason", list(StoppedReason))
def test_every_reason_has_a_word(reason):
    assert reasons.to_wire(ended(reason)) is not None
