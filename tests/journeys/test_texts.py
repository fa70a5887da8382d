"""From the first offer to a text that everybody has confirmed, by the people of both sides, in a real browser."""

from typing import Any

import pytest

from mengkeju.deals.models import ContractText, TextConfirmation
from tests import factories as f
from tests.deals import samples as pairs
from tests.deals import text_samples as t

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "合同" * 60


@pytest.mark.covers("NED-10", "TRD-08")
def test_both_sides_talk_close_a_gap_and_confirm_one_text(people: Any) -> None:
    pair = pairs.pair()
    deal = t.deal(pair)
    name = t.add_name(deal)
    here = deal.get_absolute_url()
    firm = people("firm").signed_in(f.manager(pair.firm))
    institute = people("institute").signed_in(f.manager(pair.institute))
    firm.go(here)
    firm.fill(text="分两期付，中试合格后付清", amount="86万")
    firm.press("提出条件")
    institute.go(here)
    institute.press("接受这个条件")
    assert institute.sees("已接受")
    institute.press("记一条差距")
    institute.fill(gap="处理量差五倍，" + LONG, proposal="并联五台")
    institute.press("保存")
    firm.go(here)
    firm.confirm("按此办法商定")
    assert firm.sees("已商定")
    firm.press("上传文本")
    firm.page.locator("#main [name=upload]").set_input_files(
        {"name": f"{LONG}.pdf", "mimeType": "application/pdf", "buffer": pairs.PDF}
    )
    firm.fill(language="en", note="初稿")
    firm.press("保存")
    text = ContractText.objects.get()
    assert firm.sees(text.sm3)
    assert firm.sees("还没有中文译本")
    firm.confirm("确认这一版")
    firm.page.get_by_role("link", name="记为书面确认").click()
    firm.look()
    firm.page.locator("#main [name=upload]").set_input_files(
        {"name": "签字页.pdf", "mimeType": "application/pdf", "buffer": pairs.PDF + b"% 2"}
    )
    firm.press("保存")
    institute.go(here)
    institute.press("去核对")
    institute.confirm("确认这一版")
    assert TextConfirmation.objects.filter(text=text).count() == deal.parties.count()
    assert TextConfirmation.objects.get(party=name).scan is not None
    assert institute.sees("各方已确认")
    institute.press("上传文本")
    institute.press("保存")
    assert institute.page.locator("#id_upload_error").count() == 1
    institute.go(here)
    assert institute.download("下载全部文件").suggested_filename == f"{deal.number}.zip"
