"""Files: what is written comes back bit by bit, and no file can do harm."""

import json
import math
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import ArgumentTypeError, ArgumentValueError, DtypeError, InterchangeError, Tensor
from nn import saving

DTYPES = [
    "float64",
    "float32",
    "float16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint64",
    "uint32",
    "uint16",
    "uint8",
    "bool",
]


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Parameter(autograd.arange(6.0).reshape(3, 2))
        self.head = self.wte
        self.register_buffer("count", autograd.tensor(7))

    def forward(self, x):
        return x @ self.head.T


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


# --- weights --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (5,), (2, 3, 4)])
def test_numbers_come_back_bit_by_bit(path, dtype, shape):
    rng = np.random.default_rng(0)
    array = np.asarray(rng.integers(0, 2 if dtype == "bool" else 100, shape)).astype(dtype)
    nn.save({"x": array, "t": Tensor(array)}, path)
    state = nn.load(path)
    assert all(type(x) is Tensor and same(x.numpy(), array) for x in state.values())
    assert state["x"].numpy().flags.writeable


def test_strange_floats_come_back_bit_by_bit(path):
    array = np.array([np.nan, -np.nan, np.inf, -np.inf, -0.0, 5e-324])
    nn.save({"x": array}, path)
    assert same(nn.load(path)["x"].numpy(), array)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3).T,
        np.arange(10)[::2],
        np.arange(10)[::-1],
        np.broadcast_to(np.float32(3), (4, 5)),
        np.arange(3, dtype=">f8"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    ],
    ids=["transposed", "strided", "reversed", "broadcast", "big-endian", "fortran"],
)
def test_the_layout_in_memory_does_not_matter(path, array):
    nn.save({"x": array}, path)
    loaded = nn.load(path)["x"].numpy()
    assert loaded.tolist() == array.tolist()
    assert loaded.dtype == array.dtype.newbyteorder("=")


def test_a_model_is_saved_and_loaded(path):
    model, other = nn.Sequential(Tied(), nn.Identity()), nn.Sequential(Tied(), nn.Identity())
    with autograd.no_grad():
        model[0].wte.mul_(-2.0)
    nn.save(model, str(path))
    assert other.load_state_dict(nn.load(path)) == ([], [])
    x = autograd.ones(1, 2)
    assert other(x).tolist() == model(x).tolist()
    assert not any(p.requires_grad for p in nn.load(path).values())


def test_what_shares_memory_is_written_once(path):
    nn.save(Tied(), path)
    header, metadata = opened(path)
    assert sorted(header) == ["count", "wte"]
    assert metadata["head"] == "wte"
    state = nn.load(path)
    assert state["head"] is state["wte"]


def test_the_metadata_names_format_and_version(path):
    nn.save(Tied(), path)
    assert opened(path)[1].items() >= {"format": "np", "writer": "micrograph", "version": "1"}.items()


def opened(path):
    raw = path.read_bytes()
    header = json.loads(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]])
    return header, header.pop("__metadata__", {})


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ([1], ArgumentTypeError, "takes a Module or a state dict"),
        ({"lr": 0.1}, ArgumentTypeError, r"'lr' is no Tensor but float 0.1; use save_checkpoint\(\)"),
        ({3: np.ones(1)}, ArgumentTypeError, "names of a state dict are text"),
        ({"x": np.ones(1, complex)}, DtypeError, "x: arrays of complex128 cannot be saved"),
        ({"x": np.array(["a"])}, DtypeError, "cannot be saved"),
        ({"__metadata__": np.ones(1)}, ArgumentValueError, "'__metadata__' cannot be the name"),
    ],
)
def test_what_cannot_be_saved(path, state, error, message):
    with pytest.raises(error, match=message):
        nn.save(state, path)
    assert not path.exists()


def test_a_tensor_can_have_the_name_of_a_fact(path):
    x = autograd.ones(1)
    nn.save({"a": x, "version": x}, path)
    assert set(nn.load(path)) == {"a", "version"}
    names = ["1", "np", "micrograph"]  # these are values of the metadata
    nn.save(dict.fromkeys(names, x) | {"np": autograd.zeros(2)}, path)
    assert sorted(nn.load(path)) == sorted(names)


# --- bfloat16 -------------------------------------------------------------------------------------------------------


