"""A mutant whose text is no longer in the product says so, instead of being taken for caught."""

import pytest

from tests.mutants import of_calls, of_caps, of_chats, of_runs
from tests.mutants.mutating import ROOT, Change, Mutant, changed

MUTANTS = (*of_runs.MUTANTS, *of_calls.MUTANTS, *of_caps.MUTANTS, *of_chats.MUTANTS)


def test_a_text_that_is_gone_is_named_with_its_file() -> None:
    with pytest.raises(AssertionError, match=r"no longer occurs in storage/gate\.py"):
        changed("another text", Change("storage/gate.py", "the text", "a fault"))


def test_a_text_that_occurs_twice_is_no_mutant() -> None:
    with pytest.raises(AssertionError, match="2 times"):
        changed("once, once", Change("storage/gate.py", "once", "never"))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_text_of_a_mutant_occurs_once_in_its_file(mutant: Mutant) -> None:
    for change in mutant.changes:
        text = (ROOT / change.file).read_text(encoding="utf-8")
        assert changed(text, change) != text


def test_there_are_many_mutants_and_each_has_a_name_of_its_own() -> None:
    names = {mutant.name for mutant in MUTANTS}
    assert len(names) == len(MUTANTS) >= 30
