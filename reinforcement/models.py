"""The models of the room's slices, in the order in which they build on each other."""

from reinforcement.competencies.models import Competency, CompetencyLevel
from reinforcement.questions.models import OptionShares, Question, QuestionVersion, QuestionWording

from reinforcement.memory.models import MemoryState  # isort: skip
from reinforcement.programs.models import Enrollment, Program, ProgramAudience, ProgramQuestion  # isort: skip
from reinforcement.importing.models import QuestionImport  # isort: skip
from reinforcement.progress.models import LastAnswers, MemberWeek, TeamWeek  # isort: skip
from reinforcement.daily.models import Answer, DailySet, DailySetItem  # isort: skip

__all__ = [
    "Answer",
    "Competency",
    "CompetencyLevel",
    "DailySet",
    "DailySetItem",
    "Enrollment",
    "LastAnswers",
    "MemberWeek",
    "MemoryState",
    "OptionShares",
    "Program",
    "ProgramAudience",
    "ProgramQuestion",
    "Question",
    "QuestionImport",
    "QuestionVersion",
    "QuestionWording",
    "TeamWeek",
]
