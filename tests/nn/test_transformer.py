"""Are the blocks of a transformer put together as the paper says, and do they learn?"""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError


def drawn(*shape, seed=0):
    return Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True)


def block(**options):
    nn.manual_seed(0)
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True, dtype="float64", **options)


def fed(layer, x, activation=F.relu):
    return layer.linear2(activation(layer.linear1(x)))


def test_after_the_sum_or_before_the_part():
    x = drawn(2, 4, 8)
    post = block()
    attended = post.norm1(x + post.self_attn(x, x, x)[0])
    np.testing.assert_allclose(post(x).data, post.norm2(attended + fed(post, attended)).data, rtol=1e-10)
    pre = block(norm_first=True, activation="gelu")
    y = pre.norm1(x)
    attended = x + pre.self_attn(y, y, y)[0]
    np.testing.assert_allclose(pre(x).data, (attended + fed(pre, pre.norm2(attended), F.gelu)).data, rtol=1e-10)


def test_without_positions_the_order_only_carries_over():
    layer, x, order = block(), drawn(2, 5, 8), [4, 2, 0, 1, 3]
    np.testing.assert_allclose(layer(x[:, order]).data, layer(x).data[:, order], rtol=1e-10)


def test_a_causal_stack_does_not_see_the_future():
    model, x = nn.TransformerEncoder(block(norm_first=True), 3), drawn(2, 5, 8)
    for t in range(4):
        x.grad = None
        model(x, is_causal=True)[:, t].sum().backward()
        assert np.all(x.grad.data[:, t + 1 :] == 0)
        assert np.any(x.grad.data[:, 0] != 0)


def test_the_mask_of_the_future_means_the_same():
    model, x = nn.TransformerEncoder(block(), 2), drawn(2, 5, 8)
    mask = nn.Transformer.generate_square_subsequent_mask(5, dtype="float64")
    assert mask.tolist()[0] == [0, *[-np.inf] * 4]
    np.testing.assert_allclose(model(x, mask).data, model(x, is_causal=True).data, rtol=1e-10)


def test_the_copies_of_a_stack_are_apart():
    layer = block()
    model = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8))
    one, other = (p.linear1.weight for p in model.layers)
    assert np.array_equal(one.data, other.data)
    assert len({id(x) for x in [one, other, layer.linear1.weight]}) == 3
    assert [name for name, _ in model.named_parameters()][-2:] == ["norm.weight", "norm.bias"]
    assert next(iter(model.state_dict())) == "layers.0.self_attn.in_proj_weight"


def test_a_decoder_reads_the_memory():
    layer = nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, batch_first=True, dtype="float64")
    x, memory = drawn(2, 3, 8), drawn(2, 5, 8, seed=1)
    attended = layer.norm1(x + layer.self_attn(x, x, x)[0])
    read = layer.norm2(attended + layer.multihead_attn(attended, memory, memory)[0])
    np.testing.assert_allclose(layer(x, memory).data, layer.norm3(read + fed(layer, read)).data, rtol=1e-10)
    hidden = Tensor(np.broadcast_to(np.arange(5) >= 3, (2, 5)).copy())
    found = layer(x, memory, memory_key_padding_mask=hidden).data
    np.testing.assert_allclose(found, layer(x, memory[:, :3]).data, rtol=1e-10)


def test_encoder_and_decoder_together():
    model = nn.Transformer(8, 2, 2, 1, 16, dropout=0.0, dtype="float64")
    src, tgt = drawn(5, 2, 8), drawn(3, 2, 8, seed=1)
    y = model(src, tgt, tgt_is_causal=True)
    np.testing.assert_array_equal(y.data, model.decoder(tgt, model.encoder(src), tgt_is_causal=True).data)
    y[0, :, 0].sum().backward()
    assert np.all(tgt.grad.data[1:] == 0)
    assert np.any(src.grad.data != 0)
    given = nn.Transformer(8, 2, custom_encoder=nn.Identity(), custom_decoder=model.decoder)
    assert given.decoder is model.decoder


