"""Does every example reach what it is there to show?"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
PROGRAMS = sorted(path.stem for path in EXAMPLES.glob("*.py"))


def load(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_spam_neuron_finds_the_rule():
    assert load("spam_neuron").main() > 0.9


def test_moons_on_single_numbers():
    assert load("moons_scalar").main() >= 0.98


def test_moons_on_tensors():
    assert load("moons").main() > 0.99


def test_spirals_need_a_hidden_layer(capsys):
    assert load("spiral").main() > 0.95
    linear = float(capsys.readouterr().out.split("right about ")[1].split("%")[0])
    assert linear < 60


def test_digits_are_read():
    pytest.importorskip("sklearn", reason="the images come with scikit-learn")
    assert load("digits").main() >= 0.98


def test_the_window_classifier_finds_names_it_has_never_seen(capsys):
    """L3-10: five words of 300 numbers each, a hundred hidden neurons, four classes."""
    example = load("window_classifier")
    model = example.WindowClassifier(500)
    assert model.hidden.weight.shape == (100, 1500)
    assert example.CLASSES == ["None", "Person", "Location", "Organization"]
    assert example.main() > 0.85
    assert "new" in capsys.readouterr().out


def test_names_are_made_up(capsys):
    example = load("names")
    loss = example.main(steps=1500, samples=5)
    assert loss < 2.35  # by chance 3.30; letters by their frequencies alone 2.8
    out = capsys.readouterr().out
    assert "420 names, 24 letters and a sign for the end, 4128 parameters" in out
    names = [line.strip() for line in out.splitlines() if line.startswith("  ")]
    assert len(names) == 5
    assert all(name.isalpha() for name in names)


def test_names_come_from_the_file_that_is_given(tmp_path, capsys):
    path = tmp_path / "names.txt"
    path.write_text("aba\nbab\nabab\n" + "ab" * 8)
    load("names").main(path, steps=200, samples=3)
    out = capsys.readouterr().out
    assert "3 names (1 longer ones left out), 2 letters and a sign for the end" in out
    assert set("".join(line.strip() for line in out.splitlines() if line.startswith("  "))) <= set("ab")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"", "no line of text"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a" * 16, "no name of less than 16 letters"),
    ],
)
def test_a_file_without_names_is_refused_in_one_line(content, message, tmp_path):
    path = tmp_path / "names.txt"
    if content is not None:
        path.write_bytes(content)
    done = subprocess.run([sys.executable, EXAMPLES / "names.py", path], capture_output=True, text=True)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_shipped_names_are_a_few_hundred():
    names = (EXAMPLES / "data" / "names.txt").read_text("utf-8").split()
    assert 200 <= len(names) == len(set(names)) <= 1000
    assert all(name.isascii() and name.islower() for name in names)


def test_the_tagged_text_has_all_classes():
    sentences = load("window_classifier").read(EXAMPLES / "data" / "tagged.txt")
    counts = np.bincount([kind for sentence in sentences for _, kind in sentence], minlength=4)
    assert len(sentences) > 50
    assert all(counts > 25)


def test_an_example_is_one_command(tmp_path):
    command = [sys.executable, EXAMPLES / "spam_neuron.py"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "right about" in done.stdout
    assert not done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_example_says_how_to_run_it(name):
    assert f"python examples/{name}.py" in load(name).__doc__
