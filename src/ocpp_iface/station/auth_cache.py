"""What the CSMS said about tokens, remembered across restarts (C10, C11, 1.6 section 3.5.1).

Only verdicts of the CSMS get in, never what the station decided itself while it was offline. A row is
found by a hash, so no token stands in the store as a key. An entry whose `cache_expiry` has passed is
Expired; one that was not used for LifeTime is gone, as if the token had never been seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from ocpp_iface.devicemodel.catalog import AuthCacheCtrlr
from ocpp_iface.devicemodel.instances import Located
from ocpp_iface.log import Log
from ocpp_iface.ports.store import TableDef
from ocpp_iface.station.context import StationContext
from ocpp_iface.types import AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType

log = Log(__name__)

NEVER_CACHED: Final = (IdTokenType.Central, IdTokenType.NoAuthorization)
"""C02.FR.03, C03.FR.02, C05.FR.02: single-use identifiers and none at all."""

_ROW_BYTES: Final = 160
"""The hash, two times and the punctuation of a row."""

_LONGEST_LIFE_S: Final = 3_155_760_000
"""A hundred years: more would leave the calendar."""

_Order = tuple[bool, float, datetime]


@frozen
class CachedToken:
    info: IdTokenInfo
    stored_at: datetime
    """When the CSMS last said it."""
    last_used: datetime
    uses: int = 0
    """How often a driver was judged by it (LFU)."""


AUTH_CACHE: TableDef[str, CachedToken] = TableDef("auth_cache", str, CachedToken)


def cache_key(token: IdToken) -> str:
    """The same for tokens that are equal: type and value, whatever the case of the value."""
    return hashlib.sha256(f"{token.type}:{token.value.casefold()}".encode()).hexdigest()


class AuthCache:
    """Bounded by the limit of AuthCacheCtrlr.Storage, in bytes."""

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._table = ctx.store.table(AUTH_CACHE)
        self._bytes = sum(_size(row) for _, row in self._table.items())
        ctx.variables.provide(AuthCacheCtrlr.storage, lambda _place: self._bytes)

    # -- what is asked -------------------------------------------------------------------------

    @property
    def enabled(self) -> bool:
        variables = self._ctx.variables
        return variables.get(AuthCacheCtrlr.available) and variables.get(AuthCacheCtrlr.enabled)

    def get(self, token: IdToken) -> IdTokenInfo | None:
        """What is known, without changing anything; None if it is nothing or the cache is off.

        C10.FR.13: past `cache_expiry` the status is Expired. C10.FR.08, C10.FR.10: an entry that
        was neither used nor updated for LifeTime seconds counts as removed.
        """
        if not self.enabled:
            return None
        row = self._table.get(cache_key(token))
        if row is None or self._lapsed(row):
            return None
        return evolve(row.info, status=self._status(row))

    def __len__(self) -> int:
        return len(self._table)

    # -- what changes it -----------------------------------------------------------------------

    def put(self, token: IdToken, info: IdTokenInfo) -> bool:
        """Remember a verdict of the CSMS, whatever its status (C10.FR.01, C12.FR.06).

        False if it is not kept: the cache is off, the token is of a kind that is never cached, or
        there is no room for even one entry. C10.FR.09: a message for the driver, which may state a
        tariff, is not kept.
        """
        if not self.enabled or token.type in NEVER_CACHED:
            return False
        self.remove_lapsed()
        key, now = cache_key(token), self._ctx.clock.now
        known = self._table.get(key)
        uses = 0 if known is None else known.uses
        row = CachedToken(evolve(info, personal_message=None), now, now, uses)
        limit = self._ctx.variables.shape(Located(AuthCacheCtrlr.storage)).maximum
        if limit is not None and _size(row) > limit:
            log.warning("the authorization cache cannot hold a single entry", limit=limit)
            return False
        before = self._bytes
        if known is not None:
            self._drop(key, known)
        if limit is not None:
            self._make_room(limit - _size(row))
        self._table.put(key, row)
        self._bytes += _size(row)
        self._report(before)
        return True

    def used(self, token: IdToken) -> None:
        """A driver was judged by the entry: its LifeTime begins again (C10.FR.08)."""
        key = cache_key(token)
        row = self._table.get(key)
        if row is not None:
            self._table.put(key, evolve(row, last_used=self._ctx.clock.now, uses=row.uses + 1))

    def clear(self) -> bool:
        """C11: forget everything; False (Rejected) if the cache is off."""
        if not self.enabled:
            return False
        before = self._bytes
        for key, row in list(self._table.items()):
            self._drop(key, row)
        self._report(before)
        return True

    def forget(self, token: IdToken) -> bool:
        """Remove what is known of one token (the CSMS clears a customer's data, N10)."""
        key = cache_key(token)
        row = self._table.get(key)
        if row is None:
            return False
        before = self._bytes
        self._drop(key, row)
        self._report(before)
        return True

    def remove_lapsed(self) -> None:
        """C10.FR.10: make what `get` says true in the store, too (done at each `put`)."""
        before = self._bytes
        for key, row in list(self._table.items()):
            if self._lapsed(row):
                self._drop(key, row)
        self._report(before)

    # -- inside --------------------------------------------------------------------------------

    def _lapsed(self, row: CachedToken) -> bool:
        if row.info.cache_expiry is not None:
            return False
        life = min(self._ctx.variables.get(AuthCacheCtrlr.life_time), _LONGEST_LIFE_S)
        return self._ctx.clock.now - row.last_used > timedelta(seconds=life)

    def _status(self, row: CachedToken) -> AuthorizationStatus:
        expiry = row.info.cache_expiry
        if expiry is not None and self._ctx.clock.now >= expiry:
            return AuthorizationStatus.Expired
        return row.info.status

    def _make_room(self, limit: float) -> None:
        """Evict until no more than `limit` bytes are in use."""
        if self._bytes <= limit:
            return
        order = self._eviction_order()
        for key, row in sorted(self._table.items(), key=lambda entry: order(entry[1])):
            self._drop(key, row)
            if self._bytes <= limit:
                return

    def _eviction_order(self) -> Callable[[CachedToken], _Order]:
        """What goes first: what is not valid (1.6 section 3.5.1), then by Policy (C10.FR.07)."""
        policy = self._ctx.variables.get(AuthCacheCtrlr.policy)

        def order(row: CachedToken) -> _Order:
            valid = self._status(row) is AuthorizationStatus.Accepted and not self._lapsed(row)
            if policy == "LFU":
                return valid, row.uses, row.last_used
            if policy == "FIFO":
                return valid, 0, row.stored_at
            return valid, 0, row.last_used

        return order

    def _drop(self, key: str, row: CachedToken) -> None:
        self._table.delete(key)
        self._bytes -= _size(row)

    def _report(self, before: int) -> None:
        self._ctx.variables.report_change(AuthCacheCtrlr.storage, before, self._bytes)


def _size(row: CachedToken) -> int:
    """About how many bytes the row takes in the store."""
    info = row.info
    group = 0 if info.group_id is None else len(info.group_id.value.encode()) + 40
    languages = sum(len(word) + 16 for word in (info.language1, info.language2) if word)
    expiry = 0 if info.cache_expiry is None else 50
    return _ROW_BYTES + group + languages + expiry + 8 * len(info.evse_ids)