def write(path, header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)
    return path


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_bfloat16_becomes_float32_unchanged(path):
    wanted = np.array([[1.0, -2.5], [3.0e38, 0.0078125]], np.float32)
    bits = (wanted.view(np.uint32) >> 16).astype("<u2")
    wanted = (bits.astype(np.uint32) << 16).view(np.float32)
    write(path, {"x": entry("BF16", (2, 2))}, bits.tobytes())
    assert same(nn.load(path)["x"].numpy(), wanted)


# --- files that cannot be trusted -----------------------------------------------------------------------------------

SOUND = {"x": entry()}
HOSTILE = {
    "empty": b"",
    "short": b"1234567",
    "no header": struct.pack("<Q", 8),
    "header longer than the file": struct.pack("<Q", 2**63) + b"{}",
    "header longer than allowed": struct.pack("<Q", 10**9) + b"{}",
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07builtins\x94.",
    "a list": (b"[]", b""),
    "no JSON": (b"{x}", b""),
    "bytes that are no text": (b'{"\xff": 1}', b""),
    "deep": (b'{"x":' + b"[" * 100_000, b""),
    "NaN": (b'{"x": NaN}', b""),
    "a name twice": (b'{"x": %b, "x": %b}' % ((json.dumps(SOUND["x"]).encode(),) * 2), bytes(8)),
    "cut off": (SOUND, bytes(7)),
    "too long": (SOUND, bytes(9)),
    "a hole": ({"x": entry(offsets=(8, 16))}, bytes(16)),
    "overlapping": ({"x": entry(), "y": entry()}, bytes(8)),
    "backwards": ({"x": entry(offsets=(8, 0))}, bytes(8)),
    "another size": ({"x": entry(shape=(3,))}, bytes(8)),
    "huge": ({"x": entry(shape=(2**40,), offsets=(0, 2**42))}, bytes(8)),
    "a product that overflows": ({"x": entry(shape=(2**63, 4))}, bytes(8)),
    "a negative length": ({"x": entry(shape=(-2, -1))}, bytes(8)),
    "a length that is no integer": ({"x": entry(shape=(2.0,))}, bytes(8)),
    "65 axes": ({"x": entry(shape=(2, *[1] * 64))}, bytes(8)),
    "an unknown type": ({"x": entry("F33")}, bytes(8)),
    "complex numbers": ({"x": entry("C64", (1,))}, bytes(8)),
    "8-bit floats": ({"x": entry("F8_E4M3", (8,))}, bytes(8)),
    "a boolean that is 7": ({"x": entry("BOOL", (8,))}, bytes([7] * 8)),
    "no offsets": ({"x": {"dtype": "F32", "shape": [2]}}, bytes(8)),
    "metadata that are no text": ({"__metadata__": {"a": 1}, **SOUND}, bytes(8)),
    "metadata twice": (b'{"__metadata__": {"a": "1", "a": "2"}}', b""),
}


@pytest.mark.parametrize("read", [nn.load, nn.load_checkpoint])
@pytest.mark.parametrize("case", HOSTILE)
def test_a_damaged_or_hostile_file_is_our_error(path, case, read):
    content = HOSTILE[case]
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        write(path, *content)
    with pytest.raises(InterchangeError, match=r"model\.safetensors"):
        read(path)


@pytest.mark.parametrize("read", [nn.load, nn.load_checkpoint])
def test_every_cut_is_an_error_and_no_changed_byte_gives_other_numbers(path, read):
    state = {"a": np.arange(3.0), "b": np.ones(2, bool)}
    if read is nn.load:
        nn.save(state, path)
    else:
        nn.save_checkpoint(path, state)
    raw = path.read_bytes()
    for length in range(len(raw)):
        path.write_bytes(raw[:length])
        with pytest.raises(InterchangeError):
            read(path)
    rng = np.random.default_rng(0)
    for place in range(len(raw)):
        path.write_bytes(raw[:place] + bytes([raw[place] ^ int(rng.integers(1, 256))]) + raw[place + 1 :])
        try:
            found = read(path)
        except InterchangeError:
            continue
        assert {name: x.tolist() for name, x in found.items()} == {"a": [0.0, 1.0, 2.0], "b": [True, True]}


def test_files_without_a_checksum_are_read(path):
    write(path, {"__metadata__": {"format": "np", "writer": "micrograph", "version": "1"}, **SOUND}, bytes(8))
    assert nn.load(path)["x"].tolist() == [0.0, 0.0]
    write(path, {"__metadata__": {"checksum": "of another program"}, **SOUND}, bytes(8))
    assert nn.load(path)["x"].tolist() == [0.0, 0.0]


