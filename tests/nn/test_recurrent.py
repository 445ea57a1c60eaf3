"""Do recurrent layers take the steps that their cells take?"""

import copy

import numpy as np
import pytest

import autograd
import nn
from autograd import TABLE, Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError

KINDS = ["RNN", "LSTM", "GRU"]


def drawn(*shape, seed=0, dtype="float64"):
    return Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True, dtype=dtype)


def made(kind, *args, **options):
    nn.manual_seed(0)
    return getattr(nn, kind)(*args, dtype="float64", **options)


def states(found):
    return found if isinstance(found, tuple) else (found,)


def first(kind, *shape):
    h, c = drawn(*shape, seed=8), drawn(*shape, seed=9)
    return (h, c) if kind == "LSTM" else h


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_is_its_cell_step_by_step(kind, bias):
    layer, cell = made(kind, 3, 4, bias=bias), made(f"{kind}Cell", 3, 4, bias=bias)
    cell.load_state_dict({name.removesuffix("_l0"): x for name, x in layer.state_dict().items()})
    x, start = drawn(6, 2, 3), first(kind, 2, 4)
    output, last = layer(x, tuple(s[None] for s in start) if kind == "LSTM" else start[None])
    state = start
    for t in range(6):
        state = cell(x[t], state)
        np.testing.assert_allclose(output.data[t], states(state)[0].data, rtol=1e-12)
    for ours, steps in zip(states(last), states(state), strict=True):
        np.testing.assert_allclose(ours.data[0], steps.data, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_are_those_of_the_steps(kind):
    layer = made(kind, 3, 4, bidirectional=True)
    x, start = drawn(5, 2, 3), first(kind, 2, 2, 4)

    def total(x, *start):
        output, last = layer(x, start if kind == "LSTM" else start[0])
        return sum((y * drawn(*y.shape)).sum() for y in (output, *states(last)))

    autograd.gradcheck(total, [x, *states(start)])


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_nan_goes_back_as_through_the_steps(nonlinearity):
    layer, x = made("RNN", 2, 3, nonlinearity=nonlinearity), Tensor(np.ones((3, 1, 2)), requires_grad=True)
    with autograd.no_grad():
        x[1, 0, 0] = np.nan
    found = []
    for create_graph in (False, True):
        layer(x)[0].sum().backward(create_graph=create_graph)
        found.append(x.grad.data)
        x.grad = None
    np.testing.assert_allclose(*found, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_direction_reads_from_the_end(kind):
    both = made(kind, 3, 4, bidirectional=True)
    alone = made(kind, 3, 4)
    alone.load_state_dict(
        {n.removesuffix("_reverse"): x for n, x in both.state_dict().items() if n.endswith("_reverse")}
    )
    x = drawn(5, 2, 3)
    output, last = both(x)
    backwards, alone_last = alone(x[::-1])
    np.testing.assert_allclose(output.data[..., 4:], backwards.data[::-1], rtol=1e-12)
    for ours, theirs in zip(states(last), states(alone_last), strict=True):
        np.testing.assert_allclose(ours.data[1], theirs.data[0], rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_layers_lie_upon_each_other(kind):
    two = made(kind, 3, 4, num_layers=2)
    one, other = made(kind, 3, 4), made(kind, 4, 4)
    state = two.state_dict()
    one.load_state_dict({n: x for n, x in state.items() if n.endswith("l0")})
    other.load_state_dict({n.replace("l1", "l0"): x for n, x in state.items() if n.endswith("l1")})
    x = drawn(5, 2, 3)
    np.testing.assert_allclose(two(x)[0].data, other(one(x)[0])[0].data, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_state_is_the_last_output(kind):
    output, last = made(kind, 3, 4)(drawn(5, 2, 3))
    np.testing.assert_array_equal(states(last)[0].data[0], output.data[-1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_can_be_read_in_two_parts(kind):
    layer, x = made(kind, 3, 4, num_layers=2), drawn(6, 2, 3)
    whole, last = layer(x)
    begun, between = layer(x[:2])
    ended, end = layer(x[2:], between)
    np.testing.assert_allclose(np.concatenate([begun.data, ended.data]), whole.data, rtol=1e-12)
    for ours, theirs in zip(states(end), states(last), strict=True):
        np.testing.assert_allclose(ours.data, theirs.data, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_no_output_depends_on_later_inputs(kind):
    layer, x = made(kind, 3, 4), drawn(5, 2, 3)
    layer(x)[0][2].sum().backward()
    assert np.all(x.grad.data[3:] == 0)
    assert np.all(x.grad.data[:3] != 0)


@pytest.mark.parametrize("kind", KINDS)
def test_batch_first_and_no_batch_mean_the_same(kind):
    layer, x = made(kind, 3, 4, bidirectional=True), drawn(5, 2, 3)
    output, last = layer(x)
    layer.batch_first = True
    turned, turned_last = layer(x.transpose(0, 1))
    np.testing.assert_allclose(turned.data.swapaxes(0, 1), output.data, rtol=1e-12)
    alone, alone_last = layer(x[:, 1])
    np.testing.assert_allclose(alone.data, output.data[:, 1], rtol=1e-12)
    for ours, theirs, single in zip(states(turned_last), states(last), states(alone_last), strict=True):
        np.testing.assert_allclose(ours.data, theirs.data, rtol=1e-12)
        np.testing.assert_allclose(single.data, theirs.data[:, 1], rtol=1e-12)


def test_lstm_gates_by_hand():
    """With all weights 0, what a cell does is in its biases: i, f, g, o."""
    cell = nn.LSTMCell(1, 1)
    for x in cell.parameters():
        nn.init.zeros_(x)
    with autograd.no_grad():
        cell.bias_ih.copy_(Tensor([100.0, -100.0, 100.0, 100.0]))  # write 1, forget all, show all
    h, c = cell(autograd.zeros(1, 1), (autograd.zeros(1, 1), autograd.full((1, 1), 7.0)))
    assert c.item() == 1
    assert h.item() == pytest.approx(np.tanh(1))


def test_gru_keeps_its_state_where_z_is_1():
    cell = nn.GRUCell(1, 1)
    for x in cell.parameters():
        nn.init.zeros_(x)
    with autograd.no_grad():
        cell.bias_ih.copy_(Tensor([0.0, 100.0, 3.0]))
    assert cell(autograd.zeros(1, 1), autograd.full((1, 1), 7.0)).item() == 7


@pytest.mark.parametrize("kind", KINDS)
def test_large_inputs_do_not_overflow(kind):
    output, last = made(kind, 3, 4)(drawn(5, 2, 3) * 1e6)
    assert all(np.isfinite(x.data).all() for x in (output, *states(last)))


@pytest.mark.parametrize(("kind", "gates"), [("RNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_names_shapes_and_first_weights_are_those_of_pytorch(kind, gates):
    layer = made(kind, 3, 16, num_layers=2, bidirectional=True)
    shapes = {name: x.shape for name, x in layer.state_dict().items()}
    assert len(shapes) == 16
    assert shapes["weight_ih_l0"] == (16 * gates, 3)
    assert shapes["weight_ih_l1_reverse"] == (16 * gates, 32)
    assert shapes["weight_hh_l1"] == (16 * gates, 16)
    assert shapes["bias_ih_l0_reverse"] == shapes["bias_hh_l0"] == (16 * gates,)
    assert len(layer.all_weights) == 4
    for x in layer.parameters():
        assert 0.15 < np.abs(x.data).max() <= 0.25
    assert getattr(nn, kind)(3, 4).weight_ih_l0.dtype == autograd.get_default_dtype()


@pytest.mark.parametrize("kind", KINDS)
def test_a_direction_is_one_node(kind):
    assert made(kind, 3, 4)(drawn(5, 2, 3))[1][0].op is not None
    output = made(kind, 3, 4)(drawn(5, 2, 3))[0]
    node = output if kind != "LSTM" else output.inputs[0]
    assert node.op is TABLE[kind.lower()]


def test_dropout_is_between_layers_and_for_training():
    layer, x = made("GRU", 3, 40, num_layers=2, dropout=0.5), drawn(5, 2, 3)
    assert not np.array_equal(layer(x)[0].data, layer(x)[0].data)
    layer.eval()
    np.testing.assert_array_equal(layer(x)[0].data, layer(x)[0].data)
    with pytest.warns(UserWarning, match="between layers"):
        nn.GRU(3, 4, dropout=0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_generator_draws_what_is_dropped(kind):
    generator = autograd.Generator()
    layer, x = made(kind, 3, 40, num_layers=2, dropout=0.5, generator=generator), drawn(5, 2, 3)
    found = []
    for _ in range(2):
        generator.manual_seed(1)
        found.append(layer(x)[0].data)
    np.testing.assert_array_equal(*found)
    assert not np.array_equal(layer(x)[0].data, found[0])


def test_a_projection_narrows_the_outputs():
    layer = made("LSTM", 3, 5, proj_size=2)
    output, (h, c) = layer(drawn(4, 2, 3), (drawn(1, 2, 2), drawn(1, 2, 5)))
    assert (output.shape, h.shape, c.shape) == ((4, 2, 2), (1, 2, 2), (1, 2, 5))
    with pytest.raises(ShapeError, match=r"h_0 has shape \(1, 2, 5\).*\(1, 2, 2\).*proj_size"):
        layer(drawn(4, 2, 3), (drawn(1, 2, 5), drawn(1, 2, 5)))


def test_it_can_be_copied_and_trained():
    layer = copy.deepcopy(made("LSTM", 1, 8))
    x = Tensor(np.sin(np.arange(40) / 3)[:, None, None])
    before = None
    for _ in range(60):
        loss = ((layer(x[:-1])[0][..., :1] - x[1:]) ** 2).mean()
        before = before or loss.item()
        layer.zero_grad()
        loss.backward()
        with autograd.no_grad():
            for p in layer.parameters():
                p.add_(p.grad, alpha=-0.5)
    assert loss.item() < before / 4


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: nn.LSTM(0, 4), ArgumentValueError, "input_size must be at least 1"),
        (lambda: nn.LSTM(3, 4.0), ArgumentTypeError, "hidden_size is a whole number"),
        (lambda: nn.GRU(3, 4, num_layers=0), ArgumentValueError, "num_layers"),
        (lambda: nn.GRU(3, 4, dropout=-1), ArgumentValueError, "from 0 to 1"),
        (lambda: nn.GRU(3, 4, 2, dropout="0.5"), ArgumentTypeError, "a number, not '0.5'"),
        (lambda: nn.LSTM(3, 4, proj_size=4), ArgumentValueError, "proj_size is 4"),
        (lambda: nn.RNN(3, 4, nonlinearity="gelu"), ArgumentValueError, "'gelu'"),
        (lambda: nn.RNNCell(3, 4, nonlinearity="gelu"), ArgumentValueError, "'gelu'"),
        (lambda: nn.GRUCell(3, 0), ArgumentValueError, "hidden_size"),
    ],
)
def test_layers_that_make_no_sense_are_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: made("LSTM", 3, 4)(drawn(5, 2, 2)), ShapeError, r"\(5, 2, 2\).*\[length, batch, 3\]"),
        (lambda: made("LSTM", 3, 4, batch_first=True)(drawn(5)), ShapeError, r"\[batch, length, 3\]"),
        (lambda: made("GRU", 3, 4)(drawn(0, 2, 3)), ShapeError, "without steps"),
        (lambda: made("GRU", 3, 4)(drawn(5, 2, 3), drawn(2, 2, 4)), ShapeError, r"\(2, 2, 4\).*\(1, 2, 4\)"),
        (lambda: made("GRU", 3, 4)(drawn(5, 3), drawn(1, 2, 4)), ShapeError, r"\(1, 2, 4\).*\(1, 4\)"),
        (lambda: made("LSTM", 3, 4)(drawn(5, 2, 3), drawn(1, 2, 4)), ArgumentTypeError, "pair"),
        (lambda: made("RNN", 3, 4)([drawn(5, 3)]), ArgumentTypeError, "packed sequences are not there"),
        (lambda: made("GRU", 3, 4)(drawn(5, 2, 3), np.zeros((1, 2, 4))), ArgumentTypeError, "h_0 is a Tensor"),
        (lambda: made("RNN", 3, 4)(drawn(5, 2, 3, dtype="float32")), DtypeError, "float32.*float64"),
        (lambda: made("RNNCell", 3, 4)(drawn(2, 4)), ShapeError, r"\(2, 4\).*\[batch, 3\]"),
        (lambda: made("LSTMCell", 3, 4)(drawn(2, 3), (drawn(2, 4), drawn(1, 4))), ShapeError, r"\(1, 4\).*\(2, 4\)"),
        (lambda: made("GRUCell", 3, 4)(drawn(2, 3), (drawn(2, 4), drawn(2, 4))), ArgumentTypeError, "not tuple"),
    ],
)
def test_calls_that_do_not_fit_are_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


@pytest.mark.parametrize(
    ("row", "shapes"),
    [
        ("rnn", [(2, 2, 3), None, (4, 3), (5, 4), (4,), (4,)]),
        ("lstm", [(2, 2, 3), None, None, (16, 3), (16, 4), (4,), (16,)]),
        ("gru", [(2, 2, 3), (1, 4), (12, 3), (12, 4), (12,), (12,)]),
    ],
)
def test_weights_that_do_not_fit_are_refused(row, shapes):
    with pytest.raises(ShapeError, match=row):
        TABLE[row](*(None if shape is None else drawn(*shape) for shape in shapes))
