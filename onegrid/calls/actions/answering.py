"""What the two sides do about a call: sign in, arrive, report, rate, call off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Q

from onegrid.accounts.viewer import Viewer
from onegrid.calls import code as site_code
from onegrid.calls import notify, standing
from onegrid.calls.actions.step import Turn, begin, write
from onegrid.calls.flow import Deed, Side, Stage
from onegrid.calls.models import Photo, Rating, Shift, Summons
from onegrid.calls.terms import CODE_TIME, CODE_TRIES, MAX_PHOTOS, MAX_TEXT, RATING
from onegrid.cases.actions import Doing, Upload
from onegrid.cases.actions.files import prepare
from onegrid.common.refusals import Conflict, Invalid, Throttled, TooLarge


def sign_in(*, summons_id: UUID, doing: Doing) -> Summons:
    """Say for a department that the team is on its way.

    Raises:
        NotFound, Conflict, Forbidden: as `begin`.
    """
    turn = begin(summons_id, doing, Deed.SIGN_IN)
    if turn.done:
        return turn.summons
    return write(turn, doing, Deed.SIGN_IN, signed_at=doing.now)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whether the code was right; `left`: how many tries there are."""

    summons: Summons
    ok: bool
    left: int = 0


def arrive(*, summons_id: UUID, doing: Doing, code: str) -> Arrival:
    """Confirm the arrival by the code the caller shows at the site; nothing says where anybody is.

    A wrong code is no refusal, because its count must be kept: the page says what is wrong.

    Raises:
        NotFound, Conflict, Forbidden: as `begin`.
        Throttled: too many wrong codes.
    """
    turn = begin(summons_id, doing, Deed.ARRIVE)
    summons = turn.summons
    if turn.done:
        return Arrival(summons, ok=True)
    fresh = summons.code_since is None or summons.code_since + CODE_TIME <= doing.now
    tries = 0 if fresh else summons.code_tries
    if tries >= CODE_TRIES:
        raise Throttled("call.code_tries", field="code", **_wait(summons, doing.now))
    if site_code.matches(summons.call_id, code, now=doing.now):
        return Arrival(write(turn, doing, Deed.ARRIVE, arrived_at=doing.now), ok=True)
    summons.code_tries = tries + 1
    summons.code_since = doing.now if fresh else summons.code_since
    summons.save(update_fields=["code_tries", "code_since"])
    return Arrival(summons, ok=False, left=CODE_TRIES - summons.code_tries)


def _wait(summons: Summons, now: datetime) -> dict[str, int]:
    left = (summons.code_since or now) + CODE_TIME - now
    return {"seconds": int(left.total_seconds()) + 1, "minutes": -(-left // timedelta(minutes=1))}


def confirm_arrival(*, summons_id: UUID, doing: Doing, text: str) -> Summons:
    """Confirm for the community that the team is there, when the code cannot be entered.

    Raises:
        NotFound, Conflict, Forbidden, Invalid: as `begin`; it must say why.
    """
    turn = begin(summons_id, doing, Deed.CONFIRM_ARRIVAL, words=text)
    if turn.done:
        return turn.summons
    return write(turn, doing, Deed.CONFIRM_ARRIVAL, text=text, arrived_at=doing.now)


def report(*, summons_id: UUID, doing: Doing, text: str, uploads: Sequence[Upload] = ()) -> Summons:
    """Report the result, with photos if there are any.

    Raises:
        NotFound, Conflict, Forbidden, Invalid, TooLarge: as `begin`, or a photo cannot be used.
    """
    turn = begin(summons_id, doing, Deed.REPORT, words=text)
    if turn.done:
        return turn.summons
    if len(uploads) > MAX_PHOTOS:
        raise Invalid("request.too_many_photos", field="photos", most=MAX_PHOTOS)
    summons = write(
        turn,
        doing,
        Deed.REPORT,
        text=text,
        data={"photos": len(uploads)},
        result=text.strip(),
        reported_at=doing.now,
        look_at=doing.now + RATING,
    )
    _keep(summons, uploads, doing)
    return summons


def _keep(summons: Summons, uploads: Sequence[Upload], doing: Doing) -> None:
    kept = {one.sha256: one for one in (prepare(upload) for upload in uploads)}
    Photo.objects.bulk_create(
        Photo(
            summons_id=summons.pk,
            at=doing.now,
            sha256=one.sha256,
            thumb_sha256=one.thumb_sha256,
            mime=one.mime,
            by_id=doing.viewer.user_id,
        )
        for one in kept.values()
    )


def rate(
    *, summons_id: UUID, doing: Doing, points: tuple[int, int, int], words: str = ""
) -> Summons:
    """Rate the other side on the agreed points; once both have, each sees what the other said.

    Raises:
        NotFound, Conflict, Forbidden: as `begin`, or this side has rated.
        Invalid, TooLarge: a point is not 1 to 5, or too many words.
    """
    turn = begin(summons_id, doing, Deed.RATE)
    summons = turn.summons
    if turn.done or doing.viewer.user_id is None:
        return summons
    if len(points) != 3 or any(not 1 <= point <= 5 for point in points):
        raise Invalid("call.points", field="points")
    if len(words) > MAX_TEXT:
        raise TooLarge("call.too_long", field="words", most=MAX_TEXT)
    there = set(Rating.objects.filter(summons_id=summons.pk).values_list("side", flat=True))
    turn.side = _rater(turn, doing, there)
    write(turn, doing, Deed.RATE)
    first, second, third = points
    Rating.objects.create(
        summons_id=summons.pk,
        side=turn.side,
        at=doing.now,
        by_id=doing.viewer.user_id,
        first=first,
        second=second,
        third=third,
        words=words.strip(),
    )
    if there | {turn.side} == {Side.CALLER, Side.TEAM}:
        end(summons, doing)
    return summons


def _rater(turn: Turn, doing: Doing, there: set[str]) -> Side:
    left = standing.sides(doing.viewer, turn.summons) - there
    if not left:
        raise Conflict("call.rated_already")
    return next(side for side in Side if side in left)


def end(summons: Summons, doing: Doing) -> None:
    """End a department's way: both ratings are open now."""
    turn = Turn(summons, Side.SYSTEM, Stage.ENDED)
    write(turn, _itself(doing), Deed.END)


def _itself(doing: Doing) -> Doing:
    system = Viewer.system(doing.viewer.tenant_id)
    return replace(doing, viewer=system, key=uuid5(doing.key, "end"))


def call_off(*, summons_id: UUID, doing: Doing, text: str) -> Summons:
    """Call a department off that need not come any more, and tell it.

    Raises:
        NotFound, Conflict, Forbidden, Invalid: as `begin`; it must say why.
    """
    turn = begin(summons_id, doing, Deed.CALL_OFF, words=text)
    if turn.done:
        return turn.summons
    summons = write(turn, doing, Deed.CALL_OFF, text=text)
    shifts = Shift.objects.filter(pk__in=summons.shift_ids)
    people = notify.on_duty(shifts, summons, now=doing.now)
    notify.tell(summons, people, "call_off", now=doing.now, place=summons.call.address)
    return summons


def known_files(digests: list[str]) -> set[str]:
    """Return those of some digests that belong to a call; the others may be removed."""
    rows = Photo.objects.filter(Q(sha256__in=digests) | Q(thumb_sha256__in=digests))
    return {digest for row in rows.values_list("sha256", "thumb_sha256") for digest in row}
