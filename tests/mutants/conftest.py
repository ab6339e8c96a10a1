"""The copy of the tree in which the mutants of one file come and go."""

import pytest

from tests.mutants.mutating import Tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree(tmp_path_factory.mktemp("tree"))
