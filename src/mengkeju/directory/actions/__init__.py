"""Writes of the directory."""

from mengkeju.directory.actions.organisations import (
    edit_organisation,
    join_organisation,
    publish_organisation_from_source,
    publish_person_from_source,
    register_organisation,
    start_person,
)
from mengkeju.directory.actions.reference import load_areas, load_reference_data, load_taxonomy
from mengkeju.directory.actions.roles import grant_role, revoke_role

__all__ = [
    "edit_organisation",
    "grant_role",
    "join_organisation",
    "load_areas",
    "load_reference_data",
    "load_taxonomy",
    "publish_organisation_from_source",
    "publish_person_from_source",
    "register_organisation",
    "revoke_role",
    "start_person",
]
