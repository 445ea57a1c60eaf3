"""Do losses say what is wrong with what they are given, stay finite, and mean what they say?

That they equal PyTorch's is a matter of ``tests/networks``.
"""

import math

import numpy as np
import pytest

import nn
import nn.functional as F
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    AutogradError,
    BoundsError,
    DtypeError,
    GraphError,
    ShapeError,
    Tensor,
    gradcheck,
    gradgradcheck,
)

RNG = np.random.default_rng(0)


def drawn(*shape, dtype="float64"):
    return Tensor(np.random.default_rng(1).normal(size=shape), requires_grad=True, dtype=dtype)


def whole(numbers):
    return Tensor(numbers, dtype="int64")


OF_PAIRS = (
    F.mse_loss,
    F.l1_loss,
    F.smooth_l1_loss,
    F.huber_loss,
    F.binary_cross_entropy,
    F.binary_cross_entropy_with_logits,
    F.kl_div,
    F.poisson_nll_loss,
    F.soft_margin_loss,
    F.hinge_loss,
    F.hinge_embedding_loss,
    F.multilabel_soft_margin_loss,
)
"""Losses whose target has the input's shape."""

CALLS = (
    *((loss, (np.full((3, 2), 0.5), np.ones((3, 2)))) for loss in OF_PAIRS),
    *(
        (loss, (np.zeros((3, 2)), np.array([0, 1, 1])))
        for loss in (F.cross_entropy, F.nll_loss, F.multi_margin_loss, F.multiclass_hinge_loss)
    ),
    (F.multilabel_margin_loss, (np.zeros((3, 2)), np.array([[0, -1], [1, 0], [-1, 0]]))),
    (F.gaussian_nll_loss, (np.zeros((3, 2)), np.ones((3, 2)), np.ones((3, 2)))),
    (F.margin_ranking_loss, (np.zeros((3, 2)), np.ones((3, 2)), np.ones((3, 2)))),
    (F.cosine_embedding_loss, (np.ones((3, 2)), np.ones((3, 2)), np.ones(3))),
    (F.triplet_margin_loss, (np.ones((3, 2)), np.ones((3, 2)), np.zeros((3, 2)))),
)
"""Every loss, and what it can be called with."""

NAMED = pytest.mark.parametrize(("loss", "arguments"), CALLS, ids=[loss.__name__ for loss, _ in CALLS])


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", OF_PAIRS, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize(("shape", "other"), [((4, 1), (4,)), ((4,), (4, 1)), ((4, 3), (3,)), ((4, 3), ()), ((), (1,))])
def test_a_target_that_would_be_broadcast_is_refused_with_both_shapes(loss, shape, other):
    with pytest.raises(ShapeError) as problem:
        loss(Tensor(np.full(shape, 0.5)), Tensor(np.ones(other)))
    assert str(shape) in str(problem.value)
    assert str(other) in str(problem.value)


def test_targets_of_other_losses_are_not_broadcast_either():
    with pytest.raises(ShapeError, match=r"\(3, 2\).*\(3, 1\)"):
        F.margin_ranking_loss(drawn(3, 2), drawn(3, 2), Tensor(np.ones((3, 1))))
    with pytest.raises(ShapeError, match=r"\(3, 2\).*\(1, 2\)"):
        F.triplet_margin_loss(drawn(3, 2), drawn(3, 2), drawn(1, 2))
    with pytest.raises(ShapeError, match=r"\(3, 2\).*\(2,\)"):
        F.gaussian_nll_loss(drawn(3, 2), drawn(2), 1.0)
    with pytest.raises(ShapeError, match=r"\(3, 2\).*\(1,\)"):
        F.cosine_embedding_loss(drawn(3, 2), drawn(3, 2), Tensor([1.0]))


def test_a_shape_that_only_needs_a_reshape_is_named():
    with pytest.raises(ShapeError, match=r"\.reshape\(4, 1\)"):
        F.mse_loss(drawn(4, 1), drawn(4))


@NAMED
def test_a_reduction_that_does_not_exist_is_refused_with_those_that_do(loss, arguments):
    for reduction in ("average", None, 1):
        with pytest.raises(ArgumentValueError, match=r"'none'.*'mean'.*'sum'"):
            loss(*arguments, reduction=reduction)


LOSSES = [getattr(nn, name) for name in nn.losses.__all__]


@pytest.mark.parametrize("made", LOSSES, ids=lambda made: made.__name__)
def test_a_module_refuses_it_when_it_is_made(made):
    with pytest.raises(ArgumentValueError, match=f"{made.__name__}.*'none'.*'mean'.*'sum'"):
        made(reduction="average")


