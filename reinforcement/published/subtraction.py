"""Which totals must stay hidden, so that adding and subtracting the others tells nothing about a few people. Pure.

The totals of a week count the same answers twice: by group, and by competency. Each person counts in one group and in one or more
competencies. Whoever knows all shown totals can add and subtract them at will; what is left of such a sum are the people whose
answers do not cancel out. That is the same as dividing the totals into two sides, with all hidden ones on the other side: left are
the people who count on both. So nobody can be picked out exactly when no such division leaves between one person and one under the
minimum, and the lightest division of a hypergraph (totals are its nodes, people its edges) says whether there is one.
"""

from collections.abc import Collection, Hashable, Mapping
from itertools import combinations
from typing import TypeVar

Total = TypeVar("Total", bound=Hashable)

# People by the totals that they count in.
_Counts = dict[frozenset[int], int]
# All that is not shown is one node: nothing is known of its parts.
_HIDDEN = -1


def hidden_totals(people: Mapping[frozenset[Total], int], minimum: int) -> set[Total]:
    """The totals to hide; of two that would do, the one with fewer people. `people` counts them by the totals each counts in."""
    sizes: dict[Total, int] = {}
    for totals, count in people.items():
        for total in totals:
            sizes[total] = sizes.get(total, 0) + count
    # Numbers for the totals, the smallest first: of two that would do, the lower number is hidden.
    order = sorted(sizes, key=lambda total: (sizes[total], repr(total)))
    number = {total: place for place, total in enumerate(order)}
    counts = {frozenset(number[total] for total in totals): count for totals, count in people.items()}
    hidden: set[int] = set()
    while (side := _light_side(_with_hidden(counts, hidden), minimum)) is not None:
        hidden.add(min(side))
    return {order[place] for place in hidden}


def _with_hidden(counts: _Counts, hidden: Collection[int]) -> _Counts:
    return _renamed(counts, dict.fromkeys(hidden, _HIDDEN))


def _renamed(counts: _Counts, names: Mapping[int, int]) -> _Counts:
    """The same with some nodes drawn together; people who then count in one node alone are left out, no division parts them."""
    renamed: _Counts = {}
    for nodes, count in counts.items():
        together = frozenset(names.get(node, node) for node in nodes)
        if len(together) > 1:
            renamed[together] = renamed.get(together, 0) + count
    return renamed


def _light_side(counts: _Counts, minimum: int) -> frozenset[int] | None:
    """Shown totals that a division with under `minimum` people parts from the others, or None where there is none."""
    counts, parts = _drawn_together(counts, minimum)
    for component in _components(counts):
        inside = {nodes: count for nodes, count in counts.items() if nodes <= component}
        cut, side = _lightest_division(inside)
        if cut < minimum:
            if _HIDDEN in side:
                side = component - side
            return frozenset().union(*(parts.get(node, {node}) for node in side))
    return None


def _drawn_together(counts: _Counts, minimum: int) -> tuple[_Counts, dict[int, set[int]]]:
    """Nodes that `minimum` people share become one: every division between them is heavy enough. Also which nodes each holds."""
    parts: dict[int, set[int]] = {}
    while names := _tied_by_many(counts, minimum):
        for goes, stays in names.items():
            parts[stays] = parts.get(stays, {stays}) | parts.pop(goes, {goes})
        counts = _renamed(counts, names)
    return counts, parts


def _tied_by_many(counts: _Counts, minimum: int) -> dict[int, int]:
    """Nodes that share `minimum` people with another one, directly or through others, and the lowest of those that they are tied to."""
    shared: dict[tuple[int, ...], int] = {}
    for nodes, count in counts.items():
        for pair in combinations(sorted(nodes), 2):
            shared[pair] = shared.get(pair, 0) + count
    tied = {frozenset(pair): count for pair, count in shared.items() if count >= minimum}
    # The hidden node is the lowest of all, so it keeps its name.
    return {node: min(component) for component in _components(tied) for node in component if node != min(component)}


def _components(counts: _Counts) -> list[frozenset[int]]:
    """Nodes that people connect, each set of two or more."""
    found: list[frozenset[int]] = []
    for nodes in counts:
        touching = [component for component in found if component & nodes]
        found = [component for component in found if not component & nodes]
        found.append(nodes.union(*touching))
    return found


def _lightest_division(counts: _Counts) -> tuple[int, frozenset[int]]:
    """The fewest people on both sides of a division of a connected hypergraph, and one of its sides.

    Klimmek and Wagner: in an order in which each next node is the one most tied to those before it, the last node alone is the
    lightest division between it and the one before; then the two are drawn together and the search goes on.
    """
    parts = {node: frozenset({node}) for nodes in counts for node in nodes}
    divisions = []
    while len(parts) > 1:
        before, last = _last_two(counts, sorted(parts))
        divisions.append((sum(count for nodes, count in counts.items() if last in nodes), parts[last]))
        parts[before] |= parts.pop(last)
        counts = _renamed(counts, {last: before})
    return min(divisions, key=lambda division: division[0])


def _last_two(counts: _Counts, nodes: list[int]) -> tuple[int, int]:
    tied = dict.fromkeys(nodes, 0)
    reached: set[frozenset[int]] = set()
    order: list[int] = []
    while tied:
        following = max(tied, key=lambda node: tied[node])
        del tied[following]
        order.append(following)
        for edge, count in counts.items():
            if following in edge and edge not in reached:
                reached.add(edge)
                for node in edge & tied.keys():
                    tied[node] += count
    return order[-2], order[-1]
