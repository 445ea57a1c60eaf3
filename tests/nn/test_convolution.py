"""Do filters slide over lines and planes as they should, and is what does not fit refused?"""

import itertools
import os
import subprocess
import sys

import convolution
import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from nn.ops import correlation

RNG = np.random.default_rng(0)


def normal(*shape, dtype="float64"):
    return Tensor(RNG.normal(size=shape), dtype=dtype)


# --- what it is -------------------------------------------------------------------------------------------------------


def by_hand(x, w, stride, padding):
    """A convolution of one sample as a loop over every product."""
    channels, high, wide = len(x), len(x[0]), len(x[0][0])
    kernel_high, kernel_wide = len(w[0][0]), len(w[0][0][0])
    out = []
    for filter_ in w:
        plane = []
        for i in range(-padding, high + padding - kernel_high + 1, stride):
            row = []
            for j in range(-padding, wide + padding - kernel_wide + 1, stride):
                total = 0.0
                for c, u, v in itertools.product(range(channels), range(kernel_high), range(kernel_wide)):
                    if 0 <= i + u < high and 0 <= j + v < wide:
                        total += filter_[c][u][v] * x[c][i + u][j + v]
                row.append(total)
            plane.append(row)
        out.append(plane)
    return out


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 2), (2, 1), (3, 2)])
def test_it_is_a_loop_over_every_product(stride, padding):
    x, w = normal(2, 4, 5), normal(3, 2, 3, 2)
    expected = by_hand(x.numpy().tolist(), w.numpy().tolist(), stride, padding)
    np.testing.assert_allclose(F.conv2d(x, w, None, stride, padding).numpy(), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, 0), (2, 1), (0, 2), (2, 2)])
def test_a_filter_with_a_single_one_shifts(down, right):
    x = normal(1, 1, 5, 6)
    w = autograd.zeros(1, 1, 3, 3, dtype="float64")
    w[0, 0, down, right] = 1.0
    around = F.pad(x, (1, 1, 1, 1))
    np.testing.assert_array_equal(
        F.conv2d(x, w, padding=1).numpy(), around[..., down : down + 5, right : right + 6].numpy()
    )


def test_the_filter_is_not_turned_round():
    y = F.conv1d(Tensor([[1.0, 2.0, 3.0, 4.0]]), Tensor([[[1.0, 10.0]]]))
    np.testing.assert_array_equal(y.numpy(), [[21.0, 32.0, 43.0]])


def test_a_bias_is_added_to_every_place():
    x, w = normal(2, 2, 4, 4), normal(3, 2, 3, 3)
    bias = Tensor([1.0, 2.0, 3.0], dtype="float64")
    shift = F.conv2d(x, w, bias).numpy() - F.conv2d(x, w).numpy()
    np.testing.assert_allclose(shift, np.broadcast_to(np.array([1.0, 2.0, 3.0])[:, None, None], shift.shape))


@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_the_size_of_the_output(stride, padding, dilation):
    x, w = normal(1, 1, 9, 7), normal(1, 1, 3, 2)
    y = F.conv2d(x, w, None, stride, padding, dilation)
    assert y.shape == (
        1,
        1,
        (9 + 2 * padding - dilation * 2 - 1) // stride + 1,
        (7 + 2 * padding - dilation * 1 - 1) // stride + 1,
    )


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_keeps_the_size(kernel, dilation):
    x = normal(1, 1, 9, 7)
    assert F.conv2d(x, normal(2, 1, kernel, kernel), padding="same", dilation=dilation).shape == (1, 2, 9, 7)


def test_groups_are_convolutions_of_their_own():
    x, w, b = normal(2, 6, 5, 5), normal(9, 2, 3, 3), normal(9)
    parts = [F.conv2d(x[:, 2 * k : 2 * k + 2], w[3 * k : 3 * k + 3], b[3 * k : 3 * k + 3], padding=1) for k in range(3)]
    np.testing.assert_allclose(F.conv2d(x, w, b, padding=1, groups=3).numpy(), autograd.cat(parts, 1).numpy())


def test_a_line_is_a_plane_with_a_single_row():
    x, w, b = normal(2, 3, 8), normal(4, 3, 3), normal(4)
    line = F.conv1d(x, w, b, 2, 1, 2)
    plane = F.conv2d(x[:, :, None], w[:, :, None], b, (1, 2), (0, 1), (1, 2))
    np.testing.assert_array_equal(line.numpy(), plane[:, :, 0].numpy())


