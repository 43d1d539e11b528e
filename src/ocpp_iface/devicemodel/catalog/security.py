"""SecurityCtrlr: who the station is, and how it proves it."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    WO,
    Boolean,
    Integer,
    Profile,
    String,
    key,
    max_limit,
)


class SecurityCtrlr(ComponentDef, name="SecurityCtrlr"):
    basic_auth_password = String(
        "BasicAuthPassword", minimum=16, maximum=40, access=WO, monitored=False
    )
    identity = String("Identity", maximum=48)
    organization_name = String(
        "OrganizationName",
        maximum=64,
        access=RW,
        required=True,
        key16=key("CpoName", Profile.SECURITY),
    )
    certificate_entries = Integer(
        "CertificateEntries",
        default=0,
        minimum=0,
        maximum=100,
        required=True,
        derived=True,
        key16=max_limit("CertificateStoreMaxLength", Profile.SECURITY),
    )
    """How many are installed; the limit is how many there may be."""
    security_profile = Integer("SecurityProfile", default=0, minimum=0, maximum=3, required=True)
    """The profile of the last connection that worked; set by the station."""
    additional_root_certificate_check = Boolean(
        "AdditionalRootCertificateCheck",
        key16=key("AdditionalRootCertificateCheck", Profile.SECURITY),
    )
    max_certificate_chain_size = Integer(
        "MaxCertificateChainSize",
        default=10_000,
        maximum=10_000,
        key16=key("CertificateSignedMaxChainSize", Profile.SECURITY),
    )
    cert_signing_wait_minimum = Integer(
        "CertSigningWaitMinimum",
        default=30,
        unit="s",
        minimum=0,
        access=RW,
        key16=key("CertSigningWaitMinimum", Profile.PNC),
    )
    cert_signing_repeat_times = Integer(
        "CertSigningRepeatTimes",
        default=3,
        minimum=0,
        access=RW,
        key16=key("CertSigningRepeatTimes", Profile.PNC),
    )
