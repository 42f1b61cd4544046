"""Pages beside a conflict: what waits else, what others decided or changed, how far two agree, what a merge brought.

Values for ``page_lines``; no widget and nothing of the screen.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from assessor_tui.assess.agreement import Agreement, compared
from assessor_tui.assess.merged import Broken
from assessor_tui.form.model import Group, in_language
from assessor_tui.i18n import _, ngettext
from assessor_tui.i18n.waiting_words import ask_words, kind_words, waits_words
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.conflicts import EqualRows, Gap, keys_of
from assessor_tui.ledger.entry import Entry, generic_path
from assessor_tui.ledger.state import device_letters
from assessor_tui.settling import joining
from assessor_tui.tui.shown import words
from assessor_tui.tui.shown.conflicts import place_words, row_number, said_words, when_words
from assessor_tui.tui.widgets.card import Part, Remark, TextPage
from assessor_tui.waiting import ALIKE, CLOCK, FILES, GAP, HELD, RULE, FilesAway, Waits

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

_MOST = 12
"""Lines of a long list on a page."""


def waits_page(visit: "Visit", waits: Waits, tag: str) -> TextPage:
    """What one thing beside the conflicts is about, and what can be done."""
    about = waits.about
    parts: list[Part] = []
    if isinstance(about, EqualRows):
        parts += _rows_parts(visit, about, tag)
    elif isinstance(about, Broken):
        parts += _broken_parts(visit, about, tag)
    else:
        people = {entry.device: entry.person for _digest, entry in visit.state.entries()}
        lines = [Remark(waits_words(waits, people), "conflict" if waits.kind == GAP else "warning")]
        if isinstance(about, Gap):
            lines.append(Remark(ask_words(about.ask)))
            lines.append(Remark(_("Until they are here, or the lead signs over them with a reason, nobody can sign.")))
        if isinstance(about, FilesAway):
            names = [name or digest[:12] for digest, name in about.files]
            lines += [Remark(name) for name in names[:_MOST]]
            if len(names) > _MOST:
                lines.append(Remark(_("and {count} more").format(count=len(names) - _MOST)))
        if waits.kind == CLOCK:
            lines.append(Remark(_("Nothing is decided by a clock; only the times shown are wrong.")))
        parts.append(Part("", tuple(lines)))
    to_do = tuple(Remark(f"{key}   {said}", "", f"key:{key}") for key, said in what_to_do(waits))
    if to_do:
        parts.append(Part(_("What can be done"), to_do))
    return TextPage(kind_words(waits.kind), tuple(parts))


def what_to_do(waits: Waits) -> tuple[tuple[str, str], ...]:
    """(key, words) of what can be done about what waits beside conflicts."""
    if isinstance(waits.about, EqualRows):
        count = len(waits.about.rows)
        keep = _("join them into this row, with a reason; what it lacks it gets from the others")
        return ((f"1-{count}", keep), (str(count + 1), _("keep all of them as rows of their own, with a reason")))
    return {
        GAP: (("1", _("write a request to carry to them")),),
        FILES: (("1", _("write a request to carry to them")),),
        HELD: (("1", _("look at what is held back")),),
        ALIKE: (("1", _("they are one visit: link them")), ("2", _("they are not the same, with a reason"))),
        CLOCK: (("1", _("note the true time, as a comment on the visit")),),
        RULE: (("1", _("go to the question and correct it")),),
    }.get(waits.kind, ())


def waits_line(visit: "Visit", waits: Waits, tag: str) -> tuple[str, str]:
    """Number and label of the line in the list."""
    about = waits.about
    if isinstance(about, EqualRows):
        return row_number(visit, about.form, about.rows[0]), key_words(visit, about, tag)
    if isinstance(about, Broken):
        return place_words(visit, waits.form, waits.path, tag)
    if isinstance(about, Gap):
        if about.begin == about.end:
            return device_letters(about.device), _("entry {number} not here").format(number=about.begin)
        numbers = f"{about.begin}-{about.end}"
        return device_letters(about.device), _("entries {numbers} not here").format(numbers=numbers)
    if isinstance(about, FilesAway):
        words_ = ngettext("{count} file not here", "{count} files not here", len(about.files))
        return device_letters(about.device), words_.format(count=len(about.files))
    if waits.kind == CLOCK:
        return device_letters(waits.path), kind_words(CLOCK)
    return "", kind_words(waits.kind)


def key_words(visit: "Visit", rows: EqualRows, tag: str) -> str:
    """What rows entered twice have in common, as people read it."""
    filling = visit.filling(rows.form)
    names = keys_of(visit.forms[rows.form])[generic_path(rows.repeat)]
    said = (
        words.value_words(filling, f"{rows.rows[0]}/{name}", value, tag)
        for name, value in zip(names, rows.key, strict=True)
    )
    return " / ".join(said)


def _rows_parts(visit: "Visit", rows: EqualRows, tag: str) -> list[Part]:
    form = visit.forms[rows.form]
    title = f"{form.number} {in_language(form.title, tag)}".strip()
    parts = [Part("", (Remark(key_words(visit, rows, tag), "conflict"), Remark(title)))]
    for number, row in enumerate(rows.rows, 1):
        plan = joining(visit, rows, row)
        people = _(", ").join(
            dict.fromkeys(f"{e.person}, {when_words(e.at)}" for _d, e in visit.state.row_heads(rows.form, row))
        )
        filled = sum(at.startswith(f"{row}/") for at in visit.state.answers(rows.form))
        lines = [Remark(_("added by {person}").format(person=people))]
        answers = ngettext("{count} answer", "{count} answers", filled).format(count=filled)
        gets = ngettext("would get {count} more", "would get {count} more", len(plan.taken))
        lines.append(Remark(_("; ").join((answers, gets.format(count=len(plan.taken))))))
        for at, mine, other in plan.lost[:_MOST]:
            label = place_words(visit, rows.form, at, tag)[1].rpartition(": ")[2]
            filling = visit.filling(rows.form)
            kept = words.value_words(filling, at, mine, tag)
            gone = words.value_words(filling, at, other, tag)
            said = _("{label}: {kept} stays, not {gone}").format(label=label, kept=kept, gone=gone)
            lines.append(Remark(said, "warning"))
        if plan.beside:
            moved = ngettext("{count} note or proof moves here", "{count} notes and proofs move here", plan.beside)
            lines.append(Remark(moved.format(count=plan.beside)))
        parts.append(Part(f"{number}  {row_number(visit, rows.form, row)}", tuple(lines), "", f"key:{number}"))
    return parts


def _broken_parts(visit: "Visit", broken: Broken, tag: str) -> list[Part]:
    from assessor_tui.i18n.asked_words import broken_words

    number, label = place_words(visit, broken.form, broken.path, tag)
    standing = visit.state.standing(broken.form, broken.path)
    lines = [Remark(broken_words(visit.filling(broken.form), broken.path, broken.problem, tag), "problem")]
    for entry in ([standing.entry] if standing is not None else []) + list(broken.beside[:_MOST]):
        its_number, its_label = place_words(visit, entry.form, entry.path, tag)
        said = f"{its_number} {its_label}: {said_words(visit, entry, tag)}   {entry.person}   {when_words(entry.at)}"
        lines.append(Remark(said.strip()))
    lines.append(Remark(_("Each was right where it was typed; side by side they break the rule.")))
    return [Part(f"{number}  {label}".strip(), tuple(lines))]


# What others have done


def changed_page(visit: "Visit", entry: Entry, tag: str) -> TextPage:
    """What somebody changed of what another had said."""
    number, label = place_words(visit, entry.form, entry.path, tag)
    before = [each for ref in entry.replaces if (each := visit.state.entry(ref[-32:])) is not None]
    was = [f"{said_words(visit, each, tag)}   {each.person}   {when_words(each.at)}" for each in before]
    is_now = f"{said_words(visit, entry, tag)}   {entry.person}   {when_words(entry.at)}"
    lines = [Remark(_("before: {said}").format(said=each)) for each in was]
    lines.append(Remark(_("now: {said}").format(said=is_now)))
    because = _("because: {why}").format(why=entry.why) if entry.why else _("without a reason")
    lines.append(Remark(because, "" if entry.why else "warning"))
    return TextPage(f"{number}  {label}".strip(), (Part("", tuple(lines)),))


def nothing_page() -> TextPage:
    """That there is no conflict."""
    where = _("When laptops are merged (F4 on the overview), what they say differently stands here.")
    none = Remark(_("No conflict is open and none was settled."), "answered")
    return TextPage(parts=(Part("", (none,)), Part("", (Remark(where),))))


# How far two people agree


def agreement_page(visit: "Visit", tag: str) -> TextPage:
    """How many questions several people answered apart, and on how many they agree: whole, by section, by two."""
    forms = {name: form for name, form in visit.forms.items() if form.kind == "checklist"}
    result = compared(forms, visit.state)
    if not result.whole.both:
        none = _("No question was answered by two people who had not seen each other's answer.")
        return TextPage(_("Agreement"), (Part("", (Remark(none),)),))
    labels = {
        (form_id, child.name): in_language(child.label, tag)
        for form_id, form in forms.items()
        for child in form.children
        if isinstance(child, Group)
    }
    sections = [
        Remark(f"{agreement_words(part)}   {forms[form].number} {labels.get((form, name)) or _title(visit, form, tag)}")
        for (form, name), part in result.sections.items()
    ]
    pairs: list[Remark] = []
    for pair in result.pairs:
        pairs.append(Remark(f"{agreement_words(pair.agreement)}   {pair.one} / {pair.other}"))
        if pair.kappa is not None:
            kappa = _("kappa {kappa} over {count} questions with the same choices: 0 as by chance, 1 always alike")
            pairs.append(Remark(kappa.format(kappa=f"{float(pair.kappa):.2f}", count=pair.kappa_over)))
    differ = []
    for each in result.differ[: _MOST * 2]:
        number, label = place_words(visit, each.form, each.path, tag)
        said = _(", ").join(f"{entry.person}: {said_words(visit, entry, tag)}" for entry in each.said.values())
        differ.append(Remark(f"{number} {label}: {said}".strip(), "conflict"))
    if len(result.differ) > len(differ):
        differ.append(Remark(_("and {count} more").format(count=len(result.differ) - len(differ))))
    kind = "answered" if result.whole.share == 1 else ""
    parts = [
        Part(_("Whole visit"), (Remark(agreement_words(result.whole), kind),)),
        Part(_("By section"), tuple(sections)),
        Part(_("By two people"), tuple(pairs)),
    ]
    if differ:
        parts.append(Part(_("Where they differ"), tuple(differ)))
    return TextPage(_("Answers to the same questions, neither having seen the other's"), tuple(parts))


def _title(visit: "Visit", form: str, tag: str) -> str:
    return in_language(visit.forms[form].title, tag)


def agreement_words(part: Agreement) -> str:
    """Percentage and counts."""
    share = part.share
    percent = f"{float(share * 100):.0f} %" if share is not None else ""
    return _("{percent}   {agreed} of {both}").format(percent=percent, agreed=part.agreed, both=part.both)


# What the last merge brought


def taken_page(visit: "Visit", brought: Sequence[dict[str, Any]], wanted_here: Collection[str], left: int) -> TextPage:
    """What the last merge brought, and what of the answers was taken as it is; ``left`` conflicts are open."""
    files = []
    for each in brought:
        said = ngettext("{count} new entry of {person}", "{count} new entries of {person}", each["new"])
        known = _("{count} known before").format(count=each["known"])
        words_ = f"{each['file']}   {said.format(count=each['new'], person=each['sender'])}   {known}"
        files.append(Remark(words_, "answered"))
    alone, agreed, wanted = _counts(visit, wanted_here)
    alone_words = ngettext("{count} answer that only one laptop had", "{count} answers that only one laptop had", alone)
    agreed_words = ngettext(
        "{count} answer that is the same on several", "{count} answers that are the same on several", agreed
    )
    counts = [alone_words.format(count=alone), agreed_words.format(count=agreed)]
    open_words = ngettext("{count} conflict waits for a decision", "{count} conflicts wait for a decision", left)
    wanted_words = ngettext(
        "{count} photo or document has not arrived", "{count} photos or documents have not arrived", wanted
    )
    waiting = [(left, open_words, "conflict"), (wanted, wanted_words, "warning")]
    parts = [
        Part(_("Last merge"), tuple(files) or (Remark(_("Nothing was merged on this laptop yet.")),)),
        Part(_("Taken as it is"), tuple(Remark(each, "answered") for each in counts)),
        Part(_("Laptops in this visit"), tuple(Remark(each) for each in _laptops(visit))),
    ]
    if any(count for count, _words, _state in waiting):
        lines = (Remark(said.format(count=count), state) for count, said, state in waiting if count)
        parts.append(Part(_("Not yet"), tuple(lines)))
    return TextPage(parts=tuple(parts))


def _laptops(visit: "Visit") -> list[str]:
    lines = []
    for device in visit.state.devices():
        log = visit.state.log(device)
        last = log[-1][1]
        count = ngettext("{count} entry", "{count} entries", len(log)).format(count=len(log))
        latest = _("last {when}").format(when=when_words(last.at))
        lines.append(f"{device_letters(device)}  {last.person}   {count}   {latest}")
    return lines


def _counts(visit: "Visit", wanted_here: Collection[str]) -> tuple[int, int, int]:
    """Answers of one laptop alone, answers on which several agree, evidence files still to arrive."""
    state = visit.state
    alone = agreed = 0
    wanted: set[str] = set()
    devices: dict[tuple[str, str], set[str]] = {}
    for _digest, entry in state.entries():
        if entry.act in acts.ANSWERING:
            devices.setdefault((entry.form, entry.path), set()).add(entry.device)
        about = getattr(entry.value, "about", None)
        if about and about.get("sha256") in wanted_here:
            wanted.add(about["sha256"])
    for (form, path), several in devices.items():
        standing = state.standing(form, path)
        if standing is None or standing.disputed or standing.status == "missing":
            continue
        if len(several) == 1:
            alone += 1
        elif len(standing.heads) > 1:
            agreed += 1
    return alone, agreed, len(wanted)