def test_a_missing_file_is_python_s_own_error(path):
    with pytest.raises(FileNotFoundError):
        nn.load(path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        nn.save({}, path / "deeper" / "x")


def test_an_alias_of_nothing_is_no_weight(path):
    write(path, {"__metadata__": {"y": "nothing", "x": "x"}, **SOUND}, bytes(8))
    assert list(nn.load(path)) == ["x"]


# --- all or nothing -------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    nn.save({"x": np.zeros(3)}, path)
    nn.save({"x": np.ones(3)}, path)
    assert nn.load(path)["x"].tolist() == [1.0] * 3

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        nn.save({"x": np.zeros(3)}, path)
    assert nn.load(path)["x"].tolist() == [1.0] * 3
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_killed_program_leaves_the_old_file(path):
    nn.save({"x": np.ones(3)}, path)
    killed = "import os; os.fsync = lambda _: os._exit(9); import numpy, nn; nn.save({'x': numpy.zeros(3)}, %r)"
    assert subprocess.run([sys.executable, "-c", killed % str(path)], check=False).returncode == 9
    assert nn.load(path)["x"].tolist() == [1.0] * 3


def test_a_link_stays_a_link(path, tmp_path):
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "x"
    real.write_bytes(b"")
    path.symlink_to(real)
    nn.save({"x": np.ones(3)}, path)
    assert path.is_symlink()
    assert nn.load(real)["x"].tolist() == [1.0] * 3


def test_a_long_name_can_be_saved_to(tmp_path):
    path = tmp_path / ("n" * 250)
    nn.save({"x": np.ones(3)}, path)
    assert nn.load(path)["x"].shape == (3,)


# --- checkpoints ----------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("$ab.", max_size=3), inner, max_size=3)
        | st.dictionaries(st.integers() | st.booleans() | st.none() | st.text("$a"), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_plain_values_come_back_equal_and_of_the_same_types(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "values"
    nn.save_checkpoint(path, value)
    assert repr(nn.load_checkpoint(path)) == repr(value)


def test_a_training_state_comes_back(path):
    rng = np.random.default_rng(3)
    state = {
        "model": Tied().state_dict(),
        "optimizer": {
            "state": {0: {"step": 3, "exp_avg": Tensor(rng.normal(size=(2, 3)))}, 1: {}},
            "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0, 1], "maximize": False}],
        },
        "rng": rng.bit_generator.state,
        "best": math.inf,
        "lost": [math.nan, -math.inf, -0.0],
        "scalar": np.float32(0.1),
        "mask": np.array([True, False]),
        ("a", 1): None,
        10**40: "large",
    }
    nn.save_checkpoint(path, state)
    loaded = nn.load_checkpoint(path)
    assert list(loaded) == list(state)
    assert loaded["rng"] == state["rng"]
    assert loaded["optimizer"]["param_groups"] == state["optimizer"]["param_groups"]
    assert isinstance(loaded["optimizer"]["param_groups"][0]["betas"], tuple)
    moments = [s["optimizer"]["state"][0]["exp_avg"] for s in (state, loaded)]
    assert isinstance(moments[1], Tensor)
    assert same(moments[0].numpy(), moments[1].numpy())
    assert math.isnan(loaded["lost"][0])
    assert repr(loaded["lost"]) == "[nan, -inf, -0.0]"
    assert isinstance(loaded["scalar"], np.float32)
    assert loaded["scalar"] == np.float32(0.1)
    assert isinstance(loaded["mask"], np.ndarray)
    assert loaded[10**40] == "large"
    assert sorted(opened(path)[0]) == ["mask", "model.count", "model.wte", "optimizer.state.0.exp_avg", "scalar"]


def test_what_shared_an_array_when_saved_has_its_own_afterwards(path):
    x = Tensor([1.0])
    nn.save_checkpoint(path, [x, x])
    a, b = nn.load_checkpoint(path)
    a.zero_()
    assert b.tolist() == [1.0]


def test_one_array_can_be_in_many_places_but_no_small_file_fills_the_memory(path):
    x = np.arange(2.0)
    nn.save_checkpoint(path, [x] * 100)
    assert [y.tolist() for y in nn.load_checkpoint(path)] == [[0.0, 1.0]] * 100
    assert len(opened(path)[0]) == 13
    structure = json.dumps([{"$array": "x"}] * 9)
    write(path, {"__metadata__": {"version": "1", "structure": structure}, **SOUND}, bytes(8))
    with pytest.raises(InterchangeError, match="'x' is in more than 8 places"):
        nn.load_checkpoint(path)


def test_names_that_would_be_the_same_are_told_apart(path):
    state = {"a.b": np.zeros(1), "a": {"b": np.ones(1)}, "__metadata__": np.ones(2)}
    nn.save_checkpoint(path, state)
    loaded = nn.load_checkpoint(path)
    assert [loaded["a.b"].tolist(), loaded["a"]["b"].tolist(), loaded["__metadata__"].tolist()] == [[0], [1], [1, 1]]


def test_the_weights_of_a_checkpoint_are_weights(path):
    nn.save_checkpoint(path, {"model": {"w": Tensor([1.0])}})
    assert nn.load(path)["model.w"].tolist() == [1.0]
    nn.save_checkpoint(path, Tensor([2.0]))
    assert nn.load_checkpoint(path).tolist() == [2.0]


def endless():
    x = []
    x.append(x)
    return x


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ({"model": nn.Module()}, ArgumentTypeError, r"the entry 'model' is of .*; give its state_dict\(\)"),
        ([{1: {2, 3}}], ArgumentTypeError, r"the entry '0\.1' is of <class 'set'>"),
        (autograd.Value(3.0), ArgumentTypeError, "what is to be saved is of"),
        (b"bytes", ArgumentTypeError, "<class 'bytes'>"),
        (endless(), ArgumentValueError, "nested deeper than 100 times"),
        ({Tensor([1.0]): 1}, ArgumentTypeError, "an array cannot be a key"),
        (np.ones(1, complex), DtypeError, "what is to be saved: arrays of complex128 cannot"),
        ({frozenset(): 1}, ArgumentTypeError, "key' is of <class 'frozenset'>"),
        ([10**5000], ArgumentValueError, "4300 digits"),
    ],
)
def test_what_a_checkpoint_cannot_hold(path, state, error, message):
    with pytest.raises(error, match=message):
        nn.save_checkpoint(path, state)
    assert not path.exists()


def test_a_checkpoint_has_a_limit_for_what_is_no_array(path, monkeypatch):
    monkeypatch.setattr(saving, "_LONGEST_HEADER", 1000)
    with pytest.raises(ArgumentValueError, match="put long lists of numbers into arrays"):
        nn.save_checkpoint(path, list(range(1000)))


def checkpoint(path, structure, version="1"):
    text = structure if isinstance(structure, str) else json.dumps(structure)
    return write(path, {"__metadata__": {"version": version, "structure": text}, **SOUND}, bytes(8))


@pytest.mark.parametrize(
    ("structure", "message"),
    [
        ({"$tensor": "y"}, "no array 'y'"),
        ({"$tensor": ["x"]}, "no array"),
        ({"$array": None}, "no array None"),
        ({"$float": "1e5"}, "where nan or inf belongs"),
        ({"$float": [1]}, "where nan or inf belongs"),
        ({"$tuple": "text"}, "where a list belongs"),
        ({"$dict": [[1, 2, 3]]}, "where a key and its value belong"),
        ({"$dict": [["a", 1], ["a", 2]]}, "the key 'a' comes twice"),
        ({"$dict": [[[], 1]]}, "cannot be a key"),
        ({"$dict": [[{"$tuple": [[]]}, 1]]}, "cannot be a key"),
        ({"$eval": "1"}, r"no kind of value '\$eval'"),
        ("[" * 400 + "]" * 400, "nested too deep"),
        ("[" * 10**6, "cannot be read"),
        ('{"a":1,"a":2}', "a name comes twice"),
        ("NaN", "NaN is no number"),
        ("[-Infinity]", "no number"),
        ("9" * 5000, "cannot be read"),
        ("{", "cannot be read"),
    ],
)
def test_a_hostile_structure_is_our_error(path, structure, message):
    with pytest.raises(InterchangeError, match=message):
        nn.load_checkpoint(checkpoint(path, structure))


def test_only_checkpoints_of_this_version_are_read(path):
    assert nn.load_checkpoint(checkpoint(path, [{"$tensor": "x"}]))[0].tolist() == [0.0, 0.0]
    with pytest.raises(InterchangeError, match="of version '2'; this program reads 1"):
        nn.load_checkpoint(checkpoint(path, [], version="2"))
    nn.save(Tied(), path)
    with pytest.raises(InterchangeError, match="holds weights only"):
        nn.load_checkpoint(path)
