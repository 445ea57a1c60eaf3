"""Is ``import nn`` light?"""

import importlib
import subprocess
import sys

import pytest

import nn

HEAVY = ("numba", "scipy", "safetensors", "sklearn", "tqdm", "matplotlib", "wasmtime")


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_importing_nn_loads_nothing_heavy():
    use = "model = nn.Sequential(nn.Linear(2, 3), nn.ReLU()); model(autograd.ones(1, 2)).sum().backward()"
    found = f"print([m for m in {HEAVY} if m in sys.modules])"
    assert run(f"import sys, autograd, nn; {use}; {found}") == "[]"


def test_importing_nn_alone_loads_no_layers():
    assert run("import sys, nn; print([m for m in sys.modules if m.startswith('nn.')])") == "[]"


@pytest.mark.parametrize("name", sorted(nn.EXPORTS))
def test_every_exported_name_is_where_it_is_said_to_be(name):
    assert getattr(nn, name) is getattr(importlib.import_module(nn.EXPORTS[name]), name)
    assert name in dir(nn)


def test_every_named_submodule_exists():
    assert {name: getattr(nn, name).__name__ for name in nn.SUBMODULES} == {
        name: f"nn.{name}" for name in nn.SUBMODULES
    }


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'nn' has no attribute 'Lineal'"):
        nn.Lineal


def test_asking_for_a_function_finds_the_function_though_its_module_was_loaded_first():
    assert run("import nn.summaries, nn.saving, nn; print(callable(nn.summary), callable(nn.save))") == "True True"
