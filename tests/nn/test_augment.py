"""Do augmented samples stay what they are, and do their labels go with them?"""

from __future__ import annotations

import math
from collections.abc import Callable
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
    GraphError,
    ShapeError,
    Tensor,
)
from nn.data import (
    Compose,
    GaussianNoise,
    RandomCrop,
    RandomHorizontalFlip,
    RandomVerticalFlip,
    cutmix,
    mixup,
)

SHAPES = [(5, 6), (3, 5, 6), (4, 3, 5, 6)]


def images(*shape: int, dtype: str = "float32") -> np.ndarray:
    """Every entry another number."""
    return np.arange(1, 1 + math.prod(shape)).reshape(shape).astype(dtype)


TRANSFORMS: dict[str, Callable[..., Callable[[Any], Any]]] = {
    "horizontal flip": lambda g=None: RandomHorizontalFlip(generator=g),
    "vertical flip": lambda g=None: RandomVerticalFlip(generator=g),
    "crop": lambda g=None: RandomCrop(4, 2, generator=g),
    "noise": lambda g=None: GaussianNoise(0.3, g),
    "all": lambda g=None: Compose([RandomHorizontalFlip(generator=g), RandomCrop((3, 2), generator=g)]),
    "mixup": lambda g=None: lambda x: mixup(x, np.arange(len(x)), 1.0, generator=g)[0],
    "cutmix": lambda g=None: lambda x: cutmix(x, np.arange(len(x)), 1.0, generator=g)[0],
}


@pytest.mark.parametrize("make", TRANSFORMS.values(), ids=TRANSFORMS)
def test_draws_follow_the_generator(make: Callable[..., Callable[[Any], Any]]) -> None:
    x = images(8, 3, 8, 8)

    def three(generator: Any) -> list[bytes]:
        transform = make(generator)
        return [transform(x).tobytes() for _ in range(3)]

    assert three(Generator(1)) == three(Generator(1)) != three(Generator(2))
    assert len(set(three(Generator(1)))) > 1
    with autograd.preserved_state():
        autograd.manual_seed(1)
        assert three(None) == three(Generator(1))


@pytest.mark.parametrize("make", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_comes_in_goes_out_in_its_kind_and_stays_as_it_is(make: Callable[..., Any], dtype: str) -> None:
    x = images(4, 3, 8, 8, dtype=dtype)
    before = x.copy()
    array = make(Generator(3))(x)
    tensor = make(Generator(3))(Tensor(x))
    assert type(array) is np.ndarray
    assert type(tensor) is Tensor
    assert array.dtype == tensor.dtype == np.dtype(dtype)
    assert np.array_equal(array, tensor.numpy())
    assert np.array_equal(x, before)
    array += 1  # it shares no memory with what came in
    assert np.array_equal(x, before)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("flip", "axis"), [(RandomHorizontalFlip, -1), (RandomVerticalFlip, -2)])
def test_a_flip_is_its_own_inverse(flip: Any, axis: int, shape: tuple[int, ...]) -> None:
    x = images(*shape, dtype="uint8")
    always = flip(p=1)
    assert np.array_equal(always(x), np.flip(x, axis))
    assert np.array_equal(always(always(x)), x)
    assert np.array_equal(flip(p=0)(x), x)


def test_every_image_of_a_batch_is_flipped_or_not() -> None:
    x = images(4000, 1, 1, 2)
    out = RandomHorizontalFlip(0.3, Generator(0))(x)
    flipped = (out == x[..., ::-1]).all(axis=(1, 2, 3))
    assert ((out == x).all(axis=(1, 2, 3)) ^ flipped).all()
    assert abs(flipped.mean() - 0.3) < 5 * math.sqrt(0.3 * 0.7 / 4000)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("size", "padding"), [(3, 0), ((5, 6), 0), ((2, 4), 1), ((5, 6), 4), (9, 2)])
def test_a_crop_is_a_window_of_the_padded_image(shape: tuple[int, ...], size: Any, padding: int) -> None:
    height, width = (size, size) if isinstance(size, int) else size
    x = images(*shape)
    crop = RandomCrop(size, padding, fill=-1, generator=Generator(0))
    padded = np.full((*shape[:-2], shape[-2] + 2 * padding, shape[-1] + 2 * padding), -1.0)
    padded[..., padding : padding + shape[-2], padding : padding + shape[-1]] = x
    for _ in range(5):
        out = crop(x)
        assert out.shape == (*shape[:-2], height, width)
        flat, whole = out.reshape(-1, *out.shape[-3:]), padded.reshape(-1, *padded.shape[-3:])
        for part, image in zip(flat, whole, strict=True):
            assert any(
                np.array_equal(part, image[..., i : i + height, j : j + width])
                for i in range(image.shape[-2] - height + 1)
                for j in range(image.shape[-1] - width + 1)
            )


