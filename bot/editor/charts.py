"""Charts as inline SVG: drawn by pygal, and taken out of it what a page of one's own does not need.

Colours, letters and directions are the page's (`page/report.css`); hovering shows each bar's figure, without a script.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup
from pygal.style import Style

# It adds a finder of modules, for maps, of a kind that Python forgot: whoever asks all finders, as pytest does, fails on it.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

_SVG = "{http://www.w3.org/2000/svg}"
_WIDTH, _HEIGHT = 440, 260
_BAR_HEIGHT = 30
_MOST_LABELS = 8
_ROOM_FOR_DIGIT = 0.12
# What pygal reckons the room for labels with; the style sheet has the same.
LETTERS = 14


def stacked(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], described_as: str) -> Markup:
    """Bars side by side, each piled up from the series' values. `labels`: one for each bar; as many as fit are shown."""
    chart = _chart(pygal.StackedBar, _HEIGHT, x_labels=list(labels), truncate_label=-1)
    if len(labels) > _MOST_LABELS:
        chart.x_labels_major_every = -(-len(labels) // _MOST_LABELS)
        chart.show_minor_x_labels = False
    for name, values in series:
        chart.add(name, list(values))
    return _drawn(chart, [f"{name}, " for name, _ in series], described_as)


def bars(rows: Sequence[tuple[str, int]], described_as: str) -> Markup:
    """Horizontal bars, the first on top, growing from the right, each with its label and its value."""
    chart = _chart(
        pygal.HorizontalBar,
        _BAR_HEIGHT * len(rows) + 20,
        x_labels=[label for label, _ in reversed(rows)],
        print_values=True,
        print_values_position="top",
        show_x_labels=False,
        show_x_guides=False,
        show_y_guides=False,
        spacing=4,
        classes=["pygal-chart", "from-the-right"],
    )
    chart.add("", [value for _, value in reversed(rows)])
    # Room for the figure beside the longest bar, which has half of the width at least.
    longest = max(value for _, value in rows)
    chart.range = (0, longest * (1 + _ROOM_FOR_DIGIT * len(f"{longest:,}")))
    return _drawn(chart, [""], described_as)


def _chart(kind: Any, height: int, **options: Any) -> Any:
    options["value_formatter"] = "{:,.0f}".format
    style = Style(label_font_size=LETTERS, major_label_font_size=LETTERS, value_font_size=LETTERS)
    return kind(
        style=style, width=_WIDTH, height=height, margin=8, show_legend=False, js=[], no_prefix=True, max_scale=6, **options
    )


def _drawn(chart: Any, names: Sequence[str], described_as: str) -> Markup:
    """`names`: for each series, how the text begins that is shown on hovering over its bars."""
    # Its comments, which name other hosts, are not parsed.
    root = ElementTree.fromstring(chart.render())
    for node in root.iter():
        node.tag = node.tag.removeprefix(_SVG)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", described_as)
    _remove(root, "defs", "title")
    for number, name in enumerate(names):
        for bar in root.findall(f".//g[@class='series serie-{number} color-{number}']//g[@class='bar']"):
            told = {part.get("class"): part.text for part in bar.findall("desc")}
            ElementTree.SubElement(bar, "title").text = f"{name}{told.get('x_label', '')}: {told['value']}"
    _remove(root, "desc")
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # its texts are escaped as XML


def _remove(root: ElementTree.Element, *tags: str) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in tags or "tooltip-overlay" in child.get("class", ""):
                parent.remove(child)