@NAMED
def test_scores_are_floating_point_numbers(loss, arguments):
    with pytest.raises(DtypeError, match="int64"):
        loss(np.ones((3, 2), np.int64), *arguments[1:])


@NAMED
def test_text_is_not_a_target(loss, arguments):
    with pytest.raises(AutogradError):
        loss(arguments[0], "spam", *arguments[2:])


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss, F.multi_margin_loss, F.multiclass_hinge_loss])
@pytest.mark.parametrize(("classes", "wrong", "place"), [([0, 1, 4], 4, "2"), ([0, -1, 9], -1, "1")])
def test_a_class_that_does_not_exist_is_named_with_its_place(loss, classes, wrong, place):
    with pytest.raises(BoundsError, match=rf"class {wrong} at target\[{place}\].*4 classes run from 0 to 3"):
        loss(drawn(3, 4), whole(classes))


def test_the_place_of_a_wrong_class_has_all_its_axes():
    classes = np.zeros((2, 3, 5), int)
    classes[1, 0, 4] = 7
    with pytest.raises(BoundsError, match=r"class 7 at target\[1, 0, 4\]"):
        F.cross_entropy(drawn(2, 4, 3, 5), whole(classes))


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
def test_class_indices_are_integers_in_the_shape_without_classes(loss):
    with pytest.raises(DtypeError, match="integers, not float64"):
        loss(drawn(3, 4), Tensor(np.zeros(3)))
    with pytest.raises(DtypeError, match="integers, not bool"):
        loss(drawn(3, 4), Tensor(np.zeros(3, bool)))
    for shape in ((2,), (3, 1), (), (4,)):
        with pytest.raises(ShapeError, match=r"\(3, 4\)"):
            loss(drawn(3, 4), whole(np.zeros(shape, int)))
    with pytest.raises(ShapeError):
        loss(Tensor(1.0), whole(0))


def test_one_hot_rows_of_integers_are_told_from_probabilities():
    with pytest.raises(DtypeError, match="one-hot"):
        F.cross_entropy(drawn(3, 4), whole(np.eye(4)[:3]))


def test_there_is_a_class():
    with pytest.raises(ShapeError, match="no classes"):
        F.cross_entropy(drawn(3, 0), whole([0, 0, 0]))


def test_ignore_index_means_nothing_beside_probabilities():
    with pytest.raises(ArgumentValueError, match="ignore_index=2"):
        F.cross_entropy(drawn(3, 4), drawn(3, 4), ignore_index=2)


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
def test_ignore_index_is_an_integer(loss):
    for index in (None, 1.0):
        with pytest.raises(ArgumentTypeError, match="ignore_index"):
            loss(drawn(3, 4), whole([0, 1, 2]), ignore_index=index)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, math.nan])
def test_smoothing_is_a_share(smoothing):
    with pytest.raises(ArgumentValueError, match="from 0 to 1"):
        F.cross_entropy(drawn(3, 4), whole([0, 1, 2]), label_smoothing=smoothing)


def test_weights_fit_and_are_constants():
    x, t = drawn(3, 4), whole([0, 1, 2])
    for loss in (F.cross_entropy, F.nll_loss, F.multi_margin_loss):
        with pytest.raises(ShapeError, match=r"weight has shape \(3,\).*\(4,\)"):
            loss(x, t, weight=np.ones(3))
        with pytest.raises(GraphError, match=r"weight\.detach\(\)"):
            loss(x, t, weight=drawn(4))
    for loss in (F.binary_cross_entropy, F.binary_cross_entropy_with_logits):
        with pytest.raises(ShapeError, match=r"weight has shape \(2, 3, 4\)"):
            loss(Tensor(np.full((3, 4), 0.5)), np.ones((3, 4)), weight=np.ones((2, 3, 4)))
        with pytest.raises(ShapeError, match=r"weight has shape \(3,\)"):
            loss(Tensor(np.full((3, 4), 0.5)), np.ones((3, 4)), weight=np.ones(3))
    with pytest.raises(ShapeError, match=r"pos_weight has shape \(3,\)"):
        F.binary_cross_entropy_with_logits(x, np.ones((3, 4)), pos_weight=np.ones(3))
    with pytest.raises(GraphError, match="pos_weight"):
        F.binary_cross_entropy_with_logits(x, np.ones((3, 4)), pos_weight=drawn(4))
    for loss in (F.mse_loss, F.l1_loss, F.huber_loss):
        with pytest.raises(ShapeError, match=r"weight \(4,\)"):
            loss(x, np.ones((3, 4)), weight=np.ones(4))


