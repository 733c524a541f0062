"""Secrets of other systems, sealed in the database by the signing key of this installation."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """The signing key that sealed a secret is gone: the secret must be entered again."""


def seal(secret: str) -> str:
    """Return a secret as it may lie in the database."""
    return _cipher().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a secret in the clear.

    Raises:
        SealBroken: none of the signing keys of this installation opens it.
    """
    try:
        return _cipher().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(_derived(key)) for key in keys)


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"onegrid.sealed:{key}".encode()).digest())
