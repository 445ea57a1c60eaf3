"""`nn.summary` counts what a model really computes. The figures are those of the worked examples of the texts."""

import tracemalloc

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import ArgumentTypeError, ArgumentValueError, ShapeError, Tensor
from autograd.ops.fused import Fused

# --- GPT-2 small (Radford et al. 2019): 12 layers, 768 wide, 50,257 tokens, contexts of 1,024 ------------------------


def linear(fan_in, fan_out, bias=True):
    """A layer whose weights are all the same number in memory: half a gigabyte less."""
    layer = nn.Linear(1, 1, bias=bias)
    layer.weight = nn.Parameter(autograd.zeros(1).expand(fan_out, fan_in))
    if bias:
        layer.bias = nn.Parameter(autograd.zeros(fan_out))
    return layer


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(autograd.ones(width))
        self.bias = nn.Parameter(autograd.zeros(width))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        return centred / ((centred * centred).mean(-1, keepdim=True) + 1e-5).sqrt() * self.weight + self.bias


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv = linear(width, 3 * width)
        self.proj = linear(width, width)

    def forward(self, x):
        q, k, v = (part.reshape(len(x), 12, 64).transpose(0, 1) for part in self.qkv(x).chunk(3, -1))
        weights = (q @ k.transpose(1, 2) / 8.0).softmax(-1)
        return self.proj((weights @ v).transpose(0, 1).reshape(len(x), 768))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.ln_1, self.attn, self.ln_2 = Norm(width), Attention(width), Norm(width)
        self.mlp = nn.Sequential(linear(width, 4 * width), nn.GELU(), linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Embedding(nn.Module):
    def __init__(self, count, width):
        super().__init__()
        self.weight = nn.Parameter(autograd.zeros(1).expand(count, width))

    def forward(self, index):
        return self.weight[index]


class GPT2(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = Embedding(50257, 768)
        self.wpe = Embedding(1024, 768)
        self.h = nn.ModuleList([Block(768) for _ in range(12)])
        self.ln_f = Norm(768)
        self.lm_head = linear(768, 50257, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(autograd.arange(len(tokens)))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


@pytest.fixture(scope="module")
def gpt2():
    tracemalloc.start()
    table = nn.summary(GPT2(), autograd.tensor([0]))
    assert tracemalloc.get_traced_memory()[1] < 1e9
    tracemalloc.stop()
    return table


def test_gpt_2_small_has_124_million_parameters(gpt2):
    assert gpt2.total_params == gpt2.trainable_params == 124_439_808
    assert gpt2["lm_head"].parameters == 0  # they are those of wte
    assert gpt2["h"].calls == 0


def test_gpt_2_small_per_token(gpt2):
    assert gpt2["h.0.attn.qkv"].flops == 2 * 768 * 2304 == 3_538_944  # 3.54 M
    assert gpt2["h.0.attn.proj"].flops == 1_179_648  # 1.18 M
    assert gpt2["h.0.mlp.0"].flops + gpt2["h.0.mlp.2"].flops == 9_437_184  # 9.44 M
    assert gpt2["lm_head"].flops == 77_194_752  # 77.2 M
    matrices = sum(row.flops for row in gpt2.rows if row.type == "Linear")
    assert matrices == 247_064_064  # 247 M
    assert 1024 * matrices == pytest.approx(253e9, rel=1e-3)
    scores = sum(row.flops for row in gpt2.rows if row.type == "Attention")
    assert scores == 12 * 2 * 2 * 768  # one token looks at one: q·k and weights·v
    assert gpt2.flops == matrices + scores


def test_gpt_2_small_as_text(gpt2):
    lines = str(gpt2).splitlines()
    [qkv, *_] = [line.split() for line in lines if "qkv" in line]
    assert qkv == ["qkv", "Linear", "[1,", "2304]", "1,771,776", "3.54", "M", "9.0", "KiB"]
    assert lines[-3:-1] == [
        "124,439,808 parameters (474.7 MiB)",
        "247 MFLOPs (2 for each multiply–add of matrix products and convolutions)",
    ]


# --- smaller ones ---------------------------------------------------------------------------------------------------


def test_the_window_classifier_has_150000_weights():
    model = nn.Sequential(nn.Linear(5 * 300, 100), nn.Tanh(), nn.Linear(100, 4))
    table = nn.summary(model, (1, 1500))
    assert model[0].weight.shape == (100, 1500)
    assert table["0"].parameters - 100 == 150_000
    assert table["2"].output_shape == (1, 4)


def test_a_network_of_three_layers_has_2499_parameters():
    relu = nn.ReLU()
    table = nn.summary(nn.Sequential(nn.Linear(4, 64), relu, nn.Linear(64, 32), relu, nn.Linear(32, 3)), (1, 4))
    assert table.total_params == 2499
    assert table.flops == 2 * (4 * 64 + 64 * 32 + 32 * 3)
    assert table["1"].calls == 2
    assert "ReLU ×2" in str(table)


class SwiGLU(nn.Module):
    """Shazeer 2020, equation 6."""

    def __init__(self, width, hidden):
        super().__init__()
        self.w1, self.v, self.w2 = (nn.Linear(*size, bias=False) for size in [(width, hidden)] * 2 + [(hidden, width)])

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.v(x))


def test_a_gated_block_of_two_thirds_the_width_weighs_as_much_as_a_plain_one():
    hidden = int(2 / 3 * 4 * 512)
    assert hidden == 1365
    gated = nn.summary(SwiGLU(512, hidden), (1, 512))
    plain = nn.summary(nn.Sequential(nn.Linear(512, 2048, bias=False), nn.Linear(2048, 512, bias=False)), (1, 512))
    assert gated.total_params == 2_096_640
    assert plain.total_params == 2_097_152
    assert gated.flops == 2 * gated.total_params


# --- what is counted ------------------------------------------------------------------------------------------------


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args, **kwargs):
        return self.function(*args, **kwargs)


@pytest.mark.parametrize(
    ("function", "shapes", "flops"),
    [
        (lambda a, b: a @ b, [(3, 4), (4, 5)], 2 * 3 * 4 * 5),
        (lambda a, b: a @ b, [(4,), (4,)], 2 * 4),
        (lambda a, b: a @ b, [(2, 7, 3, 4), (7, 4, 5)], 2 * 2 * 7 * 3 * 4 * 5),
        (lambda a, b: autograd.einsum("bij,bjk->bik", a, b), [(2, 3, 4), (2, 4, 5)], 2 * 2 * 3 * 4 * 5),
        (lambda a, b: autograd.einsum("...ij, ...jk", a, b), [(2, 3, 4), (2, 4, 5)], 2 * 2 * 3 * 4 * 5),
        (lambda a: autograd.einsum("ii->i", a), [(3, 3)], 0),
        (lambda a, w: F.linear(a, w), [(2, 5, 3), (4, 3)], 2 * 2 * 5 * 3 * 4),
        (lambda a: a.exp().sum(), [(3, 4)], 0),
    ],
)
def test_flops_are_two_for_each_multiplication_that_is_added_up(function, shapes, flops):
    assert nn.summary(Function(function), tuple(shapes)).flops == flops


def test_a_fused_operation_that_is_not_listed_costs_what_it_is_made_of():
    row = Fused("twice", lambda a, b: a @ b @ b, lambda *_: None, lambda a, b: a @ b @ b, differentiable=2)
    assert nn.summary(Function(row), ((2, 3), (3, 3))).flops == 2 * 2 * (2 * 3 * 3)


def test_memory_is_that_of_arrays_and_not_of_views():
    assert nn.summary(Function(lambda x: x.reshape(4, 3).T), (3, 4)).activation_bytes == 0
    assert nn.summary(Function(lambda x: x.exp()), (3, 4)).activation_bytes == 48
    table = nn.summary(nn.Linear(4, 5).double(), (2, 3, 4))
    assert table.activation_bytes == 2 * 3 * 5 * 8
    assert table.param_bytes == 25 * 8


def test_operations_belong_to_the_innermost_module():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(4, 4)

        def forward(self, x):
            return (self.inner(x) @ x.T).exp()

    table = nn.summary(Net(), (1, 4))
    assert (table[""].flops, table["inner"].flops) == (8, 32)
    assert (table[""].activation_bytes, table["inner"].activation_bytes) == (8, 16)


def test_what_is_below_the_depth_counts_for_those_above():
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4))), nn.Linear(4, 2))
    whole = nn.summary(model, (1, 4))
    for depth in range(4):
        table = nn.summary(model, (1, 4), depth=depth)
        assert [row.path for row in table.rows] == [row.path for row in whole.rows if row.depth <= depth]
        assert (table.total_params, table.flops) == (whole.total_params, whole.flops)
        assert table[""].calls == 1
        assert table[""].output_shape == (1, 2)
    assert nn.summary(model, (1, 4), depth=1)["0"].flops == 64
    assert nn.summary(model, (1, 4), depth=1)["0"].output_shape == (1, 4)


