import pytest
from click.testing import CliRunner

from mengkeju.search.commands import index
from tests import factories
from tests.search.samples import listing

pytestmark = pytest.mark.django_db


def test_rebuild_and_status() -> None:
    run = CliRunner().invoke
    before = run(index, ["status"])
    assert before.exit_code == 1
    assert "还没有索引" in before.output
    listing(factories.organisation(), "气化细渣脱碳")
    assert "索引已重建：1 条" in run(index, ["rebuild"]).output
    after = run(index, ["status"])
    assert after.exit_code == 0
    assert "1 条，落后 0 个事件" in after.output
