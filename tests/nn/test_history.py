"""A history keeps what happened as plain numbers, and gives it back in every form."""

import csv
import json
import math

import numpy as np
import pytest

from autograd import ArgumentTypeError, ArgumentValueError, BoundsError, Tensor
from nn.train import History, Records


def example():
    history = History()
    for step in range(1, 5):
        history.steps.append({"step": step, "epoch": (step + 1) // 2, "loss": 1 / step, "lr": 0.1})
    history.epochs.append({"epoch": 1, "step": 2, "train_loss": 0.75})
    history.epochs.append({"epoch": 2, "step": 4, "train_loss": 0.29, "validation_loss": 0.5})
    return history


def test_a_column_is_a_list_of_numbers():
    history = example()
    assert history.steps["loss"] == [1.0, 0.5, 1 / 3, 0.25]
    assert history.epochs["train_loss"] == [0.75, 0.29]
    assert history["train_loss"] == [0.75, 0.29]
    assert history["lr"] == [0.1] * 4
    assert history["epoch"] == [1, 1, 2, 2], "of both tables' columns, that of the steps"


def test_a_row_is_what_was_recorded():
    history = example()
    assert history.steps[-1] == {"step": 4, "epoch": 2, "loss": 0.25, "lr": 0.1}
    assert history.epochs[0] == {"epoch": 1, "step": 2, "train_loss": 0.75}
    assert [row["step"] for row in history.steps] == [1, 2, 3, 4]
    assert len(history.steps) == 4
    assert "loss" in history.steps
    assert "loss" not in history.epochs


def test_what_is_missing_is_nan():
    column = example().epochs["validation_loss"]
    assert math.isnan(column[0])
    assert column[1] == 0.5
    later = Records({"a": [1.0]})
    later.append({"b": 2.0})
    assert math.isnan(later["a"][1])
    assert math.isnan(later["b"][0])


def test_tensors_and_arrays_with_one_entry_become_numbers():
    records = Records()
    records.append({"a": Tensor(2.0), "b": np.float32(0.5), "c": np.array([3]), "d": np.int64(4), "e": True})
    assert records[0] == {"a": 2.0, "b": 0.5, "c": 3, "d": 4, "e": 1}
    assert [type(x) for x in records[0].values()] == [float, float, int, int, int]


@pytest.mark.parametrize("wrong", ["text", None, [1.0], np.zeros(2), Tensor([1.0, 2.0])])
def test_only_numbers_can_be_recorded(wrong):
    records = Records({"a": [1.0]})
    with pytest.raises(ArgumentTypeError, match="'b'"):
        records.append({"a": 2.0, "b": wrong})
    assert records.to_dict() == {"a": [1.0]}


def test_names_and_rows_that_are_not_there():
    history = example()
    with pytest.raises(BoundsError, match=r"'accuracy'.*loss.*train_loss"):
        history["accuracy"]
    with pytest.raises(BoundsError, match="no row 4"):
        history.steps[4]
    with pytest.raises(BoundsError, match="none yet"):
        Records()["loss"]
    with pytest.raises(ArgumentValueError, match="equally long"):
        Records({"a": [1.0], "b": []})


def test_a_dict_and_back():
    history = example()
    history.stopped, history.interrupted = "by hand", True
    state = history.to_dict()
    again = History.from_dict(json.loads(json.dumps(state)))
    assert repr(again.to_dict()) == repr(state)
    assert again.interrupted
    assert again.stopped == "by hand"
    arrays = {part: {name: np.array(x) for name, x in state[part].items()} for part in ("steps", "epochs")}
    assert repr(History.from_dict({**state, **arrays}).to_dict()) == repr(state)


def test_a_dict_does_not_share_its_lists():
    history = example()
    history.to_dict()["steps"]["loss"].clear()
    assert len(history.steps["loss"]) == 4


ENDED = {"stopped": "", "interrupted": False}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        None,
        {"steps": 1, "epochs": 2},
        {"steps": {}, "epochs": {}},
        {"steps": {"loss": ["text"]}, "epochs": {}, **ENDED},
        {"steps": {"loss": [[1.0], [2.0, 3.0]]}, "epochs": {}, **ENDED},
        {"steps": {}, "epochs": {"loss": np.zeros((2, 2))}, **ENDED},
        {"steps": {"loss": 3}, "epochs": {}, **ENDED},
    ],
)
def test_other_dicts_are_refused(wrong):
    with pytest.raises(ArgumentTypeError, match="no history"):
        History.from_dict(wrong)


def test_csv_has_a_line_for_each_step(tmp_path):
    path = tmp_path / "run.csv"
    example().to_csv(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "epoch", "loss", "lr", "train_loss", "validation_loss"]
    assert [float(row["loss"]) for row in rows] == [1.0, 0.5, 1 / 3, 0.25], "written so that they come back exactly"
    assert [row["train_loss"] for row in rows] == ["", "0.75", "", "0.29"]
    assert [row["validation_loss"] for row in rows] == ["", "", "", "0.5"]


def test_csv_has_what_both_tables_call_alike(tmp_path):
    history = example()
    history.epochs.append({"epoch": 3, "step": 5, "lr": 0.5, 'a,"b"\nc': 6.0})
    history.steps.append({"step": 5, "epoch": 3, "lr": 0.1})
    history.to_csv(tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert last["lr"] == "0.1"
    assert last["epoch_lr"] == "0.5"
    assert last['a,"b"\nc'] == "6.0"


def test_csv_overwrites_only_when_told_to(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        example().to_csv(path)
    assert path.read_text() == "mine"
    example().to_csv(path, overwrite=True)
    assert path.read_text().startswith("step,epoch")


def test_the_repr_is_a_table():
    history = example()
    history.stopped = "enough"
    assert repr(history).splitlines() == [
        "History of 2 epochs, 4 steps; enough",
        "epoch  step  train_loss  validation_loss",
        "    1     2        0.75              nan",
        "    2     4        0.29              0.5",
    ]
    assert repr(History()) == "History of 0 epochs, 0 steps"


def test_the_repr_leaves_out_the_middle_of_many_rows():
    records = Records({"step": range(1, 101)})
    assert repr(records).split() == ["step", "1", "2", "3", "4", "…", "97", "98", "99", "100"]
