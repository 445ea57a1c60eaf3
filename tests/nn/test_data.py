"""Does every sample reach the training loop, in the order it should, and does a cut epoch go on where it was cut?"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
import time
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    BoundsError,
    DtypeError,
    Generator,
    ShapeError,
    Tensor,
)
from nn.data import (
    BatchSampler,
    CharacterText,
    ConcatDataset,
    DataLoader,
    Dataset,
    GaussianNoise,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    TextFileError,
    Vocabulary,
    WeightedRandomSampler,
    WorkerTimeoutError,
    default_collate,
    default_convert,
    get_worker_info,
    k_fold,
    random_split,
    read_lines,
    train_val_test_split,
)


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    with autograd.preserved_state():
        yield


class Numbers(Dataset[int]):
    """Sample i is i."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __getitem__(self, index: int) -> int:
        if not 0 <= index < self.count:
            raise IndexError(index)
        return index

    def __len__(self) -> int:
        return self.count


class Stream(IterableDataset[int]):
    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.count))


class SizedStream(Stream):
    def __len__(self) -> int:
        return self.count


def seen(batches: Any) -> list[Any]:
    """Batches of Tensors as lists."""
    return [batch.tolist() if isinstance(batch, Tensor) else [part.tolist() for part in batch] for batch in batches]


def flat(batches: Any) -> list[int]:
    return [x for batch in seen(batches) for x in batch]


# --- datasets ---------------------------------------------------------------------------------------------------------


def test_tensor_dataset_gives_rows() -> None:
    x = np.arange(6.0).reshape(3, 2)
    dataset = TensorDataset(Tensor(x), np.array([5, 6, 7]))
    assert len(dataset) == 3
    row, label = dataset[1]
    assert row.tolist() == [2.0, 3.0]
    assert label.item() == 6
    x[1] = 9
    assert dataset[1][0].tolist() == [2.0, 3.0]


def test_subset_and_concatenation() -> None:
    both = ConcatDataset([Numbers(3), Subset(Numbers(10), [7, 8])])
    assert [both[i] for i in range(5)] == [0, 1, 2, 7, 8]
    assert [both[i] for i in (-1, -5)] == [8, 0]
    assert len(Numbers(2) + both) == 7
    assert (Numbers(2) + both)[6] == 8
    for index in (5, -6):
        with pytest.raises(BoundsError, match=f"sample {index} among 5"):
            both[index]


def test_several_samples_of_a_subset_at_once() -> None:
    part = Subset(TensorDataset(np.arange(10.0)), [5, 6, 7])
    assert part[[2, 0]][0].tolist() == [7, 5]
    assert part[:2][0].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: TensorDataset(), ArgumentTypeError, "one Tensor or more"),
        (lambda: TensorDataset([1, 2]), ArgumentTypeError, "not list"),
        (lambda: TensorDataset(np.zeros((3, 2)), np.zeros(2)), ShapeError, r"\(3, 2\), \(2,\)"),
        (lambda: TensorDataset(Tensor(1.0)), ShapeError, r"\(\)"),
        (lambda: ConcatDataset([]), ArgumentTypeError, "one or more"),
        (lambda: ConcatDataset([Stream(3)]), ArgumentTypeError, "numbers"),
        (lambda: Dataset()[0], NotImplementedError, "Dataset must define __getitem__"),
        (lambda: iter(IterableDataset()), NotImplementedError, "IterableDataset must define __iter__"),
        (lambda: iter(Sampler()), NotImplementedError, "Sampler must define __iter__"),
    ],
)
def test_datasets_that_are_none(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


# --- splits -----------------------------------------------------------------------------------------------------------


def indices(parts: list[Subset[Any]]) -> list[int]:
    return [i for part in parts for i in part.indices]


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [
        ((7, 3), [7, 3]),
        ((0.5, 0.5), [5, 5]),
        ((0.33, 0.33, 0.34), [4, 3, 3]),
        ((0.15, 0.25, 0.6), [2, 2, 6]),
        ((1.0,), [10]),
        ((10, 0), [10, 0]),
        (np.array([8, 2]), [8, 2]),
        (np.array([0.8, 0.2]), [8, 2]),
    ],
)
def test_random_split_gives_every_sample_to_one_part(lengths: tuple[float, ...], sizes: list[int]) -> None:
    parts = random_split(Numbers(10), lengths, Generator(0))
    assert [len(part) for part in parts] == sizes
    assert sorted(indices(parts)) == list(range(10))
    assert indices(parts) == indices(random_split(Numbers(10), lengths, Generator(0)))
    assert indices(parts) != indices(random_split(Numbers(10), lengths, Generator(1)))


@pytest.mark.parametrize("lengths", [(5, 4), (0.5, 0.4), (5.0, 5.0), (-1, 11), (True, 9), ("5", 5), ()])
def test_parts_must_add_up(lengths: Any) -> None:
    with pytest.raises(ArgumentValueError, match="random_split"):
        random_split(Numbers(10), lengths)


def test_train_validation_and_test_have_their_shares() -> None:
    parts = train_val_test_split(Numbers(50), generator=Generator(0))
    assert [len(part) for part in parts] == [40, 5, 5]
    assert sorted(indices(parts)) == list(range(50))


