"""Does attention look where it may, and nowhere else?"""

import copy

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import TABLE, Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from nn.functional.attention import self_attention
from nn.ops.attention import attention_weights


def drawn(*shape, seed=0, dtype="float64", requires_grad=True):
    return Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=requires_grad, dtype=dtype)


@pytest.fixture
def qkv():
    return [drawn(2, 3, 5, 4, seed=seed) for seed in range(3)]


def test_it_is_one_node(qkv):
    assert F.scaled_dot_product_attention(*qkv).op is TABLE["scaled_dot_product_attention"]


def test_the_formula(qkv):
    q, k, v = (x.data for x in qkv)
    scores = q @ k.swapaxes(-1, -2) / 2
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    np.testing.assert_allclose(F.scaled_dot_product_attention(*qkv).data, weights @ v, rtol=1e-12)


@pytest.mark.parametrize("causal", [False, True])
def test_the_weights_are_shares(qkv, causal):
    weights = attention_weights(*qkv[:2], is_causal=causal).data
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-12)
    ones = F.scaled_dot_product_attention(*qkv[:2], autograd.ones(2, 3, 5, 1, dtype="float64"), is_causal=causal)
    np.testing.assert_allclose(ones.data, 1, rtol=1e-12)


def test_the_order_of_keys_does_not_matter_and_that_of_queries_carries_over(qkv):
    q, k, v = qkv
    order = np.array([3, 0, 4, 1, 2])
    y = F.scaled_dot_product_attention(q, k, v).data
    np.testing.assert_allclose(
        F.scaled_dot_product_attention(q, k[..., order, :], v[..., order, :]).data, y, rtol=1e-12
    )
    np.testing.assert_allclose(
        F.scaled_dot_product_attention(q[..., order, :], k, v).data, y[..., order, :], rtol=1e-12
    )


@pytest.mark.parametrize("packed", [False, True])
def test_causal_attention_does_not_see_the_future(qkv, packed):
    leaves = [drawn(2, 5, 12)] if packed else qkv
    for t in range(5):
        for x in leaves:
            x.grad = None
        y = (self_attention if packed else F.scaled_dot_product_attention)(*leaves, *[2] * packed, is_causal=True)
        y[..., t, :].sum().backward()
        for x in leaves:
            assert np.all(x.grad.data[..., t + 1 :, :] == 0)
        assert np.any(leaves[-1].grad.data[..., t, :] != 0)


def test_nan_in_the_future_stays_there(qkv):
    q, k, v = qkv
    v.data[..., 4, :] = k.data[..., 4, :] = np.nan
    mask = Tensor(np.tri(5, dtype=bool))
    y = F.scaled_dot_product_attention(q, k, v[..., :4, :].sum() * 0 + drawn(2, 3, 5, 4), mask)
    assert np.isfinite(y.data[..., :4, :]).all()
    assert np.isnan(y.data[..., 4, :]).all()


def test_masks_in_all_their_forms_mean_the_same(qkv):
    allowed = np.tri(5, dtype=bool)
    causal = F.scaled_dot_product_attention(*qkv, is_causal=True).data
    added = Tensor(np.where(allowed, 0, -np.inf))
    for mask in (Tensor(allowed), added, Tensor(np.broadcast_to(allowed, (3, 5, 5)).copy())):
        np.testing.assert_allclose(F.scaled_dot_product_attention(*qkv, mask).data, causal, rtol=1e-12)
    np.testing.assert_allclose(
        F.scaled_dot_product_attention(*qkv, Tensor(allowed[:, None])[:, 0]).data, causal, rtol=1e-12
    )


def test_a_query_that_may_look_at_nothing_gets_zeros_and_passes_nothing_back(qkv):
    mask = np.ones((5, 5), bool)
    mask[2] = False
    y = F.scaled_dot_product_attention(*qkv, Tensor(mask))
    assert np.all(y.data[..., 2, :] == 0)
    y.sum().backward()
    assert np.all(qkv[0].grad.data[..., 2, :] == 0)
    assert all(np.isfinite(x.grad.data).all() for x in qkv)


def test_a_float_mask_can_be_learned(qkv):
    bias = drawn(3, 1, 5, seed=4)
    autograd.gradcheck(F.scaled_dot_product_attention, [*qkv, bias])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_scores_do_not_overflow(dtype):
    q = Tensor(np.array([[1e4], [-1e4]]), dtype=dtype)
    v = Tensor(np.array([[1.0], [2.0]]), dtype=dtype)
    assert F.scaled_dot_product_attention(q, q, v).tolist() == [[1], [2]]


