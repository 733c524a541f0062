"""Fields and panels about duties: the item, the unit that the rules propose, certificates."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.cases import certificates, pushing, reference, routing
from onegrid.cases.queries.public import suggestions
from onegrid.core.flow import Action
from onegrid.duties import queries as duties
from onegrid.duties.queries import ItemRow
from onegrid.duties.terms import ListKind
from onegrid.organisation.queries import UnitRow, unit_of_area, units
from onegrid.web.casework.panels.base import Field, Maker, Panel, Setting

#: Longest citation of an item, in characters.
_CITED = 64


def item_field(make: Maker) -> Field:
    """Return the choice of the item; those of the category and of the words stand first."""
    view = make.setting.view
    case, on = view.case, localtime(make.setting.now).date()
    code = view.category_code or _first_category(f"{case.title}\n{case.text}")
    near, rest = duties.offered(category=code, text=f"{case.title}\n{case.text}", on=on)
    chosen = duties.item(case.item_id)
    return make.field(
        "select",
        "item",
        _("Item of the lists of duties"),
        value=chosen.code if chosen else "",
        choices=[(row.code, f"★ {_words(row)}") for row in near]
        + [(row.code, _words(row)) for row in rest],
        empty=_("No item"),
        required=False,
        hint=_("★ fits the category or the words. “No item” stays visible on the case."),
    )


def _first_category(text: str) -> str:
    found = suggestions(text)
    return found[0].category if found else ""


def _words(row: ItemRow) -> str:
    return f"{row.code} {row.title} · {row.owner_name}"


def cited_field(make: Maker) -> Field:
    """Return the item that speaks against a duty: chosen, or in words where there is no list."""
    case, on = make.setting.view.case, localtime(make.setting.now).date()
    text = f"{case.title}\n{case.text}"
    near, rest = duties.offered(category=make.setting.view.category_code, text=text, on=on)
    label = _("Item of the list of duties")
    if not near and not rest:
        return make.field("text", "item", label, maxlength=_CITED)
    words = [_words(row)[:_CITED] for row in (*near, *rest)]
    choices = [(one, one) for one in words]
    return make.field("select", "item", label, choices=choices, empty=_("Choose an item"))


def proposals(setting: Setting) -> Iterator[tuple[UnitRow, str, str]]:
    """Yield unit, icon and reason: what the rules propose, then the usual units, each once."""
    case, view = setting.view.case, setting.view
    found = routing.propose(case, now=setting.now)
    category = reference.categories.get().get(case.category_id) if case.category_id else None
    usual = units().get(category.default_unit_id) if category and category.default_unit_id else None
    seen: set[object] = set()
    if found.unit is not None and found.rule is not None:
        seen.add(found.unit.id)
        words = {"n": found.rule.position, "why": found.rule.why}
        yield found.unit, "route", _("rule %(n)s: %(why)s") % words
    if usual is not None and usual.id not in seen:
        seen.add(usual.id)
        yield usual, "landmark", _("responsible for “%(category)s”") % {"category": view.category}
    near = unit_of_area(case.community_id)
    if near is not None and near.id not in seen:
        yield (
            near,
            "building-2",
            _("the place lies in %(community)s") % {"community": view.community},
        )


def routing_note(setting: Setting) -> str:
    """Say which rule proposes the unit, or that none does: never passed over in silence."""
    found = routing.propose(setting.view.case, now=setting.now)
    if found.version is None:
        return _("No routing rules are in force; the usual unit of the category is proposed.")
    if found.rule is None:
        text = _("No rule of version %(v)s holds for this case: choose the unit yourself.")
        return text % {"v": found.version}
    text = _("Proposed by rule %(n)s of version %(v)s. Below the request stands why.")
    return text % {"n": found.rule.position, "v": found.version}


def pushed_field(make: Maker) -> Field | None:
    """Return the field that justifies giving a duty of a department or street to a community."""
    case = make.setting.view.case
    near = unit_of_area(case.community_id)
    found = pushing.pushed_down(case, near) if near is not None else None
    if found is None or near is None:
        return None
    on = localtime(make.setting.now).date()
    rows = duties.items_in_force(on=on, kinds=(ListKind.COMMUNITY,))
    return make.field(
        "select",
        "pushed_item",
        _("If the community shall do it: which of its own matters is it?"),
        choices=[(row.code, f"{row.code} {row.title}") for row in rows],
        empty=_("Not given to the community"),
        required=False,
        hint=_("“%(item)s” is a duty of %(owner)s. Pushing it down needs an item and a reason.")
        % {"item": found[0].title, "owner": found[1].name},
    )


def certificate(setting: Setting) -> Panel | None:
    """Answer a request for an abolished certificate; the answer is prepared."""
    asked = certificates.asked_in(setting.view.case) if setting.may(Action.ANSWER_NOW) else ()
    if not asked:
        return None
    make = Maker(setting, "certificate")
    case, parts = setting.view.case, setting.view.parts
    ready = certificates.prepared(asked, language=case.language)
    fields = tuple(
        make.text(
            _("Answer to the resident")
            if len(parts) == 1
            else _("Answer to matter %(n)s") % {"n": part.n},
            name=f"answer_{part.n}",
            value=part.answer or ready,
        )
        for part in parts
    )
    who = make.field(
        "select",
        "unit",
        _("Which unit asks for it?"),
        choices=[(unit.id, unit.name) for unit in units().values()],
        empty=_("as the text says, or not known"),
        required=False,
    )
    outside = make.field(
        "text", "outside", _("Or somebody else, e.g. a bank"), required=False, maxlength=60
    )
    return make.done(
        _("Answer: this certificate was abolished"),
        "file-text",
        fields=(*fields, who, outside),
        note=_("Recognised in the words of the request: %(names)s.")
        % {"names": "、".join(row.title for row in asked)},
    )