def test_probabilities_lie_between_0_and_1():
    half = Tensor(np.full((2, 2), 0.5))
    with pytest.raises(ArgumentValueError, match=r"input.*\[1, 0\] it is 1\.5.*with_logits"):
        F.binary_cross_entropy(Tensor([[0.0, 1.0], [1.5, 2.0]]), half)
    with pytest.raises(ArgumentValueError, match=r"target.*\[0, 1\] it is -0\.1"):
        F.binary_cross_entropy(half, Tensor([[0.0, -0.1], [0.0, 0.0]]))


@pytest.mark.parametrize("loss", [F.hinge_loss, F.hinge_embedding_loss])
def test_sides_are_1_and_minus_1(loss):
    with pytest.raises(ArgumentValueError, match="1 and −1, not 0"):
        loss(drawn(3), Tensor([1.0, 0.0, -1.0], dtype="float64"))


@pytest.mark.parametrize("loss", [F.soft_margin_loss, lambda x, t: F.margin_ranking_loss(x, x, t)])
def test_0_is_on_neither_side(loss):
    with pytest.raises(ArgumentValueError, match=r"1 or −1, not 0.*2 \* target - 1"):
        loss(drawn(3), Tensor([1.0, 0.0, 1.0], dtype="float64"))


def test_right_classes_are_told_by_their_indices():
    for rows in (np.eye(2, 3), np.eye(2, 3, dtype=bool)):
        with pytest.raises(DtypeError, match="indices of classes, integers, not"):
            F.multilabel_margin_loss(drawn(2, 3), rows)


@pytest.mark.parametrize("ignored", [-1, -100])
def test_a_class_beyond_64_bits_is_not_taken_for_the_ignored_one(ignored):
    for loss in (F.cross_entropy, F.nll_loss):
        with pytest.raises((DtypeError, BoundsError), match=str(2**64 + ignored)):
            loss(drawn(2, 3), np.array([0, 2**64 + ignored], np.uint64), ignore_index=ignored)


def test_sides_of_two_vectors_are_1_and_minus_1():
    with pytest.raises(ArgumentValueError, match="1 and −1, not 0"):
        F.cosine_embedding_loss(drawn(3, 2), drawn(3, 2), whole([1, 0, -1]))


def test_options_are_in_their_range():
    x, t = drawn(3), drawn(3)
    for refused in (
        lambda: F.smooth_l1_loss(x, t, beta=-1.0),
        lambda: F.smooth_l1_loss(x, t, beta=math.nan),
        lambda: F.huber_loss(x, t, delta=0.0),
        lambda: F.gaussian_nll_loss(x, t, 1.0, eps=0.0),
        lambda: F.gaussian_nll_loss(x, t, -1.0),
        lambda: F.multi_margin_loss(x, whole(1), p=3),
        lambda: F.triplet_margin_loss(x, t, t, margin=0.0),
    ):
        with pytest.raises(ArgumentValueError):
            refused()


@pytest.mark.parametrize("given", ["1", np.ones(3), Tensor(np.ones(3))])
def test_options_are_single_numbers(given):
    x, t, ones = drawn(3), drawn(3), np.ones(3)
    for refused in (
        lambda: F.cross_entropy(x, whole(1), label_smoothing=given),
        lambda: F.smooth_l1_loss(x, t, beta=given),
        lambda: F.huber_loss(x, t, delta=given),
        lambda: F.gaussian_nll_loss(x, t, 1.0, eps=given),
        lambda: F.poisson_nll_loss(x, t, eps=given),
        lambda: F.hinge_loss(x, ones, margin=given),
        lambda: F.hinge_embedding_loss(x, ones, margin=given),
        lambda: F.margin_ranking_loss(x, t, ones, margin=given),
        lambda: F.cosine_embedding_loss(x, t, 1.0, margin=given),
        lambda: F.multi_margin_loss(x, whole(1), margin=given),
        lambda: F.multiclass_hinge_loss(x, whole(1), margin=given),
        lambda: F.triplet_margin_loss(x, t, t, margin=given),
    ):
        with pytest.raises(ArgumentTypeError, match="is a number, not"):
            refused()


def test_a_variance_is_floating_point():
    with pytest.raises(DtypeError, match="variance is of int64"):
        F.gaussian_nll_loss(drawn(3), drawn(3), whole([1, 1, 1]))


def test_losses_of_classes_need_an_axis_of_classes():
    with pytest.raises(ShapeError, match="axis for the classes"):
        F.multilabel_soft_margin_loss(Tensor(0.5), Tensor(1.0))
    with pytest.raises(ShapeError, match="axis for the classes"):
        F.cross_entropy(Tensor(0.5), Tensor(1.0))


def test_margins_between_classes_are_taken_for_rows():
    with pytest.raises(ShapeError, match=r"\(N, C\) or \(C,\), not \(2, 3, 4\)"):
        F.multi_margin_loss(drawn(2, 3, 4), whole(np.zeros((2, 4))))


