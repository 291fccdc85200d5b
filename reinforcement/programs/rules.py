"""The spacing rule that a program's settings make."""

from reinforcement.memory.spacing import AdaptiveRule, FixedRule, OnceRule, Rule
from reinforcement.programs.models import Program


def rule_of(program: Program, *, is_fixed: bool = False) -> Rule:
    """What an answer means for the next time. `is_fixed`: for somebody who runs an adaptive program by date, for comparison."""
    if program.mode == Program.Mode.ONCE:
        return OnceRule()
    if program.mode == Program.Mode.ADAPTIVE and not is_fixed:
        return AdaptiveRule()
    if program.mode == Program.Mode.ERRORS:
        return FixedRule(program.days_after_wrong, program.days_after_right, rights_to_retire=1)
    return FixedRule(program.days_after_wrong, program.days_after_right, program.rights_to_retire)
