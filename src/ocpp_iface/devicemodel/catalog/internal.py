"""InternalCtrlr: settings of this implementation, of no standard."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    Integer,
    Key16,
    MemberList,
    OptionList,
    Profile,
    SequenceList,
    String,
    key,
)

_VERSIONS = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")
_LOG_FORMATS = (
    "log",
    "html",
    "console",
    "console_detailed",
    "callback",
    "session_logging",
    "security",
)
_CIPHERS_12 = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
_CIPHERS_13 = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
_PURPOSES_16 = ("ChargePointMaxProfile", "TxDefaultProfile", "TxProfile")
_CRITERIA = ("Active", "Available", "Enabled", "Problem")


def _internal(name: str) -> Key16:
    return key(name, Profile.INTERNAL)


class InternalCtrlr(ComponentDef, name="InternalCtrlr"):
    # Who the station is.
    charge_point_model = String(
        "ChargePointModel",
        default="Station",
        maximum=20,
        required=True,
        key16=_internal("ChargePointModel"),
    )
    charge_point_vendor = String(
        "ChargePointVendor",
        default="ocpp_iface",
        maximum=50,
        required=True,
        key16=_internal("ChargePointVendor"),
    )
    charge_point_serial_number = String(
        "ChargePointSerialNumber", maximum=25, key16=_internal("ChargePointSerialNumber")
    )
    charge_box_serial_number = String(
        "ChargeBoxSerialNumber", maximum=25, key16=_internal("ChargeBoxSerialNumber")
    )
    firmware_version = String(
        "FirmwareVersion", maximum=50, required=True, key16=_internal("FirmwareVersion")
    )
    iccid = String("ICCID", maximum=20, key16=_internal("ICCID"))
    imsi = String("IMSI", maximum=20, key16=_internal("IMSI"))
    meter_serial_number = String(
        "MeterSerialNumber", maximum=25, key16=_internal("MeterSerialNumber")
    )
    meter_type = String("MeterType", maximum=25, key16=_internal("MeterType"))

    # Behaviour.
    supported_ocpp_versions = SequenceList(
        "SupportedOcppVersions", ("ocpp2.0.1", "ocpp1.6"), _VERSIONS, required=True
    )
    """Offered as subprotocols, the preferred first."""
    standard_keys_writable = Boolean("StandardKeysWritable")
    """With 1.6: the app may set writable standard keys too, not only custom ones."""
    resume_transactions_on_boot = Boolean("ResumeTransactionsOnBoot", default=True)
    """Go on with a transaction that a power cut interrupted; false: end it with PowerLoss."""
    transaction_record_interval = Integer(
        "TransactionRecordInterval", default=30, unit="s", minimum=0, access=RW
    )
    """Seconds between two recordings of a running transaction's register, apart from those of its
    events: what a power cut can take from it. 0: every reading, each a commit."""
    authorize_connector_zero_on_connector_one = Boolean(
        "AuthorizeConnectorZeroOnConnectorOne",
        default=True,
        key16=_internal("AuthorizeConnectorZeroOnConnectorOne"),
    )
    report_suspended_evse_reason_change = Boolean(
        "ReportSuspendedEVSEReasonChange",
        access=RW,
        key16=_internal("ReportSuspendedEVSEReasonChange"),
    )
    round_clock_aligned_timestamps = Boolean("RoundClockAlignedTimestamps")
    defer_firmware_download_during_transaction = Boolean("DeferFirmwareDownloadDuringTransaction")

    # Composite schedules.
    composite_schedule_interval = Integer(
        "CompositeScheduleInterval", default=30, unit="s", minimum=0, access=RW
    )
    """Seconds between two publications of `charging_schedules`; 0: only on change."""
    composite_schedule_duration = Integer(
        "CompositeScheduleDuration", default=600, unit="s", minimum=1, access=RW
    )
    composite_schedule_unit = OptionList("CompositeScheduleUnit", "A", ("A", "W"), access=RW)
    max_composite_schedule_duration = Integer(
        "MaxCompositeScheduleDuration",
        default=31_536_000,
        unit="s",
        minimum=1,
        key16=_internal("MaxCompositeScheduleDuration"),
    )
    supported_charging_profile_purpose_types = MemberList(
        "SupportedChargingProfilePurposeTypes",
        _PURPOSES_16,
        _PURPOSES_16,
        key16=_internal("SupportedChargingProfilePurposeTypes"),
    )

    # Messages.
    max_message_size = Integer(
        "MaxMessageSize",
        default=65_000,
        unit="B",
        minimum=1,
        key16=_internal("MaxMessageSize"),
    )
    message_queue_size_threshold = Integer(
        "MessageQueueSizeThreshold",
        default=1000,
        minimum=1,
        key16=_internal("MessageQueueSizeThreshold"),
    )
    message_queue_resume_delay = Integer(
        "MessageQueueResumeDelay", default=0, unit="s", minimum=0, access=RW
    )
    supported_criteria = MemberList("SupportedCriteria", _CRITERIA, _CRITERIA)
    max_customer_information_data_length = Integer(
        "MaxCustomerInformationDataLength", default=51_200, minimum=512
    )
    monitors_processing_interval = Integer(
        "MonitorsProcessingInterval", default=1, unit="s", minimum=1
    )

    # The link.
    network_config_timeout = Integer(
        "NetworkConfigTimeout", default=60, unit="s", minimum=1, access=RW
    )
    allow_security_level_zero_connections = Boolean(
        "AllowSecurityLevelZeroConnections", default=True
    )
    web_socket_ping_payload = String(
        "WebsocketPingPayload",
        default="hello there",
        maximum=125,
        key16=_internal("WebsocketPingPayload"),
    )
    web_socket_pong_timeout = Integer(
        "WebsocketPongTimeout",
        default=5,
        unit="s",
        minimum=1,
        key16=_internal("WebsocketPongTimeout"),
    )
    iface = String("IFace", maximum=50, key16=_internal("IFace"))

    # TLS and certificates.
    supported_ciphers_12 = SequenceList(
        "SupportedCiphers12", _CIPHERS_12, _CIPHERS_12, key16=_internal("SupportedCiphers12")
    )
    supported_ciphers_13 = SequenceList(
        "SupportedCiphers13", _CIPHERS_13, _CIPHERS_13, key16=_internal("SupportedCiphers13")
    )
    use_ssl_default_verify_paths = Boolean(
        "UseSslDefaultVerifyPaths", default=True, key16=_internal("UseSslDefaultVerifyPaths")
    )
    verify_csms_common_name = Boolean(
        "VerifyCsmsCommonName",
        default=True,
        monitored=False,
        key16=_internal("VerifyCsmsCommonName"),
    )
    verify_csms_allow_wildcards = Boolean(
        "VerifyCsmsAllowWildcards", monitored=False, key16=_internal("VerifyCsmsAllowWildcards")
    )
    use_tpm = Boolean("UseTPM", monitored=False, key16=_internal("UseTPM"))
    use_tpm_secc_leaf_certificate = Boolean(
        "UseTPMSeccLeafCertificate",
        monitored=False,
        key16=_internal("UseTPMSeccLeafCertificate"),
    )
    enable_tls_keylog = Boolean(
        "EnableTLSKeylog", monitored=False, key16=_internal("EnableTLSKeylog")
    )
    tls_keylog_file = String(
        "TLSKeylogFile", maximum=1000, monitored=False, key16=_internal("TLSKeylogFile")
    )
    ocsp_request_interval = Integer(
        "OcspRequestInterval",
        default=604_800,
        unit="s",
        minimum=86_400,
        access=RW,
        key16=_internal("OcspRequestInterval"),
    )
    allow_csms_root_install_unsecured = Boolean(
        "AllowCSMSRootCertInstallWithUnsecureConnection", default=True
    )
    allow_mf_root_install_unsecured = Boolean(
        "AllowMFRootCertInstallWithUnsecureConnection", default=True
    )

    # The message log.
    log_messages = Boolean("LogMessages", default=True, key16=_internal("LogMessages"))
    log_messages_raw = Boolean("LogMessagesRaw", key16=_internal("LogMessagesRaw"))
    log_messages_format = MemberList(
        "LogMessagesFormat",
        ("log",),
        _LOG_FORMATS,
        key16=_internal("LogMessagesFormat"),
    )
    log_rotation = Boolean("LogRotation", key16=_internal("LogRotation"))
    log_rotation_date_suffix = Boolean(
        "LogRotationDateSuffix", key16=_internal("LogRotationDateSuffix")
    )
    log_rotation_maximum_file_size = Integer(
        "LogRotationMaximumFileSize",
        default=0,
        unit="B",
        minimum=0,
        key16=_internal("LogRotationMaximumFileSize"),
    )
    log_rotation_maximum_file_count = Integer(
        "LogRotationMaximumFileCount",
        default=0,
        minimum=0,
        key16=_internal("LogRotationMaximumFileCount"),
    )
