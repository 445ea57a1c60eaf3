"""Are windows summed up by their largest entry, or their mean, as they should be, and is what does not fit refused?"""

import numpy as np
import pytest

import nn
import nn.functional as F
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError

RNG = np.random.default_rng(0)
NAN, INF = float("nan"), float("inf")
PLANE = [[1.0, 2, 5, 6], [3, 4, 7, 8], [9, 9, 0, 0], [9, 9, 0, -1]]


def normal(*shape):
    return Tensor(RNG.normal(size=shape), requires_grad=True)


def gradient(function, *data):
    x = Tensor(*data, requires_grad=True)
    function(x).sum().backward()
    return x.grad.numpy()


# --- the largest ------------------------------------------------------------------------------------------------------


def test_the_largest_entry_of_each_window_comes_out():
    np.testing.assert_array_equal(F.max_pool2d(Tensor([PLANE]), 2).numpy(), [[[4, 8], [9, 0]]])
    np.testing.assert_array_equal(F.max_pool1d(Tensor(PLANE), 2).numpy(), [[2, 6], [4, 8], [9, 0], [9, 0]])


def test_the_gradient_goes_to_the_first_of_equal_entries():
    np.testing.assert_array_equal(
        gradient(lambda x: F.max_pool2d(x, 2), [PLANE]),
        [[[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0]]],
    )
    # first row by row: the one at the right of the upper row comes before the one at the left of the lower
    np.testing.assert_array_equal(gradient(lambda x: F.max_pool2d(x, 2), [[[1.0, 2], [2, 1]]]), [[[0, 1], [0, 0]]])


def test_an_entry_receives_from_every_window_that_it_is_the_largest_of():
    np.testing.assert_array_equal(gradient(lambda x: F.max_pool1d(x, 3, 1), [[0.0, 1, 5, 2, 0]]), [[0, 0, 3, 0, 0]])


def test_nan_is_larger_than_everything_and_the_last_one_counts():
    y, places = F.max_pool1d(Tensor([[NAN, 1, NAN, 0, INF, 2, -INF, -INF]]), 4, return_indices=True)
    np.testing.assert_array_equal(y.numpy(), [[NAN, INF]])
    np.testing.assert_array_equal(places.numpy(), [[2, 4]])


def test_padding_is_never_the_largest():
    y, places = F.max_pool1d(Tensor([[-INF, -3.0, -2.0]]), 2, 2, 1, return_indices=True)
    np.testing.assert_array_equal(y.numpy(), [[-INF, -2]])
    np.testing.assert_array_equal(places.numpy(), [[0, 2]])
    np.testing.assert_array_equal(F.max_pool1d(Tensor([[-5, -3, -2]]), 2, 2, 1).numpy(), [[-5, -2]])


@pytest.mark.parametrize("window", [(2,), (3, 2), (3, 2, 1), (2, 1, 0, 2), (3, 3, 1, 2, True)])
def test_it_is_the_maximum_over_the_unfolded_windows(window):
    x = normal(2, 3, 8, 9)
    y, places = F.max_pool2d(x, *window, *(None, 0, 1, False)[len(window) - 1 :], return_indices=True)
    entries = x.detach().reshape(2, 3, 72).gather(-1, places.reshape(2, 3, -1)).reshape(*y.shape)
    np.testing.assert_array_equal(y.detach().numpy(), entries.numpy())
    if len(window) < 5:
        kernel, stride, padding, dilation = (*window, *(window[0], 0, 1)[len(window) - 1 :])
        columns = F.unfold(F.pad(x, (padding,) * 4, value=-INF), kernel, dilation, 0, stride)
        columns = columns.reshape(2, 3, kernel * kernel, -1)
        np.testing.assert_array_equal(columns.amax(2).detach().numpy(), y.reshape(2, 3, -1).detach().numpy())


# --- the mean ---------------------------------------------------------------------------------------------------------


def test_the_mean_of_each_window_comes_out():
    np.testing.assert_array_equal(F.avg_pool2d(Tensor([PLANE]), 2).numpy(), [[[2.5, 6.5], [9, -0.25]]])
    np.testing.assert_array_equal(gradient(lambda x: F.avg_pool2d(x, 2), [PLANE]), np.full((1, 4, 4), 0.25))


def test_by_what_the_sums_are_divided():
    ones = Tensor([[1.0, 1, 1, 1]])
    np.testing.assert_array_equal(F.avg_pool1d(ones, 2, 2, 1).numpy(), [[0.5, 1, 0.5]])
    np.testing.assert_array_equal(F.avg_pool1d(ones, 2, 2, 1, count_include_pad=False).numpy(), [[1, 1, 1]])
    np.testing.assert_array_equal(F.avg_pool1d(ones, 3, 2, 1, ceil_mode=True).numpy() * 3, [[2, 3, 1.5]])
    np.testing.assert_array_equal(F.avg_pool2d(ones[None], (1, 2), divisor_override=4).numpy(), [[[0.5, 0.5]]])


@pytest.mark.parametrize("window", [(2,), (3, 2), (3, 1, 1), ((3, 2), (1, 2), (1, 0))])
def test_it_is_a_convolution_with_equal_weights(window):
    x = normal(2, 3, 8, 9)
    kernel = window[0] if isinstance(window[0], tuple) else (window[0], window[0])
    w = Tensor(np.full((3, 1, *kernel), 1 / np.prod(kernel)))
    stride = window[1] if len(window) > 1 else window[0]
    padding = window[2] if len(window) > 2 else 0
    np.testing.assert_allclose(
        F.avg_pool2d(x, *window).detach().numpy(),
        F.conv2d(x, w, stride=stride, padding=padding, groups=3).detach().numpy(),
        atol=1e-14,
    )