def test_a_single_sample_is_a_batch_of_one():
    x, w = normal(3, 6, 6), normal(2, 3, 3, 3)
    np.testing.assert_array_equal(F.conv2d(x, w).numpy(), F.conv2d(x[None], w)[0].numpy())
    np.testing.assert_array_equal(
        F.conv_transpose2d(x, w.transpose(0, 1)).numpy(), F.conv_transpose2d(x[None], w.transpose(0, 1))[0].numpy()
    )


def test_dilation_is_a_filter_with_zeros_in_between():
    x, w = normal(1, 2, 9, 9), normal(3, 2, 3, 3)
    wide = autograd.zeros(3, 2, 5, 5, dtype="float64")
    wide[:, :, ::2, ::2] = w
    np.testing.assert_allclose(F.conv2d(x, w, dilation=2).numpy(), F.conv2d(x, wide).numpy(), atol=1e-13)


def test_it_is_a_matrix_product_with_the_windows_as_columns():
    x, w = normal(2, 3, 6, 7), normal(4, 3, 3, 2)
    columns = F.unfold(x, (3, 2), padding=1, stride=2)
    y = (w.reshape(4, -1) @ columns).reshape(2, 4, 3, 4)
    np.testing.assert_allclose(y.numpy(), F.conv2d(x, w, padding=1, stride=2).numpy(), atol=1e-13)


def test_fold_adds_each_entry_up_as_often_as_windows_see_it():
    x = normal(2, 3, 5, 6)
    seen = F.fold(F.unfold(autograd.ones(2, 3, 5, 6, dtype="float64"), 3, padding=1), (5, 6), 3, padding=1)
    np.testing.assert_allclose(F.fold(F.unfold(x, 3, padding=1), (5, 6), 3, padding=1).numpy(), (x * seen).numpy())
    assert seen.max() == 9
    assert seen.min() == 4


