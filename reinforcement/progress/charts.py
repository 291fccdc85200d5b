"""Charts as plain values for plotly.js: rows in, chart out. Pure.

A colour is written as a custom property, `var(--accent)`: the page's script puts in what it is in the reader's theme. plotly.js
reads some HTML in labels, so words that others wrote are escaped.
"""

import html
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reinforcement.progress.figures import Figure
from reinforcement.progress.tables import Cell

# The map has dark words on the lower shades and light words on the others; between the two a step of shade is left out.
LOW_SHADES = range(1, 5)
HIGH_SHADES = range(5, 8)
SHADES = len(LOW_SHADES) + len(HIGH_SHADES)

ROW_HEIGHT = 40
LINES_HEIGHT = 380
SHARES = [0, 25, 50, 75, 100]
# A little over 100 per cent, so that a point there is seen whole.
HIGHEST = 102.0
# plotly.js breaks and shortens no words, so their room is counted in letters, and for names at the end of lines in pixels.
COLUMN_LETTERS = 13
COLUMN_LINES = 3
# From more columns than this on their names stand upright: lying, they would run into each other.
MOST_LYING_COLUMNS = 8
NAME_LETTERS = 24
LETTER_WIDTH = 7
NAME_HEIGHT = 18
LINE_HEIGHT = 16

SPACE = "\N{NO-BREAK SPACE}"
_CLEAR = "rgba(0,0,0,0)"
_LAYOUT: dict[str, Any] = {
    "paper_bgcolor": _CLEAR,
    "plot_bgcolor": _CLEAR,
    "font": {"color": "var(--ink-2)"},
    "hoverlabel": {"bgcolor": "var(--ink)", "bordercolor": "var(--ink)", "font": {"color": "var(--paper)"}, "align": "left"},
    "hovermode": "closest",
    "dragmode": False,
    "showlegend": False,
}
_AXIS: dict[str, Any] = {"fixedrange": True, "zeroline": False, "showgrid": False}
# Ticks that nobody sees keep the labels away from the lines.
_AIR: dict[str, Any] = {"ticks": "outside", "ticklen": 8, "tickcolor": _CLEAR, "ticklabeloverflow": "allow"}
_COLOUR_SCALE = [[edge / SHADES, f"var(--h{shade})"] for shade in range(1, SHADES + 1) for edge in (shade - 1, shade)]


@dataclass(frozen=True, slots=True)
class Chart:
    """`figure` is what plotly.js draws, `finding` says in one sentence what is to be seen, `measured` what it is made of.

    `height` is in pixels.
    """

    figure: dict[str, Any]
    finding: str
    measured: str
    height: int