def test_an_infinite_entry_stays_in_its_windows():
    plane = np.zeros((1, 6, 6))
    plane[0, 0, 0] = INF
    for pooled in (F.avg_pool2d(Tensor(plane), 2), F.adaptive_avg_pool2d(Tensor(plane), (4, 3))):
        assert pooled.numpy()[0, 0, 0] == INF
        assert np.isfinite(pooled.numpy().ravel()[1:]).all()


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [4, 5, 8, 11])
@pytest.mark.parametrize("window", [(2, 2, 0, 1), (3, 2, 1, 1), (3, 3, 1, 2), (2, 3, 1, 1)])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_how_many_windows_there_are(entries, window, ceil_mode):
    kernel, stride, padding, dilation = window
    room = (entries + 2 * padding - dilation * (kernel - 1) - 1) / stride
    count = int(np.ceil(room) if ceil_mode else np.floor(room)) + 1
    if (count - 1) * stride >= entries + padding:
        count -= 1  # it would begin behind the input
    assert F.max_pool1d(normal(1, entries), *window, ceil_mode).shape == (1, count)


def test_windows_that_cover_a_plane():
    x = normal(2, 3, 6, 8)
    np.testing.assert_array_equal(F.adaptive_avg_pool2d(x, (6, 8)).detach().numpy(), x.detach().numpy())
    np.testing.assert_array_equal(F.adaptive_max_pool2d(x, (None, 8)).detach().numpy(), x.detach().numpy())
    np.testing.assert_allclose(
        F.adaptive_avg_pool2d(x, 1).detach().numpy(), x.mean((-2, -1), keepdim=True).detach().numpy(), rtol=1e-14
    )
    np.testing.assert_array_equal(
        F.adaptive_avg_pool2d(x, (3, 4)).detach().numpy(), F.avg_pool2d(x, 2).detach().numpy()
    )
    np.testing.assert_array_equal(
        F.adaptive_max_pool2d(x, (2, None)).detach().numpy(), F.max_pool2d(x, (3, 1)).detach().numpy()
    )
    # window k of 3 over 7 goes from ⌊7k/3⌋ to ⌈7(k + 1)/3⌉
    np.testing.assert_allclose(F.adaptive_avg_pool1d(Tensor([[0.0, 1, 2, 3, 4, 5, 6]]), 3).numpy(), [[1, 3, 5]])


def test_layers_call_their_functions():
    x = normal(2, 3, 6, 8)
    for layer, expected in [
        (nn.MaxPool2d(2), F.max_pool2d(x, 2)),
        (nn.AvgPool2d(3, 2, 1), F.avg_pool2d(x, 3, 2, 1)),
        (nn.AdaptiveAvgPool2d((2, None)), F.adaptive_avg_pool2d(x, (2, 8))),
        (nn.AdaptiveMaxPool2d(2), F.adaptive_max_pool2d(x, 2)),
        (nn.MaxPool1d(2), F.max_pool1d(x[0], 2)),
        (nn.AvgPool1d(2), F.avg_pool1d(x[0], 2)),
    ]:
        given = x[0] if "1d" in type(layer).__name__ else x
        np.testing.assert_array_equal(layer(given).detach().numpy(), expected.detach().numpy())
        assert not list(layer.parameters())
    assert repr(nn.MaxPool2d(2)) == "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: F.max_pool2d(x, 9), ShapeError, "spans 9 is larger than an axis of 6 entries"),
        (lambda x: F.max_pool2d(x, 3, dilation=4), ShapeError, "spans 9"),
        (lambda x: F.max_pool2d(x, 2, padding=2), ArgumentValueError, "padding 2 is more than half of the window"),
        (lambda x: F.max_pool1d(x[0, :, :, :1], 3, 3, 1, 2, True), ShapeError, "meets only the padding"),
        (lambda x: F.max_pool2d(x, 2, 0), ArgumentValueError, "stride 0 must be at least 1"),
        (lambda x: F.max_pool2d(x[0, 0], 2), ShapeError, r"must be \[N, C, H, W\] or \[C, H, W\]"),
        (lambda x: F.avg_pool1d(x, 2), ShapeError, r"must be \[N, C, L\] or \[C, L\]"),
        (lambda x: F.avg_pool2d(x, 2.5), ArgumentTypeError, "kernel_size is an integer"),
        (lambda x: F.avg_pool2d(x, 2, divisor_override=0), ArgumentValueError, "must not be 0"),
        (lambda x: F.avg_pool2d(x.long(), 2), DtypeError, "a mean is no integer"),
        (lambda x: F.adaptive_avg_pool2d(x, -1), ArgumentValueError, "must not be negative"),
        (lambda x: F.adaptive_avg_pool2d(x, (1, 2, 3)), ShapeError, "one number, or 2, one for each axis"),
        (lambda x: F.adaptive_max_pool2d(x, 1.5), ArgumentTypeError, "takes integers or None, not 1.5"),
        (lambda x: F.avg_pool2d(x, 2, divisor_override=2.5), ArgumentTypeError, "an integer or None, not 2.5"),
        (lambda x: F.max_pool2d(x > 0, 2), DtypeError, "truth values have no maximum"),
        (lambda x: F.max_pool2d(x, 2, np.array([2, 2])), ArgumentTypeError, "stride is an integer"),
        (lambda x: F.max_pool2d(x.tolist(), 2), ArgumentTypeError, "a Tensor or an array, not list"),
        (lambda x: F.adaptive_max_pool2d(x[:, :, :0], 1), ShapeError, "has no entries to pool"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(normal(2, 3, 6, 8))
