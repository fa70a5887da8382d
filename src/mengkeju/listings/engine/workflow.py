"""The life of a listing."""

from pathlib import Path
from typing import Any

from mengkeju.kernel.deadlines import load
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.outcomes import outcome_problem

DEADLINES = load(Path(__file__).parent / "deadlines.yaml")
PUBLIC_LEVEL = mark("公开")
RESTORE_KEY = "restore_listing"
SECRECY_LEVELS = (PUBLIC_LEVEL, mark("内部"), mark("秘密"), mark("机密"), mark("绝密"))


def _has_body(listing: Any, _data: dict[str, Any]) -> str | None:
    return None if listing.summary.strip() else _("还没有写要点说明，对方无法判断。请先补充再提交。")


def _says_enough(listing: Any, _data: dict[str, Any]) -> str | None:
    return completeness.too_little(listing.kind, listing.values) or None


def _is_complete(listing: Any, data: dict[str, Any]) -> str | None:
    measured = completeness.measure(listing.kind, listing.values)
    if measured is None or measured.is_enough or data.get("refined"):
        return None
    said = _("完整度 %(percent)s，低于 %(threshold)s：先由技术经纪人凝练")
    return said % {"percent": measured.percent, "threshold": measured.threshold}


def _owner_is_verified(listing: Any, _data: dict[str, Any]) -> str | None:
    if listing.owner is None:
        return _("没有填写所属单位，不能提交")
    if not listing.owner.verified:
        said = _("“%(organisation)s”还没有通过核验，不能提交。请先在单位页提交核验，通过后再来。")
        return said % {"organisation": listing.owner.name}
    return None


def _secrecy_reviewed(listing: Any, data: dict[str, Any]) -> str | None:
    level = data.get("secrecy_level")
    if level is None and listing.secrecy_reviewed_at is not None:
        return None
    if level != PUBLIC_LEVEL:
        said = _(
            "密级为“%(level)s”的内容不能提交：本平台为非涉密平台，"
            "严禁存储、处理、传输国家秘密和工作秘密。请删除涉密内容。"
        )
        return said % {"level": _(level) if level else _("未填")}
    return None if data.get("secrecy_reviewed") else _("请确认已按本单位规定作保密审查")


def _text_unchanged(_listing: Any, data: dict[str, Any]) -> str | None:
    return _("下架后改过内容，请提交审核，通过后恢复展示") if data.get("changed") else None


def _outcome_stated(listing: Any, data: dict[str, Any]) -> str | None:
    return outcome_problem(data, listing.kind) if listing.kind_spec.asks_outcome else None


def _comes_from_source(listing: Any, _data: dict[str, Any]) -> str | None:
    return None if listing.source else _("只有来自公开报道等来源的条目可以这样发布")


def _is_public_need(listing: Any, _data: dict[str, Any]) -> str | None:
    if listing.kind == "need" and listing.tier == "public":
        return None
    return _("只有对所有人公开的技术需求可以留待联合发布")


# What every submission must meet, to whomever it goes.
HANDED_IN = (
    Guard("has_body", _has_body),
    Guard("says_enough", _says_enough),
    Guard("owner_is_verified", _owner_is_verified),
    Guard("secrecy_reviewed", _secrecy_reviewed),
)

