"""Decisions for what people learn.

The bank and its programs belong to the organization: of their maker only the name is personal. The log of answers stays as a
pseudonym, because figures of teams are folds of it: who answered leads to a nameless member, typed words are removed.
"""

from accounts.privacy.decisions import decide, erased, impersonal, kept, pseudonymised
from reinforcement.models import (
    Answer,
    ComparedGroup,
    Competency,
    CompetencyLevel,
    CompetencyState,
    CompetencyWeek,
    Contribution,
    DailySet,
    DailySetItem,
    Enrollment,
    FigureGroup,
    FittedModels,
    GroupFigure,
    GroupWeek,
    LastAnswers,
    LaunchSimulation,
    LearnerState,
    MemberWeek,
    MemoryState,
    ModelsInForce,
    OptionShares,
    ProficiencyWeek,
    Program,
    ProgramAudience,
    ProgramQuestion,
    ProgramResult,
    Publication,
    Question,
    QuestionEasiness,
    QuestionImport,
    QuestionResult,
    QuestionVersion,
    QuestionWording,
    Reliability,
    ReliabilityBin,
    ReliabilityNotice,
    TeamWeek,
)

number = kept("a number of the database that means nothing outside it; the row leads to nobody", exported=False)
content = kept("content of the organization, which says nothing about a person", exported=False)
organization = kept("names the organization, which stays")
made_by = erased()
who = pseudonymised("figures of teams are folds of the row; it leads to the nameless member")
learned = kept("figures of teams are folds of it; without the name it is one answer among many")
folded = kept("a fold of the log, which a rebuild makes again")
computable = kept(
    "an exact number from which it could be computed how colleagues answered the same questions; the answers are exported", exported=False
)
faded = pseudonymised("made again from answers whose moments are cut to the day; the answers themselves are exported", exported=False)
moment = pseudonymised("cut to the day: a moment could be matched with other records, and figures need the week only")

decide(
    Question,
    {
        content: (
            "id public_id organization competency external_id same_key current_version meaning_since difficulty created_at archived_at"
        ),
        made_by: "created_by",
    },
)
decide(QuestionVersion, {content: "id organization question number kind answer_key language change created_at", made_by: "created_by"})
decide(QuestionWording, {content: "id organization version language situation prompt content explanation source"})
decide(
    QuestionImport,
    {
        erased(hidden_because="a file with content of the organization, which waits until it is applied"): (
            "id public_id organization competency data mapping has_header format encoding"
        ),
        erased(): "file_name created_by created_at",
    },
)
decide(
    OptionShares, {kept("counts over all who answered, without names", exported=False): "id organization version people chosen counted_at"}
)
counts = kept("counts over the organization's minimum of people or more, without names", exported=False)
decide(ProgramResult, {counts: "id organization program enrolled started counted_at"})
decide(QuestionResult, {counts: "id organization program question people right attracts attracted counted_at"})
decide(ComparedGroup, {counts: "id organization program is_fixed people answers right variance taking_part answered counted_at"})
decide(
    LaunchSimulation,
    {
        kept("a simulation of people who do not exist", exported=False): (
            "id organization program asked asked_for asked_at state result made_for made_at"
        )
    },
)
decide(
    QuestionEasiness,
    {
        kept("how hard a question is for everybody, without names", exported=False): (
            "id organization question meaning_since counted_at answers easiness first_answers first_easiness is_current"
        )
    },
)
decide(
    Program,
    {
        content: (
            "id public_id organization name description mode state starts_on ends_on weekdays new_per_day cap_per_day"
            " days_after_wrong days_after_right rights_to_retire fixed_share created_at"
        ),
        made_by: "created_by",
    },
)
decide(ProgramQuestion, {content: "id organization program question position"})
decide(
    ProgramAudience,
    {
        erased(): "organization program member",
        erased(hidden_because="a number of the database that means nothing outside it"): "id",
        kept("names a team, never a person"): "team",
    },
)
decide(Enrollment, {number: "id", organization: "organization", who: "member", learned: "program started_on ended_on is_fixed"})
decide(
    DailySet,
    {
        number: "id",
        pseudonymised("mails name the set by it; a new one leads to nobody", exported=False): "public_id",
        organization: "organization",
        who: "member",
        learned: "team local_date size answered",
        kept("says which run of the planner made the set, at the hour of all its sets", exported=False): "prepared_at run",
        erased(): "completed_at",
    },
)
decide(
    DailySetItem,
    {
        number: "id",
        pseudonymised("mails and phones name the question of the set by it; a new one leads to nobody", exported=False): "key",
        organization: "organization",
        learned: "daily_set position program question competency version wording reason is_fixed",
    },
)
decide(
    Answer,
    {
        number: "id",
        organization: "organization",
        who: "member",
        pseudonymised("typed words are removed; chosen options stay, for the shares of options are counted from them"): "response",
        erased(hidden_because="a number that the phone made to send the answer once"): "request_key",
        moment: "answered_at received_at",
        computable: "predicted easiness",
        learned: ("item question version program competency team verdict credit confidence is_first due_on retires week_on"),
    },
)
decide(
    MemoryState,
    {
        number: "id",
        organization: "organization",
        who: "member",
        moment: "last_answered_at",
        folded: ("question answered rights_in_a_row last_verdict last_competency last_team due_on retired_on"),
        faded: "practice",
    },
)
decide(
    LearnerState,
    {
        number: "id",
        organization: "organization",
        who: "member",
        folded: "answers rights fast steady",
        computable: "ability",
        faded: "at this_hour",
    },
)
decide(
    CompetencyState,
    {number: "id", organization: "organization", who: "member", folded: "competency", computable: "ability", faded: "practice"},
)
decide(
    MemberWeek,
    {
        number: "id",
        organization: "organization",
        who: "member",
        learned: "competency week_on presented answered right credit first_answered first_right first_credit",
    },
)
decide(
    ProficiencyWeek,
    {
        erased(hidden_because="a number of the database that means nothing outside it"): "id",
        erased(): "organization member competency week_on counted_at questions answers is_current",
        erased(hidden_because=f"{computable.reason}; the page shows it in whole questions"): "expected variance unpractised coming",
    },
)
decide(LastAnswers, {number: "id", organization: "organization", who: "member", learned: "team competency questions right"})

decide(
    Contribution,
    {
        erased(hidden_because="a number of the database that means nothing outside it"): "id",
        erased(): "organization member competency questions right",
    },
)

impersonal(Competency, "content of the organization")
impersonal(CompetencyLevel, "content of the organization")
impersonal(TeamWeek, "counts of a team; groups under the organization's minimum are not shown")
impersonal(Publication, "says when figures of the organization were published")
impersonal(FigureGroup, "teams that together hold the organization's minimum of people or more")
impersonal(FittedModels, "weights of a model of many people's answers")
impersonal(ModelsInForce, "says which weights an organization's answers are predicted with")
impersonal(GroupFigure, "a mean over the organization's minimum of people or more")
impersonal(GroupWeek, "counts over the organization's minimum of people or more")
impersonal(CompetencyWeek, "counts over the organization's minimum of people or more")
impersonal(Reliability, "means over the organization's minimum of people or more")
impersonal(ReliabilityBin, "counts over all who answered; under the organization's minimum of people they are not shown")
impersonal(ReliabilityNotice, "says when predictions and answers of the organization drifted apart")
