"""What a small OpenID Connect issuer says: code flow with PKCE, id tokens signed by RS256.

It asks for no password and no second factor: whoever reaches it may be anybody on its list. Real
issuers ask for two factors themselves; the product counts their logins as verified.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CODE_SECONDS = 60
TOKEN_SECONDS = 300
KID = "demo-1"
#: Ways to misbehave, one per id token.
ORDERS = frozenset(
    {
        "expired",
        "forged",
        "no_id_token",
        "no_nonce",
        "other_subject",
        "wrong_audience",
        "wrong_issuer",
        "wrong_nonce",
    }
)


class Declined(Exception):
    """A request that breaks the protocol; ``code`` is the protocol's word for it."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the issuer knows."""

    subject: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Client:
    """Who may ask the issuer, and where answers may go."""

    client_id: str
    secret: str
    redirects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked request for a code."""

    redirect: str
    state: str
    nonce: str
    challenge: str


@dataclass(frozen=True, slots=True)
class _Code:
    person: Person
    wish: Wish
    until: float


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@dataclass
class Issuer:
    """The issuer's state: codes and access tokens given out, its key.

    Attributes:
        address: of the issuer, without a slash at the end.
        clock: seconds since 1970.
        orders: misbehaviour for the next id tokens.
    """

    address: str
    client: Client
    people: Sequence[Person]
    clock: Callable[[], float] = time.time
    orders: deque[str] = field(default_factory=deque)
    key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, tuple[Person, float]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        """Return the issuer's metadata."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": ["openid", "profile"],
        }

    def jwks(self) -> dict[str, Any]:
        """Return the public key."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())
        return {"keys": [{**json.loads(public), "kid": KID, "use": "sig", "alg": "RS256"}]}

    def wish(self, query: Mapping[str, str]) -> Wish:
        """Check a request for a code.

        Raises:
            Declined: another client, another address to answer to, or no PKCE.
        """
        if query.get("client_id") != self.client.client_id:
            raise Declined("unauthorized_client", "unknown client")
        if query.get("redirect_uri") not in self.client.redirects:
            raise Declined("invalid_request", "redirect_uri is not registered")
        if query.get("response_type") != "code":
            raise Declined("unsupported_response_type", "only code")
        if "openid" not in query.get("scope", "").split():
            raise Declined("invalid_scope", "openid is missing")
        if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
            raise Declined("invalid_request", "PKCE with S256 is required")
        return Wish(
            redirect=query["redirect_uri"],
            state=query.get("state", ""),
            nonce=query.get("nonce", ""),
            challenge=query["code_challenge"],
        )

    def grant(self, wish: Wish, username: str) -> str:
        """Return the address that carries a code for a person back to the client.

        Raises:
            Declined: nobody of that name is known.
        """
        person = next((one for one in self.people if one.username == username), None)
        if person is None:
            raise Declined("access_denied", "unknown person")
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(person, wish, self.clock() + CODE_SECONDS)
        return f"{wish.redirect}?{urlencode({'code': code, 'state': wish.state})}"

    def token(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        """Exchange a code, once, for an access token and an id token.

        Raises:
            Declined: wrong secret, code or code verifier.
        """
        name, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        known = hmac.compare_digest(secret.encode(), self.client.secret.encode())
        if name != self.client.client_id or not known:
            raise Declined("invalid_client", "client id or secret")
        if form.get("grant_type") != "authorization_code":
            raise Declined("unsupported_grant_type", "only authorization_code")
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self.clock() >= code.until:
            raise Declined("invalid_grant", "code is unknown, used or too old")
        if form.get("redirect_uri") != code.wish.redirect:
            raise Declined("invalid_grant", "redirect_uri differs")
        if _challenge(form.get("code_verifier", "")) != code.wish.challenge:
            raise Declined("invalid_grant", "code_verifier is wrong")
        access = secrets.token_urlsafe(24)
        self._access[access] = (code.person, self.clock() + TOKEN_SECONDS)
        order = self.orders.popleft() if self.orders else ""
        given = {"access_token": access, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return (
            given if order == "no_id_token" else {**given, "id_token": self._id_token(code, order)}
        )

    def userinfo(self, access: str) -> dict[str, str]:
        """Return what is known of the person behind an access token.

        Raises:
            Declined: the token is unknown or too old.
        """
        person, until = self._access.get(access, (None, 0.0))
        if person is None or self.clock() >= until:
            raise Declined("invalid_token", "unknown or too old")
        return _claims(person)

    def _id_token(self, code: _Code, order: str) -> str:
        now = int(self.clock())
        claims: dict[str, Any] = {
            **_claims(code.person),
            "iss": self.address,
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "amr": ["pwd", "otp"],
            "nonce": code.wish.nonce,
        }
        misbehaviour: dict[str, dict[str, Any]] = {
            "expired": {"exp": now - 1},
            "other_subject": {"sub": "somebody-else"},
            "wrong_audience": {"aud": "another"},
            "wrong_issuer": {"iss": "https://elsewhere.example"},
            "wrong_nonce": {"nonce": secrets.token_urlsafe(16)},
        }
        claims.update(misbehaviour.get(order, {}))
        if order == "no_nonce" or not code.wish.nonce:
            del claims["nonce"]
        key = _new_key() if order == "forged" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KID})


def _claims(person: Person) -> dict[str, str]:
    return {
        "sub": person.subject,
        "preferred_username": person.username,
        "name": person.name,
    }


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
