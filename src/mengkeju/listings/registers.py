"""What listings register with the kernel: the subject, what is findable, what is matched."""

from mengkeju.kernel import search
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing

register(SubjectType(
    "listing", Listing, "供需信息", Perm.READ,
    url=lambda o: o.get_absolute_url(), title=lambda o: o.title, workflow=LISTING,
))
search.searchables.register("listing", search.Searchable("listing", queries.search_documents, queries.all_uids))
for _kind in kinds.values():
    if _kind.side:
        search.matchables.register(_kind.key, search.Matchable(
            _kind.key, _kind.side, _kind.seeks,
            load=lambda uids, key=_kind.key: queries.match_documents(key, uids),
            all_uids=lambda key=_kind.key: queries.published_uids(key),
        ))
event_labels.register("listing.created", "新建草稿")
event_labels.register("listing.edited", "修改内容")
event_labels.register("listing.party_let_in", "向合作方开放")
event_labels.register("listing.party_ended", "结束向合作方开放")
