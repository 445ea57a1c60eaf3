"""Do normalized numbers have mean 0 and variance 1 over the right axes, from the right statistics, and accurately?"""

import numpy as np
import pytest

import autograd
import nn
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    GraphError,
    ShapeError,
    Tensor,
    checkpoint,
    gradcheck,
    no_grad,
)
from nn import functional as F


def drawn(*shape, seed=0, dtype="float64"):
    return np.random.default_rng(seed).normal(2.0, 3.0, shape).astype(dtype)


# --- worked example: which axes? --------------------------------------------------------------------------------------

NORMALIZED = {
    "batch, rows": (nn.BatchNorm1d(4), (50, 4), (0,)),
    "batch, sequences": (nn.BatchNorm1d(4), (10, 4, 6), (0, 2)),
    "batch, images": (nn.BatchNorm2d(4), (5, 4, 6, 6), (0, 2, 3)),
    "layer": (nn.LayerNorm(40), (5, 3, 40), (2,)),
    "layer, two axes": (nn.LayerNorm((4, 6)), (5, 4, 6), (1, 2)),
    "instance, sequences": (nn.InstanceNorm1d(4), (5, 4, 20), (2,)),
    "instance, images": (nn.InstanceNorm2d(4), (5, 4, 6, 6), (2, 3)),
}


@pytest.mark.parametrize(("layer", "shape", "axes"), NORMALIZED.values(), ids=NORMALIZED)
def test_mean_is_0_and_variance_1_over_the_axes_of_the_layer(layer, shape, axes):
    x = drawn(*shape)
    y = layer.double()(Tensor(x)).data
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axes), x.var(axes) / (x.var(axes) + 1e-5), rtol=1e-12)
    others = tuple(axis for axis in range(len(shape)) if axis not in axes)
    assert np.abs(y.mean(others)).max() > 1e-3, "over the other axes it is not normalized"


def test_group_normalization_normalizes_groups_of_channels():
    y = nn.GroupNorm(2, 6, dtype="float64", eps=1e-12)(Tensor(drawn(5, 6, 3, 3))).data.reshape(5, 2, -1)
    np.testing.assert_allclose(y.mean(2), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(2), 1, rtol=1e-10)


def test_rms_normalization_leaves_the_mean_and_brings_the_mean_square_to_1():
    x = drawn(5, 40)
    y = nn.RMSNorm(40, dtype="float64")(Tensor(x)).data
    np.testing.assert_allclose((y * y).mean(1), 1, rtol=1e-12)
    np.testing.assert_allclose(y.mean(1), x.mean(1) / np.sqrt((x * x).mean(1)), rtol=1e-12)


def test_layer_normalization_of_a_row_does_not_depend_on_the_others_and_batch_normalization_does():
    x, other = drawn(4, 6), drawn(4, 6, seed=1)
    other[0] = x[0]
    for layer, alike in ((nn.LayerNorm(6), True), (nn.RMSNorm(6), True), (nn.BatchNorm1d(6), False)):
        rows = [layer.double()(Tensor(batch)).data[0] for batch in (x, other)]
        assert np.array_equal(*rows) == alike


# --- batch statistics, running statistics -----------------------------------------------------------------------------