@pytest.mark.parametrize("seed", range(20))
def test_a_stratified_split_has_every_class_in_every_part(seed: int) -> None:
    source = np.random.default_rng(seed)
    labels = source.choice(int(source.integers(1, 6)), size=int(source.integers(30, 300)))
    fractions = (0.7, 0.2, 0.1)
    data = Numbers(len(labels))
    parts = train_val_test_split(data, fractions, labels, Generator(seed))
    assert [len(part) for part in parts] == [len(part) for part in random_split(data, fractions)]
    assert sorted(indices(parts)) == list(range(len(labels)))
    for label in set(labels.tolist()):
        of_class = (labels == label).sum()
        for part, fraction in zip(parts, fractions, strict=True):
            assert abs((labels[part.indices] == label).sum() - fraction * of_class) < len(fractions)
    again = train_val_test_split(data, fractions, Tensor(labels), Generator(seed))
    assert indices(parts) == indices(again)
    assert parts[0].indices != sorted(parts[0].indices)


def test_a_stratified_split_needs_a_class_for_every_sample() -> None:
    with pytest.raises(ShapeError, match=r"shape \(4,\).*5 samples"):
        train_val_test_split(Numbers(5), (0.5, 0.5), [0, 1, 0, 1])


@pytest.mark.parametrize("k", [2, np.int64(3), 10])
@pytest.mark.parametrize("shuffle", [False, True])
def test_every_sample_is_validated_with_once(k: int, shuffle: bool) -> None:
    folds = list(k_fold(Numbers(10), k, shuffle, Generator(0)))
    assert len(folds) == k
    for train, validation in folds:
        assert sorted([*train.indices, *validation.indices]) == list(range(10))
        assert len(validation) in (10 // k, -(-10 // k))
    validated = [i for _, validation in folds for i in validation.indices]
    assert sorted(validated) == list(range(10))
    assert (validated == list(range(10))) == (not shuffle)
    assert validated == [i for _, v in k_fold(Numbers(10), k, shuffle, Generator(0)) for i in v.indices]


@pytest.mark.parametrize("k", [1, 11, 2.0, True])
def test_folds_that_are_not_to_be_had(k: Any) -> None:
    with pytest.raises(ArgumentValueError, match="from 2 to that of the samples, 10"):
        k_fold(Numbers(10), k)


# --- samplers ---------------------------------------------------------------------------------------------------------


def test_sequential_and_random_order() -> None:
    assert list(SequentialSampler(Numbers(5))) == [0, 1, 2, 3, 4]
    sampler = RandomSampler(Numbers(50), generator=Generator(0))
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first == list(RandomSampler(Numbers(50), generator=Generator(0)))
    assert all(type(i) is int for i in first)


def test_random_order_of_more_or_fewer_samples_than_there_are() -> None:
    several = list(RandomSampler(Numbers(4), num_samples=10, generator=Generator(0)))
    assert sorted(several[:4]) == sorted(several[4:8]) == [0, 1, 2, 3]
    assert len(set(several[8:])) == 2
    few = RandomSampler(Numbers(100), num_samples=3, generator=Generator(0))
    assert len(set(few)) == len(few) == 3
    replaced = list(RandomSampler(Numbers(4), replacement=True, num_samples=1000, generator=Generator(0)))
    assert np.bincount(replaced).min() > 150
    assert list(RandomSampler(Numbers(0))) == []


def test_some_samples_in_random_order() -> None:
    sampler = SubsetRandomSampler([3, 5, 9, 11], Generator(0))
    assert sorted(sampler) == [3, 5, 9, 11]
    assert len(sampler) == 4
    assert len({tuple(sampler) for _ in range(50)}) > 10


def test_weights_decide_how_often_a_sample_comes() -> None:
    sampler = WeightedRandomSampler([1, 0, 3], 4000, generator=Generator(0))
    counts = np.bincount(list(sampler), minlength=3)
    assert counts[1] == 0
    assert abs(counts[2] - 3000) < 5 * np.sqrt(4000 * 0.75 * 0.25)
    assert sorted(WeightedRandomSampler([1, 0, 3, 9], 3, replacement=False)) == [0, 2, 3]
    assert set(WeightedRandomSampler([1e308] * 3, 100)) == {0, 1, 2}  # although their sum is infinite


def test_batches_of_another_sampler() -> None:
    assert list(BatchSampler(range(7), 3, False)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(BatchSampler(range(7), 3, True)) == [[0, 1, 2], [3, 4, 5]]
    assert (len(BatchSampler(range(7), 3, False)), len(BatchSampler(range(7), 3, True))) == (3, 2)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: BatchSampler(range(3), 0, False), ArgumentValueError, "batch_size is a positive integer, not 0"),
        (lambda: BatchSampler(range(3), 1.5, False), ArgumentValueError, "1.5"),
        (lambda: len(BatchSampler(iter([1]), 1, False)), ArgumentTypeError, "list_iterator has no length"),
        (lambda: RandomSampler(Numbers(3), num_samples=0), ArgumentValueError, "num_samples"),
        (lambda: iter(RandomSampler(Numbers(3), generator=3)), ArgumentTypeError, "generator"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ShapeError, r"\(1, 1\)"),
        (lambda: WeightedRandomSampler(["much"], 1), DtypeError, "real numbers"),
        (lambda: WeightedRandomSampler([1, -1], 1), ArgumentValueError, "negative"),
        (lambda: WeightedRandomSampler([0, 0], 1), ArgumentValueError, "0 weights above 0"),
        (lambda: WeightedRandomSampler([0, 1, 1], 3, False), ArgumentValueError, "2 weights above 0"),
    ],
)
def test_samplers_that_are_none(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


# --- how samples become a batch ---------------------------------------------------------------------------------------

Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("samples", "dtype"),
    [
        ([1.5, 2.5], "float64"),
        ([2.5, 1], "float64"),
        ([1, 2.5], "float64"),
        ([1, 2], "int64"),
        ([True, False], "bool"),
        ([np.float32(1), np.float32(2)], "float32"),
        ([np.uint8(1), np.uint8(2)], "uint8"),
        ([np.ones(2), np.zeros(2)], "float64"),
        ([Tensor(np.ones((2, 3), np.float16))] * 2, "float16"),
        ([np.int32(1)] * 2, "int32"),
    ],
)
def test_numbers_and_arrays_become_a_tensor(samples: list[Any], dtype: str) -> None:
    batch = default_collate(samples)
    assert isinstance(batch, Tensor)
    assert batch.dtype == np.dtype(dtype)
    assert batch.tolist() == [x.tolist() if hasattr(x, "tolist") else x for x in samples]


