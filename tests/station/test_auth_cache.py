from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from ocpp_iface.devicemodel.catalog import AuthCacheCtrlr
from ocpp_iface.devicemodel.instances import Located
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.station.auth_cache import AUTH_CACHE, AuthCache, cache_key
from ocpp_iface.types import (
    AuthorizationStatus,
    IdToken,
    IdTokenInfo,
    IdTokenType,
    MessageContent,
)

ACCEPTED = IdTokenInfo(AuthorizationStatus.Accepted)
BLOCKED = IdTokenInfo(AuthorizationStatus.Blocked)
TOKEN = IdToken("DEADBEEF")


@pytest.fixture
def cache(world):
    return AuthCache(world.ctx)


def tokens(count):
    return [IdToken(f"TOKEN{number:04d}") for number in range(count)]


def limit_storage(world, size):
    """As the configuration of a station does."""
    shape = evolve(AuthCacheCtrlr.storage, maximum=float(size))
    located = Located(AuthCacheCtrlr.storage)
    world.ctx.variables._shapes = {located: shape}
    world.ctx.variables._shaped = frozenset({located.definition})
    world.ctx.variables._shaped = frozenset({AuthCacheCtrlr.storage})
    assert world.ctx.variables.shape(located).maximum == size


def test_a_verdict_is_found_again(world, cache):
    assert world.do(cache.put, TOKEN, ACCEPTED)

    assert cache.get(TOKEN) == ACCEPTED
    assert cache.get(IdToken("deadbeef")) == ACCEPTED
    assert cache.get(IdToken("DEADBEEF", IdTokenType.KeyCode)) is None
    assert cache.get(IdToken("OTHER")) is None


def test_every_status_is_kept(world, cache):
    for status in AuthorizationStatus:
        world.do(cache.put, TOKEN, IdTokenInfo(status))

        assert cache.get(TOKEN) == IdTokenInfo(status)
    assert len(cache) == 1


def test_the_cache_survives_a_restart(world, cache):
    info = IdTokenInfo(AuthorizationStatus.Accepted, group_id=IdToken("GROUP"), evse_ids=(1,))
    world.do(cache.put, TOKEN, info)

    again = AuthCache(world.restarted().ctx)

    assert again.get(TOKEN) == info
    assert again._bytes == cache._bytes


def test_no_token_is_a_key_of_the_store(world, cache):
    world.do(cache.put, TOKEN, ACCEPTED)

    [(key, row)] = world.store.table(AUTH_CACHE).items()

    assert key == cache_key(TOKEN)
    assert "deadbeef" not in key.lower()
    assert "DEADBEEF" not in repr(row)


@pytest.mark.parametrize("kind", [IdTokenType.Central, IdTokenType.NoAuthorization])
def test_single_use_identifiers_are_not_kept(world, cache, kind):
    assert not world.do(cache.put, IdToken("X", kind), ACCEPTED)
    assert len(cache) == 0


def test_a_message_for_the_driver_is_not_kept(world, cache):
    message = MessageContent("0.30 a kWh")
    world.do(cache.put, TOKEN, IdTokenInfo(AuthorizationStatus.Accepted, personal_message=message))

    assert cache.get(TOKEN) == ACCEPTED


@pytest.mark.parametrize("switch", [AuthCacheCtrlr.enabled, AuthCacheCtrlr.available])
def test_a_cache_that_is_off_neither_knows_nor_learns_nor_forgets(world, cache, switch):
    world.do(cache.put, TOKEN, ACCEPTED)
    world.do(world.ctx.variables.set, switch, False)

    assert cache.get(TOKEN) is None
    assert not world.do(cache.put, IdToken("NEW"), ACCEPTED)
    assert not world.do(cache.clear)

    world.do(world.ctx.variables.set, switch, True)
    assert cache.get(TOKEN) == ACCEPTED
    assert len(cache) == 1


def test_clearing_forgets_everything(world, cache):
    for token in tokens(5):
        world.do(cache.put, token, ACCEPTED)

    assert world.do(cache.clear)

    assert len(cache) == 0
    assert world.ctx.variables.get(AuthCacheCtrlr.storage) == 0
    assert world.do(cache.clear), "an empty cache can be cleared"


def test_one_token_can_be_forgotten(world, cache):
    first, second = tokens(2)
    world.do(cache.put, first, ACCEPTED)
    world.do(cache.put, second, ACCEPTED)

    assert world.do(cache.forget, first)

    assert cache.get(first) is None
    assert cache.get(second) == ACCEPTED
    assert not world.do(cache.forget, first)


def test_past_its_expiry_an_entry_is_expired_not_unknown(world, cache):
    expiry = world.clock.now + timedelta(days=30)
    world.do(cache.put, TOKEN, evolve(ACCEPTED, cache_expiry=expiry))

    world.advance(30 * 86_400 - 1)
    assert cache.get(TOKEN).status is AuthorizationStatus.Accepted
    world.advance(1)

    assert cache.get(TOKEN).status is AuthorizationStatus.Expired


