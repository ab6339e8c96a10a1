"""Where the admins are told what only they can mend."""

from bot.admins import admin_places
from scheduler.job import Place

BOTH = ("slack", "telegram")


def test_the_admin_chat_is_told_and_nobody_else() -> None:
    admins = ["slack:T1:U2", "telegram:42"]
    assert admin_places("slack:T1:#C9", admins, BOTH) == [Place("slack", "T1", "C9")]


def test_without_one_each_admin_is_told_directly() -> None:
    admins = ["slack:T1:U2", "telegram:42"]
    places = [Place("slack", "T1", "U2"), Place("telegram", "42", "42")]
    assert admin_places(None, admins, BOTH) == places
    assert admin_places("slack:T1:#C9", admins, ("telegram",)) == places[1:]


def test_a_whole_workspace_or_group_of_admins_has_no_direct_messages() -> None:
    assert admin_places(None, ["slack:T1:*", "telegram:-1001:*"], BOTH) == []