@dataclass(frozen=True, slots=True)
class MapRow:
    """A row of a map: its cells stand in the order of the columns, and a click on one leads to `address`."""

    name: str
    cells: tuple[Cell, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line over weeks: a figure for each of them, and the words that stand at its point. The chosen line stands out."""

    name: str
    figures: tuple[Figure, ...]
    words: tuple[str, ...]
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class WeekTick:
    """A week on the axis: its Monday as 2026-11-23, and how the axis names it."""

    on: str
    label: str


def heat_map(
    columns: Sequence[str], rows: Sequence[MapRow], *, finding: str, measured: str, counted: str, mean: MapRow | None = None
) -> Chart:
    """Rows and columns as shaded cells with the figure in each, as the table has them; `counted` names the number behind a figure.

    A cell without a shade is a word, where there are too few answers with a dashed edge. `mean` is a last row without shades.
    """
    heads = _told_apart(columns)
    is_upright = len(columns) > MOST_LYING_COLUMNS
    labels = [escape(_short(name)) if is_upright else _in_lines(name) for name in columns]
    everything = [*rows, mean] if mean else list(rows)
    names = _told_apart([row.name for row in everything])
    hover = f"%{{y}}<br>%{{x}}: %{{text}}{SPACE}%<br>%{{customdata}} {escape(counted)}<extra></extra>"
    room = [
        LETTER_WIDTH * len(_short(name)) if is_upright else LINE_HEIGHT * (label.count("<br>") + 1)
        for name, label in zip(columns, labels, strict=True)
    ]
    top = 12 + max(room, default=0)
    height = top + ROW_HEIGHT * len(everything)
    layout = {
        **_LAYOUT,
        "height": height,
        "margin": {"t": top, "r": 0, "b": 0, "l": 8},
        "xaxis": {**_category_axis(heads, labels), "side": "top", "tickangle": -90 if is_upright else 0},
        "yaxis": {
            **_category_axis(names, [escape(_short(row.name)) for row in everything]),
            "range": [len(everything) - 0.5, -0.5],
            "automargin": True,
            "tickfont": {"color": "var(--ink)"},
        },
        "shapes": _dashed_edges(rows),
        "meta": {"links": {name: row.address for name, row in zip(names, everything, strict=True) if row.address}},
    }
    data = [
        _shaded_cells(heads, names, rows, LOW_SHADES, "var(--on-h-low)", hover),
        _shaded_cells(heads, names, rows, HIGH_SHADES, "var(--on-h-high)", hover),
        _words_in_cells(heads, names, everything),
    ]
    return Chart({"data": data, "layout": layout}, finding, measured, height)


def weekly_lines(weeks: Sequence[WeekTick], lines: Sequence[Line], *, finding: str, measured: str) -> Chart:
    """Shares in per cent by week, a line for each with its name at its end; a week without enough answers leaves a gap."""
    in_order = sorted(lines, key=lambda line: line.is_chosen)
    margin = {"t": 12, "r": 16 + LETTER_WIDTH * max((len(_short(line.name)) for line in lines), default=0), "b": 36, "l": 56}
    ticks = [weeks[place] for place in sorted({round(part * (len(weeks) - 1) / 3) for part in range(4)})]
    layout = {
        **_LAYOUT,
        "height": LINES_HEIGHT,
        "margin": margin,
        "xaxis": {
            **_AXIS,
            **_AIR,
            "type": "date",
            "range": [weeks[0].on, weeks[-1].on],
            "tickvals": [tick.on for tick in ticks],
            "ticktext": [escape(tick.label) for tick in ticks],
        },
        "yaxis": {
            **_AXIS,
            **_AIR,
            "range": [0, HIGHEST],
            "tickvals": SHARES,
            "ticktext": [f"{share}{SPACE}%" for share in SHARES],
            "showgrid": True,
            "gridcolor": "var(--line)",
            "zeroline": True,
            "zerolinecolor": "var(--line-strong)",
        },
        "annotations": _names_at_ends(in_order, LINES_HEIGHT - margin["t"] - margin["b"]),
        # Where it is narrow, only the chosen line has room for its name, above all lines.
        "meta": {
            "narrow": {"margin": {**margin, "t": 30, "r": 28}, "annotations": [_name_above(line) for line in lines if line.is_chosen]}
        },
    }
    return Chart({"data": [_line_trace(weeks, line) for line in in_order], "layout": layout}, finding, measured, LINES_HEIGHT)


def escape(words: str) -> str:
    """Words as plotly.js shows them unchanged."""
    return html.escape(words, quote=False)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names as categories: two people of one name stay two, by spaces that nobody sees."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        found.append(escape(name) + "\N{ZERO WIDTH SPACE}" * seen[name])
        seen[name] += 1
    return found


def _short(name: str) -> str:
    return name if len(name) <= NAME_LETTERS else name[: NAME_LETTERS - 1].rstrip() + "…"


def _in_lines(name: str) -> str:
    lines = textwrap.wrap(name, COLUMN_LETTERS, max_lines=COLUMN_LINES, placeholder="…")
    return "<br>".join(map(escape, lines))


def _category_axis(categories: list[str], labels: list[str]) -> dict[str, Any]:
    return {
        **_AXIS,
        "ticks": "",
        "type": "category",
        "categoryorder": "array",
        "categoryarray": categories,
        "tickvals": categories,
        "ticktext": labels,
        "range": [-0.5, len(categories) - 0.5],
    }


def _shaded_cells(heads: list[str], names: list[str], rows: Sequence[MapRow], shades: range, colour: str, hover: str) -> dict[str, Any]:
    """The cells with one of `shades`, each with its figure; the number behind it is its custom data."""
    return {
        **_cells(heads, names, rows, "count", is_in=lambda cell: cell.step in shades),
        "zmin": 0.5,
        "zmax": SHADES + 0.5,
        "colorscale": _COLOUR_SCALE,
        "hovertemplate": hover,
        "textfont": {"color": colour},
    }


def _words_in_cells(heads: list[str], names: list[str], rows: Sequence[MapRow]) -> dict[str, Any]:
    """The cells without a shade: too few answers, none, and means. Their custom data says so in words."""
    return {
        **_cells(heads, names, rows, "words", is_in=lambda cell: not cell.step),
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, _CLEAR], [1, _CLEAR]],
        "hovertemplate": "%{y}<br>%{x}: %{customdata}<extra></extra>",
        "textfont": {"color": "var(--ink)"},
    }


def _cells(heads: list[str], names: list[str], rows: Sequence[MapRow], customdata: str, *, is_in: Callable[[Cell], bool]) -> dict[str, Any]:
    """A trace of the cells that are in it; the others stay open."""

    def grid(part: Callable[[Cell], Any], nothing: Any) -> list[list[Any]]:
        return [[part(cell) if is_in(cell) else nothing for cell in row.cells] for row in rows]

    return {
        "type": "heatmap",
        "x": heads,
        "y": names[: len(rows)],
        "z": grid(lambda cell: cell.step or 0, None),
        "text": grid(lambda cell: escape(cell.text), ""),
        "customdata": grid(lambda cell: escape(getattr(cell, customdata)), ""),
        "texttemplate": "%{text}",
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
    }


def _dashed_edges(rows: Sequence[MapRow]) -> list[dict[str, Any]]:
    """One path around all cells with too few answers."""
    edges = [
        f"M{column - 0.47:g},{place - 0.44:g}H{column + 0.47:g}V{place + 0.44:g}H{column - 0.47:g}Z"
        for place, row in enumerate(rows)
        for column, cell in enumerate(row.cells)
        if cell.step == 0
    ]
    if not edges:
        return []
    return [{"type": "path", "path": "".join(edges), "line": {"color": "var(--line-strong)", "width": 1, "dash": "3px,3px"}}]


def _line_trace(weeks: Sequence[WeekTick], line: Line) -> dict[str, Any]:
    colour = "var(--accent)" if line.is_chosen else "var(--line-strong)"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escape(line.name),
        "x": [week.on for week in weeks],
        "y": [figure.percent if figure.has_data else None for figure in line.figures],
        "text": [escape(words) for words in line.words],
        "hovertemplate": "%{fullData.name}<br>%{text}<extra></extra>",
        "line": {"color": colour, "width": 3 if line.is_chosen else 1.5},
        "marker": {"color": colour, "size": 7 if line.is_chosen else 4},
        "cliponaxis": False,
    }


def _last_percent(line: Line) -> int | None:
    return next((figure.percent for figure in reversed(line.figures) if figure.has_data), None)


def _names_at_ends(lines: Sequence[Line], room: int) -> list[dict[str, Any]]:
    """Each name at the height where its line ends, moved as little as keeps two names from lying on each other. `room` is in pixels."""
    ends = sorted(((percent, line) for line in lines if (percent := _last_percent(line)) is not None), key=lambda end: end[0])
    apart = min(NAME_HEIGHT / room, 1 / max(len(ends) - 1, 1)) * HIGHEST
    heights: list[float] = []
    for percent, _line in ends:
        heights.append(max(percent, heights[-1] + apart) if heights else percent)
    # What went over the top comes back down, and pushes what lies below it.
    highest = HIGHEST
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], highest)
        highest = heights[place] - apart
    return [
        {**_name(line), "xref": "paper", "x": 1, "xshift": 8, "y": round(height, 1), "xanchor": "left", "yanchor": "middle"}
        for height, (_percent, line) in zip(heights, ends, strict=True)
    ]


def _name_above(line: Line) -> dict[str, Any]:
    return {**_name(line), "xref": "paper", "x": 1, "yref": "paper", "y": 1, "yshift": 6, "xanchor": "right", "yanchor": "bottom"}


def _name(line: Line) -> dict[str, Any]:
    # Weight comes from the font: markup for it would be an inline style, which the content security policy blocks.
    font = {"color": "var(--accent)", "weight": 680} if line.is_chosen else {"color": "var(--ink-2)"}
    return {"text": escape(_short(line.name)), "showarrow": False, "font": font}