# --- the transpose ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_the_transpose_is_the_adjoint(stride, padding, dilation, groups):
    """⟨conv x, y⟩ = ⟨x, convᵀ y⟩ for all x and y."""
    x, w = normal(2, 4, 9, 8), normal(6, 4 // groups, 3, 2)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    there = F.conv2d(x, w, **options)
    y = normal(*there.shape)
    spans = [dilation * (k - 1) + 1 for k in (3, 2)]
    left = tuple((n + 2 * padding - span) % stride for n, span in zip((9, 8), spans, strict=True))
    if max(left) >= max(stride, dilation):
        pytest.skip("the output_padding would be too large")
    back = F.conv_transpose2d(y, w, output_padding=left, **options)
    assert back.shape == x.shape
    np.testing.assert_allclose((there * y).sum().item(), (x * back).sum().item(), rtol=1e-12)


def test_the_gradient_of_the_input_is_the_transpose():
    x, w = normal(2, 3, 8, 8), normal(4, 3, 3, 3)
    x.requires_grad_()
    y = F.conv2d(x, w, stride=2, padding=1)
    g = normal(*y.shape)
    y.backward(g)
    np.testing.assert_allclose(
        x.grad.numpy(), F.conv_transpose2d(g, w, stride=2, padding=1, output_padding=1).numpy(), atol=1e-13
    )


def test_a_transposed_layer_makes_the_size_that_is_asked_for():
    layer = nn.ConvTranspose2d(2, 3, 3, stride=2)
    x = autograd.ones(1, 2, 4, 5)
    assert layer(x).shape == (1, 3, 9, 11)
    assert layer(x, output_size=(10, 11)).shape == (1, 3, 10, 11)
    with pytest.raises(ShapeError, match=r"between \(9, 11\) and \(10, 12\), not \(11, 11\)"):
        layer(x, output_size=(11, 11))
    assert layer(x, output_size=(1, 3, 10, 11)).shape == (1, 3, 10, 11)
    assert layer(autograd.ones(1, 2, 5, 5), output_size=12).shape == (1, 3, 12, 12)
    with pytest.raises(ShapeError, match=r"input of shape \(2,\)"):
        layer(autograd.ones(2), output_size=(10, 11))


# --- how it computes --------------------------------------------------------------------------------------------------


def gradients(x, w, b, **options):
    leaves = [x, w, b]
    for leaf in leaves:
        leaf.grad = None
        leaf.requires_grad_()
    y = F.conv2d(*leaves, **options)
    y.backward(np.random.default_rng(1).normal(size=y.shape).astype("float16").astype(y.dtype))
    return [y.detach(), *(leaf.grad for leaf in leaves)]


def test_how_the_arrays_lie_in_memory_does_not_matter():
    x, w, b = normal(3, 4, 6, 7), normal(5, 4, 3, 3), normal(5)
    expected = gradients(x, w, b, padding=1)
    x_moved = np.moveaxis(np.ascontiguousarray(np.moveaxis(x.detach().numpy(), 1, -1)), -1, 1)
    w_moved = np.ascontiguousarray(w.detach().numpy()[::-1])[::-1]
    fixed = b.detach().numpy().copy()
    fixed.flags.writeable = False
    found = [autograd.from_numpy(x_moved), autograd.from_numpy(w_moved), autograd.as_tensor(fixed)]
    for ours, theirs in zip(gradients(*found, padding=1), expected, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("options", [{}, {"padding": 1}, {"stride": 2, "padding": 2}, {"dilation": 2}])
def test_what_is_not_finite_reaches_only_the_weights_that_meet_it(wrong, options):
    x, w = np.ones((2, 2, 6, 7)), np.ones((3, 2, 2, 3))
    x[1, 0, 3, 0] = x[1, 0, 2, 6] = x[0, 1, 5, 6] = wrong
    leaf = autograd.Tensor(w, requires_grad=True)
    y = F.conv2d(autograd.Tensor(x), leaf, **options)
    y.sum().backward()
    expected = F.unfold(autograd.Tensor(x), (2, 3), **options).numpy().sum((0, 2)).reshape(2, 2, 3)
    assert np.isfinite(expected).any()
    np.testing.assert_array_equal(leaf.grad.numpy(), np.broadcast_to(expected, w.shape))


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("size", "kernel", "options"),
    [
        ((3, 4), (3, 4), {}),
        ((3, 3), (2, 2), {}),
        ((1, 2), (3, 3), {"padding": (1, 1)}),
        ((2, 1), (3, 3), {"padding": (4, 1), "stride": (4, 2), "dilation": (2, 1)}),
        ((6, 7), (2, 3), {"stride": 4}),
    ],
)
def test_a_few_windows_are_computed_as_many_are(size, kernel, options, groups, monkeypatch):
    leaves = normal(2, 4, *size), normal(6, 4 // groups, *kernel), normal(6)
    by_place = gradients(*leaves, **options, groups=groups)
    assert np.prod(by_place[0].shape[2:]) <= correlation._FEW
    monkeypatch.setattr(correlation, "_FEW", 0)
    for ours, theirs in zip(by_place, gradients(*leaves, **options, groups=groups), strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12, atol=1e-12)


def test_half_precision_is_computed_in_single_and_rounded():
    x, w, b = (normal(*shape, dtype="float32").to("float16") for shape in ((2, 3, 6, 6), (4, 3, 3, 3), (4,)))
    half = gradients(x, w, b)
    single = gradients(*(leaf.detach().to("float32") for leaf in (x, w, b)))
    for ours, exact in zip(half, single, strict=True):
        assert ours.dtype == "float16"
        np.testing.assert_array_equal(ours.numpy(), exact.numpy().astype("float16"))


PROGRAM = """
import hashlib, numpy as np, nn.functional as F
from autograd import Tensor
rng = np.random.default_rng(0)
shapes = (13, 8, 20, 20), (8, 8, 5, 5), (8,)
leaves = [Tensor(rng.normal(size=shape).astype("float32"), requires_grad=True) for shape in shapes]
y = F.max_pool2d(F.conv2d(*leaves, padding=2), 2)
y.backward(rng.normal(size=y.shape).astype("float32"))
print(hashlib.sha256(b"".join(a.numpy().tobytes() for a in (y.detach(), *(x.grad for x in leaves)))).hexdigest())
"""


def run(program, **environment):
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_the_numbers_do_not_depend_on_how_many_threads_share_the_work():
    assert len({run(PROGRAM, OMP_NUM_THREADS=str(threads)) for threads in (1, 3)}) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_process_has_threads_of_its_own():
    fork = "import os, sys\nif os.fork() == 0:\n    exec(PROGRAM); sys.stdout.flush(); os._exit(0)\nos.wait()"
    program = f"PROGRAM = {PROGRAM!r}\nexec(PROGRAM)\nimport sys; sys.stdout.flush()\n{fork}"
    parents, childs = run(program, OMP_NUM_THREADS="2").split()
    assert parents == childs


@pytest.mark.parametrize("way", sorted(convolution.WAYS))
def test_the_benchmark_compares_ways_that_compute_the_same(way):
    layer = convolution.Layer(3, 2, 6, 4, 3, 1)
    if way == "PyTorch":
        pytest.importorskip("torch")
    ours, theirs = convolution.WAYS["ours"](layer), convolution.WAYS[way](layer)
    for what in convolution.PASSES:
        np.testing.assert_allclose(theirs[what](), ours[what](), rtol=1e-4, atol=1e-4)


# --- the layers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "weight", "fan_in"),
    [
        (lambda: nn.Conv1d(8, 20, 5), (20, 8, 5), 40),
        (lambda: nn.Conv2d(8, 20, (3, 5), groups=4), (20, 2, 3, 5), 30),
        (lambda: nn.ConvTranspose2d(20, 8, (3, 5), groups=4), (20, 2, 3, 5), 30),
        (lambda: nn.ConvTranspose1d(20, 8, 5), (20, 8, 5), 40),
    ],
)
def test_weights_and_biases_begin_within_the_root_of_fan_in(layer, weight, fan_in):
    nn.manual_seed(0)
    made = layer()
    assert {name: x.shape for name, x in made.state_dict().items()} == {
        "weight": weight,
        "bias": (made.out_channels,),
    }
    for x in made.parameters():
        largest = abs(x.detach()).max().item()
        assert largest <= 1 / fan_in**0.5
        assert largest > 0.7 / fan_in**0.5


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [1, (2, 1), "same"])
def test_a_padding_mode_is_a_border_before_the_convolution(mode, padding):
    layer = nn.Conv2d(2, 3, (4, 3), padding=padding, padding_mode=mode, dtype="float64")
    x = normal(2, 2, 6, 6)
    widths = {1: (1, 1, 1, 1), (2, 1): (1, 1, 2, 2), "same": (1, 1, 1, 2)}[padding]
    expected = F.conv2d(F.pad(x, widths, mode), layer.weight, layer.bias)
    np.testing.assert_array_equal(layer(x).detach().numpy(), expected.detach().numpy())


