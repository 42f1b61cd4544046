"""The walk as a line dialogue, for screen readers and poor terminals: the same visit and road, line by line.

Whatever is asked can be left by the end of input; everything that was said to be saved is on disk by then.
"""

import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from assessor_tui.assess.left import WRONG, demands_at, left_to_do
from assessor_tui.cli.answers import file_evidence, saved
from assessor_tui.cli.conflicts import said_by, when
from assessor_tui.cli.plain_told import COMMANDS, MOST_TOLD, Stop, Told
from assessor_tui.cli.returns import waiting_at
from assessor_tui.cli.typed import read_value, spoken
from assessor_tui.evidence.files import EvidenceError
from assessor_tui.form.model import (
    EVIDENCE_KINDS,
    LANGUAGES,
    LIST_TYPES,
    NUMBER_TYPES,
    RANK,
    SELECT_MULTIPLE,
    SELECT_ONE,
    Choice,
    Question,
    Repeat,
)
from assessor_tui.i18n import _
from assessor_tui.i18n.asked_words import broken_words, next_language
from assessor_tui.i18n.sentences import awaited_words, sentence
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.awaited import Awaited, awaited_text, until_of
from assessor_tui.ledger.typed import MONTH, TYPED_AS_TEXT, is_respelled
from assessor_tui.ledger.value import Evidence, Value, names
from assessor_tui.problem import Place, Problem
from assessor_tui.quick import Quick, doubt_of, is_quick, read_quick, record_quick
from assessor_tui.returning import reply
from assessor_tui.visit import Visit

_WITH_MORE = ("n ", "p ", "d ", "r ", "w ")
"""How a command begins that has its text on the same line."""
_MOST_FOUND = 20


class EndOfInput(Exception):
    """Nobody types any more."""