def test_frozen_parameters_are_told_apart():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
    model[0].requires_grad_(False)
    table = nn.summary(model, (1, 4))
    assert (table.total_params, table.trainable_params) == (30, 10)
    assert "30 parameters, 10 of them trainable" in str(table)


# --- how it is called -----------------------------------------------------------------------------------------------


def test_the_input_is_tensors_shapes_or_names():
    add = Function(lambda x, y=None: x if y is None else x + y)
    assert nn.summary(add, autograd.ones(2, 3))[""].output_shape == (2, 3)
    assert nn.summary(add, [2, 3])[""].output_shape == (2, 3)
    assert nn.summary(add, ((2, 3), np.ones(3)))[""].output_shape == (2, 3)
    assert nn.summary(add, {"x": (2, 1), "y": autograd.ones(3)})[""].output_shape == (2, 3)
    for wrong in ("text", [object()], {"x": {1}}):
        with pytest.raises(ArgumentTypeError, match="input is a Tensor, a shape"):
            nn.summary(add, wrong)
    with pytest.raises(ArgumentTypeError, match="takes a Module"):
        nn.summary(abs, (1,))
    with pytest.raises(ArgumentValueError, match="depth is a number from 0, not -1"):
        nn.summary(add, (1,), depth=-1)


def test_arguments_can_be_nested():
    recurrent = Function(lambda x, state: (x + state[0], {"h": state[1]["h"]}))
    table = nn.summary(recurrent, (autograd.ones(2, 3), ((1, 3), {"h": autograd.ones(4)})))
    assert table[""].output_shape == [(2, 3), [(4,)]]


