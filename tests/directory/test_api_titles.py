"""Titles of an organisation through the API: those in force for everybody, the others for those inside."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from mengkeju.directory import actions
from mengkeju.directory.actions import TitleInput
from mengkeju.kernel import clock
from tests import factories as f
from tests import tokens
from tests.calls import get, problem

pytestmark = pytest.mark.django_db


def test_titles_in_force_for_everybody_and_past_ones_for_its_people() -> None:
    firm, officer, now = f.organisation(), f.actor(f.officer()), clock.now()
    past = TitleInput("leading", "city", "演示工信局", "演示〔2021〕1号", date(2021, 3, 1))
    actions.withdraw_title(actions.grant_title(firm, past, by=officer, now=now), by=officer, now=now, note="已取消")
    actions.grant_title(firm, replace(past, basis="演示〔2026〕1号", valid_from=date(2026, 3, 1)), by=officer, now=now)
    path = f"/organisations/{firm.uid}/titles"
    shown = get(Client(), path).json()["items"]
    assert [(one["basis"], one["in_force"], one["kind"], one["level"]) for one in shown] == [
        ("演示〔2026〕1号", True, "leading", "city")
    ]
    assert shown[0]["kind_label"]
    stranger, people = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.manager(firm))
    assert get(stranger, path).json()["items"] == shown
    inside = get(people, path).json()["items"]
    assert [(one["in_force"], one["withdrawn_reason"]) for one in inside] == [(True, ""), (False, "已取消")]
    nobody = "/organisations/0193a4c6-0000-7000-8000-000000000001/titles"
    assert problem(get(Client(), nobody)) == (404, "not_found")
