"""Real words for the style page, so that every component is seen as people will meet it."""

from types import SimpleNamespace as Sample

from dashboards.homes.navigation import Link
from reinforcement.progress.charts import Line, MapRow, WeekTick, heat_map, weekly_lines
from reinforcement.progress.figures import Figure
from reinforcement.progress.tables import Cell

NAVIGATION = [
    Link(url="#shell", label="Today", icon="today", is_current=True, count=4),
    Link(url="#lists", label="Team", icon="team", is_current=False),
    Link(url="#answers", label="Questions", icon="questions", is_current=False),
    Link(url="#time", label="Progress", icon="progress", is_current=False),
    Link(url="#fields", label="People", icon="people", is_current=False),
]

COLOURS = [
    ("paper", "Paper", "read"),
    ("surface", "Surface", "touch"),
    ("sunken", "Sunken", "holds"),
    ("ink", "Ink", "words"),
    ("ink-2", "Ink 2", "side words"),
    ("line", "Line strong", "edges of fields"),
    ("accent", "Aubergine", "press, chosen"),
    ("accent-soft", "Aubergine soft", "chosen ground"),
    ("attention", "Marigold", "your move"),
    ("right", "Spruce", "right"),
    ("partly", "Lake", "partly"),
    ("wrong", "Brick", "not yet"),
]

MARKS = [
    Sample(at=4, kind="past", label="21 Oct"),
    Sample(at=12, kind="past", label=""),
    Sample(at=30, kind="past", label="2 Nov"),
    Sample(at=62, kind="now", label="today"),
    Sample(at=95, kind="next", label="7 Dec"),
]

DAYS = [
    Sample(letter=letter, state=state)
    for letter, state in zip(
        "MTWTFSSMTWTFSSMTWTF",
        ["done"] * 5 + ["off"] * 2 + ["done", "missed", "off", "done", "done"] + ["off"] * 2 + ["done", "now", "next", "later", "later"],
        strict=True,
    )
]

TEAMS = [
    Sample(name="Benelux South", url="#table", side="", cells=["51 %", "78 %", "72 to 84"], hidden=""),
    Sample(name="Key accounts", url="#table", side="started in May", cells=["58 %", "86 %", "80 to 91"], hidden=""),
    Sample(name="Luxembourg", url="", side="", cells=[], hidden="hidden, under five people"),
]

HEAT: list[tuple[str, list[tuple[int, int | None]]]] = [
    ("Noor Haddad", [(7, 91), (6, 88), (5, 79), (7, 90)]),
    ("Luc Fontaine", [(6, 84), (5, 79), (4, 69), (5, 80)]),
    ("Amira Kaya", [(6, 86), (6, 88), (2, 58), (0, None)]),
    ("Sanne de Wit", [(3, 62), (2, 48), (1, 38), (3, 64)]),
]

COMPETENCIES = ["Customer-centric selling", "Buyer-aligned selling", "Value and price", "Conversation skill"]

MAP_CHART = heat_map(
    COMPETENCIES,
    [
        MapRow(name, tuple(Cell(str(value or "few"), "21" if value else "3", step, "3 answers") for step, value in cells))
        for name, cells in HEAT
    ],
    finding="Value and price needs the most practice, as a chart",
    measured="Expected share right, in per cent",
    counted="answers",
    mean=MapRow("Team, mean", tuple(Cell(str(value), "", None, "of four people") for value in (76, 75, 61, 78))),
)

LINES_CHART = weekly_lines(
    [
        WeekTick(f"2026-{month}-{day:02}", f"{day} {name}")
        for month, name, day in (("10", "Oct", 26), ("11", "Nov", 2), ("11", "Nov", 9), ("11", "Nov", 16))
    ],
    [
        Line(name, tuple(Figure(right, 20) for right in rights), ("20 answers",) * 4, is_chosen=name == "Value and price")
        for name, rights in zip(COMPETENCIES, [(12, 13, 15, 16), (14, 14, 13, 15), (8, 9, 12, 13), (15, 16, 16, 17)], strict=True)
    ],
    finding="Value and price rose from 40 % to 65 % in three weeks",
    measured="Right, of the answers of each week",
)


def page() -> dict:
    """Everything that the style page shows."""
    return {
        "navigation": NAVIGATION,
        "colours": COLOURS,
        "marks": MARKS,
        "days": DAYS,
        "titles": ["Paper is read, white is touched,", "marigold means your move"],
        "ticks": ["done", "now", "later"],
        "tabs": [
            Sample(url="#tabs", label="Map", is_current=True),
            Sample(url="#tabs", label="Competencies", is_current=False),
            Sample(url="#tabs", label="Visits", is_current=False),
        ],
        "steps": ["File", "Columns", "Preview"],
        "readers": [
            Sample(value="me", label="Only me", is_chosen=False),
            Sample(value="seller", label="Sanne and me", is_chosen=True),
            Sample(value="line", label="Her line", is_chosen=False),
        ],
        "columns": [
            Sample(label="Team", is_number=False),
            Sample(label="First", is_number=True),
            Sample(label="Today", is_number=True),
            Sample(label="Interval", is_number=True),
        ],
        "teams": TEAMS,
        "competencies": COMPETENCIES,
        "heat": HEAT,
        "map_chart": MAP_CHART,
        "lines_chart": LINES_CHART,
    }
