"""An organisation for search engines: its address, and what everybody may read of it."""

from typing import Any

from mengkeju.directory.access import Perm
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.kernel.web.sheets import absolute

TYPES = {
    "university": "CollegeOrUniversity",
    "vocational": "CollegeOrUniversity",
    "institute": "ResearchOrganization",
    "government": "GovernmentOrganization",
}
DESCRIPTION = 150


def head(organisation: Organisation, area_name: str) -> dict[str, Any]:
    """For mk/social.html; https://schema.org/Organization."""
    url = absolute(organisation.get_absolute_url())
    if not may(ANONYMOUS, Perm.ORGANISATION_READ, organisation):
        return {"url": url, "public": False}
    data = {
        "@context": "https://schema.org",
        "@type": TYPES.get(organisation.kind, "Organization"),
        "name": organisation.name,
        "alternateName": organisation.name_en,
        "url": url,
        "description": organisation.summary,
        "address": {"@type": "PostalAddress", "addressCountry": "CN", "addressRegion": area_name}
        if area_name
        else None,
    }
    text = " ".join(organisation.summary.split())[:DESCRIPTION]
    linked = {key: value for key, value in data.items() if value}
    return {"url": url, "public": True, "title": organisation.name, "text": text, "linked": linked}