# --- stability --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_exact_at_logits_of_1000(dtype, smoothing):
    logits = [[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, 1000.0], [1000.0, 1000.0, 1000.0]]
    x = Tensor(logits, requires_grad=True, dtype=dtype)
    losses = F.cross_entropy(x, whole([0, 0, 1]), reduction="none", label_smoothing=smoothing)
    plain = np.array([0.0, 2000.0, math.log(3)])
    spread = np.array([3000 / 3, 4000 / 3, math.log(3)])
    np.testing.assert_allclose(losses.data, (1 - smoothing) * plain + smoothing * spread, rtol=1e-6)
    losses.sum().backward()
    shares = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1 / 3, 1 / 3, 1 / 3]])
    goal = (1 - smoothing) * np.eye(3)[[0, 0, 1]] + smoothing / 3
    np.testing.assert_allclose(x.grad.data, shares - goal, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cross_entropy_with_probabilities_is_exact_at_logits_of_1000(dtype):
    x = Tensor([[1000.0, -1000.0], [0.0, 1000.0]], requires_grad=True, dtype=dtype)
    losses = F.cross_entropy(x, Tensor([[0.5, 0.5], [0.25, 0.75]], dtype=dtype), reduction="none")
    losses.sum().backward()
    np.testing.assert_allclose(losses.data, [1000.0, 250.0])
    np.testing.assert_allclose(x.grad.data, [[0.5, -0.5], [-0.25, 0.25]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("lift", [None, 3.0])
def test_binary_cross_entropy_is_exact_at_logits_of_1000(dtype, lift):
    x = Tensor([1000.0, -1000.0, 1000.0, -1000.0, 0.0], requires_grad=True, dtype=dtype)
    t = Tensor([1.0, 1.0, 0.0, 0.0, 1.0], dtype=dtype)
    w = 1.0 if lift is None else lift
    losses = F.binary_cross_entropy_with_logits(x, t, reduction="none", pos_weight=None if lift is None else [lift])
    losses.sum().backward()
    np.testing.assert_allclose(losses.data, [0.0, w * 1000.0, 1000.0, 0.0, w * math.log(2)], rtol=1e-6)
    np.testing.assert_allclose(x.grad.data, [0.0, -w, 1.0, 0.0, -w / 2], rtol=1e-6)


def test_binary_cross_entropy_of_a_confident_answer_does_not_cancel():
    x = Tensor([30.0, -30.0], dtype="float64")
    losses = F.binary_cross_entropy_with_logits(x, Tensor([1.0, 0.0], dtype="float64"), reduction="none")
    np.testing.assert_allclose(losses.data, [math.log1p(math.exp(-30.0))] * 2, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_soft_margin_and_multilabel_losses_are_exact_at_scores_of_1000(dtype):
    x = Tensor([[1000.0, -1000.0]], requires_grad=True, dtype=dtype)
    loss = F.soft_margin_loss(x, Tensor([[-1.0, -1.0]], dtype=dtype), reduction="sum")
    loss.backward()
    assert loss.item() == 1000
    np.testing.assert_array_equal(x.grad.data, [[1.0, 0.0]])
    x.grad = None
    loss = F.multilabel_soft_margin_loss(x, Tensor([[0.0, 0.0]], dtype=dtype))
    loss.backward()
    assert loss.item() == 500
    np.testing.assert_array_equal(x.grad.data, [[0.5, 0.0]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_divergences_are_exact_at_logits_of_1000(dtype):
    x = Tensor([[1000.0, -1000.0]], requires_grad=True, dtype=dtype)
    loss = F.kl_div(F.log_softmax(x, 1), Tensor([[1.0, 0.0]], dtype=dtype), reduction="batchmean")
    loss.backward()
    assert loss.item() == 0
    np.testing.assert_array_equal(x.grad.data, [[0.0, 0.0]])
    x.grad = None
    loss = F.kl_div(F.log_softmax(x, 1), Tensor([[0.0, 1.0]], dtype=dtype), reduction="batchmean")
    loss.backward()
    assert loss.item() == 2000
    np.testing.assert_array_equal(x.grad.data, [[1.0, -1.0]])


def test_second_derivatives_are_finite_at_logits_of_1000():
    x = Tensor([[1000.0, -1000.0, 3.0], [-1000.0, 2.0, 1000.0]], requires_grad=True, dtype="float64")
    for loss in (
        lambda: F.cross_entropy(x, whole([1, 0])),
        lambda: F.cross_entropy(x, Tensor(np.full((2, 3), 1 / 3))),
        lambda: F.binary_cross_entropy_with_logits(x, Tensor(np.full((2, 3), 0.5)), pos_weight=[1.0, 2.0, 3.0]),
        lambda: F.soft_margin_loss(x, Tensor(np.ones((2, 3)))),
    ):
        x.grad = None
        loss().backward(create_graph=True)
        first, x.grad = x.grad, None
        (first * first).sum().backward()
        assert np.isfinite(first.data).all()
        assert np.isfinite(x.grad.data).all()


def test_a_class_that_is_ruled_out_by_minus_infinity_gets_no_gradient():
    x = Tensor([[1.0, -math.inf, 2.0]], requires_grad=True, dtype="float64")
    loss = F.cross_entropy(x, whole([0]))
    loss.backward()
    assert loss.item() == pytest.approx(math.log1p(math.e))
    assert x.grad.data[0, 1] == 0
    assert np.isfinite(x.grad.data).all()


def test_nan_does_not_hide():
    for loss, target in (
        (F.cross_entropy, whole([0, 1])),
        (F.cross_entropy, Tensor(np.eye(2))),
        (F.mse_loss, Tensor(np.eye(2))),
        (F.huber_loss, Tensor(np.eye(2))),
        (F.binary_cross_entropy, Tensor(np.eye(2))),
        (F.binary_cross_entropy_with_logits, Tensor(np.eye(2))),
        (F.multiclass_hinge_loss, whole([0, 1])),
    ):
        assert np.isnan(loss(Tensor([[0.5, 0.5], [0.5, math.nan]], dtype="float64"), target).item())


# --- what the losses mean ---------------------------------------------------------------------------------------------


@NAMED
def test_mean_and_sum_are_those_of_the_single_losses(loss, arguments):
    each = loss(*arguments, reduction="none")
    assert loss(*arguments).item() == pytest.approx(np.mean(np.asarray(each)), rel=1e-12)
    assert loss(*arguments, reduction="sum").item() == pytest.approx(np.sum(np.asarray(each)), rel=1e-12)


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.huber_loss, F.binary_cross_entropy_with_logits, F.kl_div])
def test_of_nothing_the_mean_is_nan_and_the_sum_0(loss):
    x = Tensor(np.zeros((0, 3)), requires_grad=True)
    mean = loss(x, Tensor(np.zeros((0, 3))))
    mean.backward()
    assert np.isnan(mean.item())
    assert x.grad.shape == (0, 3)
    assert loss(x, Tensor(np.zeros((0, 3))), reduction="sum").item() == 0


def test_of_ignored_targets_the_mean_is_nan_and_no_gradient_flows():
    for smoothing in (0.0, 0.1):
        x = drawn(3, 4)
        loss = F.cross_entropy(x, whole([-1, -1, -1]), ignore_index=-1, label_smoothing=smoothing)
        loss.backward()
        assert np.isnan(loss.item())
        np.testing.assert_array_equal(x.grad.data, np.zeros((3, 4)))


def test_ignored_targets_are_as_if_they_were_not_there():
    x, kept = drawn(4, 3), np.array([0, 2])
    options = {"weight": np.array([1.0, 2.0, 0.5]), "label_smoothing": 0.2}
    F.cross_entropy(x, whole([1, -100, 2, -100]), **options).backward()
    y = Tensor(x.data[kept], requires_grad=True)
    F.cross_entropy(y, whole([1, 2]), **options).backward()
    np.testing.assert_allclose(x.grad.data[kept], y.grad.data, rtol=1e-14)
    np.testing.assert_array_equal(x.grad.data[[1, 3]], np.zeros((2, 3)))


def test_an_ignored_row_may_hold_nan():
    x = Tensor([[1.0, 2.0], [math.nan, 1.0]], requires_grad=True, dtype="float64")
    for loss in (F.cross_entropy, F.nll_loss):
        x.grad = None
        out = loss(x, whole([1, -100]))
        out.backward()
        assert np.isfinite(out.item())
        np.testing.assert_array_equal(x.grad.data[1], [0.0, 0.0])


def test_an_index_means_the_same_as_a_one_hot_row():
    x, classes = drawn(5, 4), np.array([0, 3, 1, 1, 2])
    for options in ({}, {"label_smoothing": 0.3}, {"reduction": "sum", "weight": np.array([1.0, 2.0, 0.5, 3.0])}):
        found = []
        for target in (whole(classes), Tensor(np.eye(4)[classes])):
            x.grad = None
            loss = F.cross_entropy(x, target, **options)
            loss.backward()
            found.append((loss.item(), x.grad.data))
        assert found[0][0] == pytest.approx(found[1][0], rel=1e-13)
        np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-12, atol=1e-14)


def test_smoothing_mixes_the_target_with_an_even_one():
    x, classes = drawn(5, 4), whole([0, 3, 1, 1, 2])
    evenly = F.cross_entropy(x, Tensor(np.full((5, 4), 0.25))).item()
    smoothed = F.cross_entropy(x, classes, label_smoothing=0.3).item()
    assert smoothed == pytest.approx(0.7 * F.cross_entropy(x, classes).item() + 0.3 * evenly, rel=1e-13)


def test_the_mean_is_weighted_by_the_classes_of_the_targets():
    x, weight = drawn(3, 2), np.array([1.0, 5.0])
    each = F.cross_entropy(x, whole([0, 1, 1]), reduction="none").data
    expected = (each * weight[[0, 1, 1]]).sum() / 11
    assert F.cross_entropy(x, whole([0, 1, 1]), weight).item() == pytest.approx(expected, rel=1e-13)


def test_class_axes_of_images_are_the_second():
    x, classes = drawn(2, 3, 4, 5), RNG.integers(0, 3, (2, 4, 5))
    rows = Tensor(np.moveaxis(x.data, 1, -1).reshape(-1, 3), requires_grad=True)
    F.cross_entropy(x, whole(classes)).backward()
    F.cross_entropy(rows, whole(classes.reshape(-1))).backward()
    np.testing.assert_allclose(np.moveaxis(x.grad.data, 1, -1).reshape(-1, 3), rows.grad.data, rtol=1e-14)


def test_the_multi_class_hinge_is_the_sum_over_the_wrong_classes():
    scores = Tensor([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]], requires_grad=True, dtype="float64")
    losses = F.multiclass_hinge_loss(scores, whole([0, 1, 2]), reduction="none")
    np.testing.assert_allclose(losses.data, [2.9, 0.0, 12.9])
    assert nn.MulticlassHingeLoss()(scores, whole([0, 1, 2])).item() == pytest.approx(15.8 / 3)
    losses.sum().backward()
    np.testing.assert_array_equal(scores.grad.data, [[-1, 1, 0], [0, 0, 0], [1, 1, -2]])
    divided = F.multi_margin_loss(scores, whole([0, 1, 2]), reduction="none")
    np.testing.assert_allclose(divided.data * 3, losses.data)


def test_the_binary_hinge_is_the_distance_to_the_margin():
    scores = Tensor([2.0, 0.5, -1.0, -3.0, 1.0], requires_grad=True, dtype="float64")
    sides = Tensor([1.0, 1.0, 1.0, -1.0, 1.0], dtype="float64")
    losses = F.hinge_loss(scores, sides, reduction="none")
    np.testing.assert_array_equal(losses.data, [0.0, 0.5, 2.0, 0.0, 0.0])
    losses.sum().backward()
    np.testing.assert_array_equal(scores.grad.data, [0.0, -1.0, -1.0, 0.0, 0.0])
    assert nn.HingeLoss(margin=3.0)(scores, sides).item() == pytest.approx((1 + 2.5 + 4 + 0 + 2) / 5)


def test_perplexity_counts_the_classes_between_which_the_model_hesitates():
    sure = Tensor([[1000.0, 0.0, 0.0], [0.0, 1000.0, 0.0]])
    assert F.perplexity(sure, whole([0, 1])).item() == 1
    two_of_three = Tensor([[0.0, 0.0, -1000.0]], dtype="float64")
    assert F.perplexity(two_of_three, whole([1])).item() == pytest.approx(2)
    assert F.perplexity(Tensor(np.zeros((2, 7))), whole([3, -1]), ignore_index=-1).item() == pytest.approx(7)


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: F.hinge_loss(x, Tensor(np.sign(np.arange(6).reshape(2, 3) - 2.5))),
        lambda x: F.multiclass_hinge_loss(x, whole([2, 0])),
        lambda x: F.perplexity(x, whole([2, 0])),
        lambda x: F.multi_margin_loss(x, whole([2, 0]), p=2, weight=[1.0, 2.0, 3.0]),
        lambda x: F.multilabel_margin_loss(x, whole([[2, 0, -1], [1, -1, 0]])),
        lambda x: F.soft_margin_loss(x, Tensor(np.sign(np.arange(6).reshape(2, 3) - 2.5))),
    ],
)
def test_what_pytorch_cannot_be_asked_has_right_derivatives(loss):
    gradcheck(loss, [drawn(2, 3)], check_forward_ad=True, rtol=1e-6, atol=1e-8)
    gradgradcheck(loss, [drawn(2, 3)], rtol=1e-5, atol=1e-7)