def test_shapes_become_zeros_of_the_model_s_type():
    seen = []
    model = nn.Linear(2, 2).double()
    model.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    nn.summary(model, (1, 2))
    assert seen[0].dtype == np.float64
    assert seen[0].tolist() == [[0.0, 0.0]]


def test_several_outputs_have_several_shapes():
    table = nn.summary(Function(lambda x: (x, [x.sum(), {"a": x[0]}], 3)), (2, 3))
    assert table[""].output_shape == [(2, 3), [(), [(3,)]]]
    assert "[2, 3], [], [3]" in str(table)


def test_the_model_and_the_random_state_are_as_before():
    class Noisy(nn.Module):
        def forward(self, x):
            assert not self.training
            return x + autograd.rand(3)

    model = nn.Sequential(Noisy(), nn.Sequential(Noisy()))
    model[1].eval()
    before = autograd.get_rng_state()
    nn.summary(model, (3,))
    assert autograd.get_rng_state() == before
    assert [module.training for module in model.modules()] == [True, True, False, False]
    with pytest.raises(AssertionError):
        model(autograd.zeros(3))
    assert not has_hooks(model)


def has_hooks(model):
    return any(module._module_hooks and any(vars(module._module_hooks).values()) for module in model.modules())


def test_an_error_in_the_model_leaves_it_as_before():
    model = nn.Sequential(nn.Linear(2, 3))
    with pytest.raises(ShapeError, match="linear"):
        nn.summary(model, (1, 7))
    assert model.training
    assert model(Tensor([[1.0, 2.0]])).shape == (1, 3)
    assert not has_hooks(model)


def test_notebooks_get_a_table():
    text = nn.summary(nn.Sequential(nn.Linear(2, 3)), (1, 2))._repr_html_()
    assert text.startswith("<table>")
    assert text.count("<tr>") == 3
    assert "9 parameters" in text


@pytest.mark.parametrize(
    ("layer", "shape", "flops"),
    [
        (lambda: nn.Conv2d(4, 8, 3, padding=1), (2, 4, 5, 6), 2 * (2 * 8 * 5 * 6) * (4 * 3 * 3)),
        (lambda: nn.Conv2d(4, 8, (3, 1), stride=2, groups=2), (1, 4, 7, 7), 2 * (8 * 3 * 4) * (2 * 3)),
        (lambda: nn.Conv1d(4, 8, 3, dilation=2), (2, 4, 9), 2 * (2 * 8 * 5) * (4 * 3)),
        (lambda: nn.ConvTranspose2d(4, 8, 3, stride=2), (2, 4, 5, 6), 2 * (2 * 4 * 5 * 6) * (8 * 3 * 3)),
    ],
    ids=["Conv2d", "grouped", "Conv1d", "ConvTranspose2d"],
)
def test_convolutions_multiply_every_weight_at_every_place(layer, shape, flops):
    assert nn.summary(layer(), shape).flops == flops
