"""How far two people agree who answered the same questions, neither having seen the other's answer.

Only such answers are compared: what somebody said before he had heard the other. Nothing here decides anything.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from assessor_tui.form.model import SELECT_ONE, SILENT_TYPES, Form, Group, Question, walk
from assessor_tui.ledger.entry import ANSWER, NOT_APPLICABLE, Entry, generic_path, plain_name
from assessor_tui.ledger.state import Head, VisitState, meaning
from assessor_tui.ledger.value import names

LEAST_FOR_KAPPA = 10
"""Questions below which chance says nothing."""


class Both(NamedTuple):
    """One question that people answered apart."""

    form: str
    path: str
    said: Mapping[str, Entry]
    """Person, plainly spelled -> what he said before he knew of any other's answer; two people or more."""

    @property
    def agree(self) -> bool:
        """True when all of them said the same."""
        return len({meaning(entry) for entry in self.said.values()}) == 1


class Agreement(NamedTuple):
    """How many questions several people answered apart, and on how many they said the same."""

    both: int
    agreed: int

    @property
    def share(self) -> Fraction | None:
        """Of those answered by several, the part that agrees; None while there is none."""
        return Fraction(self.agreed, self.both) if self.both else None


class Pair(NamedTuple):
    """Two people who answered the same questions apart."""

    one: str
    other: str
    agreement: Agreement
    kappa: Fraction | None
    """Cohen's kappa: agreement beyond what chance would give; 0 as by chance, 1 always. None where it says nothing."""
    kappa_over: int
    """Over how many questions with the same choices; 0 without kappa."""


def answered_apart(state: VisitState, wanted: Callable[[str, str], bool] = lambda form, path: True) -> list[Both]:
    """Every question that two people or more answered without knowing of each other, by form and path.

    Of each person it is the last thing he said there before he knew what another had said. ``wanted`` leaves out what
    is not to be compared, by form and path.
    """
    places: dict[tuple[str, str], dict[str, list[Head]]] = {}
    for head in state.entries():
        entry = head[1]
        if entry.act in (ANSWER, NOT_APPLICABLE):
            places.setdefault((entry.form, entry.path), {}).setdefault(plain_name(entry.person), []).append(head)
    found = []
    for (form, path), people in sorted(places.items()):
        if len(people) < 2 or not wanted(form, path):
            continue
        said: dict[str, Entry] = {}
        for person, mine in people.items():
            others = [head for each, heads in people.items() if each != person for head in heads]
            alone = [head for head in mine if not any(state.knows(head, other) for other in others)]
            if alone:
                said[person] = max(alone, key=lambda head: (head[1].at, head[1].seq, head[0]))[1]
        if len(said) > 1:
            found.append(Both(form, path, said))
    return found


def agreement(questions: Iterable[Both]) -> Agreement:
    """Of these questions, how many were answered by several people, and on how many they agree."""
    agreed = [each.agree for each in questions]
    return Agreement(len(agreed), sum(agreed))


def by_section(questions: Iterable[Both], section_of: Callable[[str, str], str]) -> dict[tuple[str, str], Agreement]:
    """(form, section) -> agreement of its questions; ``section_of`` names the section of a form and path."""
    parts: dict[tuple[str, str], list[Both]] = {}
    for each in questions:
        parts.setdefault((each.form, section_of(each.form, each.path)), []).append(each)
    return {part: agreement(mine) for part, mine in parts.items()}


def pairs(questions: Sequence[Both], choices_of: Callable[[str, str], Sequence[str]]) -> list[Pair]:
    """Every two people who answered the same questions apart, those with most questions first.

    ``choices_of`` is what a question of one choice offers, by form and path; nothing for any other question.
    """
    together: dict[tuple[str, str], list[tuple[Both, Entry, Entry]]] = {}
    spelled: dict[str, str] = {}
    for each in questions:
        for one, other in combinations(sorted(each.said), 2):
            together.setdefault((one, other), []).append((each, each.said[one], each.said[other]))
            spelled |= {one: each.said[one].person, other: each.said[other].person}
    found = []
    for (one, other), several in together.items():
        agreed = sum(meaning(mine) == meaning(theirs) for _, mine, theirs in several)
        rated: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for each, mine, theirs in several:
            offered = tuple(choices_of(each.form, each.path))
            chosen = names(mine.value), names(theirs.value)
            if offered and all(len(names_) == 1 for names_ in chosen):
                rated.setdefault(offered, []).append((chosen[0][0], chosen[1][0]))
        most = max(rated.values(), key=len, default=[])
        kappa = cohens_kappa(most) if len(most) >= LEAST_FOR_KAPPA else None
        pair = Pair(spelled[one], spelled[other], Agreement(len(several), agreed), kappa, 0)
        found.append(pair._replace(kappa_over=len(most) if kappa is not None else 0))
    return sorted(found, key=lambda pair: (-pair.agreement.both, pair.one, pair.other))


def cohens_kappa(ratings: Sequence[tuple[str, str]]) -> Fraction | None:
    """(observed - expected) / (1 - expected) agreement of two raters; None where both always said one same thing."""
    count = len(ratings)
    if not count:
        return None
    observed = Fraction(sum(one == other for one, other in ratings), count)
    first, second = Counter(one for one, _ in ratings), Counter(other for _, other in ratings)
    expected = sum((Fraction(first[name] * second[name], count * count) for name in first), Fraction(0))
    return (observed - expected) / (1 - expected) if expected != 1 else None


class Compared(NamedTuple):
    """How far people agree in a visit."""

    whole: Agreement
    sections: Mapping[tuple[str, str], Agreement]
    """(form, name of the section) -> its agreement; ``""`` for questions outside of sections. In the forms' order."""
    pairs: tuple[Pair, ...]
    differ: tuple[Both, ...]
    """The questions on which they do not agree, in the order of the forms."""


def compared(forms: Mapping[str, Form], state: VisitState) -> Compared:
    """How far people agree who answered the same questions of these forms apart, settled or not."""
    places: dict[tuple[str, str], tuple[int, str, tuple[str, ...]]] = {}
    for form_id, form in forms.items():
        for section, path, question in _questions(form):
            offered = form.choices.get(question.list_name, ()) if question.type == SELECT_ONE else ()
            places[form_id, path] = len(places), section, tuple(choice.name for choice in offered)

    def place(form: str, path: str) -> tuple[int, str, tuple[str, ...]]:
        return places[form, generic_path(path)]

    found = answered_apart(state, lambda form, path: (form, generic_path(path)) in places)
    found.sort(key=lambda each: (place(each.form, each.path)[0], each.path))
    return Compared(
        agreement(found),
        by_section(found, lambda form, path: place(form, path)[1]),
        tuple(pairs(found, lambda form, path: place(form, path)[2])),
        tuple(each for each in found if not each.agree),
    )


def _questions(form: Form) -> Iterator[tuple[str, str, Question]]:
    """Name of the section, generic path and question of everything that people answer."""
    for child in form.children:
        section = child.name if isinstance(child, Group) else ""
        for above, node in walk((child,)):
            if isinstance(node, Question) and node.type not in SILENT_TYPES:
                yield section, "/".join((*above, node.name)), node
