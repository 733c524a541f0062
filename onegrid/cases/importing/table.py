"""A table of requests: its columns, and what is checked in each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from onegrid.cases.terms import MAX_TEXT
from onegrid.common import tables
from onegrid.common.tables import Say, Spec
from onegrid.common.tables.cells import moment, number, optional_moment, words

#: Column: other names it goes by. The first five are asked for by `--replay`.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("留言编号", "编号", "序号"),
        "title": ("留言主题", "主题", "标题"),
        "text": ("留言详情", "诉求内容", "内容", "正文"),
        "created_at": ("留言时间", "诉求时间", "登记时间"),
        "replied_at": ("答复时间", "办结时间"),
        "reply": ("答复意见", "答复内容", "办理结果"),
        "category": ("分类", "类别"),
        "address": ("地址", "地点"),
        "lon": ("经度", "lng"),
        "lat": ("纬度",),
    }
)
NEEDED = ("id", "text", "created_at")
NEEDED_TO_REPLAY = ("replied_at", "reply")

MAX_TITLE = 120
MAX_ADDRESS = 200
MAX_REPLY = 20_000


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A good row.

    Attributes:
        row: its row in the table, the header being row 1.
        created_at, replied_at: aware; the second one is None where nobody replied.
        lon, lat: degrees as given, WGS 84; both or neither.
    """

    row: int
    id: str
    text: str
    created_at: datetime
    title: str = ""
    replied_at: datetime | None = None
    reply: str = ""
    category: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None


Table = tables.Table[RequestRow]

_READERS: Mapping[str, Callable[[str], object]] = {
    "id": words(64, needed=True),
    "title": words(MAX_TITLE),
    "text": words(MAX_TEXT, needed=True),
    "created_at": moment,
    "replied_at": optional_moment,
    "reply": words(MAX_REPLY),
    "category": words(24),
    "address": words(MAX_ADDRESS),
    "lon": number,
    "lat": number,
}
_EXAMPLE = (
    "2026-001", "路灯不亮", "小区东门路灯不亮已三天。", "2026/3/2 9:00:00",
    "2026/3/3 16:30:00", "您好，路灯已于3月3日修复。", "power.light", "示例路1号", "", "",
)  # fmt: skip


_SPEC = Spec(
    what="requests",
    columns=COLUMNS,
    needed=NEEDED,
    readers=_READERS,
    make=RequestRow,
    key=lambda found: found.id,
    key_column="id",
    example=_EXAMPLE,
    twice="row.twice",
)


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    return tables.template(_SPEC)


def read(content: bytes, *, replay: bool, now: datetime) -> Table:
    """Read and check every row; nothing is written.

    Args:
        replay: replies are wanted, and their times.
        now: no time in the table may lie after it.

    Returns:
        Good rows and problems. A table that cannot be read at all has one problem of row 0 or 1.
    """
    needed = NEEDED + (NEEDED_TO_REPLAY if replay else ())
    check = partial(_check, replay=replay, now=now)
    return tables.read(content, replace(_SPEC, needed=needed), check)


def _check(found: RequestRow, say: Say, *, replay: bool, now: datetime) -> None:
    """Check what cells say together."""
    if found.created_at > now:
        say("created_at", "row.future")
    if not replay:
        if found.reply or found.replied_at:
            say("reply", "row.needs_replay")
    elif (found.replied_at is None) != (not found.reply):
        say("replied_at" if found.reply else "reply", "row.half_reply")
    elif found.replied_at and found.replied_at < found.created_at:
        say("replied_at", "row.reply_before", created=f"{found.created_at.astimezone():%F %T}")
    elif found.replied_at and found.replied_at > now:
        say("replied_at", "row.future")
    if (found.lon is None) != (found.lat is None):
        say("lon" if found.lon is None else "lat", "row.half_point")
