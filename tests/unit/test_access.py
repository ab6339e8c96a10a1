"""Who may do what: every role and every action, written out by hand."""

import pytest

from bot.access import NEEDS, Role, authorize, pattern, role
from bot.settings.values import Access
from scheduler.job import Place, Principal
from tests.unit.jobs import a_job

ACCESS = Access(
    admins=("slack:T1:UADMIN",),
    operators=("slack:T1:UOPER", "slack:T1:UOWNER"),
    viewers=("slack:T1:UVIEW",),
)
HERE = Place("slack", "T1", "C1")
THREAD = Place("slack", "T1", "C1", "1700000000.1")
ELSEWHERE = Place("slack", "T1", "C2")

PEOPLE = {
    "stranger": Principal("slack", "T1", "UNOBODY"),
    "viewer": Principal("slack", "T1", "UVIEW"),
    "operator": Principal("slack", "T1", "UOPER"),
    "owner": Principal("slack", "T1", "UOWNER"),
    "admin": Principal("slack", "T1", "UADMIN"),
}
JOB = a_job(place=HERE, owner=PEOPLE["owner"])

ABOUT_NO_JOB = """
                 stranger viewer operator owner admin
claim            yes      yes    yes      yes   yes
help             -        yes    yes      yes   yes
list             -        yes    yes      yes   yes
alerts           -        yes    yes      yes   yes
default          -        yes    yes      yes   yes
tz               -        yes    yes      yes   yes
add              -        -      yes      yes   yes
add-script       -        -      -        -     yes
snapshot-all     -        -      yes      yes   yes
list-everywhere  -        -      -        -     yes
cost             -        yes    yes      yes   yes
cost-everywhere  -        -      -        -     yes
audit            -        -      -        -     yes
unclaim          -        -      -        -     yes
halt             -        -      -        -     yes
unhalt           -        -      -        -     yes
change-default   -        -      -        -     yes
an-unknown-verb  -        -      -        -     -
"""

IN_THE_CHAT_OF_THE_JOB = """
                 stranger viewer operator owner admin
show             -        yes    yes      yes   yes
history          -        yes    yes      yes   yes
output           -        yes    yes      yes   yes
cost             -        yes    yes      yes   yes
pause            -        -      yes      yes   yes
resume           -        -      yes      yes   yes
run              -        -      yes      yes   yes
stop             -        -      yes      yes   yes
leave            -        -      yes      yes   yes
pin              -        -      yes      yes   yes
pin-another      -        -      -        yes   yes
snapshot         -        -      -        yes   yes
accept           -        -      -        yes   yes
run-once         -        -      -        yes   yes
drill            -        -      -        yes   yes
edit             -        -      -        yes   yes
unpin            -        -      -        yes   yes
remove           -        -      -        yes   yes
restore          -        -      -        yes   yes
raise            -        -      -        -     yes
an-unknown-verb  -        -      -        -     -
"""

IN_ANOTHER_CHAT = """
                 stranger viewer operator owner admin
show             -        -      -        yes   yes
history          -        -      -        yes   yes
output           -        -      -        yes   yes
cost             -        -      -        yes   yes
pause            -        -      -        yes   yes
resume           -        -      -        yes   yes
run              -        -      -        yes   yes
stop             -        -      -        yes   yes
leave            -        -      -        yes   yes
pin              -        -      -        yes   yes
pin-another      -        -      -        yes   yes
snapshot         -        -      -        yes   yes
accept           -        -      -        yes   yes
run-once         -        -      -        yes   yes
drill            -        -      -        yes   yes
edit             -        -      -        yes   yes
unpin            -        -      -        yes   yes
remove           -        -      -        yes   yes
restore          -        -      -        yes   yes
raise            -        -      -        -     yes
an-unknown-verb  -        -      -        -     -
"""


def cells(table: str) -> list[tuple[str, str, bool]]:
    """Action, role, and whether it may."""
    head, *rows = table.strip("\n").splitlines()
    columns = head.split()
    return [
        (action, column, mark == "yes")
        for action, *marks in (row.split() for row in rows)
        for column, mark in zip(columns, marks, strict=True)
    ]


@pytest.mark.parametrize(("action", "who", "may"), cells(ABOUT_NO_JOB))
def test_each_role_may_do_what_the_table_says_about_no_job(
    action: str, who: str, may: bool
) -> None:
    assert authorize(PEOPLE[who], action, HERE, ACCESS) is may