def test_heads_may_share_keys_and_values():
    q, k, v = drawn(2, 6, 3, 4), drawn(2, 2, 5, 4, seed=1), drawn(2, 2, 5, 4, seed=2)
    shared = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    for head in range(6):
        alone = F.scaled_dot_product_attention(q[:, head], k[:, head // 3], v[:, head // 3])
        np.testing.assert_allclose(shared.data[:, head], alone.data, rtol=1e-12)


@pytest.mark.parametrize("batch_first", [False, True])
def test_side_by_side_is_the_same(batch_first):
    x = drawn(3, 5, 12)
    together = self_attention(x, 2, is_causal=True, batch_first=batch_first)
    y = x if batch_first else x.transpose(0, 1)
    q, k, v = (part.reshape(*part.shape[:2], 2, 2).transpose(1, 2) for part in y.chunk(3, -1))
    apart = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(*y.shape[:2], 4)
    np.testing.assert_allclose(together.data, (apart if batch_first else apart.transpose(0, 1)).data, rtol=1e-12)


@pytest.mark.parametrize("packed", [False, True])
def test_dropout_drops_weights_and_keeps_the_mean(packed):
    generator = autograd.Generator()
    ones = autograd.ones(200, 8, 12)
    sharing = (
        (lambda **o: self_attention(ones, 2, **o))
        if packed
        else (lambda **o: F.scaled_dot_product_attention(ones, ones, ones, **o))
    )
    y = sharing(dropout_p=0.25, generator=generator.manual_seed(1)).data
    again = sharing(dropout_p=0.25, generator=generator.manual_seed(1)).data
    np.testing.assert_array_equal(y, again)
    steps = y * 8 * 0.75  # how many of 8 equal weights stayed
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-4)
    assert abs(y.mean() - 1) < 0.02
    assert np.all(sharing(dropout_p=1.0).data == 0)


def test_dropout_in_double_precision_does_not_depend_on_the_default_type(qkv):
    # bool times a number has the default type, float32 here, in which 1 / 0.7 is something else
    found = []
    for create_graph in (False, True):
        y = F.scaled_dot_product_attention(*qkv, dropout_p=0.3, generator=autograd.Generator().manual_seed(1))
        y.sum().backward(create_graph=create_graph)
        found.append([x.grad.data for x in qkv])
        for x in qkv:
            x.grad = None
    for plain, recorded in zip(*found, strict=True):
        np.testing.assert_allclose(recorded, plain, rtol=1e-12, atol=1e-14)


def test_many_threads_and_one_give_the_same_bits(monkeypatch):
    big = [drawn(7, 4, 40, 16, seed=seed, dtype="float32") for seed in range(3)]

    def both():
        for x in big:
            x.grad = None
        y = F.scaled_dot_product_attention(*big, is_causal=True)
        y.sum().backward()
        return [y.data, *(x.grad.data for x in big)]

    from nn.ops import threads

    monkeypatch.setattr(threads, "WORTH", 1)
    monkeypatch.setattr("nn.ops.attention.WORTH", 1)
    monkeypatch.setattr(threads, "cores", lambda: 1)
    one = both()
    monkeypatch.setattr(threads, "cores", lambda: 3)
    for x, y in zip(one, both(), strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda q, k, v: (q, k[..., :3], v), ShapeError, r"\(2, 3, 5, 3\)"),
        (lambda q, k, v: (q, k, v[..., :4, :]), ShapeError, r"\(2, 3, 4, 4\)"),
        (lambda q, k, v: (q, k[:, :2], v[:, :2]), ShapeError, "enable_gqa"),
        (lambda q, k, v: (q, k, v, Tensor(np.ones((4, 5), bool))), ShapeError, r"\(4, 5\).*\(2, 3, 5, 5\)"),
        (lambda q, k, v: (q, k, v, Tensor(np.ones((1, 2, 3, 5, 5), bool))), ShapeError, "leave out"),
        (lambda q, k, v: (q, k, v, Tensor(np.ones((5, 5), int))), DtypeError, "int64.*bool"),
        (lambda q, k, v: (q, k, v, Tensor(np.ones((5, 5), bool)), 0.0, True), ArgumentValueError, "not both"),
        (lambda q, k, v: (q, k, v, None, -0.1), ArgumentValueError, "from 0 to 1"),
        (lambda q, k, v: (q, k, v, None, "0.1"), ArgumentTypeError, "number"),
        (lambda q, k, v: (q, k.to("float32"), v), DtypeError, "float64, float32, float64"),
        (lambda q, k, v: (q.to("int64"), k.to("int64"), v.to("int64")), DtypeError, "float32 or all float64"),
        (lambda q, k, v: (q, k[:, :2], v[:, :2], None, 0.0, False, None, True), ShapeError, "multiple"),
    ],
)
def test_what_does_not_fit_is_refused(qkv, make, error, says):
    with pytest.raises(error, match=says):
        F.scaled_dot_product_attention(*make(*qkv))


