"""Invented names for compounds, roads and public plots; likeness with a real place is chance."""

from __future__ import annotations

from collections import Counter

from numpy.random import Generator


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = _words("""
    恒信 昌和 锦绣 蓝湾 金水 玉泉 碧桐 青禾 望河 临湖 春晖 和顺 福满 安泰 祥和 丽景
    东方 紫荆 香樟 银杏 海棠 丁香 牡丹 芙蓉 翠竹 松涛 梧桐 云帆 星河 晨曦 朝阳 阳光
    明珠 宝晶 蓝晶 龙泉 凤鸣 鹿鸣 鸿运 世纪 华清 文景 书香 博雅 弘文 崇德 仁和 德馨
    永乐 长乐 康宁 吉祥 如意 金桂 玉兰 石榴 枫林 柳岸 荷风 听雨
""")
_LAST = {
    "lane_house": _words("小区 新村 里 家属院"),
    "walk_up": _words("小区 花园 新村 家园 苑"),
    "mid_rise": _words("花园 嘉园 雅居 华庭 名苑"),
    "tower": _words("国际 公馆 华府 城 壹号院"),
    "high_slab": _words("华府 名邸 新城 府 御园"),
}
_PUBLIC = {
    "school": ("第{}小学", "第{}中学"),
    "kindergarten": ("第{}幼儿园",),
    "market": ("{}农贸市场", "{}商场"),
    "office": ("{}办公楼", "{}写字楼"),
    "hospital": ("{}医院", "{}卫生服务中心"),
    "workshop": ("{}产业园", "{}物流园"),
    "park": ("{}公园", "{}广场", "{}游园", "{}绿地", "{}花圃"),
}
_STREETS = _words("""
    昌盛 恒安 利民 孤桐 方山 洪阳 宝通 健康 文化 青年
    团结 幸福 建设 新兴 安顺 乐民 学林 桐荫 流泉 南辛
""")
_ROADS = _words("""
    新昌 永康 宝都 湖东 湖西 丹水 首阳 站前 古城 大沂
    朝凤 明理 和平 振兴 青龙 齐贤 桂河 阿陀 中山 东岭
""")
_NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """Write 1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_NUMERALS[tens - 1]}十")
    return head + (_NUMERALS[ones - 1] if ones else "")


class Names:
    """Hands out each name once."""

    def __init__(self, rng: Generator) -> None:
        self._rng = rng
        self._count: Counter[str] = Counter()
        self._pools = {
            "x": [f"{word}街" for word in rng.permutation(_STREETS)],
            "y": [f"{word}路" for word in rng.permutation(_ROADS)],
        }

    def _fresh(self, name: str) -> str:
        """Add 二期, 三期 … when a name was given before."""
        self._count[name] += 1
        return name if self._count[name] == 1 else f"{name}{numeral(self._count[name])}期"

    def compound(self, style: str) -> str:
        """Name a compound of homes by the style of its houses."""
        first = self._rng.choice(_FIRST)
        return self._fresh(f"{first}{self._rng.choice(_LAST[style])}")

    def public(self, use: str) -> str:
        """Name a public plot."""
        pattern = str(self._rng.choice(_PUBLIC[use]))
        if pattern.startswith("第"):
            self._count[pattern] += 1
            return pattern.format(numeral(self._count[pattern]))
        names = (pattern.format(first) for first in self._rng.permutation(_FIRST))
        return self._fresh(next((name for name in names if not self._count[name]), pattern))

    def road(self, axis: str) -> str:
        """Name a road: 街 runs east-west, 路 north-south."""
        pool = self._pools[axis]
        return pool.pop() if pool else self._fresh("新开街" if axis == "x" else "新开路")
