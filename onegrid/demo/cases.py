"""Play invented matters through the product's own actions, at invented times of the last weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from numpy.random import Generator

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import (
    Doing,
    MilestoneGiven,
    Place,
    Reporter,
    Request,
    Upload,
    VerdictGiven,
)
from onegrid.cases.queries import Release, case_detail, release, state_of
from onegrid.cases.reference import CategoryRow, category_by_code
from onegrid.cases.terms import AskKind
from onegrid.core.calendar import DutyCalendar, add_working
from onegrid.core.flow import State
from onegrid.demo import RESIDENT_PHONE
from onegrid.demo.duties import item_for
from onegrid.demo.oversight import answer_supervision
from onegrid.demo.people import Cast
from onegrid.demo.scenes import picture
from onegrid.demo.stories import LATER, STORIES, Story
from onegrid.grids.queries import AreaRow, BuildingRow
from onegrid.organisation.queries import calendars, unit_of_area
from onegrid.outreach.actions import Page as PublicPage
from onegrid.outreach.actions import publish

_NAMESPACE = UUID("6f1c7d1e-52a8-5f0e-9d1b-2a7c3e4f5a6b")
_CHANNELS = ("web", "web", "web", "app", "phone", "hotline", "grid_worker", "counter", "door")
_LATE = 0.08
_HOME_EVERY = 7
_PUBLIC_EVERY = 9
#: Matters that go to a partner of the first community instead of a department (S23).
_PARTNERS = {"housing.property": "property_firm", "housing.renewal": "owners_committee"}
#: After so many minutes a clock may have something to say.
_LONG = 5.0


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when one matter happens."""

    number: int
    story: Story
    building: BuildingRow
    community: AreaRow
    at: datetime
    mine: bool


