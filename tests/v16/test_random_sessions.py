"""Whatever drivers, chargers, the network, the power and the CSMS do, in whatever order: every
transaction reaches the CSMS once, complete and in order, and no energy is lost or billed twice.
"""

from __future__ import annotations

from random import Random

import pytest

from ocpp_iface.sim.csms_script import CsmsCallError
from ocpp_iface.sim.world import World

TOPOLOGIES = [(1,), (1, 1), (2,), (1, 2)]
BETWEEN_RECORDINGS_WH = 126.0
"""11 kW for 41 seconds: what a power cut may hide at an EVSE, since the register is recorded every
30 seconds, of readings that come every 11 at the latest."""


def draw_configuration(draw: Random) -> dict[str, str]:
    switch = ["true", "false"]
    return {
        "AllowOfflineTxForUnknownId": draw.choice(switch),
        "StopTransactionOnEVSideDisconnect": draw.choice(switch),
        "StopTransactionOnInvalidId": draw.choice(switch),
        "MeterValueSampleInterval": draw.choice(["0", "20", "60"]),
        "ClockAlignedDataInterval": draw.choice(["0", "60"]),
        "MinimumStatusDuration": draw.choice(["0", "5"]),
        "ConnectionTimeOut": "30",
        "WaitForStopTransactionsOnResetTimeout": "10",
    }


class Chaos:
    """One thing after the other happens at the bench."""

    def __init__(self, bench, draw: Random, connectors: tuple[int, ...]) -> None:
        self.bench, self.draw, self.connectors = bench, draw, connectors
        self.outages = 0
        self.acts = {
            self.plug: 8, self.token: 8, self.remote_start: 3, self.unplug: 2, self.pull: 1,
            self.stop_button: 1, self.remote_stop: 1, self.pause: 1, self.go_on: 2,
            self.break_down: 0.3, self.repair: 2, self.availability: 0.5, self.judge: 1,
            self.cut: 1.5, self.restore: 3, self.power_cut: 1, self.process_end: 1,
            self.reset: 0.3, self.unlock: 0.5, self.trigger: 1,
        }  # fmt: skip

    def happen(self) -> None:
        self.evse = self.draw.randint(1, len(self.connectors))
        self.connector = self.draw.randint(1, self.connectors[self.evse - 1])
        self.number = sum(self.connectors[: self.evse - 1]) + self.connector
        self.who = self.draw.choice(["AA", "BB", "CC"])
        self.up()
        self.draw.choices(list(self.acts), list(self.acts.values()))[0]()
        self.bench.world.run_for(self.draw.choice([0, 0.05, 1, 5, 30, 90, 200]))

    def up(self) -> None:
        self.bench.world.run_for(0 if self.bench.station.running else 6)
        if not self.bench.station.running:
            self.bench.station.boot()

    @property
    def charger(self):
        return self.bench.station.evse(self.evse)

    # -- the driver ----------------------------------------------------------------------------

    def plug(self) -> None:
        if self.charger.plugged is None:
            self.bench.station.plug_in(self.evse, self.connector)

    def unplug(self) -> None:
        if self.charger.plugged is not None:
            self.bench.station.unplug(self.evse)

    def pull(self) -> None:
        plugged = self.charger.plugged
        if plugged is not None:
            self.bench.station.unplug(self.evse, cable_left=True)
            self.bench.world.run_for(self.draw.choice([0, 5, 50]))
            self.up()
            self.bench.station.unplug(self.evse, plugged)

    def token(self) -> None:
        self.bench.station.present_token(self.who, self.draw.choice([self.evse, None]))

    def stop_button(self) -> None:
        self.bench.station.stop_button(self.evse)

    def pause(self) -> None:
        if self.charger.ev is not None:
            self.charger.ev.pause()

    def go_on(self) -> None:
        if self.charger.ev is not None:
            self.charger.ev.resume()

    # -- trouble -------------------------------------------------------------------------------

    def break_down(self) -> None:
        self.bench.station.fault("OtherError", self.evse, self.connector)

    def repair(self) -> None:
        self.bench.station.clear_fault("OtherError", self.evse, self.connector)

    def cut(self) -> None:
        self.bench.station.network.cut()

    def restore(self) -> None:
        self.bench.station.network.restore()

    def power_cut(self) -> None:
        self.outages += 1
        self.bench.station.kill()
        self.bench.world.run_for(2)
        self.bench.station.boot()

    def process_end(self) -> None:
        self.outages += 1
        self.bench.station.restart()

    # -- the CSMS ------------------------------------------------------------------------------

    def call(self, action: str, **payload: object) -> None:
        if self.bench.csms.connected():
            try:
                self.bench.csms.call(action, payload)
            except (CsmsCallError, AssertionError):
                return  # refused, or the link went away

    def availability(self) -> None:
        kind = self.draw.choice(["Operative", "Operative", "Inoperative"])
        where = self.draw.choice([0, self.number])
        self.call("ChangeAvailability", connectorId=where, type=kind)

    def reset(self) -> None:
        self.outages += 1
        self.call("Reset", type=self.draw.choice(["Hard", "Soft"]))

    def unlock(self) -> None:
        self.call("UnlockConnector", connectorId=self.number)

    def remote_start(self) -> None:
        where = {"connectorId": self.number} if self.draw.random() < 0.7 else {}
        self.call("RemoteStartTransaction", idTag=self.who, **where)

    def remote_stop(self) -> None:
        known = list(self.bench.csms.transactions) or ["1"]
        self.call("RemoteStopTransaction", transactionId=int(self.draw.choice(known)))

    def trigger(self) -> None:
        words = ["MeterValues", "StatusNotification", "Heartbeat", "BootNotification"]
        self.call("TriggerMessage", requestedMessage=self.draw.choice(words))

    def judge(self) -> None:
        group = self.draw.choice([None, "G"])
        self.bench.csms.tokens.put(
            self.who, self.draw.choice(["Accepted", "Accepted", "Blocked"]), group
        )

    # -- in the end ----------------------------------------------------------------------------

    def calm_down(self) -> None:
        """Everything works again, everybody leaves, time passes."""
        world, station = self.bench.world, self.bench.station
        station.network.restore()
        world.run_for(200)
        self.up()
        for evse in station.hardware.evses.values():
            if evse.plugged is not None:
                station.unplug(evse.id)
            station.stop_button(evse.id)
        world.run_for(900)


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_and_nothing_invented(make_bench, seed):
    draw = Random(seed)
    world = World(seed=seed, tolerate_crashes=True)
    connectors = draw.choice(TOPOLOGIES)
    bench = make_bench(
        connectors,
        world,
        variables=draw_configuration(draw),
        on_power_loss=draw.choice(["resume", "end"]),
    )
    bench.station.boots_after_s = 5
    bench.station.boot()
    world.run_for(20)
    chaos = Chaos(bench, draw, connectors)

    for _ in range(draw.randint(10, 40)):
        chaos.happen()
    chaos.calm_down()

    records = list(bench.csms.transactions.values())
    metered = sum(evse.register_wh for evse in bench.station.hardware.evses.values())
    billed = sum(record.energy_wh or 0.0 for record in records)
    rounding = 1.0 + len(records)
    assert world.problems() == []
    assert bench.csms.books.open() == []
    assert len(bench.station.process.kernel.outbox) == 0
    assert billed <= metered + rounding
    hidden = BETWEEN_RECORDINGS_WH * chaos.outages * len(connectors)
    assert metered <= billed + rounding + hidden
    assert not any(evse.contactor_closed for evse in bench.station.hardware.evses.values())