# --- what they take and return ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@NAMED
def test_loss_and_gradient_have_the_element_type_of_the_input(loss, arguments, dtype):
    x = Tensor(arguments[0], requires_grad=True, dtype=dtype)
    others = [Tensor(a, dtype=dtype if a.dtype.kind == "f" else None) for a in arguments[1:]]
    for reduction in ("mean", "none"):
        out = loss(x, *others, reduction=reduction)
        assert out.dtype == dtype
        x.grad = None
        out.sum().backward()
        assert x.grad.dtype == dtype
        assert x.grad.shape == x.shape


@pytest.mark.parametrize(
    "loss", [F.mse_loss, F.l1_loss, F.huber_loss, F.binary_cross_entropy_with_logits, F.cross_entropy]
)
def test_the_mean_of_more_losses_than_half_precision_can_count(loss):
    def of(dtype):
        x = Tensor(np.full((70_000, 2), 0.5), requires_grad=True, dtype=dtype)
        out = loss(x, Tensor(np.full((70_000, 2), 0.25), dtype=dtype))
        (out * 1000.0).backward()
        return out.item(), x.grad.data.astype("float64")

    for half, whole in zip(of("float16"), of("float64"), strict=True):
        np.testing.assert_allclose(half, whole, rtol=2e-3)


