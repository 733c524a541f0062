"""The report being written: kept in the session, and signed in every form as a second copy.

The session carries it from page to page without JavaScript, through reloads and the back button.
The signed copy in the form brings it back when the session has run out in the meantime. Files lie
cleaned in the store; only their digests are in the draft.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.http import HttpRequest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import Place, Reporter, Request
from onegrid.cases.actions.files import Kept
from onegrid.cases.terms import Kind
from onegrid.core import triage

_SESSION = "report"
_SALT = "onegrid.report"
#: Prepared files are swept after a day; a draft older than this begins anew.
MAX_AGE_S = 72_000


class Who:
    """How the reporter wants to be known."""

    UNSAID = ""
    ANONYMOUS = "anonymous"
    CONTACT = "contact"
    ACCOUNT = "account"


@dataclass
class Draft:
    """Everything typed so far; ``key`` is the idempotency key of the report."""

    key: str = field(default_factory=lambda: str(uuid4()))
    category: str = ""
    category_seen: bool = False
    lon: str = ""
    lat: str = ""
    system: str = "wgs84"
    building: str = ""
    area: str = ""
    address: str = ""
    texts: list[str] = field(default_factory=lambda: [""])
    #: to the further questions of the category, by code
    answers: dict[str, list[str]] = field(default_factory=dict)
    kind: str = Kind.HELP.value
    files: list[dict[str, Any]] = field(default_factory=list)
    who: str = Who.UNSAID
    name: str = ""
    phone: str = ""
    confidential: bool = False

    @property
    def has_place(self) -> bool:
        return bool(self.building or (self.lon and self.lat) or self.address)

    @property
    def matters(self) -> list[str]:
        """Return the matters that are not empty."""
        return [text.strip() for text in self.texts if text.strip()]

    @property
    def text(self) -> str:
        return "\n\n".join(self.matters)

    @property
    def danger(self) -> tuple[triage.SafetyHit, ...]:
        """Return words that may mean danger to life."""
        return triage.safety_words(self.text)

    @property
    def kept(self) -> tuple[Kept, ...]:
        return tuple(Kept(**item) for item in self.files)

    @property
    def photos(self) -> tuple[Kept, ...]:
        return tuple(item for item in self.kept if item.thumb_sha256)

    def signed(self) -> str:
        """Return the copy that travels in the form."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)

    def as_request(self, *, language: str) -> Request:
        """Return what the case engine takes; it checks everything."""
        matters = self.matters
        by_contact = self.who == Who.CONTACT
        return Request(
            text=self.text,
            parts=tuple(matters) if len(matters) > 1 else (),
            place=self._place(),
            category_code=self.category,
            kind=self.kind,
            reporter=Reporter(
                name=self.name if by_contact else "", phone=self.phone if by_contact else ""
            ),
            confidential=self.confidential,
            language=language,
            answers=self.answers,
        )

    def _place(self) -> Place:
        if self.building:
            return Place(address=self.address, building_id=UUID(self.building))
        if self.lon and self.lat:
            return Place(
                address=self.address, lon=float(self.lon), lat=float(self.lat), system=self.system
            )
        return Place(address=self.address, area_id=UUID(self.area) if self.area else None)


def viewer_for(draft: Draft, viewer: Viewer) -> Viewer:
    """Return in whose name the case is opened: nobody's, unless the account was chosen."""
    if draft.who == Who.ACCOUNT and viewer.has(Role.RESIDENT):
        return viewer
    return Viewer.anonymous(viewer.tenant_id, viewer.language)


def load(request: HttpRequest) -> Draft:
    """Return the draft of this browser, from the form's copy when the session has lost it."""
    given = request.POST.get("key", "")
    in_session = _from(request.session.get(_SESSION))
    if in_session is not None and given in {"", in_session.key}:
        return in_session
    in_form = _from_form(request.POST.get("draft", ""))
    if in_form is not None and in_form.key == given:
        return in_form
    return in_session or Draft()


def _from_form(signed: str) -> Draft | None:
    try:
        return _from(signing.loads(signed, salt=_SALT, max_age=MAX_AGE_S))
    except signing.BadSignature:
        return None


def _from(values: dict[str, Any] | None) -> Draft | None:
    if values is None:
        return None
    known = {item.name for item in fields(Draft)}
    return Draft(**{name: value for name, value in values.items() if name in known})


def save(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft in the session."""
    request.session[_SESSION] = asdict(draft)


def drop(request: HttpRequest) -> None:
    """Forget the draft, after sending or starting over."""
    request.session.pop(_SESSION, None)
