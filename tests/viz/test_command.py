"""Does the command do what its help says, and nothing when it refuses?"""

import json
import shlex
import subprocess
import sys

import pytest

from viz.command import main

LECTURE = ["(x + y) * z", "x=-2", "y=5", "z=-4"]


def run(capsys, *arguments):
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_it_prints_the_table_in_order_of_computation_writes_the_picture_and_says_where(capsys, tmp_path):
    target = tmp_path / "graph.svg"
    code, out, err = run(capsys, *LECTURE, "-o", str(target))
    assert (code, err) == (0, "")
    table, picture = out.split("\n\n")
    assert table.splitlines()[0].split() == ["node", "operation", "value", "gradient"]
    assert [line.split() for line in table.splitlines()[1:]] == [
        ["x", "input", "-2", "-4"],
        ["y", "input", "5", "-4"],
        ["v1", "x", "+", "y", "3", "-4"],
        ["z", "input", "-4", "3"],
        ["f", "v1", "*", "z", "-12", "1"],
    ]
    assert picture == f"picture: {target}\n"
    assert "<title>f: value -12, gradient 1</title>" in target.read_text("utf-8")


def test_a_name_that_begins_with_a_minus_is_a_name(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "-x", "x=1", "-o", "graph-.svg")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["graph-.svg"]


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f'{sys.executable} -m viz "x" x=1 | true', shell=True, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_a_terminal_without_the_letters_still_gets_the_table():
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "viz", "é*2", "é=1"], capture_output=True, text=True, env=environment, check=True
    )
    assert r"\xe9" in done.stdout


def test_it_can_run_twice(capsys, tmp_path):
    for _ in range(2):
        assert run(capsys, *LECTURE, "-o", str(tmp_path / "graph.svg"))[0] == 0


def test_without_output_no_picture_is_written(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, *LECTURE)
    assert code == 0
    assert "no picture written: add -o graph.svg" in out
    assert list(tmp_path.iterdir()) == []


def test_json_is_for_programs(capsys, tmp_path):
    code, out, _ = run(capsys, "sqrt(x) + 2", "x=0", "--json", "-o", str(tmp_path / "g.svg"))
    told = json.loads(out)
    assert code == 0
    assert told["picture"] == str(tmp_path / "g.svg")
    assert told["nodes"][0] == {"node": "x", "operation": "input", "value": 0.0, "gradient": "inf"}
    assert [node["operation"] for node in told["nodes"]] == ["input", "sqrt(x)", "v1 + 2"]


@pytest.mark.parametrize("expression", ["-x*y", "-x", "-(x + y)", "-1 * x"])
def test_an_expression_may_begin_with_a_minus(capsys, expression):
    values = ["x=2", "y=3"] if "y" in expression else ["x=2"]
    code, out, err = run(capsys, expression, *values)
    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith("x")


def test_names_of_variables_are_not_taken_by_inner_nodes(capsys):
    _, out, _ = run(capsys, "(f + v1) * 2 + f", "f=1", "v1=2", "--json")
    assert [node["node"] for node in json.loads(out)["nodes"]] == ["f", "v1", "v2", "v3", "v4"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x.real", "x=1"], "attribute access"),
        (["x + y", "x=1"], "no value for y"),
        (["x", "x=1", "y=2"], "no variable y"),
        (["x", "x=1", "x=2"], "x is given twice"),
        (["x", "x=one"], "'one' is not a number"),
        (["x", "x"], "not of the form name=number"),
        (["x", "1x=2"], "not of the form name=number"),
        (["x", "x=nan"], "not a finite number"),
        (["log(x)", "x=-1"], "log(-1) is not defined"),
        (["exp(x)", "x=1e4"], "too large for a float64"),
        (["x", "x=1", "-o", "there/is/no/folder.svg"], "no folder"),
        (["x", "x=1", "-o", "graph.gif"], "no format for the suffix"),
    ],
)
def test_refusals_exit_with_2_and_write_nothing(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    if "-o" not in arguments:  # then a good name, so that nothing but the refusal keeps the file from being written
        arguments = [*arguments, "-o", "graph.svg"]
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("micrograph: ")
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_person_is_kept(capsys, tmp_path):
    mine = tmp_path / "mine.svg"
    mine.write_text("mine")
    code, _, err = run(capsys, *LECTURE, "-o", str(mine))
    assert code == 2
    assert "--force" in err
    assert mine.read_text() == "mine"
    assert run(capsys, *LECTURE, "-o", str(mine), "--force")[0] == 0


@pytest.mark.parametrize("arguments", [[], ["x", "x=1", "--unknown"]])
def test_wrong_usage_is_one_line_and_2(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_shows_three_examples_that_work(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    examples = [line.strip() for line in printed.splitlines() if line.startswith("  micrograph ")]
    assert len(examples) == 3
    for example in examples:
        assert main(shlex.split(example)[1:]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"graph.svg", "neuron.svg"}


def test_it_is_installed_as_a_command_and_as_a_module(tmp_path):
    for command in ([sys.executable, "-m", "viz"], [f"{sys.prefix}/bin/micrograph"]):
        done = subprocess.run([*command, *LECTURE], capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == 0
        assert "-12" in done.stdout
