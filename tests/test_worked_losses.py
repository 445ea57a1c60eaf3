"""Does the engine reproduce the figures of the teaching texts on losses?

Each test is a row of the catalogue, named by its id. Figures that a text rounds are compared with their exact value,
computed here in float64 without the engine, to 1e-9, and to the digits that are printed; where a text prints another
figure than is right, the right one is asserted and the test says what was printed.
"""

import math

import numpy as np
import pytest

import nn.functional as F
from autograd import Tensor
from nn import CrossEntropyLoss, MSELoss

EXACT = {"rel": 1e-9, "abs": 1e-9}


def exactly(x):
    return pytest.approx(x, **EXACT)


def softmax(logits):
    shares = [math.exp(z) for z in logits]
    return [share / sum(shares) for share in shares]


def leaf(numbers):
    return Tensor(np.array(numbers), requires_grad=True, dtype="float64")


@pytest.mark.parametrize(("p", "printed"), [(0.8, 0.04), (0.2, 0.64), (0.3, 0.49), (0.01, 0.98)])
def test_L3_15_squared_error_at_target_1(p, printed):
    loss = MSELoss()(leaf([p]), Tensor([1.0], dtype="float64"))
    assert loss.item() == exactly((1 - p) ** 2)
    assert round(loss.item(), 2) == printed


@pytest.mark.parametrize(("p", "printed"), [(0.8, 0.223), (0.3, 1.204), (0.01, 4.605), (0.0001, 9.210)])
def test_L3_16_minus_ln_p(p, printed):
    by_class = F.nll_loss(leaf([math.log(1 - p), math.log(p)]), Tensor(1, dtype="int64"))
    of_a_coin = F.binary_cross_entropy(leaf([p]), Tensor([1.0], dtype="float64"))
    for loss in (by_class, of_a_coin):
        assert loss.item() == exactly(-math.log(p))
        assert round(loss.item(), 3) == printed


def test_L3_16_how_much_more_a_confident_mistake_costs():
    """The text says that 0.01 costs about 20 times as much as 0.5; it is 6.6 times, and 20.6 times is against 0.8."""
    costs = {p: F.binary_cross_entropy(leaf([p]), Tensor([1.0], dtype="float64")).item() for p in (0.01, 0.5, 0.8)}
    assert costs[0.01] / costs[0.5] == exactly(math.log(0.01) / math.log(0.5))
    assert round(costs[0.01] / costs[0.5], 1) == 6.6
    assert round(costs[0.01] / costs[0.8], 1) == 20.6


def test_L3_17_the_gradient_at_the_logits_is_prediction_minus_truth():
    """The text prints p = (.21, .57, .13), which does not add up to 1, and the gradient (.21, −.43, .13)."""
    z = leaf([1.0, 2.0, 0.5])
    p = F.softmax(z, 0)
    F.cross_entropy(z, Tensor(1, dtype="int64")).backward()
    expected = softmax([1.0, 2.0, 0.5])
    assert p.tolist() == exactly(expected)
    assert z.grad.tolist() == exactly([expected[0], expected[1] - 1, expected[2]])
    np.testing.assert_array_equal(np.round(p.data, 4), [0.2312, 0.6285, 0.1402])
    np.testing.assert_array_equal(np.round(z.grad.data, 4), [0.2312, -0.3715, 0.1402])


def test_L3_18_cross_entropy_of_three_logits():
    """The text prints p = (.142, .026, .832) and the loss 0.184."""
    z = leaf([1.2, -0.5, 3.1])
    expected = softmax([1.2, -0.5, 3.1])
    loss = CrossEntropyLoss()(z, Tensor(2, dtype="int64"))
    assert F.softmax(z, 0).tolist() == exactly(expected)
    np.testing.assert_array_equal(np.round(F.softmax(z, 0).data, 4), [0.1271, 0.0232, 0.8497])
    assert loss.item() == exactly(-math.log(expected[2]))
    assert round(loss.item(), 4) == 0.1629


def test_L3_19_softmax_does_not_change_when_the_largest_logit_is_subtracted():
    logits = np.array([1.2, -0.5, 3.1])
    shifted = F.softmax(leaf(logits - logits.max()), 0)
    assert F.softmax(leaf(logits), 0).tolist() == exactly(shifted.tolist())
    huge = leaf([1000.0, 999.0, -1000.0])
    loss = F.cross_entropy(huge, Tensor(1, dtype="int64"))
    loss.backward()
    p = softmax([0.0, -1.0, -2000.0])
    assert F.softmax(huge, 0).tolist() == exactly(p)
    assert loss.item() == exactly(math.log1p(math.exp(-1)) + 1)
    assert huge.grad.tolist() == exactly([p[0], p[1] - 1, p[2]])


def test_L3_20_perplexity_is_exp_of_the_mean_loss():
    targets = Tensor(np.arange(20))
    assert F.perplexity(Tensor(np.zeros((20, 20))), targets).item() == exactly(20)
    logits = Tensor(np.random.default_rng(0).normal(size=(20, 5)))
    some = Tensor(np.arange(20) % 5)
    losses = [-math.log(softmax(row)[c]) for row, c in zip(logits.tolist(), some.tolist(), strict=True)]
    assert F.perplexity(logits, some).item() == exactly(math.exp(sum(losses) / 20))


@pytest.mark.parametrize("classes", [2, 3, 10, 1000])
def test_ML_2_the_initial_loss_of_a_classifier_is_that_of_a_guess(classes):
    logits, targets = leaf(np.zeros((8, classes))), Tensor(np.arange(8) % classes)
    assert F.cross_entropy(logits, targets).item() == exactly(-math.log(1 / classes))


def test_ML_3_the_error_signal_at_the_output_is_prediction_minus_truth():
    rng = np.random.default_rng(1)
    logits, classes = rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    expected = (np.array([softmax(row) for row in logits.tolist()]) - np.eye(4)[classes]) / 6
    z = leaf(logits)
    F.cross_entropy(z, Tensor(classes)).backward()
    np.testing.assert_allclose(z.grad.data, expected, rtol=1e-9, atol=1e-12)
    z = leaf(logits)
    F.nll_loss(F.log_softmax(z, 1), Tensor(classes)).backward()  # the same in two steps, by the chain rule
    np.testing.assert_allclose(z.grad.data, expected, rtol=1e-9, atol=1e-12)
