import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.deals import actions, queries
from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.models import Amendment, Deal, Registration
from mengkeju.kernel.actions import advance
from tests import exported
from tests import factories as f
from tests.deals import registration_samples as r
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
CHOICE = {"contract_type": "development", "contract_subtype": "commissioned", "reason": ""}


def registrar(area: str = f.HOHHOT) -> Client:
    return f.signed_in_client(f.with_role("registrar", area=area))


def fresh(made: Registration) -> Registration:
    return Registration.objects.get(pk=made.pk)


def typed(client: Client, made: Registration, **given: Any) -> Any:
    data = CHOICE | {"revision": fresh(made).revision} | given
    return client.post(f"/registrations/{made.uid}/type/choose/", data)


def answer(client: Client, made: Registration, key: str, query: str = "") -> Any:
    data = {"answer": key, "revision": fresh(made).revision}
    return client.post(f"/registrations/{made.uid}/type/{query}", data)


def particulars(made: Registration, **given: Any) -> dict[str, Any]:
    said = {f"clause_{key}": "present" for key in CLAUSES}
    whole = {"flags": "first_time_seller", "invoice": "ordinary", "complete_text": "on", "ip_improvements": "on"}
    return {**said, **whole, "revision": fresh(made).revision, **given}


@pytest.mark.covers("TRD-01", "TRD-06")
def test_from_the_deal_to_the_desk() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    institute = pair.client("institute")
    page = text(institute.get(deal.get_absolute_url()))
    assert "去办登记" in page
    assert "请在期限前办理" in page
    sent = institute.post(f"/deals/{deal.uid}/registration/")
    made = Registration.objects.get()
    assert sent["Location"] == made.get_absolute_url()
    page = text(institute.get(made.get_absolute_url()))
    assert "先判定合同类型" in page
    assert "登记编号由全国技术合同管理与服务系统给出，本平台不生成" in page
    for key in ("yes", "yes", "one_side"):
        assert answer(institute, made, key).status_code == 302
    page = text(institute.get(f"/registrations/{made.uid}/type/"))
    assert "按回答判断：技术开发（委托开发）" in page
    assert "民法典第八百五十一条第二款" in page
    assert typed(institute, made)["Location"] == made.get_absolute_url()
    page = text(institute.get(made.get_absolute_url()))
    assert "处要改" in page
    assert f"/registrations/{made.uid}/edit/#id_clause_content" in page
    assert institute.post(f"/registrations/{made.uid}/edit/", particulars(made)).status_code == 302
    for n, key in enumerate(("pledge", "business_licence", "representative_id")):
        data = {"key": key, "upload": r.pdf(f"{key}.pdf"), "one_time_key": f"k{n}"}
        assert institute.post(f"/registrations/{made.uid}/documents/", data).status_code == 302
    page = text(institute.get(made.get_absolute_url()))
    assert "预审没有发现要改的地方" in page
    assert "pledge.pdf" in page
    page = text(institute.get(f"/registrations/{made.uid}/file/"))
    assert "严禁存储、处理、传输国家秘密" in page
    done = institute.post(
        f"/registrations/{made.uid}/file/", {"declared_true": "on", "revision": fresh(made).revision}, follow=True
    )
    assert "已提交，等登记机构受理" in text(done)
    assert fresh(made).state == "filed"
    page = text(institute.get(deal.get_absolute_url()))
    assert "看登记信息" in page
    assert "去办登记" not in page


def test_no_button_before_signing_and_none_for_kinds_without_registration() -> None:
    pair = s.pair()
    deal = r.talked(pair)
    institute = pair.client("institute")
    assert "去办登记" not in text(institute.get(deal.get_absolute_url()))
    refused = institute.post(f"/deals/{deal.uid}/registration/", follow=True)
    assert "签约以后才能申请认定登记" in text(refused)
    assert not Registration.objects.exists()


