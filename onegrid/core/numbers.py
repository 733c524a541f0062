"""Case numbers people read out on the phone, and query tokens nobody can guess."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from onegrid.core.errors import CoreError

# Weakly totally anti-symmetric quasigroup of order 10: H. M. Damm, "Total anti-symmetrische
# Quasigruppen", dissertation, Marburg 2004. Row: interim digit, column: next digit.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "i": "1"})
_SEPARATORS = frozenset(" -_./·‐‑‒–—―−\t\r\n")
_MAX_TYPED = 64
_MAX_SEQUENCE = 99_999_999

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TOKEN_LENGTH = 16
MIN_SECRET_BYTES = 16
_TOKEN_PURPOSE = b"onegrid.case.query-token.v1\0"


class BadNumber(CoreError):
    """Refuse a case number: ``number.shape``, ``number.date``, ``number.check`` or ``.range``."""


class BadToken(CoreError):
    """Refuse a query token of the wrong shape, or a secret that is too short."""


@dataclass(frozen=True)
class CaseNumber:
    """Hold the parts of a case number.

    Attributes:
        county: six-digit GB/T 2260 code.
        day: local day of registration.
        sequence: position among the county's cases of that day, from 1.
    """

    county: int
    day: date
    sequence: int

    def __str__(self) -> str:
        return make(self.county, self.day, self.sequence)


def make(county: int, day: date, sequence: int) -> str:
    """Return the number, e.g. ``370725-20261123-0001-6``; the last digit checks the others.

    Raises:
        BadNumber: county or sequence is out of range.
    """
    if not (100_000 <= county <= 999_999 and 1 <= sequence <= _MAX_SEQUENCE):
        raise BadNumber("number.range", county=county, sequence=sequence)
    stem = f"{county:06d}-{day.year:04d}{day.month:02d}{day.day:02d}-{sequence:04d}"
    return f"{stem}-{_damm(stem.replace('-', ''))}"


def parse(text: str) -> CaseNumber:
    """Read a number as people type it.

    Accepts full-width digits, blanks, any dash or none, and O, I, l for the digits they look like.
    The check digit finds every single wrong digit and every swap of two neighbours.

    Raises:
        BadNumber: the shape, the date or the check digit is wrong.
    """
    digits = _stripped(text, "number.shape", BadNumber).translate(_LOOKALIKES)
    if not (digits.isascii() and digits.isdigit() and 19 <= len(digits) <= 23):
        raise BadNumber("number.shape")
    if _damm(digits) != 0:
        raise BadNumber("number.check")
    sequence = int(digits[14:-1])
    if digits[0] == "0" or sequence == 0 or len(digits[14:-1]) > max(4, len(str(sequence))):
        raise BadNumber("number.shape")
    return CaseNumber(int(digits[:6]), _day(digits[6:14]), sequence)


def _day(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise BadNumber("number.date") from error


def _damm(digits: str) -> int:
    """Return the interim digit: the check digit of a stem, 0 for a whole number that is right."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim


def _stripped(text: str, code: str, error: type[CoreError]) -> str:
    if len(text) > _MAX_TYPED:
        raise error(code)
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c not in _SEPARATORS)


def query_token(secret: bytes, case_id: UUID) -> str:
    """Return the token that opens a case without signing in: 80 bits as four groups of four.

    It is HMAC-SHA256 of the case's id, so it can be printed again but not guessed, and it need not
    be stored. The alphabet leaves out I, O, 0 and 1.

    Raises:
        BadToken: the secret has less than `MIN_SECRET_BYTES`.
    """
    if len(secret) < MIN_SECRET_BYTES:
        raise BadToken("token.short_secret", least=MIN_SECRET_BYTES)
    digest = hmac.digest(secret, _TOKEN_PURPOSE + case_id.bytes, "sha256")
    number = int.from_bytes(digest[:10], "big")
    letters = [ALPHABET[number >> shift & 31] for shift in range(75, -1, -5)]
    return _grouped("".join(letters))


def normalise_token(text: str) -> str:
    """Return the token as `query_token` writes it, from what people type.

    Raises:
        BadToken: it has not 16 characters of the alphabet.
    """
    letters = _stripped(text, "token.shape", BadToken).upper()
    if len(letters) != TOKEN_LENGTH or not set(letters) <= set(ALPHABET):
        raise BadToken("token.shape")
    return _grouped(letters)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal, for storing and searching.

    A plain hash is enough: 80 random bits cannot be searched through.

    Raises:
        BadToken: the token has the wrong shape.
    """
    return sha256(normalise_token(token).encode("ascii")).hexdigest()


def token_matches(token: str, stored_hash: str) -> bool:
    """Tell in constant time whether a typed token fits a stored hash; a bad shape does not."""
    try:
        return hmac.compare_digest(token_hash(token), stored_hash)
    except BadToken:
        return False


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, TOKEN_LENGTH, 4))
