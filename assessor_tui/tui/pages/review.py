"""The review: what is missing before the lead signs, what the score comes to, and the signature."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.store.ledger import is_same_person
from assessor_tui.tui.commands import REVIEW, bindings
from assessor_tui.tui.visit_screen import VisitScreen
from assessor_tui.tui.widgets.card import Card, CardLine, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import glyphs, mark
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.text import Piece, content, fit, fit_content, left_right, safe, width_of, wrap
from assessor_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from assessor_tui.assess.score import Interval
    from assessor_tui.tui.shown.gates import ChangeLine, LevelLine, Line
    from assessor_tui.visit import Recorded

STATE_STYLES = {"answered": "$good", "warning": "$doubt", "problem": "$bad"}


class FormScore(NamedTuple):
    """One form's part of the score."""

    number: str
    title: str
    share: "Interval"
    """0 to 1."""
    weight: str


class ReviewModel(NamedTuple):
    """Everything beside the gates. Texts may come from outside; they are cleaned when drawn."""

    score: str = ""
    """Range and coverage; ``""`` while hidden."""
    status: str = ""
    """Such as ``draft criteria``."""
    forms: tuple[FormScore, ...] = ()
    category: str = ""
    recommended: str = ""
    levels: "tuple[LevelLine, ...]" = ()
    findings: tuple[tuple[str, int, int], ...] | None = None
    """Grade, how many, how many of them closed; None while hidden."""
    grave: tuple[tuple[str, str, str], ...] = ()
    """Number, date and text of veto and major findings."""
    changes: int = -1
    """Answers that are others than at the last signature; -1 without one."""
    blocking: int = 0
    doubtful: int = 0
    signed: str = ""
    """Who signed and when; ``""`` while the visit is open."""
    over: str = ""
    """Which entries had not arrived then, and why it was signed all the same; ``""`` when all had."""
    digest: str = ""
    agrees: str = ""
    """Whether the digest is that of what was signed, in words; ``""`` while that is being computed."""
    reopened: str = ""
    """Why and by whom a signature was lifted; ``""`` when there was none."""
    may_sign: str = ""
    """Why this laptop cannot sign; ``""`` when it can."""


