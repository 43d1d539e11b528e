from __future__ import annotations

from ocpp_iface.devicemodel import Addressing, Caller, Configured, EventIds, Setting
from ocpp_iface.devicemodel.catalog import (
    Connector,
    Evse,
    NetworkConfiguration,
    OCPPCommCtrlr,
    TxCtrlr,
)
from ocpp_iface.devicemodel.custom import parse_address
from ocpp_iface.devicemodel.instances import Place
from ocpp_iface.storage.memory import MemoryStore
from ocpp_iface.types import (
    Component,
    ComponentVariable,
    EventNotificationType,
    EventTriggerEnum,
    SetVariableRequest,
    Variable,
)

KEYS, COMPONENTS = Addressing.KEYS_FIRST, Addressing.COMPONENTS
TIMEOUT = parse_address("TxCtrlr/EVConnectionTimeOut")
LEGACY = ComponentVariable(Component(""), Variable("connectionTimeout"))


def shown(bench):
    return [(each.component_variable, each.actual_value) for each in bench.events]


def test_a_watched_variable_gives_an_event_when_it_really_changed(bench):
    bench.watches.register([TIMEOUT], COMPONENTS)

    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)
    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)
    bench.variables.set(OCPPCommCtrlr.heartbeat_interval, 7)

    (event,) = bench.events
    assert (event.component_variable, event.actual_value) == (TIMEOUT, "60")
    assert event.trigger is EventTriggerEnum.Delta
    assert event.event_notification_type is EventNotificationType.CustomMonitor
    assert event.timestamp.isoformat() == "2026-01-01T12:00:00+00:00"


def test_whoever_changed_it(bench):
    bench.watches.register([TIMEOUT], COMPONENTS)

    bench.access.change_key("ConnectionTimeOut", "1")
    request = SetVariableRequest(TIMEOUT, "2")
    bench.access.set_variables([request], "app", COMPONENTS)
    bench.access.set_variables([request], "csms", COMPONENTS, Caller.CSMS)
    bench.variables.set(TxCtrlr.ev_connection_timeout, 3)

    assert [each.actual_value for each in bench.events] == ["1", "2", "3"]


def test_each_form_of_address_gets_its_own_event_as_it_was_asked(bench):
    bench.watches.register([TIMEOUT, LEGACY], COMPONENTS)
    bench.watches.register([TIMEOUT, LEGACY], KEYS)

    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)

    assert shown(bench) == [(TIMEOUT, "60"), (LEGACY, "60")]
    assert bench.events[1].component_variable is LEGACY


def test_with_keys_first_the_name_is_a_key_whatever_the_component(bench):
    where = ComponentVariable(Component("Whatever"), Variable("ConnectionTimeOut"))

    assert bench.watches.register([where], KEYS) == ()
    assert bench.watches.register([where], COMPONENTS) == (where,)


def test_registrations_extend_and_what_leads_nowhere_is_returned(bench):
    nowhere = parse_address("Nope/X")
    interval = parse_address("OCPPCommCtrlr/HeartbeatInterval")

    assert bench.watches.register([TIMEOUT], COMPONENTS) == ()
    assert bench.watches.register([interval, nowhere], COMPONENTS) == (nowhere,)
    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)
    bench.variables.set(OCPPCommCtrlr.heartbeat_interval, 7)

    assert shown(bench) == [(TIMEOUT, "60"), (interval, "7")]


def test_the_same_address_in_another_case_is_registered_once(bench):
    bench.watches.register([TIMEOUT, parse_address("TXCTRLR/evconnectiontimeout")], COMPONENTS)

    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)

    assert len(bench.events) == 1


def test_event_ids_rise_and_survive_a_restart(bench, make):
    bench.watches.register([TIMEOUT], COMPONENTS)
    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)
    bench.variables.set(TxCtrlr.ev_connection_timeout, 61)
    bench.store.commit()

    again = make(store=bench.store)
    again.store.begin()
    again.watches.resume()
    again.variables.set(TxCtrlr.ev_connection_timeout, 62)

    ids = [each.event_id for each in bench.events + again.events]
    assert ids == sorted(set(ids))
    assert len(ids) == 3