def test_a_seller_who_is_not_here_is_explained_to_the_buyer() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    deal.parties.filter(side="seller").update(organisation=None, name="Demo Lab GmbH")
    firm = pair.client("firm")
    page = text(firm.get(deal.get_absolute_url()))
    assert "按技术进口合同办登记" in page
    firm.post(f"/deals/{deal.uid}/registration/", {"is_import": "1"})
    made = Registration.objects.get()
    assert made.is_import
    assert "《技术进口合同数据表》" in text(firm.get(made.get_absolute_url()))


def test_an_answer_is_changed_and_a_choice_it_contradicts_is_taken_back() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute = pair.client("institute")
    page = text(institute.get(f"/registrations/{made.uid}/type/?ask=develops"))
    assert "要研究开发订立合同时还没有掌握的技术" in page
    assert answer(institute, made, "no", "?ask=technical").status_code == 302
    page = text(institute.get(f"/registrations/{made.uid}/type/"))
    assert "按回答判断：不是技术合同" in page
    assert (fresh(made).contract_type, fresh(made).suggested_type) == ("", "none")
    bad = answer(institute, made, "perhaps", "?ask=technical")
    assert bad.status_code == 422


def test_a_deviating_choice_asks_for_a_reason_at_its_field_and_keeps_the_rest() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute = pair.client("institute")
    bad = typed(institute, made, contract_type="service", contract_subtype="")
    assert bad.status_code == 422
    assert "与按问题判断的类型不同，请写明理由" in text(bad)
    assert re.search(r'<option value="service" selected', text(bad))
    good = typed(institute, made, contract_type="service", contract_subtype="", reason="主要是检测")
    assert good.status_code == 302
    page = text(institute.get(made.get_absolute_url()))
    assert "主要是检测" in page
    assert "按问题判断" in page


def test_a_stale_form_shows_both_versions() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute = pair.client("institute")
    old = fresh(made).revision
    r.typed(made, pair.of_institute)
    assert typed(institute, made, revision=old).status_code == 409
    stale = institute.post(f"/registrations/{made.uid}/edit/", particulars(made, revision=old, ip_numbers="ZL1"))
    assert stale.status_code == 409
    assert "ZL1" in text(stale)
    late = institute.post(f"/registrations/{made.uid}/file/", {"declared_true": "on", "revision": old})
    assert late.status_code == 422
    assert "别人刚改过" in text(late)
    assert f'value="{fresh(made).revision}"' in text(late)


def test_bad_particulars_and_files_come_back_at_their_fields() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute = pair.client("institute")
    bad = institute.post(f"/registrations/{made.uid}/edit/", particulars(made, ip_numbers="9" * 61))
    assert bad.status_code == 422
    assert "一行写一个号码" in text(bad)
    wrong = SimpleUploadedFile("假.pdf", s.EXE)
    for data, words in (
        ({"key": "pledge"}, "这个字段是必填项"),
        ({"key": "poem", "upload": r.pdf()}, "poem"),
        ({"key": "pledge", "upload": r.pdf("a.exe")}, "不接收"),
        ({"key": "pledge", "upload": wrong}, "内容不是 pdf 文件"),
    ):
        bad = institute.post(f"/registrations/{made.uid}/documents/", {**data, "one_time_key": words})
        assert bad.status_code == 422, words
        assert words in text(bad)


def test_filing_with_gaps_names_every_one_of_them() -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    institute = pair.client("institute")
    url = f"/registrations/{made.uid}/file/"
    assert "个方面要改" in text(institute.get(url))
    bad = institute.post(url, {"declared_true": "on", "revision": made.revision})
    assert bad.status_code == 422
    for words in ("请选择合同类型", "缺承诺书", "合同里没有“验收标准和方法”"):
        assert words in text(bad)
    undeclared = institute.post(url, {"revision": made.revision})
    assert "请先确认所填内容和材料真实、完整" in text(undeclared)
    assert fresh(made).state == "prepared"


