"""Does a drawing show every number of the graph, and nothing that is not in it?"""

import os
import random
import subprocess
import time
from xml.etree import ElementTree as ET

import graphviz
import numpy as np
import pytest

import autograd
from autograd import GraphError, Tensor, Value, no_grad
from nn.scalar import MLP
from viz import DrawingError, GraphTooLargeError, OutputExistsError, draw, draw_dot
from viz.dot import to_dot
from viz.layout import render
from viz.numbers import array_lines, number

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"]; x [label=',
    "</text></svg>",
    "&lt;b&gt; & &amp;",
    "back\\slash \\N \\G \\n",
    "<b>",
    "line\nbreak\ttab",
    "\x00\x1b[31m\u202e",
    "]]>",
    "日本語 é ß 😀",
    "' onload='alert(1)",
    "x" * 500,
    " ",
    "\n",
]


def lecture():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    q = x + y
    q.label = "q"
    f = q * z
    f.label = "f"
    return f


def boxes(drawing):
    """For each box of the SVG its description and its lines by class."""
    found = []
    for group in ET.fromstring(drawing.svg).iter(f"{SVG}g"):
        if group.get("class") == "node":
            lines = [(span.get("class"), span.text.strip()) for span in group.iter(f"{SVG}tspan")]
            found.append((group.find(f"{SVG}title").text, lines))
    return found


def edge_texts(drawing):
    groups = ET.fromstring(drawing.svg).iter(f"{SVG}g")
    return [
        " ".join(text.text.split())
        for group in groups
        if group.get("class") == "edge"
        for text in group.iter(f"{SVG}text")
    ]


def test_every_node_shows_label_operation_value_and_gradient():
    shown = dict(boxes(draw(lecture())))
    assert shown == {
        "x: value -2, gradient -4": [("label", "x"), ("value", "value -2"), ("gradient", "grad -4")],
        "y: value 5, gradient -4": [("label", "y"), ("value", "value 5"), ("gradient", "grad -4")],
        "q: value 3, gradient -4": [
            ("label", "q"),
            ("operation", "+"),
            ("value", "value 3"),
            ("gradient", "grad -4"),
        ],
        "z: value -4, gradient 3": [("label", "z"), ("value", "value -4"), ("gradient", "grad 3")],
        "f: value -12, gradient 1": [
            ("label", "f"),
            ("operation", "*"),
            ("value", "value -12"),
            ("gradient", "grad 1"),
        ],
    }


def test_values_are_teal_and_gradients_orange():
    for element in ET.fromstring(draw(lecture()).svg).iter(f"{SVG}tspan"):
        expected = {"value": "#0f766e", "gradient": "#c2410c"}.get(element.get("class"))
        assert expected in (None, element.get("fill"))


def test_every_edge_shows_its_local_gradient():
    assert sorted(edge_texts(draw(lecture()))) == ["× -4", "× 1", "× 1", "× 3"]
    assert edge_texts(draw(lecture(), local_gradients=False)) == []


def test_drawing_needs_no_backward_and_touches_no_gradient():
    f = lecture()
    draw(f)
    assert f.grad == 0.0
    assert all(parent.grad == 0.0 for parent in f.parents)


def test_stored_gradients_and_none_can_be_asked_for():
    f = lecture()
    f.backward(10)
    stored = dict(boxes(draw(f, gradients="stored")))
    assert "x: value -2, gradient -40" in stored
    assert "x: value -2" in dict(boxes(draw(f, gradients=None)))
    assert "x: value -2, gradient -8" in dict(boxes(draw(f, upstream=2)))
    with pytest.raises(TypeError, match="gradients must be"):
        draw(f, gradients="all")


def test_leaves_operations_and_the_root_look_different():
    groups = [g for g in ET.fromstring(draw(lecture()).svg).iter(f"{SVG}g") if g.get("class") == "node"]
    looks = {
        group.find(f"{SVG}title").text[0]: (len(shapes), shapes[0].tag.removeprefix(SVG), shapes[0].get("fill"))
        for group in groups
        if (shapes := [e for e in group.iter() if e.tag in (f"{SVG}path", f"{SVG}polygon")])
    }
    assert looks["x"] == looks["y"] == looks["z"]
    assert len({looks["x"], looks["q"], looks["f"]}) == 3
    assert looks["f"][0] == 2  # a double border


def test_the_gate_patterns_are_named_on_request():
    x = Value(2.0, "x")
    y = (x + 1) * x.maximum(0.5)
    notes = [text for _, lines in boxes(draw(y, patterns=True)) for kind, text in lines if kind == "note"]
    assert sorted(notes) == ["add distributes", "max routes", "mul swaps", "used 2 times: gradients sum"]
    assert not any(kind == "note" for _, lines in boxes(draw(y)) for kind, _ in lines)