def test_the_mean_over_many_class_indices_in_half_precision():
    x = Tensor(np.zeros((70_000, 2)), requires_grad=True, dtype="float16")
    loss = F.cross_entropy(x, np.zeros(70_000, int))
    (loss * 1000.0).backward()
    assert loss.item() == pytest.approx(math.log(2), rel=1e-3)
    np.testing.assert_allclose(x.grad.data[0], [-500 / 70_000, 500 / 70_000], rtol=1e-3)


def test_extended_precision_is_not_cut_to_single():
    scores = np.array([[1.0, 2.0, 3.0]])
    expected = F.cross_entropy(Tensor(scores), whole([0])).item()
    assert F.cross_entropy(Tensor(scores.astype(np.longdouble)), whole([0])).item() == pytest.approx(expected, 1e-14)


@pytest.mark.parametrize("loss", [F.mse_loss, F.huber_loss, F.binary_cross_entropy_with_logits, F.kl_div])
def test_the_wider_of_two_element_types_is_computed_in(loss):
    x = Tensor(np.full((2, 2), 0.3), requires_grad=True, dtype="float32")
    out = loss(x, np.full((2, 2), 0.7))
    out.backward()
    assert out.dtype == "float64"
    assert x.grad.dtype == "float32"
    wide = loss(Tensor(x.data.astype("float64")), np.full((2, 2), 0.7))
    assert out.item() == pytest.approx(wide.item(), rel=1e-13)


