"""AuthCtrlr, AuthCacheCtrlr, LocalAuthListCtrlr and ReservationCtrlr: who may charge."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    Integer,
    OptionList,
    Profile,
    String,
    key,
    max_limit,
)


class AuthCtrlr(ComponentDef, name="AuthCtrlr"):
    enabled = Boolean("Enabled", default=True, access=RW)
    additional_info_items_per_message = Integer("AdditionalInfoItemsPerMessage", default=10)
    authorize_remote_start = Boolean(
        "AuthorizeRemoteStart",
        default=True,
        access=RW,
        required=True,
        key16="AuthorizeRemoteTxRequests",
    )
    local_authorize_offline = Boolean(
        "LocalAuthorizeOffline",
        default=True,
        access=RW,
        required=True,
        key16="LocalAuthorizeOffline",
    )
    local_pre_authorize = Boolean(
        "LocalPreAuthorize", default=True, access=RW, required=True, key16="LocalPreAuthorize"
    )
    master_pass_group_id = String("MasterPassGroupId", maximum=36, access=RW)
    offline_tx_for_unknown_id = Boolean(
        "OfflineTxForUnknownIdEnabled", access=RW, key16="AllowOfflineTxForUnknownId"
    )
    disable_remote_authorization = Boolean("DisableRemoteAuthorization", access=RW)


class AuthCacheCtrlr(ComponentDef, name="AuthCacheCtrlr"):
    available = Boolean("Available", default=True, constant=True)
    enabled = Boolean("Enabled", default=True, access=RW, key16="AuthorizationCacheEnabled")
    life_time = Integer("LifeTime", default=864_000, unit="s", minimum=0, access=RW)
    policy = OptionList("Policy", "LRU", ("LRU", "LFU", "FIFO", "CUSTOM"), access=RW)
    storage = Integer("Storage", default=0, unit="B", maximum=1_048_576, derived=True)
    """Bytes in use; the limit is how many there may be."""
    disable_post_authorize = Boolean("DisablePostAuthorize", access=RW)


class LocalAuthListCtrlr(ComponentDef, name="LocalAuthListCtrlr"):
    available = Boolean("Available", constant=True)
    enabled = Boolean("Enabled", access=RW, key16=key("LocalAuthListEnabled", Profile.LOCAL_LIST))
    entries = Integer(
        "Entries",
        default=0,
        maximum=10_000,
        required=True,
        derived=True,
        key16=max_limit("LocalAuthListMaxLength", Profile.LOCAL_LIST),
    )
    """How many are in the list; the limit is how many there may be."""
    items_per_message = Integer(
        "ItemsPerMessage",
        default=250,
        required=True,
        key16=key("SendLocalListMaxLength", Profile.LOCAL_LIST),
    )
    bytes_per_message = Integer("BytesPerMessage", default=65_000, required=True)
    storage = Integer("Storage", default=0, unit="B", maximum=4_194_304, derived=True)
    disable_post_authorize = Boolean("DisablePostAuthorize", access=RW)
    supports_expiry_date_time = Boolean("SupportsExpiryDateTime", constant=True)


class ReservationCtrlr(ComponentDef, name="ReservationCtrlr"):
    available = Boolean("Available", constant=True)
    enabled = Boolean("Enabled", access=RW)
    non_evse_specific = Boolean("NonEvseSpecific", constant=True)