def test_constants_are_part_of_the_operation():
    x = Value(2.0)
    operations = {
        (x + 2): "+ 2",
        (2 - x): "2 -",
        x**3: "** 3",
        1 / x: "1 /",
        x.clip(0, 1): "clip(0, 1)",
        x.leaky_relu(0.2): "leaky_relu(0.2)",
        -x: "neg",
    }
    for node, text in operations.items():
        assert ("operation", text) in boxes(draw(node))[-1][1]


def test_several_roots_share_what_they_have_in_common():
    x = Value(3.0, "x")
    a, b = x * 2, x * x
    shown = boxes(draw([a, b]))
    assert len(shown) == 3
    assert shown[0][0] == "x: value 3, gradient 8"
    with pytest.raises(TypeError, match="single root"):
        draw([a, b], upstream=2)


def test_a_node_used_twice_has_two_edges():
    x = Value(3.0)
    assert edge_texts(draw(x * x)) == ["× 3", "× 3"]


def test_tensors_show_shape_and_small_ones_in_full():
    x = Tensor([[1.0, 2.0]], label="x")
    w = Tensor([[0.5], [1.5]], requires_grad=True, label="w")
    shown = dict(boxes(draw((x @ w).sum())))
    assert shown["w: shape [2, 1]"] == [
        ("label", "w"),
        ("type", "[2, 1] float32"),
        ("value", "value"),
        ("value", "[0.5]"),
        ("value", "[1.5]"),
        ("gradient", "grad"),
        ("gradient", "[1]"),
        ("gradient", "[2]"),
    ]
    assert not any(kind == "gradient" for kind, _ in shown["x: shape [1, 2]"])
    assert "aᵀ @ g" in edge_texts(draw((x @ w).sum()))


def test_large_tensors_are_summarised():
    w = Tensor(np.arange(100.0).reshape(10, 10), requires_grad=True)
    (_, lines), *_ = boxes(draw(w * 2))
    assert ("value", "0 … 99") in lines
    assert ("value", "mean 49.5") in lines


def test_an_array_root_gets_ones_or_what_is_given():
    w = Tensor([1.0, 2.0], requires_grad=True, label="w")
    y = w * 3
    assert ("gradient", "grad [3, 3]") in boxes(draw(y))[0][1]
    assert ("gradient", "grad [3, 30]") in boxes(draw(y, upstream=[1, 10]))[0][1]
    with pytest.raises(ValueError, match=r"shape \(3,\), the root \(2,\)"):
        draw(y, upstream=np.ones(3))


def test_a_freed_graph_is_refused_and_an_unrecorded_one_is_a_leaf():
    w = Tensor([1.0], requires_grad=True)
    y = (w * 2).sum()
    y.backward()
    with pytest.raises(GraphError, match="was freed"):
        draw(y)
    with no_grad():
        assert len(boxes(draw(Value(1.0) * 2))) == 1


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_come_out_as_text(label):
    x = Value(1.0, label)
    drawing = draw(x * 2)
    picture = ET.fromstring(drawing.svg)
    tags = {element.tag.removeprefix(SVG) for element in picture.iter()}  # the parser leaves the comment out
    assert tags <= {"svg", "g", "title", "path", "polygon", "text", "tspan"}
    assert not any(name.startswith("on") for element in picture.iter() for name in element.attrib)
    shown = boxes(drawing)
    assert len(shown) == 2
    text = dict(shown[0][1]).get("label", "")
    one_line = " ".join(label.split())
    if len(one_line) <= 60 and one_line.isprintable():
        assert text == one_line
    else:
        assert len(text) <= 60


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_are_text_in_dot_too(label):
    plan = draw(Value(1.0, label) * 2).plan
    for markup in (True, False):
        rendered = render(to_dot(plan, markup=markup), "svg").decode()
        assert rendered.count('class="node"') == 2
        assert rendered.count('class="edge"') == 1
        assert "<script" not in rendered
        ET.fromstring(rendered)


def test_two_thousand_nodes_draw_in_seconds_and_more_are_refused():
    random.seed(0)
    network = MLP(6, [40, 20, 1], gates=True)
    root = network([Value(float(i)) for i in range(6)])
    start = time.perf_counter()
    drawing = draw(root, max_nodes=4000)
    assert drawing.svg.count('class="node"') > 2000
    assert time.perf_counter() - start < 20
    with pytest.raises(GraphTooLargeError, match=r"nodes and .* edges, more than max_nodes=2,000"):
        draw(root)


def test_a_drawing_shows_itself_in_a_notebook():
    bundle = draw(lecture())._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert "5 nodes" in bundle["text/plain"]


def test_a_drawing_describes_itself_to_screen_readers():
    picture = ET.fromstring(draw(lecture()).svg)
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == "computation graph of 5 nodes"


def test_the_lectures_name_works():
    f = lecture()
    f.backward()
    assert "f: value -12, gradient 1" in dict(boxes(draw_dot(f)))
    assert "rankdir=TB" in draw_dot(f, rankdir="TB").dot
    with pytest.raises(DrawingError, match="draw_dot knows"):
        draw_dot(f, format="jpg")


