"""A fault between a chat and what is decided there is caught by a test."""

import pytest

from tests.figures import Figures
from tests.mutants.mutating import Mutant, Tree, must_be_caught, must_pass_unchanged
from tests.mutants.of_chats import MUTANTS


def test_what_catches_a_mutant_passes_without_it(tree: Tree) -> None:
    must_pass_unchanged(tree, MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(tree: Tree, mutant: Mutant, figure: Figures) -> None:
    must_be_caught(tree, mutant)
    figure("mutants", caught=1, survived=0)