def test_the_desk_asks_and_the_applicant_supplies() -> None:
    pair = s.pair()
    made = r.filed(pair)
    desk = f.with_role("registrar", area=f.HOHHOT)
    institute = pair.client("institute")
    assert "不能办这一步" in text(institute.get(f"/registrations/{made.uid}/supply/"))
    advance(made, "ask_supplement", by=f.actor(desk), now=r.NOW, note="缺附件二")
    Registration.objects.filter(pk=made.pk).update(supplement_note="缺附件二", supplement_until=r.TODAY)
    page = text(institute.get(made.get_absolute_url()))
    assert "去补正" in page
    assert "缺附件二" in page
    page = text(institute.get(f"/registrations/{made.uid}/supply/"))
    assert "登记机构要求补正" in page
    data = {"note": "已补", "revision": fresh(made).revision}
    assert "重新计算期限" in text(institute.post(f"/registrations/{made.uid}/supply/", data, follow=True))
    page = text(institute.get(made.get_absolute_url()))
    assert "共 15 日" in page
    assert "征求意见稿" in page


def test_withdrawing_asks_and_the_deal_offers_it_again() -> None:
    pair = s.pair()
    made = r.filed(pair)
    institute = pair.client("institute")
    assert "撤回这份登记申请" in text(institute.get(made.get_absolute_url()))
    institute.post(f"/registrations/{made.uid}/withdraw/", {"note": "金额写错"})
    assert fresh(made).state == "withdrawn"
    assert "金额写错" in text(institute.get(made.get_absolute_url()))
    assert "重新办登记" in text(institute.get(made.deal.get_absolute_url()))
    again = institute.post(f"/registrations/{made.uid}/withdraw/", {"note": "再撤"}, follow=True)
    assert "现在是“申请人撤回”" in text(again)


def registered(pair: s.Pair) -> Registration:
    """As the desk leaves it."""
    made = r.filed(pair)
    Registration.objects.filter(pk=made.pk).update(
        state="registered", number="YS12345678901234", registered_on=r.TODAY, body_name="演示登记处",
        certified_value=900000, certified_technology=700000,
    )  # fmt: skip
    return fresh(made)


def test_certified_figures_stand_beside_the_applied_ones_with_who_changed_them() -> None:
    pair = s.pair()
    made = registered(pair)
    desk = f.with_role("registrar", area=f.HOHHOT)
    Amendment.objects.create(
        registration=made, name="certified_value", before="950000", after="900000", reason="设备费核减",
        changed_on=r.TODAY, created_at=r.NOW, created_by=desk,
    )  # fmt: skip
    page = text(pair.client("firm").get(made.get_absolute_url()))
    for words in ("YS12 3456 78 901234", "100万元", "90万元", "70万元", "设备费核减", f.person(desk).name):
        assert words in page
    assert "去改" not in page
    assert "提出异议" in page


def test_either_party_objects_from_the_page() -> None:
    pair = s.pair()
    made = registered(pair)
    firm = pair.client("firm")
    empty = firm.post(f"/registrations/{made.uid}/object/", {"note": ""}, follow=True)
    assert "必须写明理由" in text(empty)
    firm.post(f"/registrations/{made.uid}/object/", {"note": "核减错了"})
    assert fresh(made).objected_from == "registered"


ACTS = ("type/", "edit/", "documents/", "file/", "supply/")
POSTS = ("type/choose/", "withdraw/", "edit/", "documents/", "file/", "supply/", "type/")