@pytest.mark.parametrize("shape", [(2, 3, 10), (12,), (1, 2, 3, 12)])
def test_what_is_not_side_by_side_is_refused(shape):
    with pytest.raises(ShapeError, match="width of a head"):
        self_attention(drawn(*shape), 2)


# --- the layer --------------------------------------------------------------------------------------------------------


@pytest.fixture
def layer():
    nn.manual_seed(0)
    return nn.MultiheadAttention(6, 2, batch_first=True, dtype="float64")


def test_the_names_and_first_weights_are_those_of_pytorch(layer):
    assert {name: x.shape for name, x in layer.state_dict().items()} == {
        "in_proj_weight": (18, 6),
        "in_proj_bias": (18,),
        "out_proj.weight": (6, 6),
        "out_proj.bias": (6,),
    }
    bound = np.sqrt(6 / (18 + 6))
    weight = layer.in_proj_weight.data
    assert np.abs(weight).max() <= bound
    assert np.abs(weight).max() > 0.9 * bound
    assert not layer.in_proj_bias.data.any()
    assert not layer.out_proj.bias.data.any()
    apart = nn.MultiheadAttention(6, 2, kdim=3, vdim=5, add_bias_kv=True)
    assert [*apart.state_dict()] == [
        "q_proj_weight",
        "k_proj_weight",
        "v_proj_weight",
        "in_proj_bias",
        "bias_k",
        "bias_v",
        "out_proj.weight",
        "out_proj.bias",
    ]


MASKS = {
    "none": {},
    "future": {"attn_mask": Tensor(~np.tri(4, dtype=bool))},
    "causal": {"is_causal": True},
    "padding": {"key_padding_mask": Tensor(np.array([[0, 0, 0, 1], [0, 0, 1, 1]], bool))},
    "both": {"is_causal": True, "key_padding_mask": Tensor(np.array([[0, 0, 0, 1], [0, 0, 1, 1]], bool))},
    "added": {"attn_mask": Tensor(np.random.default_rng(1).normal(size=(4, 4, 4)))},
}


@pytest.mark.parametrize("masks", MASKS.values(), ids=MASKS)
def test_with_weights_and_without_it_is_the_same(layer, masks):
    x = drawn(2, 4, 6)
    y, weights = layer(x, x, x, **masks)
    fast, none = layer(x, x, x, need_weights=False, **masks)
    apart, _ = layer(x, x * 1.0, x, need_weights=False, **masks)
    assert none is None
    assert weights.shape == (2, 4, 4)
    np.testing.assert_allclose(weights.data.sum(-1), 1, rtol=1e-12)
    np.testing.assert_allclose(fast.data, y.data, rtol=1e-10)
    np.testing.assert_allclose(apart.data, y.data, rtol=1e-10)


def test_causal_is_the_mask_of_the_future(layer):
    x = drawn(2, 4, 6)
    for weights in (True, False):
        ours = layer(x, x, x, need_weights=weights, **MASKS["causal"])[0]
        np.testing.assert_allclose(ours.data, layer(x, x, x, **MASKS["future"])[0].data, rtol=1e-12)


def test_causal_keys_that_are_added_may_always_be_looked_at():
    layer = nn.MultiheadAttention(6, 2, add_bias_kv=True, add_zero_attn=True)
    x = drawn(4, 1, 6, dtype="float32")
    weights = layer(x, x, x, is_causal=True)[1].data[0]
    assert weights.shape == (4, 6)
    assert np.all((weights > 0) == np.hstack([np.tri(4, dtype=bool), np.ones((4, 2), bool)]))


def test_padding_does_not_matter(layer):
    x = drawn(2, 4, 6)
    padded = Tensor(np.concatenate([x.data, drawn(2, 3, 6, seed=3).data], 1))
    mask = Tensor(np.broadcast_to(np.arange(7) >= 4, (2, 7)).copy())
    found = layer(padded, padded, padded, mask, need_weights=False)[0].data[:, :4]
    np.testing.assert_allclose(found, layer(x, x, x)[0].data, rtol=1e-10)


