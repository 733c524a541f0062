"""Suggest a category by keywords, and notice danger to life. Rules only: a person decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

MAX_SUGGESTIONS = 3
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class KeywordRule:
    """Let words speak with a weight for a category; a negative weight speaks against it."""

    category_code: str
    words: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Suggestion:
    """Propose a category.

    Attributes:
        category: category code.
        score: sum of the weights of the words found.
        words: the words that spoke for it, as the rules spell them, in the order of the rules.
    """

    category: str
    score: float
    words: tuple[str, ...]


class EmergencyLine(StrEnum):
    """Name the service to call at once: 110, 119, 120, 122 or the gas company."""

    POLICE = "110"
    FIRE = "119"
    AMBULANCE = "120"
    TRAFFIC = "122"
    GAS = "gas"


@dataclass(frozen=True)
class SafetyHit:
    """Hold a word that may mean danger to life, and whom to call."""

    word: str
    line: EmergencyLine


SAFETY_WORDS: Mapping[EmergencyLine, tuple[str, ...]] = MappingProxyType(
    {
        EmergencyLine.GAS: (
            "煤气泄漏", "燃气泄漏", "天然气泄漏", "漏气", "漏煤气", "煤气味", "燃气味", "瓦斯味",
            "煤氣洩漏", "燃氣洩漏", "瓦斯外洩", "gas leak", "smell gas", "smell of gas",
        ),
        EmergencyLine.FIRE: (
            "起火", "着火", "失火", "火灾", "冒烟", "浓烟", "爆炸", "触电", "漏电", "电线掉落",
            "电线断落", "困人", "被困", "坍塌", "倒塌", "塌方", "溺水", "落水", "掉井里", "跌落井",
            "著火", "火災", "濃煙", "觸電", "漏電", "on fire", "explosion",
            "electric shock", "collapsed", "trapped", "drowning",
        ),
        EmergencyLine.AMBULANCE: (
            "坠落", "坠楼", "昏迷", "晕倒", "没有呼吸", "大出血", "中毒", "心脏病发", "割腕",
            "服毒", "墜落", "墜樓", "昏倒", "unconscious", "not breathing", "heart attack",
            "poisoned",
        ),
        EmergencyLine.POLICE: (
            "自杀", "跳楼", "轻生", "持刀", "砍人", "打死", "家暴", "绑架", "虐待", "走失",
            "自殺", "跳樓", "輕生", "綁架", "suicide", "kidnapped", "stabbed",
        ),
        EmergencyLine.TRAFFIC: (
            "车祸", "撞人", "撞伤", "交通事故", "車禍", "撞傷", "car crash", "hit by a car",
        ),
    }
)  # fmt: skip


def suggest(text: str, rules: Iterable[KeywordRule]) -> tuple[Suggestion, ...]:
    """Return up to three categories with a positive score, best first.

    Width, case and blanks are ignored; each word counts once per rule however often it appears.
    Equal scores go by category code, so the answer never depends on the order of the rules.
    """
    haystack = _Haystack.of(text)
    scores: dict[str, float] = {}
    spoke: dict[str, dict[str, None]] = {}
    for rule in rules:
        found = [word for word in dict.fromkeys(rule.words) if haystack.has(word)]
        scores[rule.category_code] = scores.get(rule.category_code, 0.0) + rule.weight * len(found)
        if rule.weight > 0:
            spoke.setdefault(rule.category_code, {}).update(dict.fromkeys(found))
    best = sorted((-score, code) for code, score in scores.items() if score > 0)
    return tuple(
        Suggestion(code, -score, tuple(spoke[code])) for score, code in best[:MAX_SUGGESTIONS]
    )


def words_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that occur in a text, in their order; width, case and blanks are ignored."""
    haystack = _Haystack.of(text)
    return tuple(word for word in dict.fromkeys(words) if haystack.has(word))


def safety_words(text: str) -> tuple[SafetyHit, ...]:
    """Return every word that may mean danger to life, in the order of `SAFETY_WORDS`.

    Negations and drills are not told apart: a false alarm costs a glance, a missed one a life.
    """
    haystack = _Haystack.of(text)
    return tuple(
        SafetyHit(word, line)
        for line, words in SAFETY_WORDS.items()
        for word in words
        if haystack.has(word)
    )


@dataclass(frozen=True)
class _Haystack:
    """Hold a text ready for searching: `dense` without blanks, `spaced` with single ones."""

    dense: str
    spaced: str

    @classmethod
    def of(cls, text: str) -> _Haystack:
        spaced = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).casefold())
        return cls(spaced.replace(" ", ""), spaced)

    def has(self, word: str) -> bool:
        """Tell whether a word occurs; one in Latin letters must stand alone."""
        needle = _needle(word)
        if isinstance(needle, str):
            return bool(needle) and needle in self.dense
        return needle.search(self.spaced) is not None


@lru_cache(maxsize=8192)
def _needle(word: str) -> str | re.Pattern[str]:
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", word).casefold()).strip()
    if plain and plain.isascii():
        return re.compile(rf"(?<![a-z0-9]){re.escape(plain)}(?![a-z0-9])")
    return plain.replace(" ", "")