def test_the_lectures_own_drawing_function_works_on_our_values():
    def trace(root):
        nodes, edges = set(), set()

        def build(v):
            if v not in nodes:
                nodes.add(v)
                for child in v._prev:
                    edges.add((child, v))
                    build(child)

        build(root)
        return nodes, edges

    dot = graphviz.Digraph()
    nodes, edges = trace(lecture())
    for n in nodes:
        dot.node(name=str(id(n)), label=f"{{ {n.label} | data {n.data:.4f} | grad {n.grad:.4f} }}", shape="record")
        if n._op:
            dot.node(name=str(id(n)) + n._op, label=n._op)
            dot.edge(str(id(n)) + n._op, str(id(n)))
    for a, b in edges:
        dot.edge(str(id(a)), str(id(b)) + b._op)
    assert (len(nodes), len(edges)) == (5, 4)
    assert "data -12.0000" in dot.source


def test_saving_writes_the_format_of_the_suffix(tmp_path):
    drawing = draw(lecture())
    assert drawing.save(tmp_path / "g.svg").read_text("utf-8") == drawing.svg
    assert (
        drawing.save(tmp_path / "g.dot").read_text("utf-8").startswith("// drawn by micrograph\ndigraph micrograph {")
    )
    assert drawing.save(tmp_path / "g.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.dot", "g.png", "g.svg"]
    with pytest.raises(DrawingError, match=r"no format for the suffix '\.jpeg'"):
        drawing.save(tmp_path / "g.jpeg")
    with pytest.raises(DrawingError, match="there is no folder"):
        drawing.save(tmp_path / "nowhere" / "g.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(DrawingError, match="is not a file"):
        drawing.save(tmp_path / "folder.svg")


def test_saving_replaces_drawings_but_nothing_else(tmp_path):
    drawing = draw(lecture())
    mine = tmp_path / "mine.svg"
    mine.write_text("<svg>my own work</svg>")
    with pytest.raises(OutputExistsError, match=r"mine\.svg exists and is not a drawing of ours"):
        drawing.save(mine)
    assert mine.read_text() == "<svg>my own work</svg>"
    drawing.save(mine, overwrite=True)
    drawing.save(mine)
    for name in ("g.dot", "g.png", "g.svg"):
        drawing.save(tmp_path / name)
        drawing.save(tmp_path / name)
    assert mine.read_text("utf-8") == drawing.svg


def test_saving_follows_links_and_refuses_what_is_no_file(tmp_path):
    drawing = draw(lecture())
    drawing.save(tmp_path / "g.svg")
    (tmp_path / "link.svg").symlink_to(tmp_path / "g.svg")
    draw(lecture(), patterns=True).save(tmp_path / "link.svg")
    assert (tmp_path / "link.svg").is_symlink()
    assert "mul swaps" in (tmp_path / "g.svg").read_text("utf-8")
    os.mkfifo(tmp_path / "pipe.svg")
    with pytest.raises(DrawingError, match="is not a file"):
        drawing.save(tmp_path / "pipe.svg")


def test_a_graph_of_too_many_edges_is_refused():
    layer = [Value(1.0) for _ in range(100)]
    for _ in range(2):
        layer = [autograd.sum(layer) for _ in range(100)]
    with pytest.raises(GraphTooLargeError, match="300 nodes and 20,000 edges"):
        draw(layer)


def test_only_nodes_are_drawn():
    with pytest.raises(TypeError, match="draw takes Values and Tensors, not int 3"):
        draw(3)
    with pytest.raises(TypeError, match="draw takes Values and Tensors, not str"):
        draw(["x"])
    with pytest.raises(TypeError, match="at least one"):
        draw([])
    with pytest.raises(TypeError, match="direction must be"):
        draw(lecture(), direction="RL")


def test_an_unknown_engine_is_refused():
    with pytest.raises(DrawingError, match="'embedded' or 'system'"):
        draw(lecture(), engine="other")


def test_a_missing_system_graphviz_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DrawingError, match="the system has no Graphviz"):
        _ = draw(lecture(), engine="system").svg


def test_the_system_graphviz_gives_the_same_boxes_and_pdf(tmp_path):
    try:
        subprocess.run(["dot", "-V"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the system has no Graphviz (its package is called graphviz)")
    assert dict(boxes(draw(lecture(), engine="system"))) == dict(boxes(draw(lecture())))
    assert draw(lecture()).save(tmp_path / "g.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-12.0, "-12"),
        (0.731058, "0.7311"),
        (9.5367e-7, "9.537e-07"),
        (123456.0, "123456"),
        (1234567.0, "1.235e+06"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_short_and_plain(x, text):
    assert number(x) == text


def test_arrays_are_told_in_lines():
    assert array_lines(np.array(2.0)) == ["2"]
    assert array_lines(np.array([1.0, 2.5])) == ["[1, 2.5]"]
    assert array_lines(np.zeros((0, 2))) == ["empty"]
    assert array_lines(np.array([np.nan] * 20)) == ["20 of 20 not finite"]
    assert array_lines(np.zeros((2, 2, 2))) == ["0 … 0", "mean 0"]
