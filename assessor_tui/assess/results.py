"""Score, progress and what is left to do of a visit that is being answered: only what changed is computed again."""

from collections.abc import Callable, Collection, Iterable, Mapping

from assessor_tui.assess.left import Counted, Left, Progress, gathered, left_in_form, progress
from assessor_tui.assess.score import FormScore, Known, Score, combined, form_score
from assessor_tui.assess.sizes import Extent
from assessor_tui.form.scheme import Category, Scheme
from assessor_tui.ledger.entry import SIGN
from assessor_tui.ledger.state import VisitState
from assessor_tui.logic.filling import Filling


class Results:
    """What the answers of one visit come to. ``look`` first, then ask; asking twice costs nothing."""

    def __init__(self) -> None:
        self._state: VisitState | None = None
        self._fillings: dict[str, Filling] = {}
        self._moments: dict[str, int] = {}
        """Form -> when its filling was last looked at."""
        self._count = 0
        self._scored: dict[str, FormScore] = {}
        self._known: dict[str, Known] = {}
        self._left: dict[str, tuple[Left, ...]] = {}
        self._progress: dict[str, Progress] = {}
        self._counted: dict[str, Counted] = {}
        self._score: tuple[Category, Score] | None = None
        self._extent = Extent()

    def look(self, fillings: Mapping[str, Filling], state: VisitState, extent: Extent = Extent()) -> None:  # noqa: B008
        """Nothing; from now on the answers are about the visit as it stands in ``fillings`` and ``state``.

        ``extent`` is what it asks and scores: ``Visit.extent``.
        """
        arrived = list(state.arrived_after(self._count)) if state is self._state and len(state) > self._count else []
        # Under a signature what stands at one place can depend on entries at any other.
        anew = (
            state is not self._state
            or any(not entry.form for _, entry in arrived)
            or bool(arrived and state.standing_acts(SIGN))
            or extent != self._extent
        )
        self._extent = extent
        touched: dict[str, set[str]] = {}
        for _, entry in arrived:
            touched.setdefault(entry.form, set()).add(entry.path)
        for form in {*fillings, *self._fillings}:
            filling = fillings.get(form)
            if anew or filling is None or filling is not self._fillings.get(form):
                self._touch(form, None)
            elif filling.moment == self._moments[form]:
                if form in touched:
                    self._touch(form, touched[form])
            elif (changed := filling.touched_since(self._moments[form])) is None:
                self._touch(form, None)
            else:
                self._touch(form, touched.get(form, set()).union(changed))
        self._state, self._count, self._fillings = state, len(state), dict(fillings)
        self._moments = {form: filling.moment for form, filling in fillings.items()}

    def _touch(self, form: str, paths: Collection[str] | None) -> None:
        """Forgets what depends on these paths of the form; None: on all of them."""
        self._scored.pop(form, None)
        self._left.pop(form, None)
        self._progress.pop(form, None)
        self._score = None
        if paths is None:
            self._known.pop(form, None)
            self._counted.pop(form, None)
            return
        if (known := self._known.get(form)) is not None:
            known.stale.update(paths)
        if (counted := self._counted.get(form)) is not None:
            counted.stale.update(paths)

    def form_score(self, form: str) -> FormScore:
        """What one form contributes to the score."""
        if form not in self._scored:
            self._scored[form] = form_score(
                self._fillings[form], self._there, self._known.setdefault(form, Known()), scores=self._extent.scores
            )
        return self._scored[form]

    def score(self, scheme: Scheme, category: Category) -> Score:
        """The score of the visit."""
        if self._score is None or self._score[0] is not category:
            scored = {use.form: self.form_score(use.form) for use in category.forms if use.form in self._fillings}
            self._score = category, combined(scheme, category, scored)
        return self._score[1]

    def progress(self, form: str) -> Progress:
        """How far one form is."""
        if form not in self._progress:
            counted = self._counted.setdefault(form, Counted())
            self._progress[form] = progress(form, self._fillings[form], self._there, counted, full=self._extent.full)
        return self._progress[form]

    def progress_of(self, forms: Iterable[str], holds: Callable[[str, str], bool]) -> tuple[int, int]:
        """How many questions of these forms are done and asked, of those for which ``holds(form, path)`` is true."""
        done = asked = 0
        for form in forms:
            self.progress(form)
            for path, (is_done, is_asked, _to_come) in self._counted[form].counts.items():
                if holds(form, path):
                    done, asked = done + is_done, asked + is_asked
        return done, asked

    def left(self) -> list[Left]:
        """What is left to do in the whole visit, most pressing first."""
        for form, filling in self._fillings.items():
            if form not in self._left:
                self._left[form] = left_in_form(form, filling, self._there, full=self._extent.full)
        return gathered({form: self._left[form] for form in self._fillings}, self._there)

    @property
    def _there(self) -> VisitState:
        assert self._state is not None
        return self._state