def test_arrays_of_different_types_meet_in_the_type_that_computing_would_give() -> None:
    assert default_collate([Tensor(np.ones(2, np.float32)), Tensor(np.ones(2, np.int64))]).dtype == np.float32


def test_gradients_flow_through_a_batch() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    default_collate([x, x * 3]).sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]


def test_structures_are_put_together_part_by_part() -> None:
    samples = [{"x": (i, float(i)), "name": f"n{i}", "p": Pair(i, [i, i + 1])} for i in range(2)]
    batch = default_collate(samples)
    assert [part.tolist() for part in batch["x"]] == [[0, 1], [0.0, 1.0]]
    assert isinstance(batch["x"], list)
    assert batch["name"] == ["n0", "n1"]
    assert default_collate([*np.array(["a", "b"])]) == ["a", "b"]
    assert type(batch["p"]) is Pair
    assert [part.tolist() for part in batch["p"].b] == [[0, 1], [1, 2]]
    assert type(default_collate([OrderedDict(a=1)])) is OrderedDict
    assert type(default_collate([defaultdict(int, a=1)])) is dict  # none can be made from its content alone


@pytest.mark.parametrize(
    ("samples", "error", "message"),
    [
        ([], ArgumentTypeError, "one sample or more"),
        ([None], ArgumentTypeError, "sample 0 is a NoneType.*collate_fn"),
        ([(1, object())], ArgumentTypeError, r"sample 0\[1\] is a object"),
        ([np.zeros(2), np.zeros(3)], ShapeError, r"shape of sample 0: \(2,\), of sample 1: \(3,\)"),
        ([{"x": np.zeros(2)}, {"x": np.zeros((2, 1))}], ShapeError, r"shape of sample 0\['x'\]: \(2,\).*\(2, 1\)"),
        ([np.zeros(2), 3.0], ShapeError, r"sample 1: 3.0"),
        ([(1, 2), (1,)], ShapeError, "length of sample 0: 2, of sample 1: 1"),
        ([(1, 2), 3], ShapeError, "of sample 1: 3"),
        ([{"a": 1}, {"b": 1}], ShapeError, "keys of sample 0"),
        ([1, "a"], ArgumentTypeError, "no row of numbers"),
        ([1, [1, 2]], ArgumentTypeError, "others are not"),
        ([2**70], ArgumentTypeError, "64 bits"),
        ([2**63, -1], ArgumentTypeError, "64 bits"),
        ([np.array(["a"])], DtypeError, "<U1"),
    ],
)
def test_samples_that_do_not_fit_together(samples: list[Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        default_collate(samples)


def test_converting_a_single_sample() -> None:
    sample = default_convert({"x": np.ones(2), "t": ("a", 3), "p": Pair(np.float32(1), None)})
    assert sample["x"].tolist() == [1.0, 1.0]
    assert sample["t"] == ["a", 3]
    assert isinstance(sample["p"].a, Tensor)
    assert sample["p"].b is None


# --- the loader -------------------------------------------------------------------------------------------------------

WORKERS = pytest.mark.parametrize("workers", [0, 1, 3])


@WORKERS
def test_batches_in_order(workers: int) -> None:
    loader = DataLoader(Numbers(10), 4, num_workers=workers)
    assert seen(loader) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(loader) == 3
    dropping = DataLoader(Numbers(10), 4, num_workers=workers, drop_last=True)
    assert seen(dropping) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert len(dropping) == 2


@WORKERS
def test_shuffled_epochs_have_every_sample_once_and_follow_the_seed(workers: int) -> None:
    def epochs(seed: int) -> list[list[int]]:
        loader = DataLoader(Numbers(50), 8, shuffle=True, num_workers=workers, generator=Generator(seed))
        return [flat(loader) for _ in range(3)]

    first = epochs(1)
    assert [sorted(epoch) for epoch in first] == [list(range(50))] * 3
    assert len({tuple(epoch) for epoch in first}) == 3
    assert first == epochs(1) != epochs(2)


def test_the_number_of_workers_does_not_change_the_order() -> None:
    orders = []
    for workers in (0, 1, 4):
        loader = DataLoader(Numbers(40), 8, shuffle=True, num_workers=workers, generator=Generator(0))
        orders.append([flat(loader), flat(loader)])
    assert orders[0] == orders[1] == orders[2]


def test_without_a_generator_the_default_one_shuffles() -> None:
    autograd.manual_seed(3)
    first = flat(DataLoader(Numbers(30), 8, shuffle=True))
    autograd.manual_seed(3)
    assert flat(DataLoader(Numbers(30), 8, shuffle=True)) == first


@WORKERS
def test_samplers_of_ones_own(workers: int) -> None:
    assert seen(DataLoader(Numbers(9), 2, sampler=[8, 3, 5], num_workers=workers)) == [[8, 3], [5]]
    batches = DataLoader(Numbers(9), batch_sampler=[[1, 2, 3], [8]], num_workers=workers)
    assert seen(batches) == [[1, 2, 3], [8]]
    assert len(batches) == 2
    assert list(DataLoader(Numbers(3), batch_size=None, num_workers=workers)) == [0, 1, 2]
    assert list(DataLoader(Numbers(3), None, sampler=[2, 0], num_workers=workers)) == [2, 0]


@WORKERS
def test_streams(workers: int) -> None:
    assert seen(DataLoader(Stream(5), 2, num_workers=workers)) == [[0, 1], [2, 3], [4]]
    assert seen(DataLoader(Stream(5), 2, drop_last=True, num_workers=workers)) == [[0, 1], [2, 3]]
    assert list(DataLoader(Stream(3), None, num_workers=workers)) == [0, 1, 2]
    assert len(DataLoader(SizedStream(5), 2)) == 3
    assert len(DataLoader(SizedStream(5), 2, drop_last=True)) == 2
    assert len(DataLoader(SizedStream(5), None)) == 5
    with pytest.raises(ArgumentTypeError, match="Stream has no length"):
        len(DataLoader(Stream(5)))


def test_an_endless_sampler_is_read_as_it_comes() -> None:
    class Endless(Sampler[int]):
        def __iter__(self) -> Iterator[int]:
            while True:
                yield 4

    batches = iter(DataLoader(Numbers(9), 3, sampler=Endless()))
    assert [next(batches).tolist() for _ in range(3)] == [[4, 4, 4]] * 3


@pytest.mark.parametrize(
    "wrap", [lambda d: d, lambda d: Subset(d, [9, 3, 3, -1, 0]), lambda d: Subset(Subset(d, range(2, 9)), [6, 1])]
)
def test_a_batch_of_rows_is_what_collating_them_gives(wrap: Callable[[Any], Any]) -> None:
    source = np.random.default_rng(0)
    data = wrap(TensorDataset(source.normal(size=(10, 3, 2)), np.arange(10), Tensor(source.random(10) < 0.5)))
    fast = list(DataLoader(data, 4))
    slow = list(DataLoader(data, 4, collate_fn=lambda samples: default_collate(samples)))
    assert len(fast) == len(slow)
    for ours, theirs in zip(fast, slow, strict=True):
        assert type(ours) is type(theirs) is list
        for a, b in zip(ours, theirs, strict=True):
            assert a.dtype == b.dtype
            assert np.array_equal(a.numpy(), b.numpy())
    fast[0][0][...] = 0.0  # a batch shares no memory with the dataset
    assert np.array_equal(next(iter(DataLoader(data, 4)))[0].numpy(), slow[0][0].numpy())


def test_a_dataset_that_reads_in_its_own_way_is_read_in_its_own_way() -> None:
    class Doubled(TensorDataset):
        def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
            return tuple(x * 2 for x in super().__getitem__(index))

    class Together(Numbers):
        def __getitems__(self, indices: list[int]) -> list[int]:
            return [i + 100 for i in indices]

    class BothWays(TensorDataset):
        def __getitems__(self, indices: list[int]) -> list[tuple[Tensor, ...]]:
            return [tuple(x + 7 for x in self[i]) for i in indices]

    class Transformed(Subset[int]):
        def __getitem__(self, index: Any) -> int:
            return -super().__getitem__(index)

    assert seen(DataLoader(Doubled(np.arange(3)), 3)) == [[[0, 2, 4]]]
    assert seen(DataLoader(BothWays(np.arange(3)), 3)) == [[[7, 8, 9]]]
    assert seen(DataLoader(Transformed(Numbers(9), [5, 6]), 3)) == [[-5, -6]]
    assert seen(DataLoader(Subset(Transformed(Numbers(9), [5, 6]), [1]), 3)) == [[-6]]
    assert seen(DataLoader(Together(3), 3)) == [[100, 101, 102]]
    assert seen(DataLoader(Subset(Together(3), [2, 0]), 3)) == [[102, 100]]


def test_rows_that_require_a_gradient_pass_it_on() -> None:
    x = Tensor(np.ones((4, 2)), requires_grad=True)
    ((batch,),) = DataLoader(TensorDataset(x), 4)
    (batch * 3).sum().backward()
    assert (x.grad.numpy() == 3).all()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"batch_size": 0}, ArgumentValueError, "batch_size is a positive integer, not 0"),
        ({"sampler": [1], "shuffle": True}, ArgumentValueError, "sampler or shuffle"),
        ({"batch_sampler": [[1]], "batch_size": 2}, ArgumentValueError, "batch_sampler takes the place"),
        ({"batch_sampler": [[1]], "drop_last": True}, ArgumentValueError, "batch_sampler takes the place"),
        ({"batch_size": None, "drop_last": True}, ArgumentValueError, "no last one to drop"),
        ({"num_workers": -1}, ArgumentValueError, "num_workers"),
        ({"prefetch_factor": 2}, ArgumentValueError, "num_workers, too"),
        ({"prefetch_factor": 0, "num_workers": 1}, ArgumentValueError, "prefetch_factor"),
        ({"timeout": -1}, ArgumentValueError, "timeout"),
        ({"timeout": "long"}, ArgumentTypeError, "'timeout' is a number"),
        ({"sampler": 4}, ArgumentTypeError, "sampler gives numbers.*4"),
        ({"batch_sampler": 4}, ArgumentTypeError, "batch_sampler gives numbers.*4"),
        ({"generator": np.random.default_rng(0), "shuffle": True}, ArgumentTypeError, r"autograd\.Generator.*PCG64"),
    ],
)
def test_arguments_that_contradict_each_other(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        DataLoader(Numbers(3), **options)


def test_datasets_that_cannot_be_loaded_so() -> None:
    with pytest.raises(ArgumentTypeError, match="has no length"):
        DataLoader(Dataset())
    with pytest.raises(ArgumentValueError, match="stream's order"):
        DataLoader(Stream(3), shuffle=True)


def test_arguments_of_pytorch_that_mean_nothing_here() -> None:
    loader = DataLoader(Numbers(2), pin_memory=True, persistent_workers=True, pin_memory_device="", in_order=True)
    assert flat(loader) == [0, 1]


# --- errors, threads --------------------------------------------------------------------------------------------------


class Broken(Numbers):
    def __getitem__(self, index: int) -> int:
        if index == 5:
            raise KeyError("no such file")
        return super().__getitem__(index)


def loader_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("DataLoader")]


