"""An assessor's laptop in a sample: says, shows and notes through ``Visit.record``, by a clock of its own."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from assessor_tui.carry.exchange import FULL, INVITE, make_bundle, merge_bundle
from assessor_tui.evidence.files import store_file
from assessor_tui.form.model import NUMBER_TYPES, SELECT_TYPES
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Materials, Recorded, Visit, create_visit

PICTURES = "pictures"
"""Folder of a sample site with its drawn pictures."""


class Clock:
    """Goes on by a minute or so each time it is asked; ``at`` moves it."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2000-01-01T00:00:00+08:00")
        self.ticks = 0
        """How often it was asked."""

    def at(self, moment: str) -> None:
        """It is ``moment`` (``2026-11-12 09:20``, Hong Kong time) now."""
        self.now = datetime.fromisoformat(f"{moment}:00+08:00")

    def __call__(self) -> int:
        self.ticks += 1
        self.now += timedelta(seconds=17 + 23 * self.ticks % 61)
        return int(self.now.timestamp()) * 1_000_000


def identities(seed: str) -> Callable[[], str]:
    """Ids that are the same in every run."""
    numbers = count(1)
    return lambda: hashlib.sha256(f"{seed} {next(numbers)}".encode()).hexdigest()[:32]


def seen(number: str, issuer: str = "", date: str = "", *, page: str = "", kept: str = "") -> Evidence:
    """The original was seen and not copied."""
    about = {"number": number, "issuer": issuer, "date": date, "page": page, "kept": kept}
    return Evidence("original_seen", {key: text for key, text in about.items() if text})


def interview(post: str, caption: str) -> Evidence:
    """Somebody said so."""
    return Evidence("interview", {"post": post, "caption": caption})


def measured(caption: str) -> Evidence:
    """The assessor measured it."""
    return Evidence("measured", {"caption": caption})


def recomputed(caption: str) -> Evidence:
    """The assessor worked it out again."""
    return Evidence("recomputed", {"caption": caption})


class Desk:
    """One laptop with one visit."""

    def __init__(self, folder: Path, person: str, role: str, pictures: Path) -> None:
        self.clock = Clock()
        self.store = Store.open(folder, now=self.clock)
        self.store.identify(person, role, private=hashlib.sha256(f"sample key of {person}".encode()).digest())
        self.pictures = pictures
        self.new_id = identities(person)
        self._visit: Visit | None = None

    @property
    def visit(self) -> Visit:
        assert self._visit is not None
        return self._visit

    def begin(self, materials: Materials, answers: dict[str, Value]) -> None:
        """Opens the visit."""
        self._visit = create_visit(self.store, materials, answers, new_id=self.new_id)

    def join(self, bundle: Path, visit: str) -> None:
        """Takes an invitation in."""
        assert merge_bundle(self.store, bundle).error is None
        self.clock.ticks = 2  # however often a merge looks at the clock, the answers after it keep their times
        self._visit = Visit(self.store, visit, new_id=self.new_id)

    def invite(self, folder: Path) -> Path:
        return make_bundle(self.store, self.visit, folder, INVITE).path

    def deliver(self, folder: Path, name: str) -> Path:
        """The bundle with everything of this laptop, under ``name``; the laptop is closed then."""
        written = make_bundle(self.store, self.visit, folder, FULL).path
        self.store.close()
        return written.replace(folder / name)

    def reopen(self) -> None:
        """Closes the program and opens it again."""
        folder, visit = self.store.folder, self.visit.id
        self.store.close()
        self.store = Store.open(folder, now=self.clock)
        self._visit = Visit(self.store, visit, new_id=self.new_id)

    def at(self, moment: str) -> None:
        self.clock.at(moment)

    def _done(self, recorded: Recorded, at: str) -> Recorded:
        assert not recorded.problems, (at, recorded.problems)
        return recorded

    def say(self, at: str, answer: str, *proofs: Evidence, note: str = "", why: str = "") -> None:
        """The answer at ``form/path``: choices by name, numbers with their unit, as a person would type them."""
        form, _, path = at.partition("/")
        self._done(self.visit.record(acts.ANSWER, form, path, self._value(form, path, answer), why=why), at)
        self.prove(at, *proofs)
        if note:
            self.note(at, note)

    def _value(self, form: str, path: str, answer: str) -> Value:
        question = self.visit.filling(form).state(path).question
        if question.type in SELECT_TYPES:
            return tuple(answer.split())
        if question.type in NUMBER_TYPES:
            number, _, unit = answer.partition(" ")
            return Quantity(number, unit)
        return answer

    def say_all(self, form: str, answers: dict[str, str]) -> None:
        """Several answers of one form, in this order."""
        for path, answer in answers.items():
            self.say(f"{form}/{path}", answer)

    def row(self, at: str, *proofs: tuple[str, Evidence], **answers: str) -> str:
        """Id of a new row of the repeat at ``form/path`` with these answers."""
        form, _, repeat = at.partition("/")
        path = self._done(self.visit.record(acts.ADD_ROW, form, repeat), at).entries[0][1].path
        for name, answer in answers.items():
            self.say(f"{form}/{path}/{name}", answer)
        for name, proof in proofs:
            self.prove(f"{form}/{path}/{name}", proof)
        return path[-33:-1]

    def prove(self, at: str, *proofs: Evidence) -> None:
        form, _, path = at.partition("/")
        for proof in proofs:
            self._done(self.visit.record(acts.ATTACH, form, path, self._kept(proof)), at)

    def _kept(self, proof: Evidence) -> Evidence:
        """The proof with its picture stored; records without a file as they are."""
        name = proof.about.get("name", "")
        if not name:
            return proof
        stored = store_file(self.store.folder, self.pictures / name)
        self.store.note_evidence(stored.sha256, stored.size, stored.type)
        about = {"sha256": stored.sha256, "type": stored.type, "size": str(stored.size), **proof.about}
        return Evidence(proof.kind, about)

    def photo(self, name: str, caption: str) -> Evidence:
        """A picture taken just now."""
        taken = self.clock.now.isoformat()
        return Evidence("photo", {"name": name, "taken": taken, "caption": caption})

    def note(self, at: str, text: str) -> None:
        form, _, path = at.partition("/")
        self._done(self.visit.record(acts.NOTE, form, path, text), at)

    def not_applicable(self, at: str, why: str) -> None:
        form, _, path = at.partition("/")
        self._done(self.visit.record(acts.NOT_APPLICABLE, form, path, why=why), at)

    def to_come(self, at: str, why: str) -> None:
        form, _, path = at.partition("/")
        self._done(self.visit.record(acts.TO_COME, form, path, why=why), at)