def test_who_gets_what_answer() -> None:
    pair = s.pair()
    made = r.filed(pair)
    url = made.get_absolute_url()
    firm, stranger = pair.client("firm"), f.signed_in_client(f.manager(f.organisation()))
    assert firm.get(url).status_code == 200
    assert stranger.get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert registrar().get(url).status_code == 200
    assert registrar(f.BAOTOU).get(url).status_code == 404
    for part in ACTS:
        assert firm.get(url + part).status_code == 403, part
        assert stranger.get(url + part).status_code == 404, part
        assert registrar().get(url + part).status_code == 403, part
        assert Client().get(url + part).status_code == 302, part
    for part in POSTS:
        assert firm.post(url + part, {}).status_code == 403, part
        assert stranger.post(url + part, {}).status_code == 404, part
    row = made.documents.filter(archived_at=None).first()
    assert row is not None
    assert firm.post(f"{url}documents/{row.uid}/remove/").status_code == 403
    assert registrar().post(f"{url}object/", {"note": "不"}).status_code == 403
    assert stranger.post(f"/deals/{made.deal.uid}/registration/").status_code == 404


def test_a_broker_who_helped_sees_the_state_and_no_papers() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    account = f.broker()
    made.deal.helpers.create(role="broker", person=f.person(account), created_at=r.NOW)
    page = text(f.signed_in_client(account).get(made.get_absolute_url()))
    assert "等申请人提交" in page
    assert "承诺书" not in page
    assert "必备条款" not in page


def test_the_files_of_the_application_are_read_by_those_concerned_only() -> None:
    pair = s.pair()
    made = r.filed(pair)
    paper = next(row for row in queries.checklist(made) if row.item.key == "pledge")
    assert paper.file is not None
    url = f"/files/{paper.file.uid}/"
    for client in (pair.client("firm"), registrar()):
        assert exported.content(client.get(url)) == s.PDF
    assert registrar(f.BAOTOU).get(url).status_code == 404
    assert f.signed_in_client(f.manager(f.organisation())).get(url).status_code == 404


def test_a_document_is_taken_off_from_the_page() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute = pair.client("institute")
    row = made.documents.get(key="pledge", archived_at=None)
    url = f"/registrations/{made.uid}/documents/{row.uid}/remove/"
    assert url in text(institute.get(f"/registrations/{made.uid}/documents/"))
    assert institute.post(url).status_code == 302
    assert institute.post(url).status_code == 404


def test_the_list_is_filtered_exported_and_empty() -> None:
    pair = s.pair()
    firm = pair.client("firm")
    assert "还没有登记信息" in text(firm.get("/registrations/"))
    made = registered(pair)
    page = text(firm.get("/registrations/"))
    assert made.number_here in page
    assert "YS12 3456 78 901234" in page
    assert made.number_here in text(firm.get("/registrations/", {"state": "registered", "year": str(r.TODAY.year)}))
    assert made.number_here in text(firm.get("/registrations/", {"text": "YS12 3456 78 901234"}))
    assert "没有符合条件的登记" in text(firm.get("/registrations/", {"state": "refused"}))
    assert "没有符合条件的登记" in text(firm.get("/registrations/", {"year": "2020"}))
    assert made.number_here in text(firm.get("/registrations/", {"year": "abc"}))
    rows = exported.xlsx(firm.get("/registrations/", {"export": "xlsx"}))
    assert made.number_here in str(rows)
    assert Client().get("/registrations/").status_code == 302


def test_the_pages_speak_english() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute = pair.client("institute")
    institute.cookies["django_language"] = "en"
    for part in ("", "type/", "edit/", "documents/", "file/"):
        assert institute.get(made.get_absolute_url() + part).status_code == 200


def test_a_record_from_a_source_shows_no_registration() -> None:
    pair = s.pair()
    entry = actions.SourceDeal("演示", "1", "演示合同", sellers=(pair.institute,), buyers=(pair.firm,))
    deal: Deal = actions.record_deal_from_source(entry, now=r.NOW)
    institute = pair.client("institute")
    assert "去办登记" not in text(institute.get(deal.get_absolute_url()))
    refused = institute.post(f"/deals/{deal.uid}/registration/", follow=True)
    assert "据公开资料记录" in text(refused)
