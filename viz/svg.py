"""How does Graphviz's plain SVG become ours?

Each box's lines get their colours, a class that says what they tell (``value``, ``gradient`` …), and the picture
a description for screen readers.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from viz.dot import MARK
from viz.plan import Plan
from viz.style import COLORS, SMALL_PRINT

__all__ = ["finish_svg"]

_SVG = "http://www.w3.org/2000/svg"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

ET.register_namespace("", _SVG)


def finish_svg(svg: str, plan: Plan) -> str:
    """Colour the lines of every box, by the plan that the SVG was laid out from.

    Parameters
    ----------
    svg : str
        Graphviz's rendering of ``to_dot(plan, markup=False)``.
    plan : Plan
    """
    picture = ET.fromstring(svg)
    picture.set("role", "img")
    picture.set("aria-label", f"computation graph of {len(plan.boxes)} nodes")
    for element in picture.iter():
        element.attrib.pop("id", None)  # the same in every drawing, and a page may show several
    boxes = {box.name: box for box in plan.boxes}
    for group in picture.iter(f"{{{_SVG}}}g"):
        title = group.find(f"{{{_SVG}}}title")
        if title is None:
            continue
        box = boxes.get(title.text or "")
        if box is None:
            if group.get("class") == "edge":
                group.remove(title)  # "n0->n2" tells a reader nothing
            continue
        title.text = box.description
        for element, line in zip(group.iter(f"{{{_SVG}}}text"), box.lines, strict=True):
            element.text = None
            element.attrib.pop("fill", None)
            for position, (text, role) in enumerate(line.pieces):
                span = ET.SubElement(element, f"{{{_SVG}}}tspan", {"class": role, "fill": COLORS[role]})
                if role == "label":
                    span.set("font-weight", "bold")
                if role in SMALL_PRINT:
                    span.set("font-size", SMALL_PRINT[role])
                span.text = f"  {text}" if position else text
                span.set(_SPACE, "preserve")
    picture.insert(0, ET.Comment(f" {MARK} "))
    return ET.tostring(picture, encoding="unicode") + "\n"