def assert_threads_end() -> None:
    until = time.monotonic() + 10
    while loader_threads():
        assert time.monotonic() < until, "threads are left"
        time.sleep(0.001)


@WORKERS
def test_an_exception_names_sample_and_batch(workers: int) -> None:
    batches = iter(DataLoader(Broken(9), 2, num_workers=workers))
    assert [next(batches).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(KeyError, match="no such file") as caught:
        next(batches)
    notes = "\n".join(caught.value.__notes__)
    assert "sample 5 of a Broken" in notes
    assert "batch 2 of the epoch" in notes
    assert list(batches) == []
    assert_threads_end()


@WORKERS
def test_an_exception_in_collating_names_samples(workers: int) -> None:
    ragged = [np.zeros(1 + (i == 3)) for i in range(6)]
    with pytest.raises(ShapeError, match=r"\(1,\).*\(2,\)") as caught:
        list(DataLoader(ragged, 2, num_workers=workers))
    assert "samples [2, 3]" in caught.value.__notes__[0]


@WORKERS
def test_an_exception_that_means_the_end_of_an_iteration_does_not_end_the_epoch(workers: int) -> None:
    class Exhausted(Numbers):
        def __getitem__(self, index: int) -> int:
            return next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        list(DataLoader(Exhausted(3), num_workers=workers))


@WORKERS
def test_a_wrong_number_is_named(workers: int) -> None:
    with pytest.raises(BoundsError) as caught:
        list(DataLoader(TensorDataset(np.zeros(3)), 2, sampler=[0, 7], num_workers=workers))
    assert "sample 7" in caught.value.__notes__[0]


def test_threads_end_with_the_loop_and_when_it_is_left() -> None:
    loader = DataLoader(Numbers(100), 2, num_workers=3)
    list(loader)
    assert_threads_end()
    for _ in loader:
        assert loader_threads()
        break
    assert_threads_end()
    batches = iter(loader)
    next(batches)
    assert loader_threads()
    del batches
    gc.collect()
    assert_threads_end()


def test_batches_are_read_ahead_only_so_far() -> None:
    read: list[int] = []
    lock = threading.Lock()

    class Noting(Numbers):
        def __getitem__(self, index: int) -> int:
            with lock:
                read.append(index)
            return index

    batches = iter(DataLoader(Noting(100), 1, num_workers=2, prefetch_factor=3))
    assert read == []
    next(batches)
    until = time.monotonic() + 10
    while len(read) < 6 and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(0.02)
    assert sorted(read) == [0, 1, 2, 3, 4, 5]  # 2 · 3 when the first was asked for; the next is read with the next


def test_workers_read_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=10)

    class Meeting(Numbers):
        def __getitem__(self, index: int) -> int:
            both.wait()  # passes only if two threads are here at once
            return index

    assert flat(DataLoader(Meeting(4), 1, num_workers=2)) == [0, 1, 2, 3]


