"""The models of the room's slices, in the order in which they build on each other."""

from reinforcement.competencies.models import Competency, CompetencyLevel
from reinforcement.questions.models import OptionShares, Question, QuestionVersion, QuestionWording

from reinforcement.memory.models import (  # isort: skip
    CompetencyState,
    FittedModels,
    LearnerState,
    MemoryState,
    ModelsInForce,
    QuestionEasiness,
)
from reinforcement.programs.models import (  # isort: skip
    ComparedGroup,
    Enrollment,
    Program,
    ProgramAudience,
    ProgramQuestion,
    ProgramResult,
    QuestionResult,
)
from reinforcement.programs.simulation_models import LaunchSimulation  # isort: skip
from reinforcement.importing.models import QuestionImport  # isort: skip
from reinforcement.progress.models import LastAnswers, MemberWeek, ProficiencyWeek, TeamWeek  # isort: skip
from reinforcement.reliability.models import Reliability, ReliabilityBin, ReliabilityNotice  # isort: skip
from reinforcement.published.models import (  # isort: skip
    CompetencyWeek,
    Contribution,
    FigureGroup,
    GroupFigure,
    GroupWeek,
    Publication,
)
from reinforcement.daily.models import Answer, DailySet, DailySetItem  # isort: skip

__all__ = [
    "Answer",
    "ComparedGroup",
    "Competency",
    "CompetencyLevel",
    "CompetencyState",
    "CompetencyWeek",
    "Contribution",
    "DailySet",
    "DailySetItem",
    "Enrollment",
    "FigureGroup",
    "FittedModels",
    "GroupFigure",
    "GroupWeek",
    "LastAnswers",
    "LaunchSimulation",
    "LearnerState",
    "MemberWeek",
    "MemoryState",
    "ModelsInForce",
    "OptionShares",
    "ProficiencyWeek",
    "Program",
    "ProgramAudience",
    "ProgramQuestion",
    "ProgramResult",
    "Publication",
    "Question",
    "QuestionEasiness",
    "QuestionImport",
    "QuestionResult",
    "QuestionVersion",
    "QuestionWording",
    "Reliability",
    "ReliabilityBin",
    "ReliabilityNotice",
    "TeamWeek",
]