class Plain(Told):
    """One dialogue over one visit."""

    def __init__(self, visit: Visit, ask: Callable[[str], str | None], tell: Callable[[str], None]) -> None:
        """``ask`` shows a prompt and gives the line typed, None at the end of input; ``tell`` shows one line."""
        super().__init__(visit, tell)
        self._ask_line = ask
        self.at: tuple[str, str] = ("", "")
        """Form and path of where the walk is."""
        self._told: tuple[str, str] = ("", "")
        self._trail: list[tuple[str, str]] = []
        self._ahead = ""
        """A line that was typed where an answer of another kind was awaited: it is taken next."""

    # The walk.

    def run(self, form: str = "", path: str = "") -> None:
        """Nothing; walks from there, else from the first question without an answer, until somebody stops."""
        self.at = (form, path) if form else self._first_open()
        try:
            while self._step():
                pass
        except EndOfInput:
            self.tell("")
        self.tell(_("Stopped. Everything is saved."))

    def _step(self) -> bool:
        """One line typed and done; False to stop."""
        stop = self._here()
        if stop is None:
            self.tell(_("There is nothing to ask in this visit."))
            return False
        self.at = (stop.form, stop.path)
        if self._told != self.at:
            self._told = self.at
            self._trail.append(self.at)
            self._tell_stop(stop)
        typed, self._ahead = self._ahead, ""
        typed = typed or self.ask(self._prompt(stop)).strip()
        plain = unicodedata.normalize("NFKC", typed)
        if plain == "q":
            return False
        if plain[:1] != "=" and self._quick(stop, typed):
            pass
        elif plain in ("", "s"):
            self._next(stop)
        elif plain == "b":
            self._move(-1)
        elif isinstance(stop.node, Repeat):
            if not self._in_repeat(stop, stop.node, plain):
                self._command(stop, plain)
        elif plain.startswith("="):
            self._answer(stop, typed[1:].strip())
        elif plain[:1] == "/" or plain in COMMANDS or (plain[:2] in _WITH_MORE and self._is_command(stop)):
            self._command(stop, plain if plain[:1] not in ("n", "r") else typed)
        else:
            self._answer(stop, typed)
        return True

    def _quick(self, stop: Stop, typed: str) -> bool:
        """True when the line answers another question by its number, or would if it could be read; then it is said.

        One line of result for each line, and the walk stays where it is: many lines can be pasted at once.
        """
        line = typed.lstrip("/／").strip()
        quick = read_quick(self.visit, line)
        if quick is None:
            return False
        if line == typed and isinstance(stop.node, Question) and stop.node.type not in ("text", "file"):
            fits_here = not isinstance(self._value(stop, stop.node, typed), Problem)
            if fits_here and isinstance(quick, Problem):
                return False
            if fits_here:
                words = _(
                    "{line} answers this question, and {number} as well. Begin it with = for this one, / for {number}."
                )
                self.tell(words.format(line=line, number=line.split()[0]))
                return True
        number = line.split()[0]
        if isinstance(quick, Problem):
            self.tell(_("{number}: nothing recorded. {why}").format(number=number, why=sentence(quick)))
            if line == typed and isinstance(stop.node, Question) and stop.node.type == "text":
                self.tell(_("If it is the answer to this question, begin it with =."))
            return True
        if not self._is_quick_meant(number, quick):
            self.tell(_("{number}: nothing recorded.").format(number=number))
            return True
        recorded = record_quick(self.visit, quick)
        if recorded.problems:
            why = " ".join(sentence(problem) for problem in recorded.problems)
            if recorded.problems[0].code == "visit.someone_else":
                why += " " + _("Go there with /{number} and answer it; the reason is asked for.").format(number=number)
            self.tell(_("{number}: nothing recorded. {why}").format(number=number, why=why))
            return True
        said = [self._spoken_quick(quick)]
        said += [_("Note: {text}").format(text=quick.note)] if quick.note else []
        said.append(
            saved(recorded.entries[-1][1]) if recorded.entries else _("This stands already; nothing was recorded.")
        )
        self.tell(f"{number}: " + _(". ").join(each.rstrip(".。") for each in said) + ".")
        return True

    def _is_quick_meant(self, number: str, quick: Quick) -> bool:
        """True when it may be saved; asks about a number far from the others."""
        doubt = doubt_of(self.visit, quick)
        if doubt is None:
            return True
        self.tell(f"{number}: {sentence(doubt)}")
        said = self.ask(_("Save it as it is? [y, n]: ")).strip()
        if is_quick(self.visit, said.lstrip("/／").strip()):
            self._ahead = said  # lines are pasted many at once: the next one is no answer to this
        return said.casefold() in ("y", "yes", "是")

    def _spoken_quick(self, quick: Quick) -> str:
        words = {acts.NOT_APPLICABLE: _("not applicable"), acts.TO_COME: _("to come")}
        if quick.act in words:
            return f"{words[quick.act]} ({awaited_words(quick.why, self.visit.today)})"
        return spoken(self.visit, quick.form, quick.path, quick.value, self.visit.language)

    def _is_command(self, stop: Stop) -> bool:
        """False where a line of words is more likely an answer."""
        return isinstance(stop.node, Question) and stop.node.type != "text"

    def ask(self, prompt: str) -> str:
        """The line typed.

        Raises:
            EndOfInput: when nobody types any more.
        """
        line = self._ask_line(prompt)
        if line is None:
            raise EndOfInput
        return line

    def _here(self) -> Stop | None:
        """Where the walk is; the place before, when that is asked no more; None when nothing is asked."""
        stops = {(stop.form, stop.path): stop for stop in self.stops()}
        while self._trail and self.at not in stops:
            self.at = self._trail.pop()
        return stops.get(self.at) or next(iter(stops.values()), None)

    def _first_open(self) -> tuple[str, str]:
        first = ("", "")
        for stop in self.stops():
            first = first if first[0] else (stop.form, stop.path)
            if isinstance(stop.node, Question) and self._is_open(stop):
                return stop.form, stop.path
        return first

    def _move(self, step: int) -> None:
        stops = list(self.stops())
        places = [(stop.form, stop.path) for stop in stops]
        index = places.index(self.at) + step if self.at in places else 0
        if index < 0:
            self.tell(_("This is the first question."))
        elif index >= len(stops):
            self.tell(_("This was the last question. b goes back, o says what is left to do, q stops."))
        else:
            self.at = places[index]
        self._told = ("", "")

    def _next(self, stop: Stop) -> None:
        """Goes on: past the rows of a repeat, and from the end of a row back to its repeat."""
        stops = list(self.stops())
        index = next(i for i, each in enumerate(stops) if (each.form, each.path) == (stop.form, stop.path))
        later = stops[index + 1 :]
        if isinstance(stop.node, Repeat):
            later = [each for each in later if each.form != stop.form or not each.path.startswith(f"{stop.path}[")]
        # What a visit of this size does not ask is reached by its number.
        later = [each for each in later if not self._is_at_hand(each)]
        row = stop.path[: stop.path.rfind("]") + 1]
        if row and (not later or later[0].form != stop.form or not later[0].path.startswith(f"{row}/")):
            self.at = (stop.form, row[:-34])
        elif later:
            self.at = (later[0].form, later[0].path)
        else:
            self.tell(_("This was the last question. b goes back, o says what is left to do, q stops."))
        self._told = ("", "")

    # Answering.

    def _answer(self, stop: Stop, typed: str) -> None:
        question = stop.node
        assert isinstance(question, Question)
        standing = self.visit.state.standing(stop.form, stop.path)
        if standing is not None and standing.disputed:
            self._settle(stop, typed)
            return
        if question.type == "file":
            self.tell(_("A file is asked for. Type p for a photo, d for a document or a record."))
            return
        value = self._value(stop, question, typed)
        if isinstance(value, Problem):
            self.tell(sentence(value))
            return
        if not self._is_meant(stop, question, typed, value):
            self.tell(_("Nothing was recorded."))
            return
        if self._record(acts.ANSWER, stop, value):
            self._after_answer(stop)

    def _is_meant(self, stop: Stop, question: Question, typed: str, value: Value) -> bool:
        """True when it may be saved: says how the answer is spelled, and asks about a number far from the others."""
        typing = question.type in NUMBER_TYPES | TYPED_AS_TEXT or question.role == MONTH
        if typing and is_respelled(typed, value):
            self.tell(f"= {spoken(self.visit, stop.form, stop.path, value, self.visit.language)}")
        now = self.visit.filling(stop.form).state(stop.path)
        doubt = self.visit.doubt(stop.form, stop.path, value) if now.value != value else None
        if doubt is None:
            return True
        self.tell(sentence(doubt))
        return self.ask(_("Save it as it is? [y, n]: ")).strip().casefold() in ("y", "yes", "是")

    def _value(self, stop: Stop, question: Question, typed: str) -> Value | Problem:
        if question.type == "acknowledge":
            return read_value(self.visit, stop.form, stop.path, typed)
        if question.type in LIST_TYPES:
            picked = _digits(typed)
            choices = self.visit.filling(stop.form).choices(stop.path)
            many = question.type != SELECT_ONE
            fits = all(1 <= number <= len(choices) for number in picked) and len(choices) <= MOST_TOLD
            if question.type == RANK:
                fits = fits and len(set(picked)) == len(picked) == len(choices)
            if picked and (many or len(picked) == 1) and fits:
                return tuple(choices[number - 1].name for number in dict.fromkeys(picked))
            if len(choices) > MOST_TOLD:
                return self._found(stop, choices, typed)
            if picked and question.type == RANK:
                return self._by_names(stop, typed, len(choices))
        return read_value(self.visit, stop.form, stop.path, typed)

    def _by_names(self, stop: Stop, typed: str, count: int) -> Value | Problem:
        """The order, of choices that are numbers themselves; else what is wrong with the numbers that were typed."""
        read = read_value(self.visit, stop.form, stop.path, typed)
        known = ", ".join(str(number + 1) for number in range(count))
        return Problem("typed.rank", Place(), {"value": typed, "known": known}) if isinstance(read, Problem) else read

    def _found(self, stop: Stop, choices: Sequence[Choice], typed: str) -> Value | Problem:
        """The choice, out of many, that is typed whole, or that is picked from those that hold what is typed."""
        from assessor_tui.logic.lists import found

        read = read_value(self.visit, stop.form, stop.path, typed)
        if not isinstance(read, Problem):
            return read
        hits = found(choices, typed)
        if len(hits) == 1:
            return self._beside(stop, hits[0].name)
        for number, choice in enumerate(hits[:_MOST_FOUND], 1):
            self.tell(f"{number} {self.visit.filling(stop.form).choice_text(stop.path, choice, self.visit.language)}")
        if len(hits) > _MOST_FOUND:
            self.tell(_("And {count} more.").format(count=len(hits) - _MOST_FOUND))
        picked = _digits(self.ask(_("Number, or Enter for none: "))) if hits else []
        if len(picked) == 1 and 1 <= picked[0] <= min(len(hits), _MOST_FOUND):
            return self._beside(stop, hits[picked[0] - 1].name)
        return read

    def _beside(self, stop: Stop, name: str) -> Value:
        """The choice; where several can be taken, beside those that are taken."""
        now = self.visit.filling(stop.form).state(stop.path)
        taken = names(now.value) if now.question.type == SELECT_MULTIPLE and now.status == "answered" else ()
        return (*taken, *([name] if name not in taken else []))

    def _after_answer(self, stop: Stop) -> None:
        """Goes on when the answer demands nothing more; else says what it demands."""
        filling = self.visit.filling(stop.form)
        now = filling.state(stop.path)
        language = self.visit.language
        wanting = False
        for problem in now.problems:
            self.tell(broken_words(filling, stop.path, problem, language))
            wanting = True
        demanded = demands_at(filling, self.visit.state, stop.form, stop.path)
        for problem in demanded:
            if problem.code != "demand.warning_reason":
                self.tell(sentence(problem))
        if not wanting and not demanded:
            self._next(stop)

    def _record(self, act: str, stop: Stop, value: Value | None = None, why: str = "") -> bool:
        """True when it is recorded (or stood already); asks for the reason that is missing."""
        recorded = self.visit.record(act, stop.form, stop.path, value, why=why)
        codes = {problem.code for problem in recorded.problems}
        if codes & {"visit.someone_else", "visit.reason_needed"} and not why:
            for problem in recorded.problems:
                self.tell(sentence(problem))
            why = self.ask(_("Reason: ")).strip()
            if not why:
                self.tell(_("Nothing was recorded."))
                return False
            return self._record(act, stop, value, why)
        for problem in recorded.problems:
            self.tell(sentence(problem))
        if not recorded.problems:
            self._tell_saved(recorded, stop.form)
        return not recorded.problems

    def _settle(self, stop: Stop, typed: str) -> None:
        conflict = next(
            (each for each in self.visit.state.conflicts.values() if (each.form, each.path) == (stop.form, stop.path)),
            None,
        )
        picked = _digits(typed)
        if conflict is None or len(picked) != 1 or not 1 <= picked[0] <= len(conflict.heads):
            self.tell(_("Type the number of the side that stands."))
            return
        why = self.ask(_("Reason: "))
        recorded = self.visit.settle(conflict, take=conflict.heads[picked[0] - 1][1], why=why)
        for problem in recorded.problems:
            self.tell(sentence(problem))
        if recorded.entries:
            self._tell_saved(recorded, stop.form)
            self._told = ("", "")

    # Rows.

    def _in_repeat(self, stop: Stop, repeat: Repeat, typed: str) -> bool:
        """True when the line was about the rows."""
        rows = self.visit.filling(stop.form).rows(stop.path)
        picked = _digits(typed.removeprefix("r"))
        if typed == "a":
            recorded = self.visit.record(acts.ADD_ROW, stop.form, stop.path)
            for problem in recorded.problems:
                self.tell(sentence(problem))
            if recorded.entries:
                self._tell_saved(recorded, stop.form)
                self._enter(stop.form, recorded.entries[0][1].path)
            return True
        if not picked or len(picked) != 1:
            return False
        if not 1 <= picked[0] <= len(rows):
            self.tell(_("There is no row {number}.").format(number=picked[0]))
            return True
        path = f"{stop.path}[{rows[picked[0] - 1]}]"
        if typed.startswith("r"):
            label = self.visit.filling(stop.form).row_label(path)
            sure = self.ask(_("Remove {row}? u takes it back. [y, n]: ").format(row=label)).strip().casefold()
            if sure in ("y", "yes", "是"):
                self._record(acts.REMOVE_ROW, stop._replace(path=path))
            self._told = ("", "")
            return True
        self._enter(stop.form, path)
        return True

    def _enter(self, form: str, row: str) -> None:
        for stop in self.stops():
            if stop.form == form and stop.path.startswith(f"{row}/"):
                self.at = (form, stop.path)
                self._told = ("", "")
                return

    # Commands.

    def _command(self, stop: Stop, typed: str) -> None:
        key, rest = typed[:1], typed[1:].strip()
        if key == "/":
            self._find(rest or self.ask(_("Find: ")).strip())
        elif key == "o":
            self._left()
        elif key == "?":
            for each, words in COMMANDS.items():
                self.tell(f"{each} {_(words)}")
            self.tell(_("A line that begins with = is always an answer, such as =n."))
            self.tell(_("A line that begins with a question's number answers that question: number, answer, note."))
            self.tell(_("3.07 2 log has gaps: choice 2 of 3.07 and a note. 3.05.2#2 for the second row of a table."))
        elif key in ("u", "U"):
            self._take_back(key)
        elif key == "l":
            self.visit.set_language(next_language(self.visit.forms[stop.form], self.visit.language))
            self._told = ("", "")
        elif key == "i":
            guidance = self.visit.filling(stop.form).text(stop.path, "guidance", self.visit.language)
            self.tell(guidance or _("There is no guidance for this question."))
        elif key == "y":
            self._history(stop)
        elif key == "r":
            self._reply(stop, rest)
        elif key == "w":
            self._why(stop, rest)
        elif isinstance(stop.node, Repeat):
            self.tell(_("This cannot be done with rows. Open a row by its number, or add one with a."))
        else:
            self._about_question(stop, key, rest)

    def _why(self, stop: Stop, rest: str) -> None:
        from assessor_tui.i18n.explain_words import line_words
        from assessor_tui.logic.explain import explain, lines

        filling, language = self.visit.filling(stop.form), self.visit.language
        path = stop.path
        if rest:
            named = (at for at, node in filling.nodes.items() if rest in (at, at.rpartition("/")[2]) or (
                rest == getattr(node.definition.node, "number", "")
            ))  # fmt: skip
            path = next(named, "")
        if not path:
            self.tell(_("Nothing found."))
            return

        def called(at: str) -> str:
            return filling.label(at, language) if at in filling.nodes and not at.endswith("]") else at

        for line in lines(explain(filling, path)):
            self.tell("  " * line.depth + line_words(line, lambda at: called(at) or at))

    def _reply(self, stop: Stop, rest: str) -> None:
        place = waiting_at(self.visit, stop.form, stop.path)
        if place is None:
            self.tell(_("Nothing was returned here."))
            return
        if text := rest or self.ask(_("Reply: ")).strip():
            recorded = reply(self.visit, place, text)
            for problem in recorded.problems:
                self.tell(sentence(problem))
            if recorded.entries:
                self._tell_saved(recorded, stop.form)

    def _about_question(self, stop: Stop, key: str, rest: str) -> None:
        if key == "n":
            text = rest or self.ask(_("Note: ")).strip()
            if text:
                self._add(acts.NOTE, stop, text)
        elif key == "-":
            self._with_reason(acts.NOT_APPLICABLE, stop, _("Why is it not applicable? "))
        elif key == "+":
            self._await(stop)
        elif key == "c":
            self._record(acts.CLEAR, stop)
        elif key == "p":
            self._file(stop, "photo", rest or self.ask(_("Path of the photo: ")).strip())
        elif key == "d":
            file = rest or self.ask(_("Path of the document, or nothing for a record without a file: ")).strip()
            if file:
                self._file(stop, "document", file)
            else:
                self._record_without_file(stop)

    def _add(self, act: str, stop: Stop, value: Value) -> None:
        """Records a note or proof; goes on when that was all the answer still demanded."""
        waited = self._demanded(stop)
        if self._record(act, stop, value) and waited and not self._demanded(stop):
            self._next(stop)

    def _demanded(self, stop: Stop) -> bool:
        """True while the answer demands something beside itself, and while a file is asked for and not there."""
        filling = self.visit.filling(stop.form)
        if isinstance(stop.node, Question) and stop.node.type == "file":
            return not self.visit.state.evidence(stop.form, stop.path)
        return bool(demands_at(filling, self.visit.state, stop.form, stop.path))

    def _with_reason(self, act: str, stop: Stop, prompt: str) -> None:
        why = self.ask(prompt).strip()
        if not why:
            self.tell(_("Nothing was recorded."))
        elif self._record(act, stop, why=why):
            self._next(stop)

    def _await(self, stop: Stop) -> None:
        """Asks what comes, from whom and by when, and records that the answer is to come."""
        what = self.ask(_("What comes? ")).strip()
        if not what:
            self.tell(_("Nothing was recorded."))
            return
        whom = self.ask(_("From whom? ")).strip()
        while True:
            typed = self.ask(_("Until when, such as 2026-11-20 or 20? ")).strip()
            try:
                until = until_of(typed, self.visit.today)
            except ValueError:
                self.tell(sentence(Problem("typed.date", parameters={"value": typed})))
                continue
            break
        if self._record(acts.TO_COME, stop, why=awaited_text(Awaited(what, whom, until))):
            if until:
                self.tell(awaited_words(awaited_text(Awaited(what, whom, until)), self.visit.today))
            self._next(stop)

    def _file(self, stop: Stop, kind: str, file: str) -> None:
        if not file:
            return
        try:
            evidence = file_evidence(self.visit, kind, Path(file.strip("\"'")).expanduser())
        except EvidenceError as error:
            self.tell(_(error.message).format(**error.parameters))
            return
        self._add(acts.ATTACH, stop, evidence)

    def _record_without_file(self, stop: Stop) -> None:
        kinds = EVIDENCE_KINDS[2:]
        words = {
            "original_seen": _("original seen"),
            "interview": _("interview"),
            "measured": _("measured"),
            "recomputed": _("recomputed"),
        }
        for number, kind in enumerate(kinds, 1):
            self.tell(f"{number} {words[kind]}")
        picked = _digits(self.ask(_("Kind of record: ")))
        if len(picked) != 1 or not 1 <= picked[0] <= len(kinds):
            self.tell(_("Nothing was recorded."))
            return
        prompts = {
            "number": _("Number: "),
            "issuer": _("Issued by: "),
            "date": _("Date: "),
            "page": _("Page: "),
            "kept": _("Kept where: "),
            "post": _("Post of the person asked: "),
            "caption": _("In words: "),
        }
        about = {part: self.ask(prompts[part]).strip() for part in _parts_of(kinds[picked[0] - 1])}
        kept = {part: text for part, text in about.items() if text}
        if kept:
            self._add(acts.ATTACH, stop, Evidence(kinds[picked[0] - 1], kept))
        else:
            self.tell(_("Nothing was recorded."))

    def _take_back(self, key: str) -> None:
        recorded = self.visit.undo() if key == "u" else self.visit.redo()
        for problem in recorded.problems:
            self.tell(sentence(problem))
        if recorded.entries:
            entry = recorded.entries[-1][1]
            self._tell_saved(recorded, entry.form)
            with suppress(KeyError):
                self.visit.filling(entry.form).state(entry.path)
                self.at = (entry.form, entry.path)
            self._told = ("", "")
        elif not recorded.problems:
            self.tell(_("There is nothing to take back.") if key == "u" else _("There is nothing to do again."))

    def _history(self, stop: Stop) -> None:
        for _digest, entry in self.visit.state.history(stop.form, stop.path):
            why = f" ({entry.why})" if entry.why else ""
            self.tell(f"{when(entry.at)} {entry.person}: {said_by(self.visit, entry)}{why}")

    def _find(self, words: str) -> None:
        wanted = unicodedata.normalize("NFKC", words).casefold()
        if not wanted:
            return
        found = [stop for stop in self.stops() if wanted in self._searched(stop)]
        self._pick([(stop.form, stop.path, self._line(stop)) for stop in found])

    def _searched(self, stop: Stop) -> str:
        filling = self.visit.filling(stop.form)
        texts = [stop.node.number, stop.node.name, *(filling.label(stop.path, each) for each in LANGUAGES)]
        texts += [str(entry.value) for _digest, entry in self.visit.state.notes(stop.form, stop.path)]
        if isinstance(stop.node, Repeat):
            texts += [filling.row_label(f"{stop.path}[{row}]") for row in filling.rows(stop.path)]
        return unicodedata.normalize("NFKC", " ".join(texts)).casefold()

    def _left(self) -> None:
        lines: list[tuple[str, str, str]] = []
        at = {(stop.form, stop.path): stop for stop in self.stops()}
        for left in left_to_do(self.visit.fillings, self.visit.state, full=self.visit.extent.full):
            stop = at.get((left.form, left.paths[0]))
            if stop is None:
                continue
            words = sentence(left.problem) if left.problem is not None and left.kind != WRONG else ""
            if len(left.paths) > 1:
                words = _("{count} questions in a row").format(count=len(left.paths))
            lines.append((left.form, left.paths[0], f"{self._line(stop)}. {words}".strip()))
        self._pick(lines)

    def _pick(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """Lets one of the places be chosen and goes there."""
        if not lines:
            self.tell(_("Nothing found."))
            return
        for number, (_form, _path, words) in enumerate(lines[:_MOST_FOUND], 1):
            self.tell(f"{number} {words}")
        if len(lines) > _MOST_FOUND:
            self.tell(_("And {count} more.").format(count=len(lines) - _MOST_FOUND))
        picked = _digits(self.ask(_("Go to number, or Enter to stay: ")))
        if len(picked) == 1 and 1 <= picked[0] <= min(len(lines), _MOST_FOUND):
            form, path, _words = lines[picked[0] - 1]
            self.at = (form, path)
        self._told = ("", "")


def _digits(typed: str) -> list[int]:
    """The numbers typed, with spaces or commas between; empty when there is anything else."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", " ").replace("、", " ").split()
    return [int(each) for each in plain] if all(each.isascii() and each.isdigit() for each in plain) else []


def _parts_of(kind: str) -> tuple[str, ...]:
    """What is asked about a record of this kind."""
    return {
        "original_seen": ("number", "issuer", "date", "page", "kept"),
        "interview": ("post", "date", "caption"),
    }.get(kind, ("caption", "date"))
