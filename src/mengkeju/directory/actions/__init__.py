"""Writes of the directory."""

from mengkeju.directory.actions.accounts import (
    lift_suspension,
    lock_account,
    reset_lockout,
    suspend_account,
    unlock_account,
)
from mengkeju.directory.actions.bodies import (
    EvaluationInput,
    ServicesInput,
    edit_services,
    evaluate_body,
    withdraw_evaluation,
)
from mengkeju.directory.actions.colleagues import (
    ColleagueError,
    accept_invitation,
    end_membership,
    find_invitation,
    invite_colleague,
    set_manager,
    trouble_with,
    withdraw_invitation,
)
from mengkeju.directory.actions.jobs import run_job_again
from mengkeju.directory.actions.organisations import (
    OrganisationInput,
    edit_organisation,
    join_organisation,
    publish_organisation_from_source,
    publish_person_from_source,
    register_organisation,
    start_person,
)
from mengkeju.directory.actions.outside import close_members_tier, lapse_members_openings, open_members_tier
from mengkeju.directory.actions.people import ProfileInput, agree_to_terms, edit_profile, sign_up_person
from mengkeju.directory.actions.personal import erase_person, export_person
from mengkeju.directory.actions.reference import load_areas, load_reference_data, load_taxonomy
from mengkeju.directory.actions.roles import grant_role, revoke_role
from mengkeju.directory.actions.titles import (
    TitleInput,
    end_titles,
    grant_title,
    record_title_from_source,
    withdraw_title,
)
from mengkeju.directory.actions.tokens import (
    TokenInput,
    issue_service_token,
    issue_token,
    revoke_token,
    warn_of_expiry,
)
from mengkeju.directory.actions.verification import (
    refuse_organisation,
    submit_for_verification,
    verify_organisation,
    withdraw_verification,
)
from mengkeju.directory.actions.vocabularies import TermInput, add_term, add_zone, edit_area, edit_term, retire_term
from mengkeju.directory.actions.webhooks import (
    WebhookInput,
    create_webhook,
    delete_webhook,
    edit_webhook,
    move_webhook,
    rotate_webhook_secret,
)

__all__ = [
    "ColleagueError",
    "EvaluationInput",
    "OrganisationInput",
    "ProfileInput",
    "ServicesInput",
    "TermInput",
    "TitleInput",
    "TokenInput",
    "WebhookInput",
    "accept_invitation",
    "add_term",
    "add_zone",
    "agree_to_terms",
    "close_members_tier",
    "create_webhook",
    "delete_webhook",
    "edit_area",
    "edit_organisation",
    "edit_profile",
    "edit_services",
    "edit_term",
    "edit_webhook",
    "end_membership",
    "end_titles",
    "erase_person",
    "evaluate_body",
    "export_person",
    "find_invitation",
    "grant_role",
    "grant_title",
    "invite_colleague",
    "issue_service_token",
    "issue_token",
    "join_organisation",
    "lapse_members_openings",
    "lift_suspension",
    "load_areas",
    "load_reference_data",
    "load_taxonomy",
    "lock_account",
    "move_webhook",
    "open_members_tier",
    "publish_organisation_from_source",
    "publish_person_from_source",
    "record_title_from_source",
    "refuse_organisation",
    "register_organisation",
    "reset_lockout",
    "retire_term",
    "revoke_role",
    "revoke_token",
    "rotate_webhook_secret",
    "run_job_again",
    "set_manager",
    "sign_up_person",
    "start_person",
    "submit_for_verification",
    "suspend_account",
    "trouble_with",
    "unlock_account",
    "verify_organisation",
    "warn_of_expiry",
    "withdraw_evaluation",
    "withdraw_invitation",
    "withdraw_title",
    "withdraw_verification",
]
