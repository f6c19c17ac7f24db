"""Identity tokens: only one that is whole, ours, of now and of this login is taken."""

import base64
import hmac
from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from zhisuan.access.oidc import ProviderRules, challenge, login_name, verified
from zhisuan.core.errors import NotAuthenticated

AT = datetime(2026, 1, 2, tzinfo=UTC)
HS256, NONE = b'{"alg":"HS256","kid":"one"}', b'{"alg":"none"}'
NOW = int(AT.timestamp())
RULES = ProviderRules("https://id.example", "zhisuan", "secret", "https://here.example/back")
GOOD = {
    "iss": "https://id.example",
    "aud": "zhisuan",
    "sub": "1",
    "iat": NOW,
    "exp": NOW + 300,
    "nonce": "n-1",
}


@pytest.fixture(scope="module")
def key():
    return RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def other():
    return RSAKey.generate_key(2048, {"kid": "one"})


def token(key, **changes):
    claims = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def keys(key):
    return {"keys": [key.as_dict(private=False)]}


def test_a_good_token_is_taken(key):
    assert verified(token(key), keys(key), RULES, "n-1", AT)["sub"] == "1"
    assert verified(token(key, aud=["zhisuan"]), keys(key), RULES, "n-1", AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["zhisuan", "another"], "azp": "another"},
        {"nonce": "n-2"},
        {"nonce": None},
        {"exp": NOW - 61},
        {"exp": None},
        {"iat": NOW + 3600},
        {"sub": None},
    ],
)
def test_one_wrong_claim_is_refused(key, changes):
    with pytest.raises(NotAuthenticated):
        verified(token(key, **changes), keys(key), RULES, "n-1", AT)


def test_another_keys_signature_is_refused(key, other):
    with pytest.raises(NotAuthenticated):
        verified(token(other), keys(key), RULES, "n-1", AT)


def test_an_unsigned_token_and_one_signed_with_a_public_secret_are_refused(key):
    claims = token(key).split(".")[1]
    signed = f"{encoded(HS256)}.{claims}"
    public = key.as_pem(private=False)
    forged = f"{signed}.{encoded(hmac.digest(public, signed.encode(), 'sha256'))}"
    none = f"{encoded(NONE)}.{claims}."
    for text in (forged, none, "", "a.b.c"):
        with pytest.raises(NotAuthenticated):
            verified(text, keys(key), RULES, "n-1", AT)


def test_the_challenge_is_that_of_the_standard():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_an_address_counts_only_when_verified():
    assert login_name({"email": "Li@x.cn", "email_verified": True}, "email") == "li@x.cn"
    assert login_name({"employee": "L7"}, "employee") == "l7"
    for claims in ({"email": "li@x.cn"}, {"email": 1, "email_verified": True}, {}):
        with pytest.raises(NotAuthenticated):
            login_name(claims, "email")
