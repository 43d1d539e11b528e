"""The simulated world: test a station, or an app that owns one, in virtual time.

`World` is the beginning: it owns the clock, the stations, the CSMSs and the networks between them.
`Bench` is the shortest way to a booted station with a CSMS that says what it expects.
(`ocpp_iface.sim.strategies`, Hypothesis strategies of the public types, is imported by itself.)
"""

from __future__ import annotations

from ocpp_iface.sim.bench import Bench, kernel_of
from ocpp_iface.sim.crash import CrashRun, count_commits, crash_points, run_with_cut
from ocpp_iface.sim.csms import SimCsms
from ocpp_iface.sim.csms_record import RecordedEvent, TransactionRecord
from ocpp_iface.sim.csms_script import CsmsCallError, LogEntry, OutCall, Received, Rule
from ocpp_iface.sim.disk import Disk, FileDisk, MemoryDisk
from ocpp_iface.sim.entropy import SimEntropy
from ocpp_iface.sim.ev import SimEv
from ocpp_iface.sim.evse import SimEvse
from ocpp_iface.sim.faults import PowerCut, Wear, WornStore
from ocpp_iface.sim.hardware import Order, SimHardware
from ocpp_iface.sim.match import matches, mismatch, one_of
from ocpp_iface.sim.network import Attempt, Network
from ocpp_iface.sim.station import MakeKernel, SimStation, StationDown, address
from ocpp_iface.sim.trace import Trace, diff
from ocpp_iface.sim.world import World

__all__ = [
    "Attempt",
    "Bench",
    "CrashRun",
    "CsmsCallError",
    "Disk",
    "FileDisk",
    "LogEntry",
    "MakeKernel",
    "MemoryDisk",
    "Network",
    "Order",
    "OutCall",
    "PowerCut",
    "Received",
    "RecordedEvent",
    "Rule",
    "SimCsms",
    "SimEntropy",
    "SimEv",
    "SimEvse",
    "SimHardware",
    "SimStation",
    "StationDown",
    "Trace",
    "TransactionRecord",
    "Wear",
    "World",
    "WornStore",
    "address",
    "count_commits",
    "crash_points",
    "diff",
    "kernel_of",
    "matches",
    "mismatch",
    "one_of",
    "run_with_cut",
]
