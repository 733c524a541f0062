"""Checks of the database and of what is in it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from onegrid.commands.doctor.finding import Finding, State, judge
from onegrid.commands.doctor.machine import database_remedy
from onegrid.common.holidays import official_days
from onegrid.runtime.binaries import OLDEST
from onegrid.runtime.words import words

_SKEW_SECONDS = 2.0
_STALLED_MINUTES = 10
_FROM_NOVEMBER = 11
_ROLE = """
SELECT rolsuper OR rolbypassrls,
       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = rolname)
  FROM pg_roles WHERE rolname = current_user
"""
_STALLED = """
SELECT count(*) FROM procrastinate_jobs AS job
 WHERE status = 'doing' AND NOT EXISTS (
   SELECT FROM procrastinate_workers AS worker
    WHERE worker.id = job.worker_id
      AND worker.last_heartbeat > now() - %s * interval '1 minute')
"""


def checks() -> list[Finding]:
    """Run all of them; what needs tables only where there are tables."""
    try:
        reached = _reached()
    except (DatabaseError, ImproperlyConfigured) as error:
        return [Finding("database", State.FAIL, str(error).strip(), database_remedy())]
    migrated = _migrated()
    found = [reached, migrated, _role(), _clock(), _holidays(timezone.localtime())]
    return [*found, _jobs()] if migrated.state == State.OK else found


def _reached() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        major: int = cursor.fetchone()[0]
    text = words(f"PostgreSQL {major} answers.", f"PostgreSQL {major} 运行正常。")
    remedy = words(f"Use PostgreSQL {OLDEST} or newer.", f"请使用 PostgreSQL {OLDEST} 或更新版本。")
    return judge("database", major >= OLDEST, text, remedy)


def _migrated() -> Finding:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    text = (
        words(f"{missing} migrations are missing.", f"有 {missing} 项数据库迁移未执行。")
        if missing
        else words("All tables are as this version needs them.", "数据表与本版本一致。")
    )
    remedy = words("Run ./run migrate.", "请运行 ./run migrate。")
    return judge("migrations", not missing, text, remedy)


def _role() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        above, owner = cursor.fetchone()
    good = not (above or owner)
    text = (
        words(
            "Web and worker use a role bound by the policies.", "网页与后台任务使用受限数据库角色。"
        )
        if good
        else words(
            "Web and worker use a role that row-level security does not bind.",
            "网页与后台任务所用数据库角色不受行级安全约束。",
        )
    )
    remedy = words(
        "Let ONEGRID_DATABASE_URL name a role that owns nothing, without SUPERUSER and BYPASSRLS.",
        "请在 ONEGRID_DATABASE_URL 中使用不拥有数据表、且无 SUPERUSER 与 BYPASSRLS 权限的角色。",
    )
    return judge("role", good, text, remedy)


def _clock() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    skew = abs((timezone.now() - theirs).total_seconds())
    text = words(
        f"The clocks of this machine and the database differ by {skew:.1f} s.",
        f"本机与数据库的时钟相差 {skew:.1f} 秒。",
    )
    remedy = words(
        "Set both clocks by NTP: promised times count on them.",
        "请用 NTP 校准两边的时钟，承诺时限以此计算。",
    )
    return judge("clock", skew <= _SKEW_SECONDS, text, remedy)


def _holidays(now: datetime) -> Finding:
    """Judge whether holidays are known; those of the next year come out every November."""
    wanted = [now.year, now.year + 1] if now.month >= _FROM_NOVEMBER else [now.year]
    missing = [str(year) for year in wanted if official_days(year) is None]
    years = ", ".join(missing or map(str, wanted))
    text = (
        words(f"No official holidays of {years}.", f"缺少 {years} 年法定节假日安排。")
        if missing
        else words(f"Official holidays of {years} are known.", f"已有 {years} 年法定节假日安排。")
    )
    remedy = words(
        "Until the list is entered, Monday to Friday count as working days. Enter it by hand "
        "or update the package chinesecalendar.",
        "录入前按周一至周五为工作日计算。请手工录入，或更新 chinesecalendar 软件包。",
    )
    return judge("holidays", not missing, text, remedy, otherwise=State.WARN)


def _jobs() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_STALLED, [_STALLED_MINUTES])
        stalled: int = cursor.fetchone()[0]
    text = words(f"{stalled} background jobs are stalled.", f"停滞的后台任务：{stalled} 个。")
    remedy = words(
        "See that a worker runs (./run serve); it takes stalled jobs up again.",
        "请确认后台任务进程在运行（./run serve），停滞的任务会被重新执行。",
    )
    return judge("jobs", not stalled, text, remedy)