@pytest.mark.parametrize("place", [HERE, THREAD], ids=["the chat", "a thread of it"])
@pytest.mark.parametrize(("action", "who", "may"), cells(IN_THE_CHAT_OF_THE_JOB))
def test_each_role_may_do_what_the_table_says_to_a_job_of_this_chat(
    action: str, who: str, may: bool, place: Place
) -> None:
    assert authorize(PEOPLE[who], action, place, ACCESS, JOB) is may


@pytest.mark.parametrize(("action", "who", "may"), cells(IN_ANOTHER_CHAT))
def test_each_role_may_do_what_the_table_says_to_a_job_of_another_chat(
    action: str, who: str, may: bool
) -> None:
    assert authorize(PEOPLE[who], action, ELSEWHERE, ACCESS, JOB) is may


def test_the_tables_know_every_action() -> None:
    known = {action for action, _, _ in cells(ABOUT_NO_JOB) + cells(IN_THE_CHAT_OF_THE_JOB)}
    assert known - {"an-unknown-verb"} == set(NEEDS)


@pytest.mark.parametrize("who", PEOPLE.values(), ids=PEOPLE)
def test_empty_lists_admit_nobody(who: Principal) -> None:
    assert role(who, HERE, Access()) is Role.NOBODY


def test_the_person_at_the_terminal_is_admin() -> None:
    me = Principal("terminal", "local", "me")
    assert role(me, Place("terminal", "local", "terminal"), Access()) is Role.ADMIN


def test_an_owner_whom_no_list_admits_any_more_has_no_rights_to_their_job() -> None:
    access = Access(admins=ACCESS.admins)
    assert role(PEOPLE["owner"], HERE, access, JOB) is Role.NOBODY


def test_an_owner_who_is_now_a_viewer_only_looks() -> None:
    access = Access(viewers=("slack:T1:*",))
    assert role(PEOPLE["owner"], HERE, access, JOB) is Role.VIEWER
    assert role(PEOPLE["owner"], ELSEWHERE, access, JOB) is Role.NOBODY


def test_the_same_name_is_not_the_same_person() -> None:
    namesake = Principal("slack", "T1", "UOPER", name=PEOPLE["owner"].name)
    assert role(namesake, HERE, ACCESS, JOB) is Role.OPERATOR


GROUP = Place("telegram", "-100123", "-100123")
PRIVATE = Place("telegram", "42", "42")

PATTERNS = [
    ("slack:T1:U1", Principal("slack", "T1", "U1"), HERE, True),
    ("slack:T1:U1", Principal("slack", "T1", "U1"), ELSEWHERE, True),
    ("slack:T1:U1", Principal("slack", "T1", "U12"), HERE, False),
    ("slack:T1:U1", Principal("slack", "T2", "U1"), HERE, False),
    ("slack:T1:*", Principal("slack", "T1", "U9"), HERE, True),
    ("slack:T1:*", Principal("slack", "T2", "U9"), HERE, False),
    ("slack:T1:#C1", Principal("slack", "T1", "U9"), HERE, True),
    ("slack:T1:#C1", Principal("slack", "T1", "U9"), THREAD, True),
    ("slack:T1:#C1", Principal("slack", "T1", "U9"), ELSEWHERE, False),
    ("slack:T1:#C1", Principal("slack", "T2", "U9"), HERE, False),
    ("telegram:42", Principal("telegram", "-100123", "42"), GROUP, True),
    ("telegram:42", Principal("telegram", "42", "42"), PRIVATE, True),
    ("telegram:42", Principal("telegram", "-100123", "421"), GROUP, False),
    ("telegram:42", Principal("slack", "T1", "42"), HERE, False),
    ("telegram:-100123:*", Principal("telegram", "-100123", "7"), GROUP, True),
    ("telegram:-100123:*", Principal("telegram", "7", "7"), PRIVATE, False),
    ("telegram:-100123:*", Principal("slack", "-100123", "7"), HERE, False),
]


@pytest.mark.parametrize(("listed", "who", "place", "admitted"), PATTERNS)
def test_a_pattern_admits_whom_it_names_and_nobody_else(
    listed: str, who: Principal, place: Place, admitted: bool
) -> None:
    found = role(who, place, Access(operators=(listed,)))
    assert found is (Role.OPERATOR if admitted else Role.NOBODY)


@pytest.mark.parametrize(
    ("who", "place"),
    [
        (Principal("slack", "T1", "U9"), HERE),
        (Principal("telegram", "-100123", "42"), GROUP),
        (Principal("telegram", "42", "42"), PRIVATE),
    ],
)
def test_the_pattern_a_stranger_is_told_admits_them_when_an_admin_lists_it(
    who: Principal, place: Place
) -> None:
    assert role(who, place, Access(viewers=(pattern(who),))) is Role.VIEWER
