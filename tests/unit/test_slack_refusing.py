"""Each error of Slack has one consequence."""

import pytest

from bot.adapters.slack.refusing import UNINVITED, Meaning, meaning


@pytest.mark.parametrize(
    ("code", "status", "means"),
    [
        ("not_in_channel", 200, Meaning.DEAD),
        ("channel_not_found", 200, Meaning.DEAD),
        ("is_archived", 200, Meaning.DEAD),
        ("user_not_found", 200, Meaning.DEAD),
        ("an_error_of_next_year", 200, Meaning.DEAD),
        ("account_inactive", 200, Meaning.WORKSPACE),
        ("token_revoked", 200, Meaning.WORKSPACE),
        ("invalid_auth", 200, Meaning.WORKSPACE),
        ("invalid_blocks", 200, Meaning.FORMAT),
        ("msg_too_long", 200, Meaning.FORMAT),
        ("msg_blocks_too_long", 200, Meaning.FORMAT),
        ("message_not_found", 200, Meaning.GONE),
        ("cant_update_message", 200, Meaning.GONE),
        ("edit_window_closed", 200, Meaning.GONE),
        ("ratelimited", 429, Meaning.LIMITED),
        ("ratelimited", 200, Meaning.LIMITED),
        ("status 429", 429, Meaning.LIMITED),
        ("internal_error", 200, Meaning.DOUBTFUL),
        ("fatal_error", 200, Meaning.DOUBTFUL),
        ("status 500", 500, Meaning.DOUBTFUL),
        ("status 503", 503, Meaning.DOUBTFUL),
    ],
)
def test_an_error_means_one_thing(code: str, status: int, means: Meaning) -> None:
    assert meaning(code, status) is means


def test_an_invitation_mends_only_dead_places() -> None:
    assert {meaning(code, 200) for code in UNINVITED} == {Meaning.DEAD}