def test_a_worker_that_takes_too_long() -> None:
    release = threading.Event()

    class Slow(Numbers):
        def __getitem__(self, index: int) -> int:
            release.wait(10)
            return index

    with pytest.raises(WorkerTimeoutError, match=r"0\.05 s"):
        next(iter(DataLoader(Slow(4), 1, num_workers=1, timeout=0.05)))
    release.set()
    assert_threads_end()


def test_a_program_can_end_while_a_worker_waits_for_ever() -> None:
    program = """if True:
        import threading
        from nn.data import DataLoader, Dataset, WorkerTimeoutError

        class Waiting(Dataset):
            def __len__(self):
                return 1
            def __getitem__(self, index):
                threading.Event().wait()

        try:
            next(iter(DataLoader(Waiting(), num_workers=1, timeout=0.05)))
        except WorkerTimeoutError:
            print("too long")
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "too long\n"


@pytest.mark.parametrize("timeout", [60, np.float64(60), 1e300, float("inf")])
def test_a_timeout_that_is_not_reached(timeout: Any) -> None:
    assert flat(DataLoader(Numbers(3), 2, num_workers=1, timeout=timeout)) == [0, 1, 2]


def test_a_timeout_of_the_dataset_is_its_own() -> None:
    class Waiting(Numbers):
        def __getitem__(self, index: int) -> int:
            raise TimeoutError("the server does not answer")

    with pytest.raises(TimeoutError, match="server"):
        next(iter(DataLoader(Waiting(4), 1, num_workers=1, timeout=5)))


def test_workers_are_prepared_and_know_who_they_are() -> None:
    prepared: list[int] = []
    infos: list[Any] = []

    class Asking(Numbers):
        def __getitem__(self, index: int) -> int:
            infos.append(get_worker_info())
            return index

    data = Asking(20)
    list(DataLoader(data, 1, num_workers=2, worker_init_fn=prepared.append))
    assert len(prepared) == len(set(prepared))
    assert set(prepared) == {info.id for info in infos} <= {0, 1}
    assert all(info.num_workers == 2 and info.dataset is data for info in infos)
    assert len({info.seed for info in infos}) == 20
    assert get_worker_info() is None

    def fail(_: int) -> None:
        raise RuntimeError("no connection")

    with pytest.raises(RuntimeError, match="no connection"):
        list(DataLoader(data, 1, num_workers=2, worker_init_fn=fail))


def test_workers_compute_in_the_modes_of_the_loop() -> None:
    from autograd.promotion import default_dtype

    class Making(Numbers):
        def __getitem__(self, index: int) -> Any:
            return Tensor([1.0])

    with default_dtype("float64"):
        assert [batch.dtype for batch in DataLoader(Making(2), 1, num_workers=1)] == [np.float64] * 2


# --- going on where an epoch was cut ----------------------------------------------------------------------------------


class Augmented(Numbers):
    """Samples with noise drawn from a generator, or from where augmentations draw by themselves."""

    def __init__(self, count: int, generator: Any = None) -> None:
        super().__init__(count)
        self.noise = GaussianNoise(1.0, generator)

    def __getitem__(self, index: int) -> Any:
        return self.noise(Tensor(np.full(2, float(index))))


class Jumbled(Stream):
    """A stream that gives away one of four samples that it has at hand, so that what comes depends on what came."""

    def __init__(self, count: int, generator: Any = None) -> None:
        super().__init__(count)
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        at_hand = []
        for i in range(self.count):
            at_hand.append(i)
            if len(at_hand) == 4:
                worker = get_worker_info()
                generator = self.generator if worker is None else worker.generator
                yield at_hand.pop(int(autograd.randint(4, (1,), generator=generator).item()))
        yield from at_hand


class DrawingAsItGoes(Sampler[int]):
    def __init__(self, generator: Any = None) -> None:
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for _ in range(len(self)):
            yield int(autograd.randint(20, (1,), generator=self.generator).item())

    def __len__(self) -> int:
        return 20


def plain(**options: Any) -> DataLoader:
    return DataLoader(Numbers(23), 4, **options)


LOADERS: dict[str, Callable[[], DataLoader]] = {
    "in order": lambda: plain(),
    "shuffled by the default generator": lambda: plain(shuffle=True),
    "shuffled": lambda: plain(shuffle=True, generator=Generator(7)),
    "shuffled, dropping": lambda: plain(shuffle=True, generator=Generator(7), drop_last=True),
    "workers": lambda: plain(shuffle=True, generator=Generator(7), num_workers=2, prefetch_factor=3),
    "rows": lambda: DataLoader(TensorDataset(np.arange(23.0)), 4, shuffle=True, generator=Generator(1)),
    "a sampler's generator": lambda: plain(sampler=RandomSampler(range(23), generator=Generator(3))),
    "two generators": lambda: plain(
        sampler=RandomSampler(range(23), generator=Generator(3)), generator=Generator(4), num_workers=1
    ),
    "weights": lambda: plain(sampler=WeightedRandomSampler(np.arange(23), 15, generator=Generator(3))),
    "batch sampler": lambda: DataLoader(
        Numbers(9), batch_sampler=BatchSampler(SubsetRandomSampler([8, 3, 1, 5, 2], Generator(1)), 2, False)
    ),
    "no batches": lambda: DataLoader(Numbers(6), None, shuffle=True, generator=Generator(0)),
    "drawing as it goes": lambda: plain(sampler=DrawingAsItGoes(Generator(3))),
    "drawing as it goes, default": lambda: plain(sampler=DrawingAsItGoes()),
    "stream": lambda: DataLoader(Stream(11), 3),
    "stream, worker": lambda: DataLoader(Stream(11), 3, num_workers=2),
    "stream that draws": lambda: (lambda g: DataLoader(Jumbled(11, g), 3, generator=g))(Generator(5)),
    "stream that draws, worker": lambda: DataLoader(Jumbled(11), 3, generator=Generator(5), num_workers=2),
    "a NumPy number of samples": lambda: DataLoader(Numbers(9), np.int64(2)),
    "augmented by the loader's generator": lambda: (
        lambda g: DataLoader(Augmented(9, g), 2, shuffle=True, generator=g)
    )(Generator(5)),
    "augmented by the default generator": lambda: DataLoader(Augmented(9), 2, shuffle=True, generator=Generator(2)),
    "augmented in workers": lambda: DataLoader(Augmented(9), 2, shuffle=True, generator=Generator(2), num_workers=3),
}


def run(loader: DataLoader, batches: int, step: Callable[[], Any]) -> list[str]:
    """So many batches, over epochs, as text with every bit; and what is drawn by a training step after each."""
    out: list[str] = []
    while True:
        for batch in loader:
            shown = batch if isinstance(batch, int) else seen([batch])[0]
            out.append(f"{shown!r} {step()!r}")
            if len(out) == batches:
                return out
        out.append("end of epoch")
        if len(out) == batches:
            return out


def draw() -> float:
    """A training step draws from the default generator, too, as dropout does."""
    return float(autograd.rand(1, dtype="float64").item())


@pytest.mark.parametrize("make", LOADERS.values(), ids=LOADERS)
@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5, 6, 7, 9])
def test_a_cut_run_goes_on_with_the_same_bits(make: Callable[[], DataLoader], cut: int) -> None:
    autograd.manual_seed(11)
    uncut = run(make(), 20, draw)

    autograd.manual_seed(11)
    loader = make()
    before = run(loader, cut, draw)
    saved = json.loads(json.dumps({"loader": loader.state_dict(), "default": autograd.get_rng_state()}))
    del loader

    autograd.manual_seed(999)
    other = make()
    next(iter(other))  # what was done with it before does not matter
    other.load_state_dict(saved["loader"])
    autograd.set_rng_state(saved["default"])
    assert before + run(other, 20 - cut, draw) == uncut


def test_a_state_can_be_taken_and_loaded_without_disturbing() -> None:
    loader = plain(shuffle=True, generator=Generator(1))
    expected = flat(plain(shuffle=True, generator=Generator(1)))
    found = []
    for batch in loader:
        found += batch.tolist()
        loader.state_dict()
    assert found == expected
    assert loader.state_dict()["batches"] == 0


def test_a_state_taken_before_the_first_epoch() -> None:
    saved = plain(shuffle=True, generator=Generator(1)).state_dict()
    other = plain(shuffle=True, generator=Generator(2))
    other.load_state_dict(saved)
    assert flat(other) == flat(plain(shuffle=True, generator=Generator(1)))


def test_an_epoch_left_early_and_begun_anew_is_another_epoch() -> None:
    loader = plain(shuffle=True, generator=Generator(1))
    next(iter(loader))
    assert loader.state_dict()["batches"] == 1
    assert sorted(flat(loader)) == list(range(23))


def cut_state(**changes: Any) -> Any:
    loader = plain(shuffle=True, generator=Generator(1))
    batches = iter(loader)
    next(batches)
    return {**loader.state_dict(), **changes}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (None, "a state has samples, batch_size"),
        ({}, "a state has samples, batch_size"),
        (lambda: {**cut_state(), "more": 1}, "a state has samples, batch_size"),
        (lambda: cut_state(samples=5), "loader with samples 5; this has 23"),
        (lambda: cut_state(batch_size="4"), "loader with batch_size '4'; this has 4"),
        (lambda: cut_state(batches=-1), "counts batches"),
        (lambda: cut_state(batches=True), "counts batches"),
        (lambda: cut_state(batches=1.5), "counts batches"),
        (lambda: cut_state(start=None), "counts batches"),
        (lambda: cut_state(start=[]), "other generators"),
        (lambda: cut_state(start={"a": 1}), "other generators"),
        (lambda: cut_state(start=[3]), "set_state"),
        (lambda: cut_state(start=[{"bit_generator": "PCG64"}]), "set_state"),
        (lambda: cut_state(generators=[None]), "other generators"),
        (lambda: cut_state(generators=[{}]), "set_state"),
        (lambda: cut_state(generators=3), "other generators"),
    ],
)
def test_what_is_no_state_is_refused_and_changes_nothing(state: Any, message: str) -> None:
    loader = plain(shuffle=True, generator=Generator(1))
    with pytest.raises((ArgumentTypeError, ArgumentValueError), match=message):
        loader.load_state_dict(state() if callable(state) else state)
    assert flat(loader) == flat(plain(shuffle=True, generator=Generator(1)))


def test_a_state_of_more_batches_than_there_are() -> None:
    loader = plain(shuffle=True, generator=Generator(1))
    loader.load_state_dict(cut_state(batches=99))
    with pytest.raises(ArgumentValueError, match=r"99 batches.*only 6"):
        iter(loader)


# --- augmentation in threads ------------------------------------------------------------------------------------------


def test_augmentation_in_workers_does_not_depend_on_which_thread_reads() -> None:
    def epochs(workers: int) -> list[Any]:
        loader = DataLoader(Augmented(9), 2, num_workers=workers, generator=Generator(2))
        return [seen(loader), seen(loader)]

    assert epochs(1) == epochs(4)
    first, second = epochs(2)
    assert first != second


# --- text -------------------------------------------------------------------------------------------------------------


def test_a_vocabulary_numbers_characters_and_back() -> None:
    names = Vocabulary(["nora", "anna"], bos="<s>", eos="</s>")
    assert names.itos == ["a", "n", "o", "r", "<s>", "</s>"]
    assert [names.stoi[token] for token in names.itos] == list(range(len(names)))
    assert names.encode("nora") == [1, 2, 3, 0]
    assert names.encode("nora", ends=True) == [4, 1, 2, 3, 0, 5]
    assert names.decode(names.encode("nora", ends=True)) == "nora"
    assert names.decode(Tensor(np.array([4, 1, 5])), tokens=True) == "<s>n</s>"
    one = Vocabulary("ab", bos=".", eos=".")
    assert (one.bos, one.eos, len(one)) == (2, 2, 3)
    assert one.encode("ba", ends=True) == [2, 1, 0, 2]
    none = Vocabulary("ab")
    assert none.encode("ab", ends=True) == [0, 1]
    assert none.decode([1, 0]) == "ba"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Vocabulary("ab").encode("abc"), ArgumentValueError, "'c' at position 2.*'ab'"),
        (lambda: Vocabulary("ab").decode([2]), ArgumentValueError, "2 is not the number.*0 to 1"),
        (lambda: Vocabulary("ab").decode([-1]), ArgumentValueError, "-1"),
        (lambda: Vocabulary(""), ArgumentValueError, "no character"),
        (lambda: Vocabulary(["a", 3]), ArgumentTypeError, "takes a text"),
        (lambda: Vocabulary(None), ArgumentTypeError, "takes a text"),
        (lambda: Vocabulary("a", bos=1), ArgumentTypeError, "takes a text"),
        (lambda: Vocabulary("ab").encode(5), ArgumentTypeError, "encode.*int 5"),
        (lambda: Vocabulary("ab").encode("a\ud800"), ArgumentValueError, r"ud800' at position 1"),
        (lambda: Vocabulary("ab").decode([0.0]), ArgumentTypeError, "row of integers"),
        (lambda: Vocabulary("ab").decode(Tensor([1.7])), ArgumentTypeError, "row of integers"),
        (lambda: Vocabulary("ab").decode([[0], [1]]), ArgumentTypeError, "row of integers"),
        (lambda: Vocabulary("ab").decode(np.array([[0], [1]])), ArgumentTypeError, "row of integers"),
        (lambda: Vocabulary("ab").decode(0), ArgumentTypeError, "row of integers"),
        (lambda: Vocabulary("a.", bos="."), ArgumentValueError, "cannot be told from the text"),
        (lambda: Vocabulary("a", eos=""), ArgumentValueError, "cannot be told"),
        (lambda: CharacterText("abc", 3), ArgumentValueError, "window of 3 characters"),
        (lambda: CharacterText("abc", 0), ArgumentValueError, "block_size"),
        (lambda: CharacterText("abc", 2, Vocabulary("ab")), ArgumentValueError, "'c'"),
    ],
)
def test_text_that_is_refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_windows_of_a_text() -> None:
    text = "hello world"
    data = CharacterText(text, 4)
    assert len(data) == len(text) - 4
    for i in range(len(data)):
        x, y = data[i]
        assert x.dtype == y.dtype == np.int64
        assert data.vocabulary.decode(x) == text[i : i + 4]
        assert data.vocabulary.decode(y) == text[i + 1 : i + 5]
    x, y = next(iter(DataLoader(data, 3, sampler=[6, 0, 2])))
    assert [data.vocabulary.decode(row) for row in x] == ["worl", "hell", "llo "]
    x[...] = 0  # a batch is a copy
    assert data.vocabulary.decode(data[0][0]) == "hell"


def test_lines_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes("\ufeffAnna\r\n\n  Zoë \n\t\n\u00a0\n\u3000José\u0301".encode())
    assert read_lines(file) == ["Anna", "Zoë", "José\u0301"]
    assert read_lines(str(file), max_bytes=file.stat().st_size) == read_lines(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no line of text"),
        (b"\n \r\n", "no line of text"),
        (b"anna\n\xff\xfe", "line 2, byte 5"),
        (b"\xef\xbb\xbfa\nb\n\xff", "line 3, byte 7"),
        ("anna".encode("utf-16"), "line 1, byte 0"),
        (b"a\x7fb", r"'\\x7f'"),
        ("a\x85b".encode(), r"'\\x85'"),
        (b"anna\nno\x00ra", r"line 2: '\\x00'"),
        (b"a\tb", r"line 1: '\\t'"),
        (b"\x1b[31mred", r"'\\x1b'"),
        ("a\u202eb".encode(), r"'\\u202e'"),
        ("a\u2028b".encode(), r"'\\u2028'"),
        (b"a" * 101, "larger than 100 bytes"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(content)
    with pytest.raises(TextFileError, match=message):
        read_lines(file, max_bytes=100)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(TextFileError, match="is not a file"):
        read_lines(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_lines(tmp_path / "missing")
    with pytest.raises(ArgumentValueError, match="max_bytes"):
        read_lines(tmp_path / "missing", max_bytes=0)