def test_batch_normalization_uses_live_statistics_in_training_and_running_ones_in_evaluation():
    layer = nn.BatchNorm1d(3, dtype="float64", eps=1e-12)
    x = drawn(200, 3)
    y = layer(Tensor(x)).data
    np.testing.assert_allclose(y, (x - x.mean(0)) / x.std(0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(layer.running_mean.data, 0.1 * x.mean(0), rtol=1e-12)
    np.testing.assert_allclose(layer.running_var.data, 0.9 + 0.1 * x.var(0, ddof=1), rtol=1e-12)
    assert layer.num_batches_tracked.item() == 1

    layer.eval()
    before = {name: np.array(buffer.data) for name, buffer in layer.named_buffers()}
    y = layer(Tensor(x)).data
    expected = (x - before["running_mean"]) / np.sqrt(before["running_var"])
    np.testing.assert_allclose(y, expected, rtol=1e-9, atol=1e-9)
    for name, buffer in layer.named_buffers():
        np.testing.assert_array_equal(buffer.data, before[name])


def test_a_single_example_can_be_evaluated_and_not_trained_on():
    layer = nn.BatchNorm1d(3)
    with pytest.raises(ShapeError, match=r"more than one value in each channel.*\(1, 3\).*eval\(\)"):
        layer(Tensor(np.ones((1, 3), "float32")))
    assert layer.num_batches_tracked.item() == 0
    np.testing.assert_array_equal(layer.running_mean.data, 0)
    assert layer.eval()(Tensor(np.ones((1, 3), "float32"))).shape == (1, 3)


def test_without_momentum_the_running_statistics_are_the_mean_over_all_batches():
    layer = nn.BatchNorm1d(3, momentum=None, dtype="float64")
    batches = [drawn(20, 3, seed=seed) for seed in range(4)]
    for x in batches:
        layer(Tensor(x))
    np.testing.assert_allclose(layer.running_mean.data, np.mean([x.mean(0) for x in batches], 0), rtol=1e-12)
    np.testing.assert_allclose(layer.running_var.data, np.mean([x.var(0, ddof=1) for x in batches], 0), rtol=1e-12)


def test_running_statistics_come_near_those_of_the_data():
    layer = nn.BatchNorm2d(2, dtype="float64")
    rng = np.random.default_rng(0)
    for _ in range(200):
        layer(Tensor(rng.normal([[[5.0]], [[-3.0]]], [[[2.0]], [[0.5]]], (16, 2, 4, 4))))
    np.testing.assert_allclose(layer.running_mean.data, [5, -3], rtol=0.05)
    np.testing.assert_allclose(layer.running_var.data, [4, 0.25], rtol=0.1)


@pytest.mark.parametrize("grad", [True, False])
def test_statistics_move_alike_with_and_without_a_graph(grad):
    layers = nn.BatchNorm2d(3), nn.InstanceNorm2d(3, track_running_stats=True)
    for layer in layers:
        x = drawn(4, 3, 5, 5)
        layer.double()
        with autograd.set_grad_enabled(grad):
            layer(Tensor(x, requires_grad=True))
        axes = (0, 2, 3) if isinstance(layer, nn.BatchNorm2d) else (2, 3)
        mean, variance = x.mean(axes), x.var(axes, ddof=1)
        if axes == (2, 3):
            mean, variance = mean.mean(0), variance.mean(0)
        np.testing.assert_allclose(layer.running_mean.data, 0.1 * mean, rtol=1e-12)
        np.testing.assert_allclose(layer.running_var.data, 0.9 + 0.1 * variance, rtol=1e-12)


def test_training_can_go_back_although_the_running_statistics_have_moved_on():
    layer = nn.BatchNorm1d(3, dtype="float64")
    x = Tensor(drawn(5, 3), requires_grad=True)
    first = (layer(x) ** 3).sum()
    layer(Tensor(drawn(5, 3, seed=1)))
    first.backward()
    moved = x.grad.data.copy()
    x.grad = None
    (nn.BatchNorm1d(3, dtype="float64")(x) ** 3).sum().backward()
    np.testing.assert_array_equal(moved, x.grad.data)


def test_evaluation_cannot_go_back_after_the_running_statistics_have_moved_on():
    layer = nn.BatchNorm1d(3, dtype="float64").eval()
    x = Tensor(drawn(5, 3), requires_grad=True)
    y = layer(x).sum()
    layer.train()(Tensor(drawn(5, 3, seed=1)))
    with pytest.raises(GraphError, match=r"running_mean.*changed"):
        y.backward()


def test_a_checkpoint_counts_a_batch_once():
    layer, plain = nn.BatchNorm1d(3, dtype="float64"), nn.BatchNorm1d(3, dtype="float64")
    xs = [Tensor(drawn(5, 3), requires_grad=True) for _ in range(2)]
    (checkpoint(lambda x: layer(x) * 2.0, xs[0]) ** 3).sum().backward()
    ((plain(xs[1]) * 2.0) ** 3).sum().backward()
    np.testing.assert_array_equal(xs[0].grad.data, xs[1].grad.data)
    assert layer.num_batches_tracked.item() == 1
    np.testing.assert_array_equal(layer.running_mean.data, plain.running_mean.data)


def test_an_empty_batch_leaves_the_running_statistics_alone():
    layer = nn.BatchNorm2d(3)
    assert layer(Tensor(np.zeros((0, 3, 2, 2), "float32"))).shape == (0, 3, 2, 2)
    np.testing.assert_array_equal(layer.running_mean.data, 0)
    np.testing.assert_array_equal(layer.running_var.data, 1)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_one_can_go_back_from_an_empty_batch(affine, training):
    for layer in (nn.BatchNorm1d(4, affine=affine), nn.GroupNorm(2, 4, affine=affine)):
        x = Tensor(np.zeros((0, 4, 2), "float32"), requires_grad=True)
        layer.train(training)(x).sum().backward()
        assert x.grad.shape == x.shape
        for p in layer.parameters():
            np.testing.assert_array_equal(p.grad.data, 0)


def test_statistics_can_be_reset():
    layer = nn.BatchNorm1d(3)
    layer(Tensor(drawn(5, 3, dtype="float32")))
    with no_grad():
        layer.weight.fill_(2.0)
    layer.reset_parameters()
    state = {name: x.data.tolist() for name, x in layer.state_dict().items()}
    assert state == {
        "weight": [1, 1, 1],
        "bias": [0, 0, 0],
        "running_mean": [0, 0, 0],
        "running_var": [1, 1, 1],
        "num_batches_tracked": 0,
    }


def test_without_running_statistics_evaluation_uses_the_batch_as_training_does():
    layer = nn.BatchNorm1d(3, track_running_stats=False, dtype="float64")
    x = Tensor(drawn(5, 3))
    np.testing.assert_array_equal(layer(x).data, layer.eval()(x).data)
    assert list(layer.state_dict()) == ["weight", "bias"]


# --- accuracy ---------------------------------------------------------------------------------------------------------

F32 = {
    "layer": lambda x: F.layer_norm(x, x.shape[1:]),
    "rms": lambda x: F.rms_norm(x, x.shape[1:], eps=1e-5),
    "group": lambda x: F.group_norm(x, 2),
    "batch": lambda x: F.batch_norm(x, None, None, training=True),
    "instance": F.instance_norm,
}


@pytest.mark.parametrize("name", F32)
@pytest.mark.parametrize("shape", [(7, 4, 300), (3, 8, 64, 64)], ids=str)
def test_float32_is_accurate_to_its_last_digits(name, shape):
    x = drawn(*shape, dtype="float32")
    g = drawn(*shape, seed=1, dtype="float32")
    results = []
    for dtype in ("float32", "float64"):
        leaf = Tensor(x.astype(dtype), requires_grad=True)
        y = F32[name](leaf)
        y.backward(Tensor(g.astype(dtype)))
        assert y.dtype == leaf.grad.dtype == dtype
        results.append((y.data, leaf.grad.data))
    for single, double in zip(*results, strict=True):
        assert np.abs(single - double).max() < 2e-6 * np.abs(double).max()


@pytest.mark.parametrize("name", ["layer", "group", "batch", "instance"])
def test_a_large_mean_does_not_eat_up_a_small_variance(name):
    x = (drawn(6, 4, 50) / 3 + 4000).astype("float32")
    y, exact = (F32[name](Tensor(x.astype(dtype))).data for dtype in ("float32", "float64"))
    assert np.abs(y - exact).max() < 1e-3  # the mean of squares less the square of the mean would be off by 1 and more
    wide = x.astype("float64") + 1e6
    np.testing.assert_allclose(F32[name](Tensor(wide)).data, exact, atol=1e-8)


@pytest.mark.parametrize("name", F32)
def test_half_precision_is_computed_in_single(name):
    x = drawn(4, 4, 9, dtype="float16")
    leaf = Tensor(x, requires_grad=True)
    y = F32[name](leaf)
    y.sum().backward()
    assert y.dtype == leaf.grad.dtype == np.float16
    np.testing.assert_array_equal(y.data, F32[name](Tensor(x.astype("float32"))).data.astype("float16"))


@pytest.mark.parametrize("name", F32)
@pytest.mark.parametrize("layout", [lambda x: x.swapaxes(1, 2), lambda x: x[:, ::2], lambda x: x[:, :, ::-1]])
def test_the_layout_in_memory_does_not_matter(name, layout):
    x = layout(drawn(4, 4, 6))
    g = layout(drawn(4, 4, 6, seed=1))
    received = []
    for array in (x, np.ascontiguousarray(x)):
        leaf = Tensor(array, requires_grad=True)
        F32[name](leaf).backward(Tensor(g))
        received.append(leaf.grad.data)
    np.testing.assert_array_equal(*received)


def test_running_statistics_as_constants_have_plain_gradients():
    mean, variance = Tensor(np.array([0.5, -1.0])), Tensor(np.array([0.5, 2.0]))
    x, w, b = (Tensor(drawn(*shape), requires_grad=True) for shape in ((3, 2, 2), (2,), (2,)))
    gradcheck(lambda x, w, b: F.batch_norm(x, mean, variance, w, b), (x, w, b))


# --- errors -----------------------------------------------------------------------------------------------------------

ONES = Tensor(np.ones((2, 3, 4)))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: nn.LayerNorm(4)(Tensor(np.ones((2, 3), "float32"))), ShapeError, r"\(2, 3\).*normalized_shape \(4,\)"),
        (lambda: nn.RMSNorm((2, 4))(Tensor(np.ones(4, "float32"))), ShapeError, r"rms_norm.*\(4,\).*\(2, 4\)"),
        (lambda: F.layer_norm(ONES, ()), ShapeError, "at least one"),
        (lambda: F.layer_norm(ONES, (4,), Tensor(np.ones(3))), ShapeError, r"the weight has shape \(3,\).*\(4,\)"),
        (lambda: F.layer_norm(ONES, (4,), bias=Tensor(np.ones(3))), ShapeError, r"the bias has shape \(3,\)"),
        (lambda: F.layer_norm(ONES, "x"), ArgumentTypeError, "sizes"),
        (lambda: F.layer_norm(Tensor([1, 2, 3], dtype="int64"), 3), DtypeError, "int64.*float32"),
        (lambda: F.layer_norm(ONES, 4, Tensor(np.ones(4, "float32"))), DtypeError, "float64.*float32"),
        (lambda: nn.LayerNorm("x"), ArgumentTypeError, "LayerNorm.*sizes"),
        (lambda: nn.GroupNorm(3, 4), ShapeError, "4 channels.*3 groups"),
        (lambda: nn.GroupNorm(0, 4), ShapeError, "0 groups"),
        (lambda: nn.GroupNorm(2, 4)(ONES), ShapeError, r"\(2, 3, 4\), 3 channels.*for 4"),
        (lambda: F.group_norm(ONES, 2), ShapeError, r"3 channels.*\(2, 3, 4\).*2 groups"),
        (lambda: F.group_norm(Tensor(np.ones(3)), 3), ShapeError, r"\(3,\).*\[N, C, …\]"),
        (lambda: F.group_norm(Tensor(np.ones((1, 3))), 3), ShapeError, "variance"),
        (lambda: nn.BatchNorm1d(3)(Tensor(np.ones((2, 4)))), ShapeError, r"BatchNorm1d.*\(2, 4\), 4 channels.*for 3"),
        (lambda: nn.BatchNorm1d(3)(Tensor(np.ones((2, 3, 4, 4)))), ShapeError, r"\[N, C\] or \[N, C, L\]"),
        (lambda: nn.BatchNorm2d(3)(ONES), ShapeError, r"\(2, 3, 4\).*\[N, C, H, W\]"),
        (lambda: nn.BatchNorm1d(3)(ONES), DtypeError, r"input is of float64.*float32.*module\.to"),
        (lambda: F.batch_norm(ONES, None, None), ArgumentTypeError, "running_mean and running_var"),
        (lambda: F.batch_norm(ONES, Tensor(np.ones(3)), None), ArgumentTypeError, "go together"),
        (lambda: F.batch_norm(ONES, None, None, training=True, eps=0), ArgumentValueError, "positive"),
        (
            lambda: F.batch_norm(ONES, Tensor(np.ones(2)), Tensor(np.ones(2)), training=True),
            ShapeError,
            r"running_mean has shape \(2,\).*3 channels",
        ),
        (
            lambda: F.batch_norm(ONES, Tensor(np.ones(3)), Tensor(np.ones(2))),
            ShapeError,
            r"running_var has shape \(2,\).*3 channels",
        ),
        (lambda: nn.InstanceNorm1d(3)(Tensor(np.ones((2, 3, 1)))), ShapeError, r"\(2, 3, 1\).*one value"),
        (lambda: nn.InstanceNorm1d(3)(Tensor(np.ones((2, 4, 5)))), ShapeError, "4 channels.*for 3"),
        (lambda: nn.InstanceNorm2d(3)(Tensor(np.ones((2, 5)))), ShapeError, r"\[C, H, W\] or \[N, C, H, W\]"),
        (lambda: F.instance_norm(ONES, use_input_stats=False), ArgumentTypeError, "running_mean and running_var"),
        (lambda: F.local_response_norm(Tensor(np.ones((2, 3))), 2), ShapeError, r"\[N, C, L, …\]"),
        (lambda: F.local_response_norm(ONES, 0), ArgumentValueError, "0"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, error, said):
    with pytest.raises(error, match=said):
        call()
