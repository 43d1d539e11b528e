"""Whether the CSMS has accepted this station: the gate every own message passes.

Nothing but BootNotification leaves before an answer; Pending lets triggered messages through;
Rejected closes the gate until the next attempt. (1.6 §4.2, 2.0.1 B01-B03)
"""

from __future__ import annotations

from enum import StrEnum

from attrs import define


class RegistrationState(StrEnum):
    UNREGISTERED = "Unregistered"
    PENDING = "Pending"
    REJECTED = "Rejected"
    ACCEPTED = "Accepted"


@define
class Registration:
    state: RegistrationState = RegistrationState.UNREGISTERED

    @property
    def accepted(self) -> bool:
        return self.state is RegistrationState.ACCEPTED

    def admits(self, *, triggered: bool) -> bool:
        """May a message other than BootNotification leave now?"""
        return self.accepted or (triggered and self.state is RegistrationState.PENDING)
