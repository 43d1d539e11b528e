"""What a profile is judged by, as values: the request, the station, and the verdict."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from ocpp_iface.smartcharging.profile import STATION, ChargingProfile, InstalledProfile, RateUnit


class Edition(StrEnum):
    """The version of OCPP whose rules hold."""

    V16 = "1.6"
    V201 = "2.0.1"


class Origin(StrEnum):
    """The message a profile came in."""

    SET_PROFILE = "SetChargingProfile"
    REQUEST_START = "RequestStartTransaction"


class Reason(StrEnum):
    """The reason codes of 2.0.1 (appendix 4) that a profile can be refused with."""

    DUPLICATE_PROFILE = "DuplicateProfile"
    INVALID_MESSAGE_SEQ = "InvalidMessageSeq"
    INVALID_PROFILE = "InvalidProfile"
    INVALID_SCHEDULE = "InvalidSchedule"
    INVALID_STACK_LEVEL = "InvalidStackLevel"
    INVALID_VALUE = "InvalidValue"
    MISSING_PARAM = "MissingParam"
    TOO_MANY_ELEMENTS = "TooManyElements"
    TX_NOT_FOUND = "TxNotFound"
    UNKNOWN_EVSE = "UnknownEvse"
    UNSUPPORTED_PARAM = "UnsupportedParam"
    UNSUPPORTED_RATE_UNIT = "UnsupportedRateUnit"


@frozen
class Rejection:
    """Why a profile is refused. `requirement` is the id of the rule, `1.6 <section>` for 1.6.

    1.6 has no reason codes on the wire; there they serve the log.
    """

    reason_code: Reason
    additional_info: str
    requirement: str


@frozen
class EvseFacts:
    """`phase_counts`: the numbers of phases the EVSE can hold the vehicle to (K01.FR.43).

    `phase_in_use`: the phase a one-phase session uses or will use, None if it can be any.
    `charging_needs_sent`: NotifyEVChargingNeeds was sent for the running transaction.
    `charging_needs_pending`: the vehicle talks ISO 15118, its needs are not sent yet (K15.FR.17).
    `max_schedule_tuples`: the number of periods the vehicle can take, None if it did not say.
    """

    id: int
    transaction_id: str | None = None
    dc: bool = False
    phase_counts: tuple[int, ...] = (1, 2, 3)
    phase_in_use: int | None = None
    charging_needs_sent: bool = False
    charging_needs_pending: bool = False
    max_schedule_tuples: int | None = None


@frozen
class Facts:
    """The station as it is when the request arrives.

    `allow_without_start_schedule` lets an absolute or recurring profile without startSchedule pass
    in 1.6 (AllowChargingProfileWithoutStartSchedule).
    """

    edition: Edition
    evses: tuple[EvseFacts, ...]
    installed: tuple[InstalledProfile, ...] = ()
    rate_units: tuple[RateUnit, ...] = (RateUnit.A, RateUnit.W)
    max_stack_level: int = 100
    max_periods: int = 1024
    max_profiles: int = 500
    ac_phase_switching: bool = False
    allow_without_start_schedule: bool = False

    def evse(self, evse_id: int) -> EvseFacts | None:
        return next((evse for evse in self.evses if evse.id == evse_id), None)


@frozen
class Candidate:
    """A profile that asks to be installed.

    `evse_id` None: in a remote start that leaves the choice of EVSE to the station.
    """

    profile: ChargingProfile
    evse_id: int | None
    origin: Origin = Origin.SET_PROFILE

    def targets(self, facts: Facts) -> tuple[EvseFacts, ...]:
        """The EVSEs the profile would act on."""
        if self.evse_id in (None, STATION):
            return facts.evses
        return tuple(evse for evse in facts.evses if evse.id == self.evse_id)
