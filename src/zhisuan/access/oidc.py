"""Logging in with another house's account: OpenID Connect, authorisation code with PKCE.

What is checked of an identity token is the list of OpenID Connect Core 1.0, section 3.1.3.7:
its signature by the provider's published keys, issuer, audience, times and nonce. The state of
a login under way stands in this process's memory for ten minutes, and with it the verifier of
RFC 7636 that only we know.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from zhisuan.core.clock import Instant
from zhisuan.core.errors import NotAuthenticated, Unavailable

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_UNDER_WAY = timedelta(minutes=10)
_MOST_UNDER_WAY = 10_000
_LEEWAY_S = 60
_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """How this centre is known to the provider.

    Attributes:
        issuer: its address; discovery is at `/.well-known/openid-configuration` below it.
        claim: the claim that holds a member's login name. `email` counts only when verified.
        redirect: the address of our own callback, as registered there.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect: str
    claim: str = "email"


@dataclass(frozen=True, slots=True)
class Begun:
    """A login under way: where to send the browser, and what it must bring back."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class _Pending:
    nonce: str
    verifier: str
    until: Instant


@dataclass(slots=True)
class Provider:
    """An OpenID Connect provider, as a relying party sees it."""

    rules: ProviderRules
    _pending: dict[str, _Pending] = field(default_factory=dict[str, _Pending])
    _lock: Lock = field(default_factory=Lock)

    def begin(self, now: Instant) -> Begun:
        """Begin a login.

        Raises:
            Unavailable: the provider does not answer, or too many logins are under way.
        """
        found = self._discovered()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._lock:
            self._pending = {s: each for s, each in self._pending.items() if each.until > now}
            if len(self._pending) >= _MOST_UNDER_WAY:
                raise Unavailable("Too many logins are under way.", hint="Try again in a minute.")
            self._pending[state] = _Pending(nonce, verifier, now + _UNDER_WAY)
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.rules.client_id,
                "redirect_uri": self.rules.redirect,
                "scope": "openid email profile",
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge(verifier),
                "code_challenge_method": "S256",
            }
        )
        return Begun(f"{found['authorization_endpoint']}?{query}", state)

    def finish(self, state: str, code: str, now: Instant) -> str:
        """The login name that the provider vouches for.

        Raises:
            NotAuthenticated: the state is not one of ours, or the token is not good.
            Unavailable: the provider does not answer.
        """
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or pending.until <= now:
            raise _refused("the login was not begun here, or too long ago")
        found = self._discovered()
        told = _json(
            "POST",
            found["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.rules.redirect,
                "code_verifier": pending.verifier,
            },
            auth=(self.rules.client_id, self.rules.client_secret),
        )
        keys = _json("GET", found["jwks_uri"])
        claims = verified(str(told.get("id_token", "")), keys, self.rules, pending.nonce, now)
        return login_name(claims, self.rules.claim)

    def _discovered(self) -> Mapping[str, Any]:
        issuer = self.rules.issuer.rstrip("/")
        found = _json("GET", f"{issuer}/.well-known/openid-configuration")
        # OpenID Connect Discovery 1.0, section 4.3: the issuer must be the one that was asked.
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise Unavailable(
                f"The login provider says it is {found.get('issuer')}, not {issuer}.",
                hint="Check the setting oidc_issuer.",
            )
        return found


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, section 4.2).

    >>> challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def verified(
    token: str, keys: Mapping[str, Any], rules: ProviderRules, nonce: str, now: Instant
) -> Mapping[str, Any]:
    """The claims of an identity token that is good.

    Raises:
        NotAuthenticated: signature, issuer, audience, time or nonce is wrong.
    """
    try:
        decoded = jwt.decode(
            token, KeySet.import_key_set({"keys": keys["keys"]}), algorithms=_ALGORITHMS
        )
        claims = decoded.claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": rules.issuer},
            aud={"essential": True, "value": rules.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _refused("its identity token is not good") from error
    several = not isinstance(claims["aud"], str)
    if several and claims.get("azp", rules.client_id) != rules.client_id:
        raise _refused("its identity token is for somebody else")
    return claims


def login_name(claims: Mapping[str, Any], claim: str) -> str:
    """The login name in the claims, lower case.

    Raises:
        NotAuthenticated: there is none, or it is an address nobody has verified.
    """
    name = claims.get(claim)
    if not isinstance(name, str) or not name:
        raise _refused(f"it tells no {claim}")
    if claim == "email" and claims.get("email_verified") is not True:
        raise _refused("it has not verified this address")
    return name.lower()


def _json(method: str, url: str, **rest: Any) -> Mapping[str, Any]:  # noqa: ANN401  httpx's own arguments
    try:
        answer = httpx.request(method, url, timeout=_WAIT_S, follow_redirects=False, **rest)
        if answer.is_client_error and method == "POST":
            raise _refused(f"it did not take the code (HTTP {answer.status_code})")
        told: Mapping[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(
            "The login provider does not answer.", hint="Try again, or log in with a password."
        ) from error
    return told


def _refused(why: str) -> NotAuthenticated:
    return NotAuthenticated(
        f"The login provider's answer cannot be taken: {why}.", hint="Log in again."
    )