def test_crops_of_a_batch_come_from_all_places() -> None:
    x = np.broadcast_to(images(1, 1, 3, 4), (3000, 1, 3, 4))
    corners = RandomCrop((2, 2), generator=Generator(0))(x)[:, 0, 0, 0]
    places, counts = np.unique(corners, return_counts=True)
    assert places.tolist() == [1, 2, 3, 5, 6, 7]  # two rows and three columns to begin in
    assert abs(counts - 500).max() < 5 * math.sqrt(500)


def test_noise_has_its_standard_deviation() -> None:
    x = np.full((200, 300), 2.0)
    added = GaussianNoise(0.3, Generator(0))(x) - x
    assert added.std() == pytest.approx(0.3, rel=0.02)
    assert abs(added.mean()) < 5 * 0.3 / math.sqrt(added.size)
    assert np.array_equal(GaussianNoise(0)(x), x)


def test_single_numbers_get_noise_and_numbers_may_be_tensors() -> None:
    assert type(GaussianNoise(Tensor(0.0))(np.array(2.0))) is np.ndarray
    assert GaussianNoise(Tensor(0.0))(Tensor(2.0)).item() == 2.0
    x = Tensor(images(2, 3))
    assert np.array_equal(RandomHorizontalFlip(Tensor(1.0))(x).numpy(), x.numpy()[:, ::-1])


def test_transforms_one_after_the_other() -> None:
    x = images(3, 5, 6)
    both = Compose([RandomHorizontalFlip(1), RandomVerticalFlip(1)])
    assert np.array_equal(both(x), x[:, ::-1, ::-1])
    assert repr(both) == "Compose([RandomHorizontalFlip(p=1), RandomVerticalFlip(p=1)])"
    assert repr(Compose([RandomCrop(3, 1), GaussianNoise(0.5)])) == (
        "Compose([RandomCrop((3, 3), padding=1), GaussianNoise(0.5)])"
    )


