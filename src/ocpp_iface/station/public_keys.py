"""Whether the meter's public key goes along with what the meter has signed. Pure.

2.x, OCPPCommCtrlr.PublicKeyWithSignedMeterValue: never, once in a transaction (with the first value
that has one), or with every value. What is left out is empty, the signature stays.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve

from ocpp_iface.types import MeterValue, SampledValue


class KeyPolicy(StrEnum):
    NEVER = "Never"
    ONCE = "OncePerTransaction"
    ALWAYS = "EveryMeterValue"


def with_keys(
    values: tuple[MeterValue, ...], policy: KeyPolicy, *, given: bool
) -> tuple[tuple[MeterValue, ...], bool]:
    """The values with the keys that `policy` allows; and whether the transaction's key was given.

    `given`: with an earlier value of the same transaction.
    """
    if policy is KeyPolicy.ALWAYS or not any(
        _has_key(sample) for value in values for sample in value.samples
    ):
        return values, given
    left = policy is KeyPolicy.ONCE and not given
    changed = []
    for value in values:
        samples = []
        for sample in value.samples:
            keeps = left and _has_key(sample)
            left = left and not keeps
            samples.append(sample if keeps else _without_key(sample))
        changed.append(MeterValue(value.timestamp, value.context, tuple(samples)))
    return tuple(changed), policy is KeyPolicy.ONCE


def _has_key(sample: SampledValue) -> bool:
    return sample.signed is not None and bool(sample.signed.public_key)


def _without_key(sample: SampledValue) -> SampledValue:
    if sample.signed is None:
        return sample
    return evolve(sample, signed=evolve(sample.signed, public_key=""))
