"""The attacker: reads everything that is published, and solves it for what a few people contribute.

It knows all but the contributions themselves: who was in which team on which day, who answered when, and who is counted in each
published figure. Each figure is an equation over contributions. A contribution is one unknown from when it came to be until the
person answers again, so that two figures which count it can be subtracted. Unknowns of one person fall together: the attacker has
won when some sum of equations leaves unknowns of one to four people.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations

# An equation: the unknowns that a figure adds up, each by its person and a name.
Equation = frozenset[tuple[Hashable, Hashable]]


def fewest_people(equations: Iterable[Equation], fewer_than: int) -> frozenset | None:
    """Under `fewer_than` people whose unknowns alone are left of some sum of the equations, or None. Exact."""
    rows = sorted(set(equations), key=lambda row: sorted(map(repr, row)))
    patterns: dict[Hashable, set[tuple[int, ...]]] = defaultdict(set)
    for person, name in set().union(*rows):
        patterns[person].add(tuple(int((person, name) in row) for row in rows))
    # People whose unknowns stand in the same equations are interchangeable: no sum leaves one of them without the others.
    classes: dict[frozenset, list] = defaultdict(list)
    for person, columns in patterns.items():
        classes[frozenset(columns)].append(person)
    large = [columns for columns, people in classes.items() if len(people) >= fewer_than]
    small = [(columns, people) for columns, people in classes.items() if len(people) < fewer_than]
    ways = _cancelling(set().union(*large) if large else set(), len(rows))
    if not ways:
        return None
    # Where nothing of the large classes is left, what is left of the small ones?
    for left in _choices(small, fewer_than):
        others = set().union(*(columns for columns, people in small if not set(people) <= left))
        cancelled = [_times(way, column) for way in ways for column in others]
        matrix = [[cancelled[place * len(others) + number] for place in range(len(ways))] for number in range(len(others))]
        for weights in _null_space(matrix, len(ways)):
            way = [sum(weight * found[row] for weight, found in zip(weights, ways, strict=True)) for row in range(len(rows))]
            if any(_times(way, column) for columns, people in small if set(people) <= left for column in columns):
                return frozenset(left)
    return None


def _choices(small: list[tuple[frozenset, list]], fewer_than: int) -> Iterator[set]:
    """Sets of small classes with under `fewer_than` people together, to which no other class can be added."""
    sizes = [len(people) for _columns, people in small]
    for number in range(1, min(fewer_than, len(small) + 1)):
        for chosen in combinations(range(len(small)), number):
            size = sum(sizes[place] for place in chosen)
            if size >= fewer_than:
                continue
            if any(size + sizes[place] < fewer_than for place in range(len(small)) if place not in chosen):
                continue
            yield set().union(*(small[place][1] for place in chosen))


def _cancelling(columns: Iterable[tuple[int, ...]], rows: int) -> list[list[Fraction]]:
    """A basis of the sums of equations that leave nothing in these columns."""
    return _null_space([[Fraction(value) for value in column] for column in columns], rows)


def _times(way: list[Fraction], column: tuple[int, ...]) -> Fraction:
    return sum((weight * value for weight, value in zip(way, column, strict=True)), Fraction())


def _null_space(matrix: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    """A basis of the vectors that each row of the matrix takes to nothing, by elimination over fractions."""
    rows = [list(row) for row in matrix]
    pivots: list[int] = []
    for column in range(width):
        found = next((place for place in range(len(pivots), len(rows)) if rows[place][column]), None)
        if found is None:
            continue
        place = len(pivots)
        rows[place], rows[found] = rows[found], rows[place]
        pivot = rows[place][column]
        rows[place] = [value / pivot for value in rows[place]]
        for other, row in enumerate(rows):
            if other != place and row[column]:
                factor = row[column]
                rows[other] = [value - factor * own for value, own in zip(row, rows[place], strict=True)]
        pivots.append(column)
    basis = []
    for free in (column for column in range(width) if column not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for place, pivot in enumerate(pivots):
            vector[pivot] = -rows[place][free]
        basis.append(vector)
    return basis