@pytest.mark.parametrize("target", [[1, 0, 1], [1.0, 0.0, 1.0], [True, False, True], np.array([1, 0, 1], np.uint8)])
def test_numbers_of_other_kinds_in_a_target_count_as_the_inputs(target):
    x = Tensor([0.5, 0.25, 0.75], requires_grad=True)
    for loss in (F.mse_loss, F.binary_cross_entropy, F.binary_cross_entropy_with_logits):
        out = loss(x, target)
        assert out.dtype == "float32"
        assert out.item() == pytest.approx(loss(x, Tensor([1.0, 0.0, 1.0])).item())


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64"])
def test_class_indices_may_be_any_integers(dtype):
    x = drawn(3, 4)
    expected = F.cross_entropy(x, whole([0, 3, 1])).item()
    assert F.cross_entropy(x, Tensor([0, 3, 1], dtype=dtype)).item() == expected
    assert F.cross_entropy(x, np.array([0, 3, 1], dtype)).item() == expected
    assert F.cross_entropy(x, [0, 3, 1]).item() == expected


def test_a_target_that_changes_before_the_backward_pass_is_noticed():
    x, target = drawn(3, 4), whole([0, 1, 2])
    loss = F.cross_entropy(x, target)
    target[0] = 3
    with pytest.raises(GraphError):
        loss.backward()


def test_the_graph_can_be_gone_through_twice():
    for loss, target in ((F.cross_entropy, whole([0, 1, 2])), (F.mse_loss, drawn(3, 4)), (F.huber_loss, drawn(3, 4))):
        x = drawn(3, 4)
        out = loss(x, target)
        out.backward(retain_graph=True)
        once = x.grad.data.copy()
        out.backward()
        np.testing.assert_allclose(x.grad.data, 2 * once, rtol=1e-14)


