"""Do draws repeat when they should, and follow the distributions that they should?"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    Generator,
    GraphError,
    ShapeError,
    Tensor,
    get_rng_state,
    manual_seed,
    preserved_state,
    set_rng_state,
)

DRAWS: dict[str, Callable[..., Tensor]] = {
    "rand": lambda **o: autograd.rand(5, **o),
    "randn": lambda **o: autograd.randn(5, **o),
    "randint": lambda **o: autograd.randint(100, (5,), **o),
    "randperm": lambda **o: autograd.randperm(20, **o),
    "normal": lambda **o: autograd.normal(1.0, 2.0, (5,), **o),
    "bernoulli": lambda **o: autograd.bernoulli(Tensor(np.full(50, 0.5)), **o),
    "multinomial": lambda **o: autograd.multinomial(Tensor(np.ones(50)), 10, **o),
    "rand_like": lambda **o: autograd.rand_like(Tensor(np.ones(5)), **o),
    "randn_like": lambda **o: autograd.randn_like(Tensor(np.ones(5)), **o),
    "randint_like": lambda **o: autograd.randint_like(Tensor(np.ones(5)), 100, **o),
}


@pytest.fixture(autouse=True)
def undisturbed() -> Any:
    with preserved_state():
        yield


def same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and np.array_equal(a.numpy(), b.numpy())


# --- repetition -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_seed_decides_what_is_drawn(draw: Callable[..., Tensor]) -> None:
    manual_seed(3)
    first, second = draw(), draw()
    manual_seed(3)
    assert same(draw(), first)
    assert not same(first, second)
    assert same(draw(generator=Generator(3)), first)
    assert same(draw(generator=np.random.Generator(np.random.PCG64(3))), first)
    assert not same(draw(generator=Generator(4)), first)


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_generator_of_its_own_leaves_the_default_one_alone(draw: Callable[..., Tensor]) -> None:
    manual_seed(0)
    before = get_rng_state()
    draw(generator=Generator(1))
    assert get_rng_state() == before


def test_the_default_generator_begins_with_chance() -> None:
    assert Generator().initial_seed() != Generator().initial_seed()
    assert not same(autograd.rand(5, generator=Generator()), autograd.rand(5, generator=Generator()))
    generator = Generator()
    assert generator.seed() == generator.initial_seed()
    assert same(autograd.rand(5, generator=generator), autograd.rand(5, generator=Generator(generator.initial_seed())))


def test_seeds() -> None:
    assert manual_seed(5) is autograd.default_generator
    assert autograd.initial_seed() == 5
    assert repr(Generator(5)) == "Generator(5)"
    assert Generator(-1).initial_seed() == 2**64 - 1
    assert Generator(device="cpu").manual_seed(2).initial_seed() == 2
    for wrong in (1.0, True, "a", None):
        with pytest.raises(ArgumentTypeError, match="seed"):
            manual_seed(wrong)  # type: ignore[arg-type]
    with pytest.raises(ArgumentValueError):
        manual_seed(2**64)
    with pytest.raises(ArgumentValueError, match="cuda"):
        Generator(device="cuda")
    with pytest.raises(ArgumentTypeError, match="generator"):
        autograd.rand(2, generator=3)


def test_a_state_is_text_and_integers_and_goes_through_json() -> None:
    generator = Generator(1)
    autograd.randint(100, (3,), generator=generator, dtype="int32")
    state = json.loads(json.dumps(generator.get_state()))
    assert state == generator.get_state()
    coming = autograd.rand(4, generator=generator)
    other = Generator().set_state(state)
    assert other.initial_seed() == 1
    assert same(autograd.rand(4, generator=other), coming)


def test_a_state_set_is_kept_apart() -> None:
    one = Generator(1)
    two = Generator().set_state(one.get_state())
    autograd.rand(3, generator=one)
    assert two.get_state() == Generator(1).get_state()


@pytest.mark.parametrize("wrong", [{}, {"bit_generator": "MT19937"}, 3, None, {"bit_generator": "PCG64", "seed": 1}])
def test_what_is_no_state_is_refused_and_changes_nothing(wrong: Any) -> None:
    before = get_rng_state()
    with pytest.raises(ArgumentTypeError, match="get_state"):
        set_rng_state(wrong)
    assert get_rng_state() == before


def test_a_block_puts_the_state_back_whatever_happens_in_it() -> None:
    manual_seed(1)
    before = get_rng_state()
    first = autograd.rand(3)
    after = get_rng_state()
    with preserved_state(before):
        assert same(autograd.rand(3), first)
    assert get_rng_state() == after
    with pytest.raises(ArgumentTypeError), preserved_state():
        autograd.rand(3, autograd.rand(3))
    assert get_rng_state() == after


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_generators_are_copied_with_their_state(copied: Callable[[Generator], Generator]) -> None:
    generator = Generator(1)
    autograd.rand(3, generator=generator)
    assert same(autograd.rand(3, generator=copied(generator)), autograd.rand(3, generator=generator))


def test_draws_of_several_threads_are_each_whole() -> None:
    generator = Generator(1)
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: autograd.rand(1000, generator=generator).numpy(), range(40)))
    assert len({x[0] for x in drawn}) == 40
    alone = Generator(1)
    expected = {autograd.rand(1000, generator=alone).numpy().tobytes() for _ in range(40)}
    assert {x.tobytes() for x in drawn} == expected


# --- distributions: a fixed seed, and bounds of five standard errors --------------------------------------------------

N = 40_000


def close(x: np.ndarray, mean: float, std: float) -> bool:
    return bool(abs(x.mean() - mean) < 5 * std / N**0.5)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rand(dtype: str) -> None:
    x = autograd.rand(N, dtype=dtype, generator=Generator(0)).numpy().astype("float64")
    assert 0 <= x.min() < 0.01
    assert 0.99 < x.max() < 1
    assert close(x, 0.5, 12**-0.5)
    assert close((x - 0.5) ** 2, 1 / 12, 0.1)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_randn(dtype: str) -> None:
    x = autograd.randn(N, dtype=dtype, generator=Generator(0)).numpy()
    assert x.dtype == dtype
    assert close(x.astype("float64"), 0, 1)
    assert close(x.astype("float64") ** 2, 1, 2**0.5)


def test_randint() -> None:
    x = autograd.randint(-2, 3, (N,), generator=Generator(0))
    assert x.dtype == "int64"
    assert np.unique(x.numpy()).tolist() == [-2, -1, 0, 1, 2]
    assert close(x.numpy(), 0, 2**0.5)
    assert set(autograd.randint(2, (50,), generator=Generator(0)).tolist()) == {0, 1}
    assert set(autograd.randint(high=2, size=(50,), generator=Generator(0), dtype="bool").tolist()) == {False, True}
    assert autograd.randint(3, size=(2, 2), dtype="float32").dtype == "float32"
    assert autograd.randint_like(autograd.zeros(9), 1, 3).dtype == "float32"
    assert set(autograd.randint_like(autograd.zeros(99), 1, 3, generator=Generator(0)).tolist()) == {1, 2}
    assert autograd.randint(-(2**63), 2**63, (4,)).dtype == "int64"


def test_what_randint_refuses() -> None:
    for low, high in ((3, 3), (3, 1), (0, 1.5), (0, 2**65)):
        with pytest.raises(ArgumentValueError):
            autograd.randint(low, high, (2,))
    for high, dtype in ((300, "uint8"), (3, "bool")):
        with pytest.raises(DtypeError, match="fit"):
            autograd.randint(0, high, (2,), dtype=dtype)
    with pytest.raises(ArgumentTypeError, match="size"):
        autograd.randint(3)


def test_randperm() -> None:
    x = autograd.randperm(50, generator=Generator(0))
    assert x.dtype == "int64"
    assert sorted(x.tolist()) == list(range(50)) != x.tolist()
    assert autograd.randperm(0).shape == (0,)
    with pytest.raises(DtypeError, match="fit"):
        autograd.randperm(300, dtype="uint8")
    with pytest.raises(ShapeError):
        autograd.randperm(-1)


def test_normal() -> None:
    x = autograd.normal(3.0, 0.5, (N,), generator=Generator(0)).numpy().astype("float64")
    assert close(x, 3, 0.5)
    assert close((x - 3) ** 2, 0.25, 0.25 * 2**0.5)
    mean, std = Tensor(np.array([0.0, 100.0])), Tensor(np.array([[1.0], [0.0]]))
    both = autograd.normal(mean, std)
    assert (both.shape, both.dtype) == ((2, 2), np.float64)
    assert both[1].tolist() == [0, 100]
    assert autograd.normal(mean).shape == autograd.normal(0.0, mean).shape == (2,)


def test_what_normal_refuses() -> None:
    mean = Tensor(np.zeros(2), requires_grad=True)
    with pytest.raises(GraphError, match="randn_like"):
        autograd.normal(mean, 1.0)
    with pytest.raises(ArgumentValueError, match="negative"):
        autograd.normal(0.0, -1.0, (2,))
    with pytest.raises(ArgumentTypeError, match="size"):
        autograd.normal(0.0, 1.0)
    with pytest.raises(ArgumentTypeError, match="size"):
        autograd.normal(mean.detach(), 1.0, (2,))
    with pytest.raises(DtypeError):
        autograd.normal(autograd.arange(2), 1.0)
    with pytest.raises(ShapeError, match=r"\(2,\).*\(3,\)"):
        autograd.normal(mean.detach(), Tensor(np.ones(3)))


def test_floating_point_draws_refuse_integers() -> None:
    for draw in (autograd.rand, autograd.randn):
        with pytest.raises(DtypeError, match="randint"):
            draw(2, dtype="int64")
    with pytest.raises(DtypeError):
        autograd.rand_like(autograd.arange(2))


def test_bernoulli() -> None:
    x = autograd.bernoulli(Tensor(np.full(N, 0.3)), generator=Generator(0)).numpy()
    assert set(x.tolist()) == {0.0, 1.0}
    assert close(x, 0.3, 0.21**0.5)
    assert autograd.bernoulli(Tensor([0.0, 1.0])).tolist() == [0, 1]
    assert autograd.bernoulli(autograd.arange(3), 1.0).tolist() == [1, 1, 1]
    assert not Tensor([0.5], requires_grad=True).bernoulli().requires_grad
    for wrong in (1.5, -0.1, float("nan")):
        with pytest.raises(ArgumentValueError, match="between 0 and 1"):
            autograd.bernoulli(Tensor([wrong]))
    with pytest.raises(DtypeError):
        autograd.bernoulli(autograd.arange(2))


def test_multinomial_with_replacement() -> None:
    weights = np.array([0.0, 1.0, 3.0, 0.0])
    x = autograd.multinomial(Tensor(weights), N, replacement=True, generator=Generator(0))
    assert x.dtype == "int64"
    assert set(x.tolist()) == {1, 2}
    assert close(x.numpy() == 2, 0.75, 0.1875**0.5)


def test_multinomial_without_replacement() -> None:
    generator = Generator(0)
    rows = Tensor(np.tile([0.0, 1.0, 2.0, 5.0], (N, 1)))
    x = rows.multinomial(3, generator=generator).numpy()
    assert (np.sort(x, axis=1) == [1, 2, 3]).all()
    assert close(x[:, 0] == 3, 5 / 8, (15 / 64) ** 0.5)
    after_three = x[x[:, 0] == 3][:, 1] == 2  # of what is left, 1 and 2, in proportion
    assert abs(after_three.mean() - 2 / 3) < 5 * (2 / 9 / len(after_three)) ** 0.5


def test_multinomial_of_extreme_weights() -> None:
    tiny = Tensor(np.array([1e-300, 0.0, 1e-300]))
    assert set(autograd.multinomial(tiny, 50, True, generator=Generator(0)).tolist()) == {0, 2}
    assert sorted(autograd.multinomial(tiny, 2).tolist()) == [0, 2]
    huge = Tensor(np.array([1e308, 1e308, 0.0]))
    assert set(autograd.multinomial(huge, 50, True, generator=Generator(0)).tolist()) == {0, 1}
    assert autograd.multinomial(Tensor(np.ones((0, 3))), 2).shape == (0, 2)


def test_what_multinomial_refuses() -> None:
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(ArgumentValueError, match="negative"):
            autograd.multinomial(Tensor([wrong, 1.0]), 1)
    for weights, count, replacement in (([0.0, 0.0], 1, True), ([0.0, 1.0], 2, False), ([1.0], 0, True)):
        with pytest.raises(ArgumentValueError, match="draws"):
            autograd.multinomial(Tensor(weights), count, replacement)
    with pytest.raises(ShapeError):
        autograd.multinomial(Tensor(1.0), 1)
    with pytest.raises(DtypeError):
        autograd.multinomial(autograd.arange(3), 1)