def test_an_entry_without_expiry_lapses_when_it_is_not_used(world, cache):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.life_time, 100)
    world.do(cache.put, TOKEN, ACCEPTED)

    world.advance(100)
    assert cache.get(TOKEN) == ACCEPTED
    world.advance(1)

    assert cache.get(TOKEN) is None
    assert len(cache) == 1
    world.do(cache.put, IdToken("NEXT"), ACCEPTED)
    assert len(cache) == 1, "the next verdict clears it away"


def test_use_and_update_begin_the_life_time_again(world, cache):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.life_time, 100)
    world.do(cache.put, TOKEN, ACCEPTED)

    world.advance(90)
    world.do(cache.used, TOKEN)
    world.advance(90)
    assert cache.get(TOKEN) == ACCEPTED
    world.do(cache.put, TOKEN, BLOCKED)
    world.advance(90)

    assert cache.get(TOKEN) == BLOCKED


def test_a_life_time_beyond_the_calendar_is_for_ever(world, cache):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.life_time, 10**15)
    world.do(cache.put, TOKEN, ACCEPTED)
    world.advance(86_400 * 365)

    assert cache.get(TOKEN) == ACCEPTED


def test_use_of_what_is_not_known_changes_nothing(world, cache):
    world.do(cache.used, TOKEN)

    assert len(cache) == 0


# Room.


def fill(world, cache, count):
    """`count` entries, a second apart, and a cache that is then exactly full."""
    for token in tokens(count):
        world.do(cache.put, token, ACCEPTED)
        world.advance(1)
    limit_storage(world, cache._bytes)


def test_the_storage_variable_says_what_is_in_use(world, cache):
    world.record(VariableChanged)

    world.do(cache.put, TOKEN, ACCEPTED)

    used = world.ctx.variables.get(AuthCacheCtrlr.storage)
    assert used > 0
    [event] = world.events
    assert event.definition is AuthCacheCtrlr.storage
    assert (event.old, event.new) == ("0", str(used))


def test_a_full_cache_takes_new_entries_by_dropping_the_least_recently_used(world, cache):
    fill(world, cache, 4)
    first, second, third, fourth = tokens(4)
    world.do(cache.used, first)

    assert world.do(cache.put, TOKEN, ACCEPTED)

    assert cache.get(TOKEN) == ACCEPTED
    assert cache.get(second) is None
    assert [cache.get(token) for token in (first, third, fourth)] == [ACCEPTED] * 3


def test_what_is_not_valid_goes_first(world, cache):
    fill(world, cache, 4)
    *_, last = tokens(4)
    world.do(cache.put, last, BLOCKED)

    world.do(cache.put, TOKEN, ACCEPTED)

    assert cache.get(last) is None
    assert len(cache) == 4


def test_an_expired_entry_is_not_valid(world, cache):
    for token in tokens(3):
        world.do(cache.put, token, ACCEPTED)
    expiring = tokens(4)[3]
    expiry = world.clock.now + timedelta(seconds=5)
    world.do(cache.put, expiring, evolve(ACCEPTED, cache_expiry=expiry))
    limit_storage(world, cache._bytes)
    world.advance(10)

    world.do(cache.put, TOKEN, ACCEPTED)

    assert cache.get(expiring) is None
    assert len(cache) == 4


def test_first_in_first_out(world, cache):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.policy, "FIFO")
    fill(world, cache, 3)
    first, *_ = tokens(3)
    world.do(cache.used, first)

    world.do(cache.put, TOKEN, ACCEPTED)

    assert cache.get(first) is None
    assert len(cache) == 3


def test_least_frequently_used(world, cache):
    world.do(world.ctx.variables.set, AuthCacheCtrlr.policy, "LFU")
    fill(world, cache, 3)
    first, second, third = tokens(3)
    for token in (first, first, third):
        world.do(cache.used, token)

    world.do(cache.put, TOKEN, ACCEPTED)

    assert cache.get(second) is None
    assert cache.get(first) == ACCEPTED


def test_an_update_of_what_is_there_evicts_nobody(world, cache):
    fill(world, cache, 3)
    first, *_ = tokens(3)

    assert world.do(cache.put, first, BLOCKED)

    assert len(cache) == 3
    assert cache.get(first) == BLOCKED


def test_a_cache_without_room_for_one_entry_keeps_what_it_has(world, cache):
    fill(world, cache, 1)
    limit_storage(world, 10)

    assert not world.do(cache.put, TOKEN, ACCEPTED)
    assert len(cache) == 1


def test_the_bytes_in_use_never_pass_the_limit(world, cache):
    limit_storage(world, 2_000)

    for number, token in enumerate(tokens(60)):
        group = IdToken("G" * (number % 36 + 1))
        world.do(cache.put, token, evolve(ACCEPTED, group_id=group))
        assert 0 < world.ctx.variables.get(AuthCacheCtrlr.storage) <= 2_000

    assert len(cache) > 3
