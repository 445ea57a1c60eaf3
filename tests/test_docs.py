"""Do the documents say what is true?"""

import doctest
import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest

import autograd
import nn
import viz

ROOT = Path(__file__).parent.parent
MODULES = [
    module.name
    for package in (autograd, nn, viz)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    if not module.name.endswith("__main__")
]


def test_the_table_in_the_documentation_is_the_table():
    spec = importlib.util.spec_from_file_location("operations", ROOT / "docs" / "operations.py")
    operations = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(operations)
    assert operations.TARGET.read_text("utf-8") == operations.document(), "run python docs/operations.py"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_module_opens_with_what_it_is_for(name):
    module = importlib.import_module(name)
    assert module.__doc__
    assert len(module.__doc__.splitlines()[0]) > 15


def test_the_readme_shows_what_its_code_prints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```pycon\n(.*?)```", readme, flags=re.DOTALL)
    assert len(blocks) >= 3
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", "README.md", 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
    assert (tmp_path / "gates.svg").exists()


def test_the_readme_links_to_files_that_exist():
    readme = (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", readme):
        assert (ROOT / target).exists(), target
