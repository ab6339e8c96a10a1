"""Faults between a chat and what is decided there: who may press what, when, and what is shown."""

from tests.mutants.mutating import mutant

TEAM = "tests/acceptance/test_alert_of_a_team.py::"
STALE = "tests/acceptance/test_stale_presses.py::"
DECISIONS = "tests/integration/test_store_decisions.py::"

MUTANTS = (
    mutant(
        "a press decides whatever revision it saw",
        f"{DECISIONS}test_a_press_under_another_revision_changes_nothing[sqlite]",
        (
            "storage/alerts.py",
            "if row.state is not AlertState.OPEN or row.revision != each.revision:",
            "if row.state is not AlertState.OPEN:",
        ),
    ),
    mutant(
        "an alert that is closed is decided again",
        f"{DECISIONS}test_fifty_presses_at_once_have_one_effect[sqlite]",
        (
            "storage/alerts.py",
            "        if row.state is not AlertState.OPEN or row.revision != each.revision:\n"
            "            return TooLate(_value(tx, row))\n",
            "",
        ),
    ),
    mutant(
        "anybody decides with a button",
        f"{TEAM}test_neither_a_viewer_nor_a_stranger_decides_anything",
        (
            "bot/alert_presses.py",
            "mine = [row.job for row in alert.undecided if self._doors.may(request, action, row.job)]",
            "mine = [row.job for row in alert.undecided]",
        ),
    ),
    mutant(
        "who may do what is asked after it was done",
        "tests/acceptance/test_access_story.py::test_a_viewer_may_look_and_touch_nothing",
        (
            "bot/carrying.py",
            "                job = await self._doors.job(request, VERBS[type(command)], command.job)\n",
            "                job = await self._doors.job(request, 'show', command.job)\n"
            "                if isinstance(command, PauseJob):\n"
            "                    done = await self._about_a_job(command, request)\n"
            "                    await self._doors.job(request, VERBS[type(command)], command.job)\n"
            "                    return done\n",
        ),
    ),
    mutant(
        "an operator pins the job of another to whatever they like",
        "tests/acceptance/test_access_story.py::"
        "test_an_operator_pins_to_what_was_consented_to_and_to_nothing_else",
        (
            "bot/carrying.py",
            "if isinstance(command, PinJob) and not self._doors.may(request, PIN_ANOTHER, job):",
            "if False:",
        ),
    ),
    mutant(
        "a button works in any chat",
        f"{STALE}test_a_token_does_nothing_in_another_chat",
        (
            "bot/presses.py",
            "in_chat = stored.place.whole_chat == request.place.whole_chat",
            "in_chat = True",
        ),
    ),
    mutant(
        "Accept new accepts whatever the default is by then",
        f"{STALE}test_accept_refuses_a_default_that_moved_again_meanwhile",
        (
            "scheduler/service/bindings.py",
            "        seen = seen or (RouteNames.of(alert.route) if alert else None)\n",
            "        seen = None\n",
        ),
        (
            "scheduler/service/bindings.py",
            "        if alert is not None and not alert.route.bills_like(route):\n            raise",
            "        if False:\n            raise",
        ),
    ),
    mutant(
        "what leaves is not sanitised",
        "tests/integration/test_notifier.py::test_what_leaves_rings_nobody",
        (
            "bot/sending.py",
            "clean = sanitise(message, self._hidden())",
            "clean = message",
        ),
    ),
)
