"""Charts by their traces and words. What plotly.js would not know, the Python package of the same version refuses."""

import json
import re
from itertools import pairwise
from pathlib import Path

import plotly
import plotly.graph_objects
import pytest
from django.conf import settings

from reinforcement.progress.charts import Line, MapRow, WeekTick, heat_map, weekly_lines
from reinforcement.progress.figures import Figure
from reinforcement.progress.tables import Cell

KNOWN, LOW, FEW, NOTHING = (
    Cell("91", "22", 7, "91 %, 22 answers"),
    Cell("45", "11", 2, "45 %, 11 answers"),
    Cell("few", "3", 0, "not enough data: 3 answers"),
    Cell("-", "", None, "nothing yet"),
)
WEEKS = [WeekTick("2026-11-02", "2 Nov"), WeekTick("2026-11-09", "9 Nov"), WeekTick("2026-11-16", "16 Nov")]


def a_map(*rows, columns=("Questioning", "Negotiation"), **options):
    return checked(heat_map(columns, rows, finding="Negotiation is lowest", measured="Right", counted="answers", **options))


def lines(*drawn):
    return checked(weekly_lines(WEEKS, drawn, finding="Negotiation rose", measured="Right"))


def line(name, *rights, of=10, is_chosen=False):
    return Line(name, tuple(Figure(right, of) for right in rights), tuple(f"{right} of {of}" for right in rights), is_chosen)


def checked(chart):
    """The chart, after the Python package has looked at every attribute of its figure."""
    plotly.graph_objects.Figure(chart.figure)
    assert json.loads(json.dumps(chart.figure)) == chart.figure, "the figure is not made of plain values"
    return chart


def test_figures_are_checked_against_the_plotly_js_that_pages_load():
    locked = json.loads((Path(settings.BASE_DIR) / "package.json").read_text())["dependencies"]["plotly.js-cartesian-dist-min"]
    assert plotly.offline.get_plotlyjs_version() == locked


def test_checking_refuses_what_plotly_js_does_not_know():
    for wrong in ({"type": "heatmap", "shade": 1}, {"type": "scatter", "line": {"color": "aubergine"}}):
        with pytest.raises(ValueError, match="Invalid"):
            plotly.graph_objects.Figure({"data": [wrong]})


def test_map_shades_a_cell_as_its_step_and_writes_its_figure_in_the_colour_of_its_shade():
    low, high, _words = a_map(MapRow("Noor", (KNOWN, LOW))).figure["data"]
    assert (low["z"], low["text"], low["textfont"]) == ([[None, 2]], [["", "45"]], {"color": "var(--on-h-low)"})
    assert (high["z"], high["text"], high["textfont"]) == ([[7, None]], [["91", ""]], {"color": "var(--on-h-high)"})


def test_map_has_seven_shades_and_none_between_them():
    [low, *_others] = a_map(MapRow("Noor", (KNOWN, LOW))).figure["data"]
    colours = [colour for _edge, colour in low["colorscale"]]
    assert colours == [f"var(--h{shade})" for shade in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7)]
    width = low["zmax"] - low["zmin"]
    for step in range(1, 8):
        around = [colour for edge, colour in low["colorscale"] if abs(edge - (step - low["zmin"]) / width) < 0.5 / 7 + 1e-9]
        assert around.count(f"var(--h{step})") == 2


def test_map_hovers_with_person_competency_share_and_number():
    low, high, words = a_map(MapRow("Noor", (KNOWN, FEW))).figure["data"]
    assert high["hovertemplate"] == low["hovertemplate"]
    assert re.findall(r"%{(\w+)}", high["hovertemplate"]) == ["y", "x", "text", "customdata"]
    assert (high["x"][0], high["y"][0], high["text"][0][0], high["customdata"][0][0]) == ("Questioning", "Noor", "91", "22")
    assert re.findall(r"%{(\w+)}", words["hovertemplate"]) == ["y", "x", "customdata"]
    assert (words["z"], words["customdata"]) == ([[None, 0]], [["", "not enough data: 3 answers"]])


def test_map_gives_a_dashed_edge_to_few_answers_and_to_nothing_else():
    chart = a_map(MapRow("Noor", (KNOWN, FEW)), MapRow("Luc", (NOTHING, LOW)))
    [edges] = chart.figure["layout"]["shapes"]
    assert edges["path"].startswith("M0.53,-0.44")
    assert (edges["path"].count("M"), edges["line"]["dash"]) == (1, "3px,3px")
    assert chart.figure["data"][2]["text"] == [["", "few"], ["-", ""]]


