"""The figures that tests measured, as one table at the end of a run. They go with the report of a test, from whichever process."""

PROPERTY = "figure"
HEAD = ["row", "what", "bar", "seen", "test"]


def write_table(terminalreporter) -> None:
    """Every figure of this run, with how the test that measured it ended. Nothing where no test measured any."""
    rows = [
        [*values, outcome]
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, values in report.user_properties
        if name == PROPERTY
    ]
    if not rows:
        return
    terminalreporter.section("figures")
    table = [HEAD, *sorted(rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    for row in table:
        terminalreporter.write_line("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
