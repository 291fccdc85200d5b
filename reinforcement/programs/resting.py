"""Which questions do not rest today, by value: said once for the choice and for the count of what is owed."""

from django.db import connection

from reinforcement.memory.spacing import AdaptiveRule


def may_be_asked() -> str:
    """The condition on the rows `state` (of memory, perhaps none) and `owed` for a question that an adaptive program may ask.

    What was mastered in a program of another mode rests as long as after a right answer, and may be asked again here.
    """
    rests = AdaptiveRule().rest_after_right
    rested = f"owed.local_date - {rests}" if connection.vendor == "postgresql" else f"date(owed.local_date, '-{rests} days')"
    return f"(state.due_on <= owed.local_date OR (state.due_on IS NULL AND (state.retired_on IS NULL OR state.retired_on <= {rested})))"