LISTING = Workflow(
    key="listing",
    label="供需信息",
    label_en="Listing",
    initial="draft",
    states={
        "draft": State("草稿", "Draft", "idle"),
        "submitted": State(
            "待审核",
            "Awaiting review",
            "wait",
            DutySpec(
                "review_listing",
                "审核供需信息",
                "officer",
                DEADLINES["review_listing"],
                DEADLINES.source,
                escalate_to="officer",
                label_en="Review a listing",
            ),
        ),
        "returned": State(
            "退回修改",
            "Returned for changes",
            "over",
            DutySpec("mend_listing", "按退回意见修改后重新提交", "owner", None, label_en="Mend as asked and resubmit"),
        ),
        "held": State("已审核，待联合发布", "Reviewed, held for a joint release", "go"),
        # Who must act while it is being refined stands in the workflow of its diagnosis (diagnosis_workflow.py).
        "refining": State("待凝练", "Being refined", "wait"),
        "tracking": State("长期跟踪", "Long-term tracking", "go"),
        "published": State("已发布", "Published", "go"),
        "dormant": State(
            "已下架待确认",
            "Off the shelf, to be confirmed",
            "over",
            DutySpec(RESTORE_KEY, "确认仍然有效，恢复展示", "owner", None, label_en="Confirm to show it again"),
        ),
        "closed": State("已办结", "Closed", "done", final=True),
        "withdrawn": State("已撤回", "Withdrawn", "idle", final=True),
    },
    transitions={
        "submit": Transition(
            "提交审核",
            "Submit for review",
            ("draft", "returned", "dormant"),
            "submitted",
            "listings.listing:submit",
            (*HANDED_IN, Guard("is_complete", _is_complete)),
            done_label="提交审核",
            done_label_en="Submitted for review",
        ),
        "refine": Transition(
            "交经纪人凝练",
            "Hand to a broker",
            ("draft", "returned", "dormant"),
            "refining",
            "listings.listing:submit",
            HANDED_IN,
            done_label="提交，先由经纪人凝练",
            done_label_en="Handed in; a broker refines it first",
        ),
        "confirm_wording": Transition(
            "确认公开文字",
            "Confirm the public wording",
            ("refining",),
            "submitted",
            "listings.listing:submit",
            HANDED_IN,
            done_label="确认公开文字，提交审核",
            done_label_en="Public wording confirmed, submitted for review",
        ),
        "refuse_wording": Transition(
            "不采用公开文字",
            "Refuse the public wording",
            ("refining",),
            "draft",
            "listings.listing:submit",
            note_required=True,
            done_label="没有采用经纪人的文字，自己改",
            done_label_en="Did not take the broker's wording, back to draft",
            tone="idle",
        ),
        "track": Transition(
            "转长期跟踪",
            "Track for the long term",
            ("refining",),
            "tracking",
            "listings.listing:diagnose",
            done_label="转长期跟踪",
            done_label_en="Moved to long-term tracking",
        ),
        "take_up": Transition(
            "重新凝练",
            "Take up again",
            ("tracking",),
            "refining",
            "listings.listing:diagnose",
            done_label="经纪人重新凝练",
            done_label_en="Taken up again by a broker",
        ),
        "take_back": Transition(
            "取回修改",
            "Take back to edit",
            ("refining",),
            "draft",
            "listings.listing:close",
            done_label="取回，自己改",
            done_label_en="Taken back to draft",
            tone="idle",
        ),
        "approve": Transition(
            "审核通过并发布",
            "Approve and publish",
            ("submitted", "held"),
            "published",
            "listings.listing:review",
            done_label="审核通过并发布",
            done_label_en="Approved and published",
            tone="done",
        ),
        "return": Transition(
            "退回修改",
            "Return for changes",
            ("submitted", "held"),
            "returned",
            "listings.listing:review",
            note_required=True,
            done_label="退回修改",
            done_label_en="Returned for changes",
            tone="over",
        ),
        "hold": Transition(
            "审核通过，留待联合发布",
            "Approve, hold for a joint release",
            ("submitted",),
            "held",
            "listings.listing:review",
            (Guard("is_public_need", _is_public_need),),
            done_label="审核通过，留待联合发布",
            done_label_en="Approved, held for a joint release",
            tone="done",
        ),
        "release": Transition(
            "随联合发布公开",
            "Publish with a joint release",
            ("held",),
            "published",
            "listings.listing:release",
            done_label="随联合发布公开",
            done_label_en="Published with a joint release",
            tone="done",
        ),
        "publish_source": Transition(
            "按公开来源发布",
            "Publish from a public source",
            ("draft",),
            "published",
            "listings.listing:publish_source",
            (Guard("comes_from_source", _comes_from_source),),
            done_label="按公开来源发布",
            done_label_en="Published from a public source",
        ),
        "publish_import": Transition(
            "批量导入并发布",
            "Publish with a batch",
            ("draft",),
            "published",
            "listings.listing:review",
            (Guard("owner_is_verified", _owner_is_verified), Guard("secrecy_reviewed", _secrecy_reviewed)),
            done_label="批量导入并发布",
            done_label_en="Imported in a batch and published",
        ),
        "hide": Transition(
            "到期未确认，下架",
            "Take off the shelf unconfirmed",
            ("published",),
            "dormant",
            "listings.listing:hide",
            done_label="到期未确认，已下架",
            done_label_en="Taken off the shelf: not confirmed in time",
            tone="over",
        ),
        "restore": Transition(
            "仍然有效",
            "Still valid",
            ("dormant",),
            "published",
            "listings.listing:confirm",
            (Guard("text_unchanged", _text_unchanged),),
            done_label="确认仍然有效，恢复展示",
            done_label_en="Confirmed and shown again",
            tone="done",
        ),
        "close": Transition(
            "办结",
            "Close",
            ("published", "dormant"),
            "closed",
            "listings.listing:close",
            (Guard("outcome_stated", _outcome_stated),),
            note_required=True,
            done_label="办结",
            done_label_en="Closed",
            tone="done",
        ),
        "withdraw": Transition(
            "撤回",
            "Withdraw",
            ("draft", "submitted", "returned", "held", "published", "dormant", "refining", "tracking"),
            "withdrawn",
            "listings.listing:close",
            note_required=True,
            done_label="撤回",
            done_label_en="Withdrawn",
            tone="idle",
        ),
        "reopen": Transition(
            "重新编辑",
            "Edit again",
            ("closed", "withdrawn", "tracking"),
            "draft",
            "listings.listing:close",
            done_label="重新编辑",
            done_label_en="Back to draft",
            tone="idle",
        ),
    },
)

NEWS = frozenset(
    {"listing.edited"}
    | {
        f"listing.{key}"
        for key, step in LISTING.transitions.items()
        if step.target == "published" and "published" not in step.source
    }
)
"""Events after which a listing is news to who keeps a search: it appeared, or says something else."""
