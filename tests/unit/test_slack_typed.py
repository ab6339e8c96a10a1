"""Slack's spelling of what a person typed is undone, once and no further."""

import pytest

from bot.adapters.slack.typed import after_mention, typed


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("a &amp; b &lt; c &gt; d", "a & b < c > d"),
        ("&amp;lt; &amp;amp;", "&lt; &amp;"),
        ("<http://example.com|example.com>", "example.com"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|the site>", "https://example.com"),
        ("<mailto:ops@example.com|ops@example.com>", "ops@example.com"),
        ("<#C123|room>", "#room"),
        ("<#C123|>", "#C123"),
        ("<#C123>", "#C123"),
        ("<@U1|ana>", "@ana"),
        ("<@U1>", "@U1"),
        ("<!channel>", "@channel"),
        ("<!here|@here>", "@here"),
        ("<!subteam^S1|@ops>", "@ops"),
        ("<!subteam^S1>", "@subteam"),
        ("pin 7 <http://x.com|x.com>:<http://y.com|y.com>", "pin 7 x.com:y.com"),
        ("“every day” – it’s…", "“every day” – it’s…"),
        ("< a > <>", "< a > <>"),
        ("<|>", ""),
        ("<@>", "@"),
        ("", ""),
    ],
)
def test_the_words_are_as_the_person_saw_them(spelled: str, meant: str) -> None:
    assert typed(spelled) == meant


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("<@UBOT> pin 7", "pin 7"),
        ("<@UBOT|driftpin> pin 7", "pin 7"),
        ("good morning <@UBOT> pin 7 ", "pin 7"),
        ("pin 7 <@UBOT>", "pin 7"),
        ("<@UBOT>", ""),
        ("  <@UBOT>  ", ""),
        ("pin 7", "pin 7"),
        ("<@UBOT> add daily | ask <@U1|ana>", "add daily | ask @ana"),
        ("<@UBOT> add daily | greet <@UBOT>", "add daily | greet @UBOT"),
        ("<@UBOTTLE> pin 7", "@UBOTTLE pin 7"),
    ],
)
def test_the_words_behind_the_mention_are_what_was_asked_else_those_before(
    said: str, asked: str
) -> None:
    assert after_mention(said, "UBOT") == asked


def test_a_long_text_of_almost_references_takes_no_time() -> None:
    assert len(typed("<" * 40_000 + "@U1")) == 40_003
