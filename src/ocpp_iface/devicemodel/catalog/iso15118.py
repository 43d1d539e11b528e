"""ISO15118Ctrlr: Plug and Charge."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import RW, Boolean, Integer, Profile, String, key


class ISO15118Ctrlr(ComponentDef, name="ISO15118Ctrlr"):
    available = Boolean("Available", constant=True)
    enabled = Boolean("Enabled", access=RW)
    central_contract_validation_allowed = Boolean(
        "CentralContractValidationAllowed",
        access=RW,
        key16=key("CentralContractValidationAllowed", Profile.PNC),
    )
    contract_validation_offline = Boolean(
        "ContractValidationOffline",
        access=RW,
        required=True,
        key16=key("ContractValidationOffline", Profile.PNC),
    )
    secc_id = String(
        "SeccId",
        minimum=7,
        maximum=64,
        access=RW,
        key16=key("SeccLeafSubjectCommonName", Profile.PNC),
    )
    max_schedule_entries = Integer("MaxScheduleEntries", default=1024)
    request_metering_receipt = Boolean("RequestMeteringReceipt", access=RW)
    country_name = String(
        "CountryName",
        minimum=2,
        maximum=2,
        access=RW,
        key16=key("SeccLeafSubjectCountry", Profile.PNC),
    )
    organization_name = String(
        "OrganizationName",
        maximum=64,
        access=RW,
        key16=key("SeccLeafSubjectOrganization", Profile.PNC),
    )
    pnc_enabled = Boolean("PnCEnabled", access=RW, key16=key("ISO15118PnCEnabled", Profile.PNC))
    v2g_certificate_installation_enabled = Boolean("V2GCertificateInstallationEnabled", access=RW)
    contract_certificate_installation_enabled = Boolean(
        "ContractCertificateInstallationEnabled", access=RW
    )