def test_layers_print_their_arguments():
    assert repr(nn.Conv2d(1, 6, 5, padding=2)) == "Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))"
    assert (
        repr(nn.ConvTranspose2d(2, 4, 3, 2, 1, 1))
        == "ConvTranspose2d(2, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))"
    )


def test_a_filter_learns_to_find_an_edge():
    x = normal(16, 1, 8, 8)
    edges = Tensor([[[[1.0, 0.0, -1.0]] * 3]], dtype="float64")
    target = F.conv2d(x, edges)
    nn.manual_seed(1)
    layer = nn.Conv2d(1, 1, 3, dtype="float64")
    for _ in range(60):
        layer.zero_grad()
        loss = ((layer(x) - target) ** 2).mean()
        loss.backward()
        with autograd.no_grad():
            for p in layer.parameters():
                p -= 0.2 * p.grad
    np.testing.assert_allclose(layer.weight.detach().numpy(), edges.numpy(), atol=1e-2)


# --- what does not fit ------------------------------------------------------------------------------------------------

X, W = (2, 3, 5, 6), (4, 3, 3, 3)


@pytest.mark.parametrize(
    ("function", "shapes", "options", "error", "message"),
    [
        (F.conv2d, ((2, 1, 5, 6), W), {}, ShapeError, r"has 1 channels; a weight of shape \(4, 3, 3, 3\) needs 3"),
        (F.conv2d, ((2, 3, 5, 6), (4, 3, 3, 3)), {"groups": 2}, ShapeError, "in 2 groups needs 6"),
        (
            F.conv2d,
            ((2, 3, 5, 6), (4, 1, 3, 3)),
            {"groups": 3},
            ShapeError,
            "3 groups do not divide the 4 out_channels",
        ),
        (
            F.conv2d,
            (X, (4, 3, 7, 3)),
            {},
            ShapeError,
            r"kernel of size \(7, 3\) is larger than the input of size \(5, 6\)",
        ),
        (F.conv2d, (X, W), {"dilation": 3}, ShapeError, r"spans \(7, 7\) with dilation \(3, 3\)"),
        (F.conv2d, (X, (4, 3, 9, 3)), {"padding": 1}, ShapeError, r"with its padding \(7, 8\)"),
        (F.conv2d, ((5, 6), W), {}, ShapeError, r"must be \[N, C, H, W\], or \[C, H, W\]"),
        (F.conv1d, (X, W), {}, ShapeError, r"must be \[N, C, L\], or \[C, L\]"),
        (F.conv2d, (X, (4, 3, 3)), {}, ShapeError, r"\[out_channels, in_channels/groups, kH, kW\]"),
        (F.conv2d, (X, W, (3,)), {}, ShapeError, r"bias has shape \(3,\); a weight .* needs \(4,\)"),
        (F.conv2d, (X, W), {"stride": 0}, ArgumentValueError, "stride 0 must be at least 1"),
        (F.conv2d, (X, W), {"padding": -1}, ArgumentValueError, "padding -1 must be at least 0"),
        (F.conv2d, (X, W), {"stride": (1, 2, 3)}, ShapeError, "one integer, or 2, one for each axis"),
        (F.conv2d, (X, W), {"stride": 1.5}, ArgumentTypeError, "integer or a tuple of them, not 1.5"),
        (F.conv2d, (X, W), {"padding": "full"}, ArgumentValueError, "'same', 'valid' or in numbers, not 'full'"),
        (F.conv2d, (X, W), {"padding": "same", "stride": 2}, ArgumentValueError, "needs stride 1"),
        (F.conv2d, (X, W), {"groups": 0}, ArgumentValueError, "groups is an integer of at least 1"),
        (F.conv_transpose2d, (X, W), {}, ShapeError, "has 3 channels; a weight .* needs 4"),
        (F.conv_transpose2d, (X, (3, 4, 3, 3)), {"output_padding": 1}, ArgumentValueError, "smaller than the stride"),
        (F.conv_transpose2d, (X, (3, 4, 1, 1)), {"padding": 3}, ShapeError, r"leave an output of size \(-1, 0\)"),
        (F.conv2d, (X, (0, 3, 3, 3)), {}, ShapeError, "makes no channels"),
        (F.conv_transpose2d, (X, (3, 0, 3, 3)), {}, ShapeError, "makes no channels"),
        (F.unfold, ((5, 6),), {"kernel_size": 2}, ShapeError, r"must be \[N, C, H, W\] or \[C, H, W\]"),
        (F.fold, ((2, 12, 19),), {"output_size": (5, 6), "kernel_size": 2}, ShapeError, r"\[N, C·4, 20\]"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_shapes(function, shapes, options, error, message):
    with pytest.raises(error, match=message):
        function(*(normal(*shape) for shape in shapes), **options)


def test_element_types_are_not_mixed_silently():
    x, w = normal(*X), normal(*W)
    with pytest.raises(DtypeError, match="not float32, float64: convert"):
        F.conv2d(x.float(), w)
    with pytest.raises(DtypeError, match="not int64, int64"):
        F.conv2d(x.long(), w.long())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "2 groups must divide in_channels 3 and out_channels 4"),
        (lambda: nn.Conv2d(3, 4, 3, groups=0), "groups 0 must be at least 1"),
        (lambda: nn.Conv2d(-3, 4, 3), "in_channels -3 must be at least 0"),
        (lambda: nn.Conv2d(3, 4, 3, padding_mode="zero"), "padding_mode is 'zeros' or 'reflect'"),
        (lambda: nn.Conv2d(3, 4, 3, padding="full"), "padding is 'same', 'valid' or in numbers"),
        (lambda: nn.Conv2d(3, 4, 3, 2, padding="same"), "needs stride 1"),
        (lambda: nn.Conv2d(3, 4, 0), "kernel_size 0 must be at least 1"),
        (lambda: nn.ConvTranspose2d(3, 4, 3, padding_mode="reflect"), "padding_mode is 'zeros', not 'reflect'"),
        (lambda: nn.ConvTranspose2d(3, 4, 3, padding="same"), "padding is in numbers"),
    ],
)
def test_a_layer_that_makes_no_sense_is_refused(make, message):
    with pytest.raises(ArgumentValueError, match=message):
        make()
