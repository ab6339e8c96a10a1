"""The lock of the HTTP door, header by header."""

from functools import partial

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.adapters.slack.signatures import WINDOW, Signatures
from tests.fakes.slack.signing import signed

NOW = 1_800_000_000
SECRET = "canary-signing-secret"
BODY = b"command=%2Fjobs&text=list"
GOOD = {"Content-Type": "application/x-www-form-urlencoded", **signed(BODY, SECRET, NOW)}


@pytest.fixture
def lock() -> Signatures:
    return Signatures(now=lambda: NOW)


def test_a_request_of_slacks_is_let_in_and_proved(lock: Signatures) -> None:
    assert lock.refusal(GOOD) is None
    assert lock.proves(GOOD, BODY, SECRET)


def test_our_proof_agrees_with_slacks_own() -> None:
    for body in (b"", BODY, "é".encode()):
        stamp = str(NOW)
        theirs = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
        assert signed(body, SECRET, NOW)["X-Slack-Signature"] == theirs


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON; charset=utf-8"])
def test_json_is_let_in_too(lock: Signatures, kind: str) -> None:
    assert lock.refusal({**GOOD, "Content-Type": kind}) is None


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/jsonp"])
def test_nothing_else_is_read(lock: Signatures, kind: str) -> None:
    assert lock.refusal({**GOOD, "Content-Type": kind}) == (415, "neither a form nor JSON")


@pytest.mark.parametrize(
    "stamp", ["", "nan", "inf", "-1", "1e9", " 1", "9" * 13, "9" * 400, "٣" * 10, "1.5", "0x10"]
)
def test_a_stamp_that_is_no_number_of_seconds_is_refused(lock: Signatures, stamp: str) -> None:
    refused = lock.refusal({**GOOD, "X-Slack-Request-Timestamp": stamp})
    assert refused is not None
    assert refused[0] == 401


@pytest.mark.parametrize(
    "signature", ["", "v0=", "v1=" + "0" * 64, "v0=" + "0" * 63, "v0=" + "é" * 64, "v0=" + "G" * 64]
)
def test_a_signature_of_another_shape_is_refused(lock: Signatures, signature: str) -> None:
    assert lock.refusal({**GOOD, "X-Slack-Signature": signature}) == (401, "not signed by Slack")


@pytest.mark.parametrize("missing", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
def test_a_missing_header_is_refused(lock: Signatures, missing: str) -> None:
    assert lock.refusal({k: v for k, v in GOOD.items() if k != missing}) is not None


@pytest.mark.parametrize(("late", "refused"), [(0, False), (WINDOW, False), (WINDOW + 1, True)])
def test_a_request_is_good_for_five_minutes_before_and_after(late: int, refused: bool) -> None:
    for now in (NOW + late, NOW - late):
        lock = Signatures(now=partial(float, now))
        assert (lock.refusal(GOOD) is not None) is refused


@pytest.mark.parametrize(
    ("body", "secret"), [(BODY + b" ", SECRET), (b"", SECRET), (BODY, "another"), (BODY, "")]
)
def test_another_body_or_secret_proves_nothing(lock: Signatures, body: bytes, secret: str) -> None:
    assert not lock.proves(GOOD, body, secret)


def test_what_was_taken_in_is_known_again(lock: Signatures) -> None:
    assert not lock.is_replay(GOOD)
    lock.taken_in(GOOD)
    assert lock.is_replay(GOOD)