@pytest.mark.parametrize("inputs", [1, 3])
@pytest.mark.parametrize("need_weights", [True, False])
def test_a_generator_draws_what_is_dropped(inputs, need_weights):
    generator = autograd.Generator()
    layer = nn.MultiheadAttention(6, 2, dropout=0.5, generator=generator)
    x = autograd.ones(9, 2, 6)
    qkv = [x] * 3 if inputs == 1 else [x * 1.0 for _ in range(3)]
    found = []
    for _ in range(2):
        generator.manual_seed(1)
        found.append(layer(*qkv, need_weights=need_weights)[0].data)
    np.testing.assert_array_equal(*found)
    assert not np.array_equal(layer(*qkv, need_weights=need_weights)[0].data, found[0])


def test_a_sequence_of_padding_alone_gives_the_bias(layer):
    x = drawn(2, 4, 6)
    mask = Tensor(np.array([[True] * 4, [False] * 4]))
    for weights in (True, False):
        y = layer(x, x, x, mask, need_weights=weights)[0].data
        np.testing.assert_array_equal(y[0], np.broadcast_to(layer.out_proj.bias.data, (4, 6)))
        assert np.isfinite(y).all()


def test_dropout_is_for_training():
    layer = nn.MultiheadAttention(6, 2, dropout=0.5, batch_first=True)
    x = drawn(2, 8, 6, dtype="float32")
    for weights in (True, False):
        layer.train()
        one, other = (layer(x, x, x, need_weights=weights)[0].data for _ in range(2))
        assert not np.allclose(one, other)
        layer.eval()
        one, other = (layer(x, x, x, need_weights=weights)[0].data for _ in range(2))
        np.testing.assert_array_equal(one, other)
    layer.train()
    weights = layer(x, x, x, average_attn_weights=False)[1].data
    assert 0.3 < (weights == 0).mean() < 0.7


def test_it_can_be_differentiated_twice(layer):
    x = drawn(1, 3, 6)
    autograd.gradgradcheck(lambda x: layer(x, x, x, need_weights=False, is_causal=True)[0], [x])


def test_it_can_be_copied(layer):
    x = drawn(2, 4, 6)
    np.testing.assert_array_equal(copy.deepcopy(layer)(x, x, x)[0].data, layer(x, x, x)[0].data)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: nn.MultiheadAttention(6, 4), ArgumentValueError, "4 heads cannot share an embed_dim of 6"),
        (lambda: nn.MultiheadAttention(0, 1), ArgumentValueError, "at least 1"),
        (lambda: nn.MultiheadAttention(6, 2, dropout=2), ArgumentValueError, "from 0 to 1"),
        (lambda: nn.MultiheadAttention(6, 2, dropout="0.1"), ArgumentTypeError, "a number, not '0.1'"),
    ],
)
def test_layers_that_make_no_sense_are_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda f, x: f(x[..., :5], x, x), ShapeError, r"\(2, 4, 5\).*\[batch, length, width\].*6"),
        (lambda f, x: f(x, x[:1], x[:1]), ShapeError, "one batch"),
        (lambda f, x: f(x, x, x[:, :3]), ShapeError, "as many keys as values"),
        (lambda f, x: f(x, x[0], x[0]), ShapeError, "without a batch"),
        (lambda f, x: f(x.data, x, x), ArgumentTypeError, "ndarray"),
        (lambda f, x: f(x, x, x, attn_mask=drawn(4, 3)), ShapeError, r"\(4, 3\).*\(4, 4\) or \(4, 4, 4\)"),
        (lambda f, x: f(x, x, x, attn_mask=drawn(2, 4, 4)), ShapeError, r"\(2, 4, 4\)"),
        (lambda f, x: f(x, x, x, drawn(4, 2)), ShapeError, r"key_padding_mask.*\(4, 2\).*\(2, 4\)"),
        (lambda f, x: f(x, x, x, np.zeros((2, 4), bool)), ArgumentTypeError, "Tensor"),
        (lambda f, x: f(x, x, x, attn_mask=drawn(4, 4).to("float32")), DtypeError, "float32.*float64"),
    ],
)
def test_calls_that_do_not_fit_are_refused(layer, call, error, says):
    with pytest.raises(error, match=says):
        call(layer, drawn(2, 4, 6))