class Play:
    """One matter on its way; stops where the present begins."""

    def __init__(self, setting: Setting, cast: Cast, rng: Generator) -> None:
        self.setting, self.cast, self.rng = setting, cast, rng
        category = category_by_code(setting.story.category)
        assert category is not None
        self.category: CategoryRow = category
        self.clock = setting.at
        self.late = rng.random() < _LATE
        self.step = 0
        self.case_id: UUID | None = None

    def run(self) -> None:
        """Open the case and go on until it is closed or the present is reached."""
        self._open()
        for wait, act in self._script():
            self._pass(wait)
            if self.clock >= self.cast.now:
                return
            if wait >= _LONG:
                self._sweep()
            act()

    # -- time ------------------------------------------------------------------------------------
    def _pass(self, minutes: float) -> None:
        """Let duty time pass: nobody signs for a street light at three in the morning."""
        hours: DutyCalendar = calendars()["grid"]
        self.clock = add_working(hours, self.clock, timedelta(minutes=float(minutes)))

    def _sweep(self) -> None:
        if self.case_id is not None:
            actions.mark_case(case_id=self.case_id, now=self.clock)

    def _between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    # -- who -------------------------------------------------------------------------------------
    def _clerk(self) -> Viewer:
        return self.cast.clerks.get(self.setting.community.id, self.cast.county[Role.DISPATCHER])

    def _unit(self) -> tuple[UUID, Viewer]:
        partner = self.cast.partners.get(_PARTNERS.get(self.category.code, ""))
        if partner is not None and self.setting.community.id == self.cast.first_community:
            return partner
        member = self.cast.members.get(self.category.default_unit_id or UUID(int=0))
        if member is not None and self.category.default_unit_id is not None:
            return self.category.default_unit_id, member
        unit = unit_of_area(self.setting.community.id)
        assert unit is not None
        return unit.id, self._clerk()

    def _doing(self, viewer: Viewer, channel: str = "web") -> Doing:
        self.step += 1
        key = uuid5(_NAMESPACE, f"{self.setting.number}/{self.step}")
        return Doing(viewer=viewer, now=self.clock, key=key, channel=channel)

    # -- what ------------------------------------------------------------------------------------
    def _open(self) -> None:
        setting, story = self.setting, self.setting.story
        channel = "web" if setting.mine else _CHANNELS[setting.number % len(_CHANNELS)]
        behalf = not setting.mine and channel in {
            "phone",
            "hotline",
            "grid_worker",
            "counter",
            "door",
        }
        viewer = (
            self.cast.resident if setting.mine else Viewer.anonymous(self.cast.resident.tenant_id)
        )
        request = Request(
            text=story.text,
            title=story.title,
            parts=story.parts,
            place=Place(building_id=setting.building.id),
            category_code=story.category,
            kind="inquiry" if story.category == "people.social" else "help",
            reporter=Reporter("李秀英", RESIDENT_PHONE) if setting.mine else Reporter(),
            on_behalf=behalf,
            channel=channel,
        )
        doing = self._doing(self._clerk() if behalf else viewer)
        receipt = actions.open_case(
            viewer=doing.viewer, request=request, now=self.clock, key=doing.key
        )
        self.case_id = receipt.case_id
        if setting.number % 2 == 0 or setting.mine:
            self._photo("report", after=False, viewer=self._clerk())

    def _photo(self, phase: str, *, after: bool, viewer: Viewer) -> None:
        upload = Upload("photo", picture(self.setting.story.scene, after))
        actions.attach(
            case_id=self._case, doing=self._doing(viewer), uploads=(upload,), phase=phase
        )

    @property
    def _case(self) -> UUID:
        assert self.case_id is not None
        return self.case_id

    def _script(self) -> Iterator[tuple[float, Callable[[], object]]]:
        clerk, (unit_id, member) = self._clerk(), self._unit()
        case_class = self.category.default_class
        yield (
            self._between(1, 6),
            lambda: actions.start_triage(case_id=self._case, doing=self._doing(clerk)),
        )
        yield (
            self._between(1, 5),
            lambda: actions.classify(
                case_id=self._case,
                doing=self._doing(clerk),
                case_class=case_class,
                category_code=self.category.code,
                item_code=item_for(
                    self.category.code, self.setting.story.text, unit_id, on=self.clock.date()
                ),
            ),
        )
        yield (
            self._between(0.5, 3),
            lambda: actions.dispatch(case_id=self._case, doing=self._doing(clerk), unit_id=unit_id),
        )
        yield (
            self._between(1, 8),
            lambda: actions.accept(case_id=self._case, doing=self._doing(member)),
        )
        yield (
            self._between(2, 9),
            lambda: actions.start(
                case_id=self._case, doing=self._doing(member), text=self.setting.story.contact
            ),
        )
        yield from {"general": self._general, "major": self._major, "complex": self._complex}[
            case_class
        ](member)
        yield from self._feedback(member)

    def _general(self, member: Viewer) -> Iterator[tuple[float, Callable[[], object]]]:
        slow = self._between(60, 200) if self.late else self._between(5, 24)
        yield slow, lambda: self._finish(member)

    def _major(self, member: Viewer) -> Iterator[tuple[float, Callable[[], object]]]:
        slow = self._between(900, 1500) if self.late else self._between(60, 500)
        yield slow, lambda: self._photo("after", after=True, viewer=member)
        yield 3, lambda: self._finish(member)

    def _complex(self, member: Viewer) -> Iterator[tuple[float, Callable[[], object]]]:
        days = self._between(8, 10) if self.late else self._between(1, 5)
        yield days * 810, lambda: self._plan(member)
        for n in (1, 2):
            yield (
                self._between(1, 4) * 810,
                lambda n=n: actions.report_milestone(  # type: ignore[misc]
                    case_id=self._case,
                    doing=self._doing(member),
                    n=n,
                    text="已按方案完成，见现场照片",
                ),
            )
        yield self._between(1, 3) * 810, lambda: self._photo("after", after=True, viewer=member)
        yield 5, lambda: self._finish(member)

    def _plan(self, member: Viewer) -> None:
        day = timedelta(days=1)
        start = self.clock.date()
        view = case_detail(member, case_id=self._case, now=self.clock)
        free = release(member, view, AskKind.PLAN, now=self.clock) is Release.FREE
        deed = actions.publish_plan if free else actions.ask_plan
        deed(
            case_id=self._case,
            doing=self._doing(member),
            measures=self.setting.story.measures
            or "一、现场查勘；二、组织协商；三、实施并验收，过程向诉求人公开。",
            owner_name=member.name,
            milestones=(
                MilestoneGiven("现场查勘与协商", start + 3 * day),
                MilestoneGiven("实施并验收", start + 12 * day),
            ),
        )
        if not free:
            doing = self._doing(self._head())
            actions.decide_plan(case_id=self._case, doing=doing, ok=True, text="同意")

    def _head(self) -> Viewer:
        """Return who approves for the unit that handles it."""
        community = self.setting.community.id
        return self.cast.heads.get(self._unit()[0]) or self.cast.secretaries[community]

    def _finish(self, member: Viewer) -> None:
        where = self.setting.building.address
        told = enumerate(self.setting.story.answers, start=1)
        more = LATER[self.setting.number % len(LATER)]
        answers = {n: f"{where}：{answer}{self.clock:%m月%d日}完成，{more}" for n, answer in told}
        actions.finish(
            case_id=self._case, doing=self._doing(member), result="solved", answers=answers
        )

    def _feedback(self, member: Viewer) -> Iterator[tuple[float, Callable[[], object]]]:
        yield self._between(10, 300), self._verify
        yield self._between(60, 900), self._call
        yield 400.0, lambda: self._supervised(member)
        if self._stands() is State.REOPEN_REQ:
            yield from self._again(member)
        if self.setting.number % _PUBLIC_EVERY == 0:
            yield 60.0, self._publish

    def _again(self, member: Viewer) -> Iterator[tuple[float, Callable[[], object]]]:
        """Handle what was not solved a second time; its first reopening is by right."""
        dispatcher, (unit_id, _) = self.cast.county[Role.DISPATCHER], self._unit()
        office = self.cast.county[Role.SUPERVISOR]
        deeds: tuple[tuple[float, Viewer, Callable[..., object], dict[str, object]], ...] = (
            (90, office, actions.decide_reopen, {"ok": True, "text": "诉求人反映属实，重新办理。"}),
            (20, dispatcher, actions.dispatch, {"unit_id": unit_id}),
            (8, member, actions.accept, {}),
            (15, member, actions.start, {"text": "已向诉求人致歉，约定当天复查"}),
        )
        for wait, viewer, deed, more in deeds:
            yield (
                wait,
                lambda viewer=viewer, deed=deed, more=more: deed(  # type: ignore[misc]
                    case_id=self._case, doing=self._doing(viewer), **more
                ),
            )
        yield 200.0, lambda: self._finish(member)
        yield 60.0, self._verify
        yield 300.0, lambda: self._say(VerdictGiven(answered=True, solved="yes", satisfied="yes"))
        yield 30.0, lambda: self._supervised(member)

    def _stands(self) -> State:
        return state_of(self.cast.county[Role.DISPATCHER], case_id=self._case)

    def _supervised(self, member: Viewer) -> None:
        answer_supervision(
            self._case,
            number=self.setting.number,
            unit=member,
            office=self.cast.county[Role.SUPERVISOR],
            doing=self._doing,
            present=self.cast.now,
        )

    def _publish(self) -> None:
        """Publish what everybody may read of it: words without names and doors."""
        viewer, story = self.cast.county[Role.DISPATCHER], self.setting.story
        if self._stands() is State.CLOSED:
            page = PublicPage(story.title, story.text, "\n".join(story.answers), checked=True)
            publish(case_id=self._case, doing=self._doing(viewer), page=page)

    def _verify(self) -> None:
        checker = self.cast.county[Role.SUPERVISOR]
        if state_of(checker, case_id=self._case) is State.VERIFY:
            checker = self.cast.workers.get(self.setting.building.grid_id, checker)
            actions.verify(
                case_id=self._case, doing=self._doing(checker), ok=True, text="现场查看，处理到位"
            )

    def _call(self) -> None:
        draw = self.rng.random()
        bad = draw < 0.05
        verdict = VerdictGiven(
            answered=True,
            solved="no" if bad else ("partly" if draw < 0.15 else "yes"),
            satisfied="no" if bad else ("basically" if draw < 0.3 else "yes"),
            reason="问题第二天又出现了" if bad else "",
        )
        self._say(verdict)

    def _say(self, verdict: VerdictGiven) -> None:
        viewer = self.cast.resident if self.setting.mine else self.cast.county[Role.CALLBACK_AGENT]
        actions.give_verdict(case_id=self._case, doing=self._doing(viewer), verdict=verdict)


def settings(
    *,
    count: int,
    days: int,
    communities: Sequence[AreaRow],
    buildings: Sequence[Sequence[BuildingRow]],
    home_grid: UUID,
    now: datetime,
    rng: Generator,
) -> list[Setting]:
    """Draw where, when and what: denser towards the present, so that every state is on the desk.

    Args:
        home_grid: grid of the ready grid worker, in the first community; has its share of cases.
    """
    found: list[Setting] = []
    home = [house for house in buildings[0] if house.grid_id == home_grid]
    weights = 1.0 / (1.0 + 0.35 * (rng.permutation(len(communities))))
    weights[0] = max(weights)
    weights /= weights.sum()
    for number in range(count):
        place = int(rng.choice(len(communities), p=weights))
        back = days * 1440.0 * float(rng.random()) ** 2.2
        at_home = number % _HOME_EVERY == 0
        place = 0 if at_home else place
        houses = home if at_home else buildings[place]
        found.append(
            Setting(
                number=number,
                story=STORIES[int(rng.integers(len(STORIES)))],
                building=houses[int(rng.integers(len(houses)))],
                community=communities[place],
                at=now - timedelta(minutes=back + 2),
                mine=number < 6,
            )
        )
    return sorted(found, key=lambda item: item.at)
