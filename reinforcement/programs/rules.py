"""The spacing rule that a program's settings make."""

from reinforcement.memory.spacing import FixedRule, OnceRule
from reinforcement.programs.models import Program


def rule_of(program: Program) -> FixedRule | OnceRule:
    if program.mode == Program.Mode.ONCE:
        return OnceRule()
    return FixedRule(program.days_after_wrong, program.days_after_right, program.rights_to_retire)
