"""OCPP16LegacyCtrlr: 1.6 configuration keys that have no home in 2.x."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import RW, Boolean, Integer, Key16, Profile, String, key


def _cost(name: str) -> Key16:
    return key(name, Profile.COST)


def _internal(name: str) -> Key16:
    return key(name, Profile.INTERNAL)


class OCPP16LegacyCtrlr(ComponentDef, name="OCPP16LegacyCtrlr"):
    blink_repeat = Integer("BlinkRepeat", default=0, minimum=0, access=RW, key16="BlinkRepeat")
    connector_phase_rotation = String(
        "ConnectorPhaseRotation",
        default="0.Unknown",
        maximum=500,
        access=RW,
        key16="ConnectorPhaseRotation",
    )
    """Comma-separated `<connector>.<rotation>`."""
    connector_phase_rotation_max_length = Integer(
        "ConnectorPhaseRotationMaxLength",
        default=100,
        minimum=0,
        key16="ConnectorPhaseRotationMaxLength",
    )
    get_configuration_max_keys = Integer(
        "GetConfigurationMaxKeys", default=1000, minimum=1, key16="GetConfigurationMaxKeys"
    )
    light_intensity = Integer(
        "LightIntensity",
        default=100,
        unit="Percent",
        minimum=0,
        maximum=100,
        access=RW,
        key16="LightIntensity",
    )
    minimum_status_duration = Integer(
        "MinimumStatusDuration",
        default=0,
        unit="s",
        minimum=0,
        access=RW,
        key16="MinimumStatusDuration",
    )
    number_of_connectors = Integer(
        "NumberOfConnectors", default=1, derived=True, key16="NumberOfConnectors"
    )
    supported_feature_profiles = String(
        "SupportedFeatureProfiles",
        default="Core,SmartCharging,RemoteTrigger",
        derived=True,
        key16="SupportedFeatureProfiles",
    )
    supported_feature_profiles_max_length = Integer(
        "SupportedFeatureProfilesMaxLength",
        default=20,
        minimum=0,
        key16="SupportedFeatureProfilesMaxLength",
    )
    reserve_connector_zero_supported = Boolean(
        "ReserveConnectorZeroSupported",
        key16=key("ReserveConnectorZeroSupported", Profile.RESERVATION),
    )
    allow_charging_profile_without_start_schedule = Boolean(
        "AllowChargingProfileWithoutStartSchedule",
        access=RW,
        key16=_internal("AllowChargingProfileWithoutStartSchedule"),
    )
    reject_remote_start_without_connector_id = Boolean(
        "RejectRemoteStartTransactionWithoutConnectorId",
        access=RW,
        key16=_internal("RejectRemoteStartTransactionWithoutConnectorId"),
    )
    remote_start_without_connector_id_find_first = Boolean(
        "RemoteStartTransactionWithoutConnectorIdFindFirst",
        access=RW,
        key16=_internal("RemoteStartTransactionWithoutConnectorIdFindFirst"),
    )
    wait_for_stop_transactions_on_reset_timeout = Integer(
        "WaitForStopTransactionsOnResetTimeout",
        default=60,
        unit="s",
        minimum=0,
        access=RW,
        key16=_internal("WaitForStopTransactionsOnResetTimeout"),
    )
    switch_security_profile_connection_timeout = Integer(
        "SwitchSecurityProfileConnectionTimeout",
        default=20,
        unit="s",
        minimum=1,
        access=RW,
        key16=_internal("SwitchSecurityProfileConnectionTimeout"),
    )
    stop_transaction_if_unlock_not_supported = Boolean(
        "StopTransactionIfUnlockNotSupported",
        access=RW,
        key16=_internal("StopTransactionIfUnlockNotSupported"),
    )
    report_cleared_errors = Boolean("ReportClearedErrors", key16=_internal("ReportClearedErrors"))
    connector_evse_ids = String(
        "ConnectorEvseIds", minimum=7, maximum=1000, access=RW, key16=_internal("ConnectorEvseIds")
    )
    meter_public_keys = String("MeterPublicKeys", maximum=2500, key16=_internal("MeterPublicKeys"))
    """JSON array of strings, one per connector."""
    disable_security_event_notifications = Boolean(
        "DisableSecurityEventNotifications",
        access=RW,
        key16=key("DisableSecurityEventNotifications", Profile.SECURITY),
    )
    iso15118_certificate_management_enabled = Boolean(
        "ISO15118CertificateManagementEnabled",
        access=RW,
        key16=key("ISO15118CertificateManagementEnabled", Profile.PNC),
    )
    custom_display_cost_and_price = Boolean(
        "CustomDisplayCostAndPrice", key16=_cost("CustomDisplayCostAndPrice")
    )
    custom_idle_fee_after_stop = Boolean(
        "CustomIdleFeeAfterStop", access=RW, key16=_cost("CustomIdleFeeAfterStop")
    )
    custom_multi_language_messages = Boolean(
        "CustomMultiLanguageMessages", key16=_cost("CustomMultiLanguageMessages")
    )
    default_price = String("DefaultPrice", maximum=1000, access=RW, key16=_cost("DefaultPrice"))
    """JSON object."""
    default_price_text = String(
        "DefaultPriceText", maximum=2500, access=RW, key16=_cost("DefaultPriceText")
    )
    """JSON object with the texts of all languages."""
    language = String("Language", maximum=50, key16=_cost("Language"))
    supported_languages = String(
        "SupportedLanguages", maximum=500, key16=_cost("SupportedLanguages")
    )
    wait_for_set_user_price_timeout = Integer(
        "WaitForSetUserPriceTimeout",
        default=0,
        unit="ms",
        minimum=0,
        maximum=30_000,
        access=RW,
        key16=_cost("WaitForSetUserPriceTimeout"),
    )