# --- mixtures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_mixup_mixes_labels_in_the_shares_of_the_samples(seed: int) -> None:
    """Samples are the one-hot rows of their labels here, so that sample and label must come out the same."""
    y = np.random.default_rng(seed).integers(0, 5, 40)
    x = np.eye(5)[y]
    mixed, soft, lam = mixup(x, y, 0.4, 5, Generator(seed))
    assert 0 <= lam <= 1
    np.testing.assert_array_equal(mixed, soft)
    np.testing.assert_allclose(soft.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(np.take_along_axis(soft, y[:, None], 1) >= lam - 1e-12, True)
    shares = {round(share, 9) for share in soft.ravel().tolist()}
    assert shares <= {round(share, 9) for share in (0, 1, lam, 1 - lam)}
    np.testing.assert_allclose(soft.sum(axis=0), np.bincount(y, minlength=5), rtol=1e-12)  # a permutation: all are used


def test_the_share_of_mixup_follows_the_beta_distribution() -> None:
    source = Generator(0)
    lams = np.array([mixup(np.zeros((1, 1)), np.zeros(1, int), 0.5, 1, source)[2] for _ in range(4000)])
    assert lams.mean() == pytest.approx(0.5, abs=0.03)
    assert lams.var() == pytest.approx(1 / (4 * (2 * 0.5 + 1)), rel=0.05)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("seed", range(8))
def test_cutmix_mixes_labels_by_the_area_of_the_box(seed: int, alpha: float) -> None:
    """Every image is filled with its own label, so that the box can be seen."""
    count, height, width = 6, 9, 14
    y = np.arange(count)
    x = np.broadcast_to(y[:, None, None, None], (count, 2, height, width)).astype(np.float64)
    mixed, soft, lam = cutmix(x, y, alpha, count, Generator(seed))
    for label, image, shares in zip(y, mixed, soft, strict=True):
        found = np.bincount(image.astype(int).ravel(), minlength=count) / image.size
        np.testing.assert_allclose(shares, found, atol=1e-15)
        assert shares.sum() == pytest.approx(1, abs=1e-15)
        strange = (image != label).all(axis=0)
        if strange.any():  # the box is one rectangle, of one other image, in every channel
            rows, columns = np.nonzero(strange.any(axis=1))[0], np.nonzero(strange.any(axis=0))[0]
            assert strange.sum() == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            assert len(np.unique(image)) == 2
            assert 1 - strange.sum() / (height * width) == lam


def test_labels_that_are_shares_already_are_mixed_too() -> None:
    x, shares = images(4, 2), np.array([[0.5, 0.5], [1, 0], [0, 1], [0.25, 0.75]])
    _, soft, lam = mixup(x, shares, 1.0, generator=Generator(0))
    _, again, _ = mixup(x.astype(float), Tensor(shares), 1.0, generator=Generator(0))
    np.testing.assert_allclose(soft, again, rtol=1e-6)
    np.testing.assert_allclose(soft.sum(axis=1), 1, rtol=1e-6)
    assert soft.dtype == x.dtype
    assert lam < 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: RandomHorizontalFlip(1.5), ArgumentValueError, "probability"),
        (lambda: RandomHorizontalFlip("x"), ArgumentTypeError, "'p' is a number"),
        (lambda: RandomHorizontalFlip()(np.zeros(3)), ShapeError, r"\(3,\)"),
        (lambda: RandomHorizontalFlip()(np.zeros((1,) * 5)), ShapeError, r"\(1, 1, 1, 1, 1\)"),
        (lambda: RandomVerticalFlip()([[1.0]]), ArgumentTypeError, "not list"),
        (lambda: RandomVerticalFlip()(Tensor([[1.0]], requires_grad=True)), GraphError, "detach"),
        (lambda: RandomCrop(0), ArgumentValueError, "positive"),
        (lambda: RandomCrop(2, -1), ArgumentValueError, "padding"),
        (lambda: RandomCrop(2, 1.5), ArgumentValueError, "padding"),
        (lambda: RandomCrop((2.5, 3)), ArgumentValueError, "size is a positive integer, not 2.5"),
        (lambda: RandomCrop((2, 3, 4)), ArgumentValueError, r"height and width, not \(2, 3, 4\)"),
        (lambda: RandomCrop(2, fill="x"), ArgumentTypeError, "'fill' is a number"),
        (lambda: RandomCrop(2, 1, fill=-1)(np.zeros((2, 2), np.uint8)), DtypeError, "-1.* do not fit in uint8"),
        (lambda: RandomCrop(2, 1, fill=0.5)(np.zeros((2, 2), int)), DtypeError, r"int64 cannot be filled up with 0\.5"),
        (lambda: RandomCrop(7)(np.zeros((6, 8))), ShapeError, r"\(7, 7\) does not fit.*\(6, 8\)"),
        (lambda: GaussianNoise(-1), ArgumentValueError, "-1"),
        (lambda: GaussianNoise(1)(np.zeros(3, int)), DtypeError, "int64"),
        (lambda: mixup(np.zeros((3, 2)), np.zeros(2, int)), ShapeError, r"\(3, 2\) and y \(2,\)"),
        (lambda: mixup(np.zeros((3, 2)), np.zeros((3, 1, 1))), ShapeError, r"\(3, 1, 1\)"),
        (lambda: mixup(np.zeros((3, 2)), np.zeros(3)), DtypeError, "integers"),
        (lambda: mixup(np.zeros((3, 2)), np.array([0, 1, 2]), num_classes=2), BoundsError, "0 to 1"),
        (lambda: mixup(np.zeros((3, 2), int), np.zeros(3, int)), DtypeError, "int64"),
        (lambda: mixup(np.zeros((3, 2)), np.zeros(3, int), 0), ArgumentValueError, "alpha is positive.*, not 0"),
        (lambda: mixup(np.zeros((3, 2)), np.zeros(3, int), math.inf), ArgumentValueError, "finite, not inf"),
        (lambda: cutmix(np.zeros((3, 1, 0, 2)), np.zeros(3, int)), ShapeError, r"batch of images.*\(3, 1, 0, 2\)"),
        (lambda: cutmix(np.zeros((3, 2)), np.zeros(3, int)), ShapeError, r"batch of images.*\(3, 2\)"),
        (lambda: cutmix(np.zeros((3, 1, 2, 2)), np.zeros(3, int), -1), ArgumentValueError, "alpha"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
