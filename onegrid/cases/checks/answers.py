"""Checks of what was answered: copied, too short, a part without an answer of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from onegrid.cases.checks.seen import Answer, Seen, Suspicion
from onegrid.cases.oversight_terms import CheckCode
from onegrid.core.flow import Action
from onegrid.core.similar import bigrams, word_likeness

#: Answers of the same unit so far back are compared.
WINDOW_DAYS = 30
#: Two answers are near-equal from this share of common character pairs on.
NEAR_EQUAL = 0.9
#: An answer with fewer signs (letters, digits, characters) says too little.
SHORTEST = 10
_POINTERS = ("同上", "见上", "如上", "见前", "同前", "sameasabove", "seeabove")
_ANSWERING = frozenset({Action.FINISH, Action.ANSWER_NOW, Action.EXTERNAL_DONE})


def copied(seen: Seen) -> Iterator[Suspicion]:
    """Report an answer that is nearly the same as one the unit gave to another case."""
    for answer in seen.answers:
        found = max(
            ((likeness(answer.text, other.text), other) for other in seen.others),
            key=lambda pair: pair[0],
            default=None,
        )
        if found is not None and found[0] >= NEAR_EQUAL and len(signs(answer.text)) >= SHORTEST:
            share, other = found
            yield Suspicion(
                CheckCode.COPIED.value,
                _last_answer(seen),
                {
                    "part": answer.part,
                    "answer": answer.text[:200],
                    "other_case": other.number,
                    "other_answer": other.text[:200],
                    "percent": round(100 * share),
                },
            )
            return


def too_short(seen: Seen) -> Iterator[Suspicion]:
    """Report an answer that says too little."""
    for answer in seen.answers:
        length = len(signs(answer.text))
        if length < SHORTEST and not _points(answer.text):
            found = {"part": answer.part, "answer": answer.text, "length": length}
            yield Suspicion(CheckCode.TOO_SHORT.value, _last_answer(seen), found)
            return


def left_out(seen: Seen) -> Iterator[Suspicion]:
    """Report a part whose answer is empty, only points to another one, or repeats it."""
    for answer in seen.answers:
        twin = _twin(answer, seen.answers)
        empty = not signs(answer.text)
        if empty or _points(answer.text) or twin is not None:
            found = {"part": answer.part, "answer": answer.text[:200], "like_part": twin}
            yield Suspicion(CheckCode.PART_LEFT.value, _last_answer(seen), found)
            return


def _points(text: str) -> bool:
    return signs(text).startswith(_POINTERS)


def _twin(answer: Answer, answers: tuple[Answer, ...]) -> int | None:
    """Return the earlier part that has the same answer."""
    for other in answers:
        if other.part < answer.part and likeness(answer.text, other.text) >= NEAR_EQUAL:
            return other.part
    return None


def _last_answer(seen: Seen) -> int:
    return max((step.seq for step in seen.steps if step.action in _ANSWERING), default=0)


def signs(text: str) -> str:
    """Return letters, digits and characters of a text, in lower case."""
    return "".join(c for c in text.casefold() if c.isalnum())


_pairs = lru_cache(maxsize=20_000)(bigrams)


def likeness(one: str, other: str) -> float:
    """Return the share of character pairs two texts have in common, 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    if 2 * min(len(first), len(second)) < NEAR_EQUAL * (len(first) + len(second)):
        return 0.0  # so different in length that they cannot be near-equal
    return word_likeness(first, second)
