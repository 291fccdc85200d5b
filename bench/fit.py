"""The bench of the nightly fit: `python -m bench.fit [--answers 1000000] [--json]`. What is measured and how: docs/benchmarks.md."""

import argparse
import json
import os

from bench import machine, report, web, world
from bench.setting import Setting, bench_setting

# Answers are right as often as a person's ability, how far a question's easiness lies from the middle (which only trees can find) and what
# was answered before say; the prediction that was stored with each knew none of it.
_PLANTED = """
INSERT INTO reinforcement_questioneasiness (organization_id, question_id, meaning_since, counted_at, answers, easiness, first_answers,
    first_easiness, is_current)
SELECT organization_id, id, 1, '2020-01-01', 50, (id * 7919 % 1000) / 400.0 - 1.25, 20, (id * 7919 % 1000) / 400.0 - 1.5, true
FROM reinforcement_question;
UPDATE reinforcement_answer answer
SET verdict = CASE WHEN random() < chance THEN 'right' ELSE 'wrong' END, predicted = 0.6, easiness = known.easiness
FROM (SELECT answer.id, version.easiness, 1 / (1 + exp(
          1 - 2 * abs(version.easiness) - (answer.member_id * 104729 % 1000) / 400.0 + 1.25 - CASE WHEN is_first THEN 0 ELSE 0.5 END
      )) AS chance
      FROM reinforcement_answer answer JOIN reinforcement_questioneasiness version USING (question_id)) known
WHERE known.id = answer.id;
VACUUM ANALYZE
"""


def measure(setting: Setting, answers: int) -> dict:
    """The figures of a night with one organization of so many answers."""
    database = f"fit_{answers}"
    size = world.size_for(answers, ())
    setting.fill_project(database, world.Size(size.sellers, sets_a_week=size.sets_a_week, with_sets=0))
    for statement in _PLANTED.split(";\n"):
        setting.execute(database, statement)
    busy = machine.Busy([os.getpid(), setting.postgres.pid])
    found = json.loads(web.run(["-m", "bench.fitting"], setting.environment("ours", database)))
    [[stored]] = setting.execute(database, "SELECT COUNT(*) FROM reinforcement_answer")
    rounded = {key: value if value is None or isinstance(value, int) else round(value, 3) for key, value in found.items()}
    return {"answers": stored, "sellers": size.sellers, **rounded, "busy": busy.share()}


def main() -> None:
    parser = argparse.ArgumentParser(description="The nightly fit of one organization, in the worker's own code.")
    parser.add_argument("--answers", default="1000000", help="one number, or several with commas")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args()
    with report.reporting(report.FIT, as_json=given.json) as reporter, bench_setting() as setting:
        for answers in map(int, given.answers.split(",")):
            reporter.add(measure(setting, answers))


if __name__ == "__main__":
    main()
