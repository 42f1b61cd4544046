"""What stands beside a photo, paper or note that is to be tied: what was answered then, and where it could belong."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.left import DEMAND, Left
from assessor_tui.assess.moments import Moment, around
from assessor_tui.evidence.inbox import ARRIVING
from assessor_tui.form.model import in_language
from assessor_tui.i18n import _
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.shown.evidence import NO_TIME, Piece, clock, offset_words
from assessor_tui.tui.shown.rows import place_words, row_around
from assessor_tui.tui.shown.words import size_words
from assessor_tui.tui.widgets.card import CardLine, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

_RECENT = 3
_DEMANDED = 3


class Offer(NamedTuple):
    """A place that the piece could be tied to."""

    form: str
    path: str
    label: str
    why: str


class SortCard(NamedTuple):
    """A piece that is to be tied, for ``Card(lines=sort_card_lines)``."""

    title: str
    note: str
    """Stands at the right end of the title."""
    offers: tuple[Offer, ...] = ()
    """By their digits from 1 on."""
    remarks: tuple[Remark, ...] = ()


def offers(visit: "Visit", left: Iterable[Left], known: Sequence[Moment], piece: Piece, tag: str) -> tuple[Offer, ...]:
    """Where the piece could belong, at most one for each digit.

    What was answered before and after it was taken, the last places something was tied to, and the answers that demand
    a file and have none, those from about the same time first.
    """
    found: dict[tuple[str, str], str] = {}
    demanded = _demanded(visit, left)
    if piece.at < NO_TIME:
        before, after = around(known, piece.at)
        for moment, words in ((before, _("answered {time}")), (after, _("next {time}"))):
            if moment is not None and (at := _target(visit, moment, demanded)):
                found.setdefault(at, words.format(time=_time(moment.at, piece.at)))
    for at in _tied_last(visit):
        found.setdefault(at, _("tied last"))
    when = {place: _answered_at(visit, *place) for place in demanded}
    middle = piece.at if piece.at < NO_TIME else max(when.values(), default=0)
    for at in sorted(demanded, key=lambda place: abs(when[place] - middle))[:_DEMANDED]:
        found[at] = f"{found[at]}, {_('proof demanded')}" if at in found else _("proof demanded")
    places = [(at, why) for at, why in found.items() if at not in piece.places]
    return tuple(
        Offer(form, path, place_words(visit, form, path, tag), why) for (form, path), why in places[:MOST_DIGITS]
    )


def _time(at: int, beside: int) -> str:
    """The time of day, with its date when that is another than beside."""
    words = clock(at)
    return words[6:] if words[:5] == clock(beside)[:5] else words


def _demanded(visit: "Visit", left: Iterable[Left]) -> list[tuple[str, str]]:
    return [
        (each.form, each.paths[0])
        for each in left
        if each.kind == DEMAND and each.problem is not None and each.problem.code == "demand.evidence"
    ]


def _target(visit: "Visit", moment: Moment, demanded: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Where a file from that moment belongs: the question, or the whole row of a table; None when that is gone."""
    form, path = moment.form, moment.path
    if form not in visit.forms:
        return None
    if (form, path) not in demanded and "[" in path:
        path = row_around(path)
    return (form, path) if visit.is_place(form, path) else None


def _tied_last(visit: "Visit") -> list[tuple[str, str]]:
    """The last places that this laptop tied a file to, the latest first."""
    device = visit.store.device
    found: dict[tuple[str, str], None] = {}
    for _digest, entry in reversed(visit.state.log(device.id) if device is not None else []):
        if entry.act == acts.ATTACH and entry.form and visit.is_place(entry.form, entry.path):
            found[entry.form, entry.path] = None
            if len(found) == _RECENT:
                break
    return list(found)


def _answered_at(visit: "Visit", form: str, path: str) -> int:
    standing = visit.state.standing(form, path)
    return standing.entry.at if standing is not None else 0


def then_words(visit: "Visit", known: Sequence[Moment], piece: Piece, tag: str) -> str:
    """What was being answered when the piece was taken, in a few words; ``""`` when nothing says so."""
    moment = around(known, piece.at)[0] if piece.at < NO_TIME else None
    target = _target(visit, moment, ()) if moment is not None else None
    return place_words(visit, *target, tag) if target is not None else ""


def sort_card(visit: "Visit", piece: Piece, offered: tuple[Offer, ...], clocks: dict[str, int], tag: str) -> SortCard:
    """The card of a piece that is tied to nothing yet."""
    from assessor_tui.i18n.sentences import sentence

    remarks: list[Remark] = []
    file, value = piece.file, piece.value
    note = clock(piece.at) if piece.at < NO_TIME else _("no time")
    if file is not None:
        if file.problem is not None:
            state = "warning" if file.state == ARRIVING else "problem"
            return SortCard(piece.label, size_words(file.seen.size), remarks=(Remark(sentence(file.problem), state),))
        note += f"  {size_words(file.seen.size)}"
        if file.seen.type.startswith("image/") and not file.seen.taken:
            told = _("It has no time of its own and stands at the end.")
            if file.after:
                told = _("It has no time of its own; by its name it stands after {name}.").format(name=file.after)
            remarks.append(Remark(told, "warning"))
        if file.seen.camera:
            seconds = clocks.get(file.seen.camera)
            known = offset_words(seconds) if seconds is not None else _("camera clock not compared")
            remarks.append(Remark(f"{file.seen.camera}: {known}"))
    elif value is not None:
        note += f"  {size_words(int(value.about['size']))}" if value.about.get("size", "").isdecimal() else ""
        remarks.append(Remark(piece.ties[0][1].person))
    else:
        remarks.append(Remark(piece.ties[0][1].person))
    if place := _place(visit, offered, tag):
        remarks.append(Remark(_("at: {place}").format(place=place)))
    return SortCard(piece.label, note, offered, tuple(remarks))


def _place(visit: "Visit", offered: Sequence[Offer], tag: str) -> str:
    """Where on the site one was then, by the question answered last."""
    if not offered:
        return ""
    try:
        name = visit.filling(offered[0].form).state(offered[0].path).question.place
    except KeyError:
        return ""
    label = dict(visit.scheme.places).get(name)
    return in_language(label, tag) if label is not None else name


def sort_card_lines(model: SortCard | TextPage, width: int) -> list[CardLine]:
    """The lines of the card, each exactly ``width`` cells wide: the offers first, one line each."""
    if isinstance(model, TextPage) or width < 8:
        return page_lines(model if isinstance(model, TextPage) else TextPage(), width)
    note = safe(model.note)
    lines = [CardLine(left_right(content(" ", (safe(model.title), "bold")), content((note, "$muted"), " "), width))]
    for number, offer in enumerate(model.offers, 1):
        why = safe(offer.why)
        room = max(width - width_of(why) - 6, 4)
        left = content(f" {number} ", (fit(safe(offer.label), room), ""))
        lines.append(CardLine(left_right(left, content((why, "$muted"), " "), width), f"offer:{number}"))
    rest = page_lines(TextPage("", (Part("", model.remarks),)), width) if model.remarks else []
    return lines + rest
