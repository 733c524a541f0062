"""The demo county: invented, and built through the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "Changle-Demo-2026"  # noqa: S105 - printed on purpose, loads only into a demo county
RESIDENT_PHONE = "14100000001"


@dataclass(frozen=True, slots=True)
class Login:
    """A ready login, as printed by ``onegrid demo``."""

    role: str
    username: str
    password: str
    opens: str


def logins() -> list[Login]:
    """Return one ready login per role."""
    code = "(demo phone 演示手机)"
    rows = [Login("居民 resident", RESIDENT_PHONE, code, "/signin")]
    rows += [Login(label, name, PASSWORD, opens) for name, label, opens in STAFF]
    rows.append(Login("带动态口令 with authenticator", "diaodu2", PASSWORD, "/desk/"))
    return rows


#: user name, label, desk
STAFF: tuple[tuple[str, str, str], ...] = (
    ("wangge", "网格员 grid worker", "/work/"),
    ("shequ", "社区干事 community clerk", "/desk/"),
    ("shuji", "社区书记 community secretary", "/desk/"),
    ("bumen", "部门队员 unit team member", "/desk/"),
    ("juzhang", "部门负责人 head of unit", "/desk/"),
    ("jiedao", "街道干部 street officer", "/desk/"),
    ("diaodu", "县调度员 county dispatcher", "/desk/"),
    ("huifang", "回访员 call-back agent", "/desk/"),
    ("ducha", "督查员 supervisor", "/desk/"),
    ("yeweihui", "业委会 owners' committee", "/desk/"),
    ("wuye", "物业公司 property firm", "/desk/"),
    ("xitong", "系统管理员 system administrator", "/admin/"),
    ("anquan", "安全管理员 security administrator", "/admin/"),
    ("shenji", "审计管理员 audit administrator", "/admin/"),
)
