"""Sentences for the refusals of accounts and sign-in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register as add

TEXTS = {
    "county.code": _("A county code has six digits, e.g. 370725 (GB/T 2260)."),
    "county.name": _("Enter the county's name, at most 64 characters."),
    "county.host": _("This is no host name. Write it like grid.example.gov.cn."),
    "county.host_taken": _("%(name)s already answers at one of these addresses."),
    "county.code_taken": _("County %(code)s exists already."),
    "account.not_own": _("Nobody changes their own account or roles. Ask another administrator."),
    "account.username_taken": _("This user name is taken. Choose another one."),
    "account.username_form": _(
        "A user name has 3 to 64 characters: small letters, digits, dot, hyphen or underscore, "
        "and begins with a letter or digit."
    ),
    "account.name_form": _("Enter the person's name, at most %(most)s characters."),
    "account.weak_password": _("This password is too easy to guess. %(why)s"),
    "account.no_password": _("Residents sign in by a code on their phone and have no password."),
    "grant.one_admin_role": _(
        "This account already is one of the three administrators. System, security and audit "
        "administrator must be three different people."
    ),
    "grant.already_held": _("This account already holds this role there."),
    "grant.not_staff": _("Roles are given to open staff accounts only."),
    "grant.unknown_role": _("Choose a role of the list."),
    "grant.wrong_level": _("This role is given at the level %(level)s."),
    "grant.unit_missing": _("Choose a unit for a role in a unit, and none for other roles."),
    "grant.area_missing": _("Choose where the role holds: %(level)s."),
    "grant.admin_not_timed": _(
        "The role of an administrator has no planned end. End it when the time has come."
    ),
    "grant.reason": _("Give the reason in at most %(most)s characters."),
    "grant.no_self_approval": _(
        "%(role)s: this role handles no cases of a unit and cannot approve its own work."
    ),
    "grant.ended": _("This role has ended. Give it anew first."),
    "grant.end_passed": _("The end must be in the future."),
    "token.label": _("Say what the token is for, in at most %(most)s characters."),
    "token.scopes": _("Choose at least one thing the token allows."),
    "token.end": _("The token must end in the future, within %(days)s days."),
    "token.shown_once": _(
        "This token has been made already and is shown only once. If it is lost, revoke it and "
        "make another one."
    ),
    "phone.invalid": _("Enter a mainland mobile number with 11 digits."),
    "signin.too_many_codes": _(
        "A code has been sent to this number. Try again in %(minutes)s min; the last code stays "
        "valid for 10 minutes."
    ),
    "signin.too_many_here": _(
        "Too many codes have been asked for from this connection. Try again in %(minutes)s min, or "
        "call 12345."
    ),
    "signin.county_cap": _(
        "No more codes can be sent today. You can report without signing in, or call 12345."
    ),
    "signin.code_wrong": _("This is not the code. You can try %(left)s more times."),
    "signin.code_spent": _("Five wrong tries: this code no longer works. Ask for a new one."),
    "signin.code_expired": _("This code no longer works in this browser. Ask for a new one."),
    "signin.account_closed": _("This account has been closed. Call 12345 if you need help."),
}


def register() -> None:
    """Add the sentences; called once when the app is ready."""
    add(dict(TEXTS))