def range_bar(share: "Interval", width: int) -> list[Piece]:
    """A bar of ``width`` cells: what is sure, what is still possible, and the rest."""
    marks = glyphs()
    least = int(share.least * width)
    most = min(max(-int(-share.most * width // 1), least), width)
    if share.most > 0 and most == 0:
        most = 1
    return [
        (marks.full * least, "$accent-text"),
        (marks.empty * (most - least), "$accent-text"),
        (marks.rule * (width - most), "$rule"),
    ]


def brief_lines(model: ReviewModel, width: int) -> list[CardLine]:
    """The few lines under the gates, each exactly ``width`` cells wide."""
    if width < 20:
        return []
    lines: list[Content] = []
    cells = max(width_of(each) for each in (_("Score"), _("Level"), _("Findings"), _("Signature"))) + 2

    def row(title: str, *pieces: Piece) -> None:
        lines.append(fit_content(content(" ", (fit(title, cells), "$muted"), *pieces), width))

    if model.score:
        status = f"   {glyphs().warning} {model.status}" if model.status else ""
        row(_("Score"), (safe(model.score), "bold"), (safe(status), "$doubt"))
        row(_("Level"), (safe(model.recommended), "bold"))
    changed = ""
    if model.changes > 0 and not model.signed:
        changed = "   " + ngettext(
            "{count} changed since the signature", "{count} changed since the signature", model.changes
        ).format(count=model.changes)
    if model.findings is not None:
        said = [f"{count} {grade}" for grade, count, _closed in model.findings]
        row(_("Findings"), safe(_(", ").join(said) or _("none")))
    row(_("Signature"), *signature_pieces(model), (safe(changed), "$doubt"))
    return [CardLine(line) for line in lines]


def signature_pieces(model: ReviewModel) -> list[Piece]:
    """One line about the signature: it stands, what is in its way, or how to sign."""
    marks = glyphs()
    if model.signed:
        return [(f"{marks.answered} ", "bold $good"), (safe(model.signed), "$good"), f"   {model.digest}"]
    if model.blocking:
        said = ngettext("{count} thing stands in the way", "{count} things stand in the way", model.blocking)
        return [(f"{marks.problem} {said.format(count=model.blocking)}", "$bad")]
    if model.may_sign:
        return [(safe(model.may_sign), "$doubt")]
    return [("Ctrl+S ", "bold $accent-text"), _("signs: nothing is in the way")]


def summary_lines(model: ReviewModel, width: int) -> list[CardLine]:
    """Score by form, levels, findings and the signature, each line exactly ``width`` cells wide."""
    if width < 20:
        return []
    lines: list[Content] = []

    def add(*pieces: Piece) -> None:
        lines.append(fit_content(content(*pieces), width))

    def title(text: str, right: str = "") -> None:
        if lines:
            add("")
        lines.append(
            left_right(content(" ", (safe(text), "bold $accent-text")), content((safe(right), "bold"), " "), width)
        )

    if model.score:
        title(_("Score"), model.score)
        if model.status:
            add(" ", (f"{glyphs().warning} {safe(model.status)}", "$doubt"))
        bar_cells = 20 if width >= 56 else 10
        from assessor_tui.tui.shown.words import range_words

        for form in model.forms:
            percent = type(form.share)(form.share.least * 100, form.share.most * 100)
            numbers = fit(range_words(percent, 1), 10, align="right")
            room = max(width - bar_cells - 10 - 5 - 3, 8)
            add(
                " ", (fit(form.number, 2), "bold"), " ", fit(form.title, room), " ",
                content(*range_bar(form.share, bar_cells)), " ", (numbers, "bold"),
            )  # fmt: skip
        title(_("Level"), model.category)
        for text in wrap(_("Recommended: {level}").format(level=model.recommended), width - 2):
            add(" ", (text, "bold"))
        for level in model.levels:
            lines += _level(level, width)
    if model.findings is not None:
        title(_("Findings"))
    for grade, count, closed in model.findings or ():
        tail = f"   {_('{count} closed').format(count=closed)}" if closed else ""
        add(f" {count:>3} ", safe(grade), (tail, "$muted"))
    if model.findings == ():
        add(" ", (_("none"), "$muted"))
    for number, due, text in model.grave:
        add("   ", (fit(number, max(width_of(number), 7)), "bold"), " ", (fit(due, 11), "$doubt"), safe(text))
    title(_("Signature"))
    if model.signed:
        add(" ", (f"{glyphs().answered} {safe(model.signed)}", "bold $good"))
        for text in wrap(model.over, width - 2) if model.over else ():
            add(" ", (text, "$doubt"))
        add(" ", _("digest {digest}").format(digest=model.digest))
        for text in wrap(model.agrees or _("The digest is being checked."), width - 2):
            add(" ", (text, "$muted"))
        for text in wrap(_("The visit is read-only now. F5 opens it again with a reason."), width - 2):
            add(" ", (text, "$muted"))
    else:
        if model.reopened:
            for text in wrap(model.reopened, width - 2):
                add(" ", (text, "$doubt"))
        add(" ", *signature_pieces(model))
        if model.doubtful and not model.blocking:
            said = ngettext("{count} point is doubtful", "{count} points are doubtful", model.doubtful)
            add(" ", (f"{glyphs().warning} {said.format(count=model.doubtful)}", "$doubt"))
        if model.changes > 0:
            said = ngettext(
                "{count} answer changed since the signature; F4 shows it",
                "{count} answers changed since the signature; F4 shows them",
                model.changes,
            )
            add(" ", (said.format(count=model.changes), ""))
    return [CardLine(line) for line in lines]


def _level(level: "LevelLine", width: int) -> list[Content]:
    from assessor_tui.tui.shown.words import number_words

    marks = glyphs()
    state = {
        "reached": (f"{marks.answered} {_('sure')}", "$good"),
        "possible": (f"{marks.to_come} {_('possible')}", "$accent-text"),
        "out of reach": (f"{marks.problem} {_('out of reach')}", "$muted"),
        "unknown": (f"{marks.warning} {_('limit not known')}", "$doubt"),
    }[level.state]
    limit = ""
    if level.limit is not None:
        limit = _("from {limit}").format(limit=number_words(level.limit))
        if not level.confirmed:
            limit += f" {_('(to be confirmed)')}"
    right = content((limit, "$muted"), " ")
    lines = [left_right(content(" ", state, "  ", (safe(level.label), "bold")), right, width)]
    if level.distance is not None and level.state == "possible":
        missing = _("{points} points above what is sure").format(points=number_words(level.distance))
        lines.append(fit_content(content("     ", (missing, "$muted")), width))
    return lines


def _place_of(target: str) -> tuple[str, str]:
    """Form and path of a line's target, also of one that leads to the overview's line about a place."""
    form, _slash, path = target.removeprefix("left:").partition("/")
    return form, path


def draw_line(line: "Line", width: int, cursor: bool, *, picked: bool = False) -> Content:
    """A gate with its mark, or something under it that is missing; one cell stays free beside the scroll bar."""
    width = max(width - 1, 0)
    style = STATE_STYLES.get(line.state, "")
    tail = safe(line.tail)
    if line.kind == "gate":
        left = content((f"{mark(line.state)} ", style), (safe(line.words), "bold" if line.state != "answered" else ""))
        return left_right(left, content((tail, style)), width)
    if width_of(tail) > width * 2 // 3:
        tail = fit(tail, width * 2 // 3)
    room = max(width - width_of(tail) - 5, 10)
    start = content("  ", (f"{glyphs().ticked} ", "bold $accent-text")) if picked else content("    ")
    return left_right(start.append(content(fit(line.words, room))), content((tail, "$muted")), width)


class ReviewScreen(VisitScreen):
    """The page of review and signature."""

    PLACE = REVIEW
    BINDINGS: ClassVar[list[Any]] = bindings(REVIEW)
    DEFAULT_CSS = """
    ReviewScreen #gates { height: 1fr; }
    ReviewScreen #brief { height: 5; border-top: solid $rule; }
    ReviewScreen #summary { width: 62; border-left: solid $rule; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._agrees: dict[str, str] = {}
        self._changes: Sequence[ChangeLine] | None = None
        self.marked: set[str] = set()
        """Targets of the lines that are marked, to be returned together."""

    def body(self) -> ComposeResult:
        """Gates, the few lines under them, score and signature beside them."""
        with Container(id="both", classes="body"):
            with Vertical(id="middle", classes="pane"):
                yield VirtualList(self._draw, id="gates")
                yield Card(ReviewModel(), lines=brief_lines, id="brief")
            yield Card(ReviewModel(), lines=summary_lines, id="summary", classes="drawer")

    def _draw(self, line: "Line", width: int, cursor: bool) -> Content:
        return draw_line(line, width, cursor, picked=line.kind == "item" and line.target in self.marked)

    # Drawing

    def on_mount(self) -> None:
        """Nothing; says what is waited for."""
        self.query_one("#gates", VirtualList).empty = _("The visit is being opened.")

    def show(self, target: str = "") -> None:
        """Nothing; draws gates, score and signature as they stand."""
        from assessor_tui.tui.shown import gates

        visit, tag = self.visit, language()
        rows = self.query_one("#gates", VirtualList)
        lines = gates.gates(visit, self.results, tag)
        if self.onlookers:
            lines = [line for line in lines if line.kind == "gate"]
        at = next((index for index, line in enumerate(lines) if target and line.target == target), None)
        rows.set_rows(lines, at if at is not None else rows.cursor)
        sign = gates.last_signature(visit.state)
        self._changes = gates.changes_since(visit, sign, tag) if sign is not None else None
        model = self._model(lines)
        self.query_one("#brief", Card).show(model)
        self.on_resize()
        self.query_one("#summary", Card).show(model)
        self._hints(model)
        self.show_header()
        if visit.signed and model.digest and not model.agrees:
            self._check_digest()

    def on_resize(self) -> None:
        """Nothing; beside the summary the few lines would say the same twice."""
        self.query_one("#brief").display = not self.has_class("-wide") and self.size.height >= 16

    def _hints(self, model: ReviewModel) -> None:
        unavailable = ["reopen"] if not model.signed else ["sign"]
        if self._changes is None:
            unavailable.append("changes")
        self.query_one(HintBar).show(unavailable, {"open": _("go there")})

    def _model(self, lines: "Sequence[Line]") -> ReviewModel:
        from assessor_tui.form.model import in_language
        from assessor_tui.i18n.waiting_words import over_words
        from assessor_tui.ledger.signature import digest_of, signed_over
        from assessor_tui.tui.shown import gates, words
        from assessor_tui.tui.shown.conflicts import when_words

        visit, tag = self.visit, language()
        of_gates = [line for line in lines if line.kind == "gate"]
        model = ReviewModel(
            blocking=sum(line.state == "problem" for line in of_gates),
            doubtful=sum(line.state == "warning" for line in of_gates),
            changes=len(self._changes) if self._changes is not None else -1,
            may_sign=self._may_sign(),
        )
        if not self.onlookers:
            score = self.results.score(visit.scheme, visit.category)
            forms = tuple(
                FormScore(visit.forms[part.form].number, in_language(part.label, tag), part.share, str(part.weight))
                for part in score.root.children
                if part.form in visit.forms
            )
            model = model._replace(
                score=_("{range} of 100, {coverage} known").format(
                    range=words.range_words(score.hundred, 1), coverage=words.per_cent(score.coverage)
                )
                if score.root.of
                else _("no score yet"),
                # A visit of own checklists has nothing to be scored against, and nothing to warn of.
                status=_("draft criteria") if score.status == "draft criteria" else score.status * bool(score.root.of),
                forms=forms,
                category=in_language(visit.category.label, tag),
                recommended=gates.recommended(visit, score, tag),
                levels=tuple(gates.level_lines(visit, score, tag)),
                findings=tuple(gates.findings_by_grade(visit)),
                grave=tuple(gates.grave_findings(visit)),
            )
        signed = visit.state.signed
        if signed is not None:
            entry = signed.entry
            digest = digest_of(entry)
            said = _("signed by {person}, {when}").format(person=entry.person, when=when_words(entry.at))
            people = {each.device: each.person for _hash, each in visit.state.entries()}
            lacking = [over_words(each, people.get(each.device, "")) for each in signed_over(entry)]
            if count := len(visit.state.follow_ups()):
                since = ngettext("{count} follow-up since", "{count} follow-ups since", count)
                said = f"{said}   {since.format(count=count)}"
            return model._replace(
                signed=said,
                over=f"{_(', ').join(lacking)}: {entry.why}" if lacking else "",
                digest=gates.short_digest(digest),
                agrees=self._agrees.get(digest, ""),
            )
        reopened = [entry for _digest, entry in visit.state.history("", "") if entry.act == acts.REOPEN]
        if reopened and not self.onlookers:
            last = reopened[-1]
            said = _("Opened again by {person}, {when}: {why}")
            model = model._replace(reopened=said.format(person=last.person, when=when_words(last.at), why=last.why))
        return model

    def _may_sign(self) -> str:
        from assessor_tui.trust.own import own_role
        from assessor_tui.visit import LEAD

        device = self.program.store.device
        if device is None or (own_role(self.program.store) or device.role) != LEAD:
            return _("only the team lead's laptop signs")
        return ""

    @work(thread=True, exclusive=True, group="digest")
    def _check_digest(self) -> None:
        """Computes what the signature should have signed, beside the screen."""
        from assessor_tui.assess.assessment import assessment, digest
        from assessor_tui.ledger.signature import digest_of

        visit = self.visit
        shown, signed = visit.state.as_signed(), visit.state.signed
        if shown is None or signed is None:
            return
        wanted = digest_of(signed.entry)
        found = digest(assessment(visit.id, visit.scheme, visit.forms, shown, visit.today))
        self.app.call_from_thread(self._digest_checked, wanted, found)

    def _digest_checked(self, wanted: str, found: str) -> None:
        if wanted == found:
            self._agrees[wanted] = _("The digest is that of everything the visit says: nothing was changed since.")
        else:
            self._agrees[wanted] = _(
                "The digest is not that of what stands here: an entry is missing. Merge the signer's bundle again."
            )
        if self.visit.signed and self.is_current:
            self.show(self.target)

    # Commands

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now."""
        signed = self.visit.signed
        if command_id == "reopen" and not signed:
            return _("The visit is not signed, so there is nothing to reopen.")
        if command_id == "sign" and signed:
            return _("The visit is signed already. F5 opens it again with a reason.")
        if command_id == "sign" and not self.program.store.owner_is_here:
            from assessor_tui.i18n.sentences import sentence
            from assessor_tui.problem import Problem

            store = self.program.store
            owner = store.device.person if store.device is not None else ""
            return sentence(Problem("visit.not_at_keyboard", parameters={"person": store.person, "owner": owner}))
        if command_id == "changes" and self._changes is None:
            return _("The visit was never signed, so nothing has changed since.")
        return ""

    def command_details(self) -> None:
        """Nothing; shows or hides score, levels, findings and signature."""
        self.toggle_drawer(self.query_one("#summary"))

    def command_page_down(self) -> None:
        """Nothing; scrolls what is open."""
        self._scroll(1)

    def command_page_up(self) -> None:
        """Nothing; scrolls back."""
        self._scroll(-1)

    def _scroll(self, pages: int) -> None:
        if self.query("#summary.-open"):
            self.query_one("#summary", Card).scroll_page(pages)
        else:
            self.query_one("#gates", VirtualList).action_page(pages)

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; goes to what is missing."""
        if self.query("#summary.-open"):
            self.toggle_drawer(self.query_one("#summary"), show=False)
            return
        line = message.source.row
        if line is None or not line.place:
            good = line is not None and line.state == "answered"
            self.say(_("Nothing is missing here.") if good else _("This is not answered in the visit."))
            return
        self.target = line.target
        await self.program.go(line.place, line.target)

    def command_open_question(self) -> None:
        """Nothing; goes to what is missing, as Enter does."""
        self.query_one("#gates", VirtualList).action_choose()

    async def command_changes(self) -> None:
        """Nothing; what changed since the last signature."""
        from assessor_tui.tui.windows.dialog import Pages

        if self.onlookers:
            self.say(_("History is hidden. The same key as before shows it again."), "bold $doubt")
            return
        parts = tuple(
            Part(
                f"{each.number}  {each.label}".strip(),
                (
                    Remark(_("before: {said}").format(said=each.before)),
                    Remark(_("now: {said}").format(said=each.now)),
                ),
            )
            for each in self._changes or ()
        )
        page = TextPage("", parts, _("Nothing has changed since the last signature."))
        await self.app.push_screen(Pages(_("Changed since the last signature"), page_lines, page))

    async def command_sign(self) -> None:
        """Nothing; asks for the name and signs, or says what stands in the way."""
        from assessor_tui.tui.shown import gates
        from assessor_tui.tui.windows.dialog import AskText

        rows = self.query_one("#gates", VirtualList)
        blocking = [index for index, line in enumerate(rows.rows) if line.kind == "gate" and line.state == "problem"]
        if reason := self._may_sign():
            self.say(reason[0].upper() + reason[1:] + ".", "bold $doubt")
            return
        over = gates.signed_over_gaps(self.visit)
        if blocking and not over:
            rows.move_cursor(blocking[0])
            said = _("Not yet: “{gate}” is not fulfilled. Enter goes there.")
            self.say(said.format(gate=rows.rows[blocking[0]].words), "bold $doubt")
            return
        device = self.program.store.device
        assert device is not None
        doubtful = [line.words for line in rows.rows if line.kind == "gate" and line.state == "warning"]
        text = [_("You sign everything this visit says. After that it is read-only; a change needs a reason.")]
        if doubtful:
            said = ngettext(
                "{count} point is not fulfilled; you sign all the same:",
                "{count} points are not fulfilled; you sign all the same:",
                len(doubtful),
            )
            text += ["", said.format(count=len(doubtful)), *(f"{glyphs().warning} {each}" for each in doubtful)]
        text += ["", _("Type your name to sign: {person}").format(person=device.person)]

        despite = ""

        def named(name: str | None) -> None:
            if name:
                self._signed(self.visit.sign(name, despite=despite))

        def check(name: str) -> str:
            return (
                ""
                if is_same_person(name, device.person)
                else _("This is not the name of this laptop: {person}.").format(person=device.person)
            )

        async def ask_name(why: str | None = "") -> None:
            nonlocal despite
            if why is not None:
                despite = why
                await self.app.push_screen(AskText(_("Sign"), "\n".join(text), check=check), named)

        if not over:
            await ask_name()
            return
        usual = (_("the laptop is lost; nothing else is known of it"), _("asked for and not to be had"))
        text[:0] = [*over, ""]
        said = "\n".join([_("Not everything has arrived. Sign over that, and why?"), "", *over])
        await self.app.push_screen(AskText(_("Entries are missing"), said, usual=usual), ask_name)

    def _signed(self, recorded: "Recorded") -> None:
        self.did(recorded)
        if recorded.entries:
            self.status(
                (f"{glyphs().answered} ", "bold $good"),
                (_("signed {time}").format(time=self.program.saved), "$good"),
                "  ",
                _("F3 writes the summary."),
            )

    async def command_reopen(self) -> None:
        """Nothing; opens a signed visit again, with a reason."""
        from assessor_tui.tui.windows.dialog import AskText

        usual = (
            _("a late answer has to be taken in"),
            _("the reviewer found a mistake"),
            _("the site sent a document that was missing"),
            _("a conflict has to be decided"),
        )

        def answered(why: str | None) -> None:
            if why:
                self.status()
                self.did(self.visit.reopen(why))

        text = _("The signature stays in the record. The visit has to be signed again afterwards.")
        await self.app.push_screen(AskText(_("Reopen"), text, usual=usual), answered)

    async def command_comment(self) -> None:
        """Nothing; writes a comment for the colleagues on what the cursor stands on."""
        await self.command_comment_here()

    def talked_about(self) -> list[tuple[str, str]]:
        """What is marked, else what the cursor stands on, else the whole visit."""
        marked = [place for place in map(_place_of, sorted(self.marked)) if place[0] in self.visit.forms]
        if marked:
            return marked
        line = self.query_one("#gates", VirtualList).row
        place = _place_of(line.target) if line is not None else ("", "")
        return [place if place[0] in self.visit.forms else ("", "")]

    def command_mark_line(self) -> None:
        """Nothing; marks the line under the cursor, on a gate all lines under it, or takes the marks away."""
        rows = self.query_one("#gates", VirtualList)
        lines, at = rows.rows, rows.cursor
        end = next((index for index in range(at + 1, len(lines)) if lines[index].kind == "gate"), len(lines))
        chosen = range(at, end) if rows.row is not None and rows.row.kind == "gate" else range(at, at + 1)
        targets = {
            lines[index].target
            for index in chosen
            if lines[index].kind == "item" and _place_of(lines[index].target)[0] in self.visit.forms
        }
        if not targets:
            self.say(_("Only questions and rows can be marked."), "bold $doubt")
            return
        self.marked = self.marked - targets if targets <= self.marked else self.marked | targets
        for index in chosen:
            rows.refresh_row(index)
        rows.move_cursor(min(chosen[-1] + 1, len(lines) - 1))
        count = len(self.marked)
        said = ngettext(
            "{count} marked; Ctrl+X returns it.", "{count} marked; Ctrl+X returns them together.", count
        ).format(count=count)
        self.say(said if count else "")

    async def command_talk(self) -> None:
        """Nothing; as ``VisitScreen``; what is marked is returned together, and the marks go."""
        from assessor_tui.i18n.sentences import sentence
        from assessor_tui.problem import Problem
        from assessor_tui.tui.windows.returning import talk, talk_together

        places = self.talked_about()
        if not self.marked:
            await talk(self, places[0])
        elif not self.visit.may_return:
            self.say(sentence(Problem("visit.may_not_return")), "bold $doubt")
        else:
            await talk_together(self, places, lambda _recorded: self._unmark())

    def _unmark(self) -> None:
        self.marked.clear()
        self.show(self.target)

    async def command_report(self) -> None:
        """Nothing; writes the summary."""
        from assessor_tui.tui.windows.reporting import report_dialog

        await report_dialog(self, self.visit)
