"""A listing with closed content, who asks to see it, and files on it."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Account
from mengkeju.listings import actions, queries
from mengkeju.listings.models import AccessRequest, Listing, ListingFile
from tests import factories as f
from tests.listings import samples as s

SECRET = "配方：催化剂甲三份乙一份"
PURPOSE = "评估能否用于我厂细渣脱碳"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def listing(**given: Any) -> Listing:
    """Published, public but for what its owner tells parties only."""
    return s.published(**{"tiers": {"targets": "members"}, "present": "含碳 32%", "confidential": SECRET, **given})


def ask(
    row: Listing, who: Organisation | None = None, *, by: Account | None = None, accepts: str = ""
) -> AccessRequest:
    """A request of `who`, by its manager."""
    who = who or f.organisation(kind="university", area=f.XINCHENG)
    login = by or f.manager(who)
    return actions.ask_to_see(row, PURPOSE, organisation=who, by=f.actor(login), now=s.LATER, accepts=accepts)


def owner_of(row: Listing) -> Organisation:
    """Its owner."""
    assert row.owner is not None
    return row.owner


def grant(one: AccessRequest) -> AccessRequest:
    """The owner consents."""
    by = s.manager_of(owner_of(one.listing))
    return actions.answer_access_request(one, consents=True, by=by, now=s.LATER)


def end(one: AccessRequest) -> AccessRequest:
    """The owner ends it."""
    by = s.manager_of(owner_of(one.listing))
    return actions.move_access_request(one, "end", by=by, now=s.LATER, note="合作已结束")


def put_file(row: Listing, *, name: str = "参数.txt", content: bytes = b"", tier: str = "parties") -> ListingFile:
    """A file on it."""
    upload = SimpleUploadedFile(name, content or SECRET.encode())
    kept = actions.add_listing_file(
        row, upload, kind="data", tier=tier, secrecy_reviewed=True, by=s.manager_of(owner_of(row)), now=s.LATER
    )
    return queries.files_of(row).get(file=kept)
