"""OCPPCommCtrlr and NetworkConfiguration: how the station talks to a CSMS."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    WO,
    Boolean,
    Integer,
    MemberList,
    OptionList,
    Profile,
    Scope,
    SequenceList,
    String,
    key,
)

_INTERFACES = (
    "Wired0",
    "Wired1",
    "Wired2",
    "Wired3",
    "Wireless0",
    "Wireless1",
    "Wireless2",
    "Wireless3",
)


class OCPPCommCtrlr(ComponentDef, name="OCPPCommCtrlr"):
    active_network_profile = Integer("ActiveNetworkProfile", default=1, minimum=0)
    """The slot of the last connection that worked; 0 or more, set by the station."""
    file_transfer_protocols = MemberList(
        "FileTransferProtocols",
        ("HTTPS",),
        ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP"),
        required=True,
        key16=key("SupportedFileTransferProtocols", Profile.FIRMWARE),
    )
    heartbeat_interval = Integer(
        "HeartbeatInterval",
        default=1800,
        unit="s",
        minimum=1,
        access=RW,
        key16="HeartbeatInterval",
    )
    message_timeout = Integer(
        "MessageTimeout", default=60, instance="Default", unit="s", minimum=1, required=True
    )
    message_attempt_interval = Integer(
        "MessageAttemptInterval",
        default=10,
        instance="TransactionEvent",
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16="TransactionMessageRetryInterval",
    )
    message_attempts = Integer(
        "MessageAttempts",
        default=5,
        instance="TransactionEvent",
        minimum=0,
        access=RW,
        required=True,
        key16="TransactionMessageAttempts",
    )
    network_configuration_priority = SequenceList(
        "NetworkConfigurationPriority", ("1",), ("1", "2"), access=RW, required=True, reboot=True
    )
    """Slot numbers, the first is tried first; the values list is the slots that there are."""
    network_profile_connection_attempts = Integer(
        "NetworkProfileConnectionAttempts", default=3, minimum=-1, access=RW, required=True
    )
    """-1: for ever."""
    offline_threshold = Integer(
        "OfflineThreshold", default=60, unit="s", minimum=0, access=RW, required=True
    )
    public_key_with_signed_meter_value = OptionList(
        "PublicKeyWithSignedMeterValue",
        "Never",
        ("Never", "OncePerTransaction", "EveryMeterValue"),
        access=RW,
    )
    queue_all_messages = Boolean(
        "QueueAllMessages",
        access=RW,
        key16=key("QueueAllMessages", Profile.INTERNAL, read_only=True),
    )
    message_types_discard_for_queueing = String(
        "MessageTypesDiscardForQueueing",
        maximum=1000,
        key16=key("MessageTypesDiscardForQueueing", Profile.INTERNAL),
    )
    """Comma-separated actions that are not queued although QueueAllMessages is true."""
    reset_retries = Integer(
        "ResetRetries", default=3, minimum=0, access=RW, required=True, key16="ResetRetries"
    )
    retry_back_off_random_range = Integer(
        "RetryBackOffRandomRange",
        default=10,
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16=key("RetryBackoffRandomRange", Profile.INTERNAL),
    )
    retry_back_off_repeat_times = Integer(
        "RetryBackOffRepeatTimes",
        default=3,
        minimum=0,
        access=RW,
        required=True,
        key16=key("RetryBackoffRepeatTimes", Profile.INTERNAL),
    )
    retry_back_off_wait_minimum = Integer(
        "RetryBackOffWaitMinimum",
        default=3,
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16=key("RetryBackoffWaitMinimum", Profile.INTERNAL),
    )
    unlock_on_ev_side_disconnect = Boolean(
        "UnlockOnEVSideDisconnect",
        default=True,
        access=RW,
        required=True,
        key16="UnlockConnectorOnEVSideDisconnect",
        also=(("OCPP16LegacyCtrlr", "UnlockConnectorOnEVSideDisconnect"),),
    )
    web_socket_ping_interval = Integer(
        "WebSocketPingInterval",
        default=30,
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16="WebSocketPingInterval",
    )
    """0: no ping."""
    field_length_exi_response = Integer(
        "FieldLength", default=7500, instance="Get15118EVCertificateResponse.exiResponse"
    )


class NetworkConfiguration(ComponentDef, name="NetworkConfiguration", scope=Scope.SLOT):
    """One connection profile per slot; a slot without a URL is not configured.

    The 1.6 connection keys show the slot that 1.6 uses.
    """

    ocpp_csms_url = String(
        "OcppCsmsUrl",
        maximum=2000,
        access=RW,
        required=True,
        reboot=True,
        key16=key("CentralSystemURI", Profile.INTERNAL, read_only=True),
    )
    security_profile = Integer(
        "SecurityProfile",
        default=0,
        minimum=0,
        maximum=3,
        access=RW,
        required=True,
        reboot=True,
        key16=key("SecurityProfile", Profile.SECURITY),
    )
    ocpp_interface = OptionList(
        "OcppInterface", "Wired0", _INTERFACES, access=RW, required=True, reboot=True
    )
    ocpp_transport = OptionList(
        "OcppTransport", "JSON", ("JSON",), access=RW, required=True, reboot=True
    )
    ocpp_version = OptionList(
        "OcppVersion",
        "OCPP20",
        ("OCPP16", "OCPP20", "OCPP201", "OCPP21"),
        access=RW,
        reboot=True,
        chosen=True,
    )
    """Not set: every version may be offered."""
    message_timeout = Integer(
        "MessageTimeout",
        default=60,
        unit="s",
        minimum=1,
        access=RW,
        required=True,
        reboot=True,
        chosen=True,
    )
    """Not set: OCPPCommCtrlr.MessageTimeout counts."""
    identity = String(
        "Identity",
        maximum=48,
        access=RW,
        required=True,
        reboot=True,
        key16=key("ChargePointId", Profile.INTERNAL, read_only=True),
    )
    """Empty: SecurityCtrlr.Identity counts."""
    basic_auth_password = String(
        "BasicAuthPassword",
        minimum=16,
        maximum=64,
        access=WO,
        monitored=False,
        reboot=True,
        key16=key("AuthorizationKey", Profile.SECURITY, max_length=40),
    )
    """Empty: SecurityCtrlr.BasicAuthPassword counts."""
    host_name = String(
        "HostName", maximum=255, reboot=True, key16=key("HostName", Profile.INTERNAL)
    )
    apn_enabled = Boolean("ApnEnabled", required=True)
    apn = String("Apn", maximum=2000, access=RW, reboot=True)
    apn_user_name = String("ApnUserName", maximum=50, access=RW, reboot=True)
    apn_password = String("ApnPassword", maximum=64, access=WO, monitored=False, reboot=True)
    sim_pin = Integer("SimPin", access=WO, monitored=False, reboot=True)
    preferred_network = String("PreferredNetwork", maximum=6, access=RW, reboot=True)
    use_only_preferred_network = Boolean("UseOnlyPreferredNetwork", access=RW, reboot=True)
    apn_authentication = OptionList(
        "ApnAuthentication", "AUTO", ("CHAP", "NONE", "PAP", "AUTO"), access=RW, reboot=True
    )
    vpn_enabled = Boolean("VpnEnabled", required=True)
    vpn_server = String("VpnServer", maximum=2000, access=RW, reboot=True)
    vpn_user = String("VpnUser", maximum=50, access=RW, reboot=True)
    vpn_group = String("VpnGroup", maximum=50, access=RW, reboot=True)
    vpn_password = String("VpnPassword", maximum=64, access=WO, monitored=False, reboot=True)
    vpn_key = String("VpnKey", maximum=255, access=WO, monitored=False, reboot=True)
    vpn_type = OptionList(
        "VpnType", "IKEv2", ("IKEv2", "IPSec", "L2TP", "PPTP"), access=RW, reboot=True
    )
    root_hash_algorithm = String("CsmsRootCertificateHashAlgorithm", maximum=50, access=RW)
    root_issuer_key_hash = String("CsmsRootCertificateIssuerKeyHash", maximum=128, access=RW)
    root_issuer_name_hash = String("CsmsRootCertificateIssuerNameHash", maximum=128, access=RW)
    root_serial_number = String("CsmsRootCertificateSerialNumber", maximum=40, access=RW)
