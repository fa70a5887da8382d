"""行业攻关方向 through the API: agendas with their directions and what has become of them."""

import pytest
from django.test import Client

from mengkeju.listings import actions
from mengkeju.listings.models import Agenda
from tests import factories as f
from tests import tokens
from tests.calls import get, problem
from tests.listings import list_samples as lists
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def test_a_published_agenda_with_its_directions() -> None:
    keeper = f.organisation(kind="platform")
    agenda, draft = lists.agenda(keeper, state="published", items=2), lists.agenda(keeper)
    need, hidden = s.published(), s.published(tier="members")
    item = lists.item_of(agenda)
    for listing in (need, hidden):
        actions.attach_to_item(item, listing, by=s.manager_of(keeper), now=s.LATER)
    visitor, path = Client(), f"/agendas/{agenda.uid}"
    rows = get(visitor, "/agendas").json()["items"]
    assert [(one["uid"], one["organisation"]["name"]) for one in rows] == [(str(agenda.uid), keeper.name)]
    assert rows[0]["progress"] == {"total": 2, "asked": 1, "answered": 0, "solved": 0}
    assert get(visitor, "/agendas?cluster=dairy").json()["items"] == rows
    assert get(visitor, "/agendas?cluster=nothing").json()["items"] == []
    read = get(visitor, path)
    assert [one["standing"] for one in read.json()["items"]] == ["asked", "planned"]
    assert [one["uid"] for one in read.json()["items"][0]["attached"]] == [str(need.uid)]
    assert read["ETag"].startswith(f'"{agenda.revision}-')
    member = tokens.client_of(f.manager(f.organisation()))
    assert len(get(member, path).json()["items"][0]["attached"]) == 2
    assert problem(get(member, f"/agendas/{draft.uid}")) == (404, "not_found")
    assert get(member, "/agendas?own=true").json()["items"] == []
    mine = tokens.client_of(f.manager(keeper))
    assert {one["state"] for one in get(mine, "/agendas?own=true").json()["items"]} == {"draft", "published"}
    assert get(mine, f"/agendas/{draft.uid}").json()["state"] == "draft"


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many() -> None:
    lists.agenda(state="published")
    get(Client(), "/agendas")
    one = s.queries_of(lambda: get(Client(), "/agendas"))
    for _n in range(3):
        lists.agenda(state="published", items=2)
    assert Agenda.objects.count() == len(get(Client(), "/agendas").json()["items"]) == 4
    assert s.queries_of(lambda: get(Client(), "/agendas")) == one