def test_what_changed_between_two_runs_is_reported_at_boot(make):
    def with_timeout(value):
        return Configured((Setting(TIMEOUT, value),))

    first = make(with_timeout("60"))
    first.watches.register([TIMEOUT], COMPONENTS)
    first.store.commit()

    again = make(with_timeout("90"), store=first.store)
    again.store.begin()
    again.watches.resume()
    again.watches.resume()

    assert shown(again) == [(TIMEOUT, "90")]


def test_a_write_only_value_is_blank_in_its_event_and_in_its_row(bench):
    where = parse_address("NetworkConfiguration[1]/BasicAuthPassword")
    bench.watches.register([where], COMPONENTS)

    bench.variables.set(NetworkConfiguration.basic_auth_password, "0123456789abcdef", instance="1")

    assert shown(bench) == [(where, "")]
    assert "0123456789abcdef" not in repr(bench.store.table(_watches()).get)
    assert all(row.last == "" for _, row in bench.store.table(_watches()).items())


def _watches():
    from ocpp_iface.devicemodel.watch import WATCHES

    return WATCHES


def test_a_change_of_a_supplied_value_fires_for_its_own_place_only(bench):
    one, two = parse_address("EVSE@1/AvailabilityState"), parse_address("EVSE@2/AvailabilityState")
    bench.watches.register([one, two], COMPONENTS)

    bench.variables.report_change(Evse.availability_state, "Available", "Occupied", Place(2))

    assert shown(bench) == [(two, "Occupied")]


def test_each_connector_is_watched_for_itself_after_a_restart_too(bench, make):
    places = [
        parse_address("EVSE@2/AvailabilityState"),
        parse_address("Connector@2.1/AvailabilityState"),
        parse_address("Connector@2.2/AvailabilityState"),
    ]
    bench.watches.register(places, COMPONENTS)
    bench.store.commit()

    again = make(store=bench.store)
    again.store.begin()
    again.watches.resume()
    for connector in (1, 2):
        again.variables.report_change(
            Connector.availability_state, "Available", "Occupied", Place(2, connector)
        )

    assert shown(again) == [(places[1], "Occupied"), (places[2], "Occupied")]


def test_events_of_keys_use_the_words_of_the_key(bench):
    where = ComponentVariable(Component(""), Variable("IgnoredProfilePurposesOffline"))
    bench.watches.register([where], KEYS)

    bench.access.change_key("IgnoredProfilePurposesOffline", "ChargePointMaxProfile")

    assert shown(bench) == [(where, "ChargePointMaxProfile")]


def test_with_1_6_events_say_alerting(bench):
    bench.watches.trigger = EventTriggerEnum.Alerting
    bench.watches.register([LEGACY], KEYS)

    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)

    (event,) = bench.events
    assert event.trigger is EventTriggerEnum.Alerting
    assert event.cause is None
    assert event.variable_monitoring_id is None


def test_a_limit_key_can_be_watched_but_is_never_the_value(bench):
    where = ComponentVariable(Component(""), Variable("MeterValuesSampledDataMaxLength"))

    assert bench.watches.register([where], KEYS) == ()
    bench.access.change_key("MeterValuesSampledData", "Voltage")

    assert bench.events == []


def test_a_rollback_and_a_reload_forget_a_registration(bench):
    mark = bench.store.mark()
    bench.watches.register([TIMEOUT], COMPONENTS)
    bench.store.rollback_to(mark)
    bench.watches.reload()

    bench.variables.set(TxCtrlr.ev_connection_timeout, 60)

    assert bench.events == []


def test_event_ids_start_with_1():
    store = MemoryStore()
    store.begin()
    ids = EventIds(store)

    assert [ids.next(), ids.next()] == [1, 2]