def test_dropout_is_for_training():
    layer, x = nn.TransformerEncoderLayer(8, 2, 16, dtype="float64"), drawn(5, 2, 8)
    assert not np.array_equal(layer(x).data, layer(x).data)
    layer.eval()
    np.testing.assert_array_equal(layer(x).data, layer(x).data)


@pytest.mark.parametrize("kind", ["Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer"])
def test_a_generator_draws_all_that_is_dropped(kind):
    generator, x = autograd.Generator(), autograd.ones(5, 2, 8)
    layers = {"num_encoder_layers": 1, "num_decoder_layers": 1} if kind == "Transformer" else {}
    layer = getattr(nn, kind)(8, 2, dim_feedforward=16, dropout=0.5, **layers, generator=generator)
    inputs = (x,) if kind == "TransformerEncoderLayer" else (x, x)
    found = []
    for _ in range(2):
        generator.manual_seed(1)
        found.append(layer(*inputs).data)
    np.testing.assert_array_equal(*found)
    assert not np.array_equal(layer(*inputs).data, found[0])


def test_the_blocks_of_a_stack_do_not_drop_the_same():
    class Dropping(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.5, generator=autograd.Generator().manual_seed(0))

        def forward(self, x, *masks):  # noqa: ARG002
            return self.drop(x)

    stack = nn.TransformerEncoder(Dropping(), 3)
    assert abs((stack(autograd.ones(1, 1, 4000)).data != 0).mean() - 0.125) < 0.02


def test_it_learns_to_turn_a_sequence_round():
    nn.manual_seed(1)
    rng = np.random.default_rng(0)
    places = nn.Parameter(rng.normal(size=(5, 16)).astype("float32"))
    letters = nn.Parameter(rng.normal(size=(4, 16)).astype("float32"))
    layer, head = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True), nn.Linear(16, 4)
    from nn.optim import Adam

    optimizer = Adam([places, letters, *layer.parameters(), *head.parameters()], lr=0.01)
    losses = []
    for _ in range(150):
        text = rng.integers(0, 4, (32, 5))
        logits = head(layer(letters[text] + places))
        loss = F.cross_entropy(logits.reshape(-1, 4), Tensor(text[:, ::-1].reshape(-1)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 1
    assert losses[-1] < 0.1


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: nn.TransformerEncoderLayer(8, 3), ArgumentValueError, "3 heads"),
        (lambda: nn.TransformerEncoderLayer(8, 2, activation="tanh"), ArgumentValueError, "'relu', 'gelu'"),
        (lambda: nn.TransformerEncoderLayer(8, 2, activation=3), ArgumentTypeError, "not a function"),
        (lambda: block()(drawn(2, 4, 7)), ShapeError, r"\(2, 4, 7\)"),
        (lambda: nn.Transformer(8, 2, 1, 1, 8)(drawn(3, 2, 8), drawn(3, 1, 8)), ShapeError, "same batch"),
        (lambda: nn.Transformer(8, 2, 1, 1, 8)(drawn(3, 2, 8), drawn(3, 2, 7)), ShapeError, "8 wide"),
        (lambda: nn.Transformer.generate_square_subsequent_mask(3, "cuda"), ArgumentValueError, "no device"),
        (lambda: nn.SwiGLU(0), ArgumentValueError, "at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


# --- SwiGLU -----------------------------------------------------------------------------------------------------------


def test_swiglu_has_as_many_weights_as_a_plain_layer_of_four_times_the_width():
    layer = nn.SwiGLU(512)
    assert layer.w1.out_features == 1365
    assert sum(p.data.size for p in layer.parameters()) == 2_096_640
    assert [*layer.state_dict()] == ["w1.weight", "w2.weight", "w3.weight"]
    assert nn.SwiGLU(6, 5, bias=True).w3.bias.shape == (5,)


def test_swiglu_is_a_gate():
    layer, x = nn.SwiGLU(6, 5, dtype="float64"), drawn(2, 3, 6)
    a, b = x.data @ layer.w1.weight.data.T, x.data @ layer.w3.weight.data.T
    expected = (a / (1 + np.exp(-a)) * b) @ layer.w2.weight.data.T
    np.testing.assert_allclose(layer(x).data, expected, rtol=1e-12)
    autograd.gradcheck(layer, [x])