def test_map_leads_from_a_row_to_its_address_also_when_two_people_share_a_name():
    chart = a_map(MapRow("Noor", (KNOWN, LOW), "/1/"), MapRow("Noor", (LOW, LOW), "/2/"))
    links = chart.figure["layout"]["meta"]["links"]
    assert list(links.values()) == ["/1/", "/2/"]
    assert list(links) == chart.figure["layout"]["yaxis"]["categoryarray"] == chart.figure["data"][0]["y"]
    assert chart.figure["layout"]["yaxis"]["ticktext"] == ["Noor", "Noor"]


def test_map_ends_with_the_mean_which_leads_nowhere():
    chart = a_map(MapRow("Noor", (KNOWN, LOW), "/1/"), mean=MapRow("Team, mean", (Cell("68", "1 of 1", None, "mean"),) * 2))
    assert chart.figure["layout"]["yaxis"]["categoryarray"] == ["Noor", "Team, mean"]
    assert chart.figure["data"][2]["text"] == [["", ""], ["68", "68"]]
    assert list(chart.figure["layout"]["meta"]["links"]) == ["Noor"]


def test_map_of_many_columns_writes_their_names_upright():
    for count, angle in ((8, 0), (9, -90)):
        columns = [f"Customer-centric selling {n}" for n in range(count)]
        chart = a_map(MapRow("Noor", (KNOWN,) * count), columns=columns)
        assert chart.figure["layout"]["xaxis"]["tickangle"] == angle
        assert any("<br>" in label for label in chart.figure["layout"]["xaxis"]["ticktext"]) is (angle == 0)


def test_map_grows_with_its_rows():
    assert a_map(*[MapRow(f"Person {n}", (KNOWN, LOW)) for n in range(50)]).height > a_map(MapRow("Noor", (KNOWN, LOW))).height + 49 * 30


@pytest.mark.parametrize("name", ['<a href="javascript:alert(1)">Noor</a>', "<b>Noor</b>", "A & B"])
def test_names_are_shown_as_they_are_written(name):
    chart = a_map(MapRow(name, (KNOWN, LOW)), columns=(name, "Negotiation"))
    drawn = lines(line(name, 5, 6, 7, is_chosen=True))
    text = json.dumps([chart.figure, drawn.figure], ensure_ascii=False).replace("<br>", "").replace("<extra></extra>", "")
    assert "<" not in text
    assert not re.findall(r"&(?!amp;|lt;|gt;)", text)


def test_line_leaves_a_gap_where_a_week_has_too_few_answers():
    [trace] = lines(Line("Negotiation", (Figure(5, 10), Figure(4, 4), Figure(7, 10)), ("", "", ""))).figure["data"]
    assert (trace["x"], trace["y"]) == (["2026-11-02", "2026-11-09", "2026-11-16"], [50, None, 70])


def test_chosen_line_is_drawn_last_and_alone_in_aubergine():
    chart = lines(line("Value", 5, 6, 7, is_chosen=True), line("Negotiation", 5, 5, 5))
    assert [(trace["name"], trace["line"]["color"]) for trace in chart.figure["data"]] == [
        ("Negotiation", "var(--line-strong)"),
        ("Value", "var(--accent)"),
    ]
    assert [label["text"] for label in chart.figure["layout"]["meta"]["narrow"]["annotations"]] == ["Value"]


def test_names_at_the_ends_of_lines_lie_apart_and_inside_the_chart():
    chart = lines(*[line(f"Competency {n}", 5, 6, 10) for n in range(12)], line("Lowest", 1, 1, 0))
    heights = [label["y"] for label in chart.figure["layout"]["annotations"]]
    room = chart.height - chart.figure["layout"]["margin"]["t"] - chart.figure["layout"]["margin"]["b"]
    assert all(above - below > 15 / room * 100 for below, above in pairwise(heights))
    assert 0 <= min(heights) <= max(heights) <= 102


def test_line_without_a_week_of_enough_answers_has_no_name_at_its_end():
    chart = lines(Line("Negotiation", (Figure(), Figure(1, 1), Figure()), ("", "", "")), line("Value", 5, 6, 7))
    assert [label["text"] for label in chart.figure["layout"]["annotations"]] == ["Value"]


def test_every_colour_of_a_chart_is_a_token():
    text = json.dumps([a_map(MapRow("Noor", (KNOWN, FEW))).figure, lines(line("Value", 5, 6, 7)).figure])
    tokens = set(re.findall(r"(--[\w-]+):", (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= tokens
    assert not re.findall(r"#[0-9a-f]{3,8}\b", text)
