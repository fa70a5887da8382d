"""What matching registers with the kernel: the subject `match`, its panels, and the reader of the record."""

from collections.abc import Sequence

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock, funnel, panels
from mengkeju.kernel.consent import Offer, offers
from mengkeju.kernel.followers import Follower, followers
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels
from mengkeju.kernel.ui import NavEntry, register_bench
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import CONSENT_TEXT_VERSION, FOLLOWER, SHOWING_CONSENT, limits
from mengkeju.matching.engine.model_workflow import MODEL
from mengkeju.matching.engine.word_workflow import WORD_PAIR
from mengkeju.matching.engine.workflow import QUESTION
from mengkeju.matching.models import MatchModel, Proposal, Question, WordPair
from mengkeju.matching.web import analysis, combination, complement, crossings, partners
from mengkeju.matching.web import models as model_pages
from mengkeju.matching.web import panels as shown
from mengkeju.matching.web import words as word_pages

register(
    SubjectType(
        "match",
        Proposal,
        _("推荐"),
        Perm.READ,
        url=lambda o: o.get_absolute_url(),
        title=str,
        related=("need", "achievement"),
    )
)
register(
    SubjectType(
        "match_question",
        Question,
        _("对推荐的疑问"),
        Perm.QUESTION_READ,
        url=lambda o: o.get_absolute_url(),
        title=lambda o: o.listing.title,
        workflow=QUESTION,
        related=("listing",),
    )
)
panels.register(panels.Panel("matching.automation", "me", "tools", 30, "matching/me.html", shown.on_me))
panels.register(panels.Panel("matching.list", "listing", "main", 50, "matching/panel.html", shown.on_listing))
panels.register(
    panels.Panel("matching.could_use", "listing", "main", 40, "matching/could_use.html", shown.who_could_use)
)
panels.register(
    panels.Panel("matching.combination", "listing", "main", 55, "matching/combination.html", combination.on_need)
)
panels.register(
    panels.Panel("matching.partners", "listing", "main", 45, "matching/partners_panel.html", partners.on_listing)
)
panels.register(panels.Panel("matching.next", "listing", "next", 50, "matching/next.html", shown.next_step))
panels.register(panels.Panel("matching.unclear", "listing", "next", 55, "matching/unclear.html", shown.unclear))
panels.register(panels.Panel("matching.newest", "me", "main", 30, "matching/newest.html", shown.on_workbench))
panels.register(
    panels.Panel("matching.analysis", "search", "tools", 10, "matching/search_tool.html", analysis.on_search)
)
register_bench(
    NavEntry(
        "needs-analysis",
        _("需求分析"),
        "needs-analysis",
        icon="chart-bar",
        query={"scope": "area"},
        group=_("统计"),
        visible=analysis.sees,
    )
)
register_bench(
    NavEntry(
        "match-questions",
        _("对推荐的疑问"),
        "match-questions",
        icon="help-circle",
        group=_("系统管理"),
        visible=shown.answers_questions,
    )
)
event_labels.register("match_question.created", _("提出疑问"))
event_labels.register("person.matching_off", _("关闭自动推荐"))
event_labels.register("person.matching_on", _("重新打开自动推荐"))
register_bench(
    NavEntry(
        "complement",
        _("两市互补"),
        "complement",
        icon="arrows-join-2",
        group=_("统计"),
        visible=complement.sees,
    )
)
register_bench(
    NavEntry(
        "chain-partners",
        _("产业链伙伴"),
        "chain-partners",
        icon="building-factory-2",
        group=_("业务办理"),
        visible=partners.sees,
    )
)
register(
    SubjectType(
        "match_model",
        MatchModel,
        _("匹配模型"),
        Perm.MODEL_READ,
        url=lambda o: o.get_absolute_url(),
        title=str,
        workflow=MODEL,
    )
)
register_bench(
    NavEntry(
        "match-models",
        _("匹配模型"),
        "match-models",
        icon="chart-bar",
        group=_("系统管理"),
        visible=model_pages.sees,
    )
)
register(
    SubjectType(
        "word_pair",
        WordPair,
        _("词语对"),
        Perm.WORDS_READ,
        url=lambda o: o.get_absolute_url(),
        title=str,
        workflow=WORD_PAIR,
    )
)
register_bench(
    NavEntry(
        "match-words",
        _("词语发现"),
        "match-words",
        icon="search",
        group=_("系统管理"),
        visible=word_pages.sees,
    )
)
event_labels.register("word_pair.created", _("在公开信息里找到"))
event_labels.register("match_model.created", _("训练或收下候选"))
event_labels.register("match_model.compared", _("与现行模型比较"))
event_labels.register("match.dismissed", _("暂不考虑"))
event_labels.register("match.restored", _("撤回暂不考虑"))
event_labels.register("match.approved", _("标为合适"))
event_labels.register("match.unapproved", _("撤回“合适”"))
funnel.stages.register(
    "match",
    funnel.Stage(
        "match",
        "匹配",
        "Matches",
        "arrows-join-2",
        20,
        _("有推荐的公开需求"),
        needs=queries.public_matched_needs,
        of=queries.matched,
        of_definition=_("有过达到推荐档次的推荐的供需信息，含后来失效的"),
        source=_("推荐记录"),
    ),
)
funnel.stages.register(
    "viewed",
    funnel.Stage(
        "viewed",
        "有人看过",
        "Viewed",
        "eye",
        15,
        _(
            "被所属单位以外的人打开过：读过受限内容，或从推荐里打开。浏览公开内容不留记录，不计在内；"
            "记录最多保存一年，更早的不再计入"
        ),
        of=queries.viewed,
        source=_("阅读记录、推荐的展示记录"),
    ),
)
funnel.crossings.register(
    "match",
    funnel.Crossing(
        "match",
        "推荐",
        "Matches",
        10,
        _("供需双方分属两市的推荐，达到推荐档次，含已失效的"),
        _("推荐记录"),
        pairs=crossings.pairs,
        rows=crossings.rows,
    ),
)


def _follow(events: Sequence[Event]) -> None:
    actions.note_changes(events, now=clock.now())


followers.register(FOLLOWER, Follower(FOLLOWER, _follow, interval=1.0))
offers.register(
    SHOWING_CONSENT,
    Offer(
        SHOWING_CONSENT,
        _("在展示记录里记我本人"),
        format_lazy(
            _(
                "同意后，平台把您的登录账号记在推荐的展示记录里，用来统计推荐是否有用；最多保存 {days} 天。"
                "不同意也照常看到推荐，展示记录里只记单位。"
            ),
            days=limits().showings_kept_days,
        ),
        CONSENT_TEXT_VERSION,
        forget=actions.forget_viewer,
    ),
)
nightly.register("matching.train", "mengkeju.matching.tasks.train_when_due")
nightly.register("matching.showings", "mengkeju.matching.tasks.prune_showings")
nightly.register("matching.words", "mengkeju.matching.tasks.mine_words")