# --- modules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (lambda w: nn.CrossEntropyLoss(w), ["weight"]),
        (lambda w: nn.NLLLoss(weight=w), ["weight"]),
        (lambda w: nn.MultiMarginLoss(weight=w), ["weight"]),
        (lambda w: nn.MultiLabelSoftMarginLoss(w), ["weight"]),
        (lambda w: nn.BCELoss(w), ["weight"]),
        (lambda w: nn.BCEWithLogitsLoss(w, pos_weight=w), ["weight", "pos_weight"]),
    ],
)
def test_weights_are_buffers_that_are_saved(made, names):
    for given in ([1.0, 2.0, 3.0], np.array([1.0, 2.0, 3.0], "float32"), Tensor([1.0, 2.0, 3.0])):
        loss = made(given)
        assert list(loss.state_dict()) == names
        assert not list(loss.parameters())
        other = made(np.zeros(3, "float32"))
        other.load_state_dict(loss.state_dict())
        np.testing.assert_array_equal(other.weight.data, [1.0, 2.0, 3.0])
    assert list(made(None).state_dict()) == []


def test_a_loss_is_a_line_in_a_model():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.loss = nn.CrossEntropyLoss(ignore_index=3)

    assert repr(Model()) == "Model(\n  (loss): CrossEntropyLoss()\n)"


# --- metrics ----------------------------------------------------------------------------------------------------------

SCORES = Tensor([[3.0, 1.0, 2.0], [0.0, 0.0, 0.0], [1.0, 5.0, 4.0], [2.0, 2.0, 3.0]])


def test_accuracy_is_the_share_of_right_answers():
    assert F.accuracy(SCORES, whole([0, 0, 1, 1])) == 0.75
    assert F.accuracy(SCORES, whole([2, 1, 2, 1]), topk=2) == 0.75
    assert F.accuracy(SCORES, whole([2, 1, 2, 1]), topk=3) == 1.0
    assert F.accuracy(SCORES, whole([0, -100, 2, -100])) == 0.5
    assert F.accuracy(SCORES[0], whole(0)) == 1.0
    assert F.accuracy(Tensor(np.moveaxis(SCORES.data, 0, 1)[None]), whole([[0, 0, 1, 1]])) == 0.75
    assert math.isnan(F.accuracy(SCORES, whole([-100] * 4)))


def test_equal_scores_do_not_all_count_as_right():
    level = Tensor(np.zeros((3, 3)))
    assert F.accuracy(level, whole([0, 1, 2])) == pytest.approx(1 / 3)
    assert F.accuracy(level, whole([0, 1, 2]), topk=2) == pytest.approx(2 / 3)
    assert F.accuracy(Tensor(np.full((3, 3), math.nan)), whole([0, 1, 2]), topk=2) == 0


def test_accuracy_refuses_what_does_not_fit():
    for topk in (0, 1.5, "1"):
        with pytest.raises(ArgumentValueError, match="topk"):
            F.accuracy(SCORES, whole([0, 0, 1, 1]), topk=topk)
    with pytest.raises(ShapeError):
        F.accuracy(SCORES, whole([[0], [0], [1], [1]]))
    with pytest.raises(BoundsError, match="class 3"):
        F.accuracy(SCORES, whole([0, 0, 1, 3]))
    with pytest.raises(ShapeError):
        F.binary_accuracy(SCORES, whole([0, 0, 1, 1]))


def test_binary_accuracy_compares_with_a_threshold():
    assert F.binary_accuracy(Tensor([-1.0, 2.0, 3.0, -0.5]), whole([0, 1, 0, 0])) == 0.75
    assert F.binary_accuracy(Tensor([-1.0, 2.0, 3.0, -0.5]), Tensor([-1.0, 1.0, -1.0, -1.0])) == 0.75
    assert F.binary_accuracy(Tensor([0.4, 0.6]), Tensor([True, True], dtype="bool"), threshold=0.5) == 0.5


def test_the_confusion_matrix_counts_targets_by_rows():
    matrix = F.confusion_matrix(SCORES, whole([0, 1, 2, 2]))
    np.testing.assert_array_equal(matrix.data, [[1, 0, 0], [1, 0, 0], [0, 1, 1]])
    assert matrix.dtype == "int64"
    assert F.confusion_matrix(SCORES, whole([0, -100, 1, -100])).data.sum() == 2


def test_r2_is_the_share_of_the_variance_that_is_explained():
    target = np.array([1.0, 2.0, 4.0, 7.0])
    assert F.r2_score(Tensor(target), target) == 1.0
    assert F.r2_score(Tensor(np.full(4, target.mean())), target) == pytest.approx(0.0)
    assert F.r2_score(Tensor([1.0, 2.0, 4.0, 5.0]), target) == pytest.approx(1 - 4 / 21)
    assert math.isnan(F.r2_score(Tensor([1.0, 2.0]), np.array([3.0, 3.0])))
    with pytest.raises(ShapeError):
        F.r2_score(Tensor(target), target[:, None])
