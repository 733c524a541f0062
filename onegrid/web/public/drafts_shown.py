"""What the pages of the report show: tiles, answers, suggestions, photos, the alarm lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onegrid.cases.queries.public import suggestions as suggested
from onegrid.cases.questions import FIELD, QuestionRow, questions_by_code
from onegrid.cases.reference import CategoryRow, categories, category_by_code
from onegrid.cases.terms import Kind
from onegrid.core.questions import Datatype
from onegrid.core.triage import EmergencyLine
from onegrid.grids import queries as grids
from onegrid.web.middleware import Request
from onegrid.web.public.draft import Draft, Who


@dataclass(frozen=True, slots=True)
class Tile:
    """A category as a tile.

    Attributes:
        words: what spoke for it.
        opens: it is a group, a tap shows its members.
    """

    code: str
    label: str
    icon: str
    words: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the answers with the address where it is changed."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """Whom to call at once, and because of which words."""

    number: str
    name: str
    words: str


def language(request: Request) -> str:
    """Return the language of the page."""
    return get_language() or request.viewer.language


def groups(request: Request) -> list[Tile]:
    """Return the categories of the first level."""
    rows = categories.get().values()
    parents = {row.parent_id for row in rows}
    return [
        replace(_tile(row, language(request)), opens=row.id in parents)
        for row in rows
        if row.parent_id is None
    ]


def members(request: Request, group: CategoryRow) -> list[Tile]:
    """Return the categories of a group."""
    return [
        _tile(row, language(request))
        for row in categories.get().values()
        if row.parent_id == group.id
    ]


def _tile(row: CategoryRow, words: str) -> Tile:
    return Tile(row.code, row.label(words), row.icon)


def suggestions(request: Request, draft: Draft) -> list[Tile]:
    """Return categories the text speaks for, unless the chosen one is among them."""
    found = suggested(draft.text)
    if draft.category in {item.category for item in found}:
        return []
    tiles = []
    for item in found:
        row = category_by_code(item.category)
        if row is not None:
            words = "、".join(item.words[:4])
            tiles.append(Tile(row.code, row.label(language(request)), row.icon, words))
    return tiles


_LINES = {
    EmergencyLine.POLICE: "110",
    EmergencyLine.FIRE: "119",
    EmergencyLine.AMBULANCE: "120",
    EmergencyLine.TRAFFIC: "122",
    EmergencyLine.GAS: "119",
}


def danger_lines(draft: Draft) -> list[AlarmLine]:
    """Return whom to call when the words may mean danger to life."""
    found: dict[str, list[str]] = {}
    for hit in draft.danger:
        found.setdefault(_LINES[hit.line], []).append(hit.word)
    names = {
        "110": _("police"),
        "119": _("fire and rescue"),
        "120": _("ambulance"),
        "122": _("traffic accidents"),
    }
    return [AlarmLine(line, names[line], "、".join(words)) for line, words in sorted(found.items())]


def answers(request: Request, draft: Draft) -> list[Answer]:
    """Return the answers of the whole report."""
    row = category_by_code(draft.category)
    kind = Kind(draft.kind).label
    lines = [
        Answer(
            _("Category"),
            row.label(language(request)) if row else _("You sort it for me"),
            _change("public:report"),
        ),
        Answer(_("Place"), _place(request, draft), _change("public:report_place")),
    ]
    many = len(draft.matters) > 1
    for number, matter in enumerate(draft.matters, start=1):
        label = _("Matter %(n)s") % {"n": number} if many else _("In your words")
        lines.append(Answer(label, matter, _change("public:report_text")))
    lines += [
        Answer(item.label, item.told, _change("public:report_text"))
        for item in questions(request, draft)
        if item.told
    ]
    lines.append(Answer(_("Kind of message"), str(kind), _change("public:report_text")))
    if len(draft.kept) > len(draft.photos):
        lines.append(Answer(_("Voice note"), _("recorded"), _change("public:report_text")))
    lines.append(Answer(_("From"), _who(request, draft), reverse("public:report_contact")))
    return lines


@dataclass(frozen=True, slots=True)
class Asked:
    """A further question as a field of the form; ``told`` is what was answered, in words."""

    name: str
    label: str
    hint: str
    kind: str
    required: bool
    options: list[tuple[str, str]]
    values: list[str]
    told: str

    @property
    def value(self) -> str:
        """Return the one answer."""
        return self.values[0] if self.values else ""

    @property
    def is_many(self) -> bool:
        return self.kind == "many"

    @property
    def optional(self) -> bool:
        return not self.required


_FIELDS = {Datatype.TEXT: "textarea", Datatype.DATETIME: "datetime-local"}
#: Longer lists drop down.
_TILES_MOST = 6


def questions(request: Request, draft: Draft) -> list[Asked]:
    """Return the further questions of the category with what was answered."""
    return [
        _asked(row, draft.answers.get(row.asked.code, []), language(request))
        for row in questions_by_code(draft.category)
    ]


def _asked(row: QuestionRow, values: list[str], words: str) -> Asked:
    options = row.options(words)
    names = dict(options)
    kind = _FIELDS.get(row.asked.datatype, "text")
    if options:
        many = row.asked.datatype is Datatype.MANY
        kind = "many" if many else "one" if len(options) <= _TILES_MOST else "list"
    return Asked(
        name=f"{FIELD}{row.asked.code}",
        label=row.label(words),
        hint=row.told(words),
        kind=kind if row.asked.asks else "note",
        required=row.asked.required,
        options=options,
        values=values,
        told="、".join(names.get(value, value.replace("T", " ")) for value in values if value),
    )


def _change(name: str) -> str:
    return f"{reverse(name)}?change=1"


def _place(request: Request, draft: Draft) -> str:
    if draft.address:
        return draft.address
    from onegrid.core import geo

    lon, lat = geo.convert(float(draft.lon), float(draft.lat), draft.system)
    found = grids.place_of(tenant_id=request.tenant_id, lon=lon, lat=lat, on=request.now)
    return found.label


def _who(request: Request, draft: Draft) -> str:
    said = {
        Who.ANONYMOUS: _("Anonymous: you follow it by number and query code"),
        Who.CONTACT: f"{draft.name} {draft.phone}".strip(),
        Who.ACCOUNT: _("Your account: %(name)s") % {"name": request.viewer.name},
    }[draft.who]
    return f"{said}\n{_('Confidential: never shown in public')}" if draft.confidential else said


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of message to choose from."""
    return [(value, str(label)) for value, label in Kind.choices]


def photos(draft: Draft) -> list[dict[str, str]]:
    """Return the photos of the draft for the gallery."""
    return [
        {
            "url": reverse("public:report_photo", args=[number]),
            "alt": _("Photo %(n)s of your report") % {"n": number + 1},
            "caption": "",
            "digest": item.sha256,
        }
        for number, item in enumerate(draft.photos)
    ]


def whole(area_id: UUID | None, compound: str) -> grids.AreaRow | None:
    """Return the area that may be chosen as it is: not every place has an outline or buildings."""
    if area_id is None or compound:
        return None
    row = grids.area(area_id=area_id)
    return None if row.level == "county" else row


def trail(area_id: UUID | None, compound: str) -> list[tuple[str, str]]:
    """Return what was chosen of the address list so far, with the addresses of these pages."""
    page = reverse("public:report_address")
    found = [(_("All streets"), page)]
    if area_id is not None:
        row = grids.area(area_id=area_id)
        above = [row]
        while above[0].parent_id is not None:
            above.insert(0, grids.area(area_id=above[0].parent_id))
        found += [(item.name, f"{page}?area={item.id}") for item in above if item.level != "county"]
    if compound:
        found.append((compound, ""))
    return found
