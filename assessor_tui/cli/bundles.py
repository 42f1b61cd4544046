"""``assessor bundle`` and ``assessor merge``: carrying visits between laptops."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.bundle_check import check
from assessor_tui.cli.session import (
    PROBLEMS,
    REFUSED,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    new_id,
    opened,
    say,
    show,
    show_json,
)
from assessor_tui.cli.visits import alike_sentence
from assessor_tui.i18n import N_, _, language, ngettext

if TYPE_CHECKING:
    from assessor_tui.bundle.error import BundleError
    from assessor_tui.carry.exchange import Merged
    from assessor_tui.store.ledger import Store


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    bundle = typer.Typer(rich_markup_mode=None, help=N_("Bundles: a visit in one file, to carry to another laptop."))
    bundle.command("make", help=N_("Make a bundle of a visit."))(make)
    bundle.command("check", help=N_("Check bundles without taking anything from them."))(check)
    app.add_typer(bundle, name="bundle")
    app.command("merge", help=N_("Take bundles in: files, folders or patterns. Nothing is ever overwritten."))(merge)


def make(
    context: typer.Context,
    visit_name: VisitName,
    invite: Annotated[
        bool, typer.Option("--invite", help=N_("For a colleague who begins: with earlier visits of the site."))
    ] = False,
    delta: Annotated[
        bool, typer.Option("--delta", help=N_("Only what nobody has confirmed yet; a lost bundle is made up for."))
    ] = False,
    receipt: Annotated[
        bool,
        typer.Option("--receipt", help=N_("What is here, signed, with your own entries: for those who delivered.")),
    ] = False,
    request: Annotated[
        bool, typer.Option("--request", help=N_("Asks for what is missing here; small enough for a message."))
    ] = False,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to", metavar="PERSON", help=N_("For this person, encrypted when there is a roster; repeatable.")
        ),
    ] = None,
    no_photos: Annotated[
        bool, typer.Option("--no-photos", help=N_("Entries only; photos and papers go later."))
    ] = False,
    photos_only: Annotated[
        bool, typer.Option("--photos-only", help=N_("Photos and papers that are not confirmed, and no entries."))
    ] = False,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help=N_("Folder for the file."))] = Path(),
    as_json: Json = False,
) -> None:
    """Nothing; prints the path of the file."""
    from assessor_tui.bundle.seal import DELTA, FULL, INVITE, RECEIPT, REQUEST
    from assessor_tui.carry.exchange import make_bundle
    from assessor_tui.evidence.files import EvidenceDamaged
    from assessor_tui.evidence.inbox import unsorted_files
    from assessor_tui.i18n.sentences import not_carried_words

    purposes = {INVITE: invite, DELTA: delta, RECEIPT: receipt, REQUEST: request}
    chosen = [purpose for purpose, wanted in purposes.items() if wanted]
    if len(chosen) > 1:
        raise Mistake(_("Choose one of --invite, --delta, --receipt and --request."))
    if no_photos and photos_only:
        raise Mistake(_("Choose --no-photos or --photos-only, not both."))
    purpose = chosen[0] if chosen else DELTA if photos_only else FULL
    if photos_only and purpose != DELTA:
        raise Mistake(_("--photos-only stands alone or with --delta."))
    evidence = "none" if no_photos else "only" if photos_only else ""
    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        devices = devices_of(store, to or [])
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Mistake(
                _("{folder} cannot be made ({reason}). Name another folder with -o.").format(
                    folder=folder, reason=error.strerror
                ),
                1,
            ) from error
        written = make_bundle(store, visit, folder, purpose, to=devices, evidence=evidence)
        waiting = len(unsorted_files(visit, time.time_ns() // 1000))
    if waiting:
        say(not_carried_words(waiting))
    for damaged in written.damaged:
        say(_(EvidenceDamaged.message).format(name=damaged[:12]))
    if as_json:
        show_json(
            {
                "path": str(written.path), "purpose": written.purpose, "visit": visit.id, "digest": written.digest,
                "size": written.size, "new": written.new,
                **({"damaged": list(written.damaged)} if written.damaged else {}),
            }
        )  # fmt: skip
        return
    show(str(written.path))
    if written.purpose == RECEIPT and purpose == DELTA:
        say(_("Everything is confirmed already, so the bundle only says what is here."))
    if devices and not written.path.name.endswith(".age"):
        say(_("The team has no roster yet, so the bundle is not encrypted: whoever holds it can read it."))
    say(
        _("The bundle is written, read back and good ({size} bytes). Carry it over and merge it there.").format(
            size=written.size
        )
    )


def devices_of(store: "Store", people: list[str]) -> list[str]:
    """The devices of the people named.

    Raises:
        Mistake: when somebody is not known.
    """
    if not people:
        return []
    from assessor_tui.carry.receipts import people_reached
    from assessor_tui.ledger.entry import plain_name

    known = people_reached(store)
    by_name = {plain_name(name): devices for name, devices in known.items()}
    found: list[str] = []
    for person in people:
        if plain_name(person) not in by_name:
            names = _(", ").join(known) if known else _("none")
            raise Mistake(
                _("Nobody called {person} is known here. Known are: {names}.").format(person=person, names=names)
            )
        found += by_name[plain_name(person)]
    return found


def refusal(error: "BundleError") -> str:
    """Why the bundle was refused, as a sentence."""
    return _(error.message).format(**error.parameters)


def files_meant(paths: list[str]) -> list[Path]:
    """The bundles that the arguments stand for.

    Raises:
        Mistake: when there is none.
    """
    from assessor_tui.carry.exchange import bundles_in

    found = bundles_in(Path(path) for path in paths)
    if not found:
        raise Mistake(
            _("There is no bundle in {places}. Bundles end with .zip or .zip.age.").format(places=", ".join(paths))
        )
    return found


def merge(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|PATTERN...", help=N_("What to take in."))],
    as_json: Json = False,
) -> None:
    """Nothing; one line per file. Exit code 4 when any was refused, else 3 when conflicts are open now."""
    from assessor_tui.carry.exchange import merge_bundles

    files = files_meant(paths)
    with opened(context, write=True) as store:
        demand_identity(store)
        code = tell(store, list(merge_bundles(store, files)), as_json)
    if code:
        raise typer.Exit(code)


def tell(store: "Store", merged: "list[Merged]", as_json: bool) -> int:
    """Exit code of a merge, after what came of each file was said: 4 when any was refused, 3 with open conflicts."""
    visits = dict.fromkeys(visit for each in merged if each.error is None for visit in each.visits)
    conflicts = {visit: count for visit in visits if (count := len(store.conflicts(visit)))}
    links = _links(store, list(visits))
    if as_json:
        show_json(
            {
                "files": [_merged_data(each) | _asked_data(store, each) for each in merged],
                "conflicts": conflicts,
                "links": [{"visit": one, "other": two, "reason": reason} for one, two, reason in links],
                **({"returned": returned} if (returned := _returned(store, visits)) else {}),
            }
        )
    else:
        said: set[str] = set()
        for each in merged:
            show(_merged_line(each))
            _say_trust(store, each, said)
            _say_asked(store, each)
        for visit, count in conflicts.items():
            say(
                _("Visit {visit} has open conflicts: {count}. “assessor conflicts list {visit}” shows them.").format(
                    visit=visit[:8], count=count
                )
            )
        for one, two, reason in links:
            say(alike_sentence(one, two, reason))
        _say_returned(_returned(store, visits))
        _say_offered(merged)
        _say_unsigned(store, merged)
    if any(each.error is not None for each in merged):
        return REFUSED
    held = any(each.held and each.decision != "declined" for each in merged)
    alarmed = any(each.roster is not None and each.roster.is_alarm for each in merged)
    return PROBLEMS if conflicts or held or alarmed or any(each.forks for each in merged) else 0


def _say_trust(store: "Store", merged: "Merged", said: set[str]) -> None:
    """Nothing; says what of one file was held back and why, and what came of the roster that it brought.

    What every file of a sender would repeat, and was ``said`` already, is not said again.
    """
    from assessor_tui.i18n.trust_words import news_words, unsigned_words
    from assessor_tui.trust.names import MOST_TOLD, called, held_words

    for held in merged.held[:MOST_TOLD]:
        say("  " + held_words(held, called(store, held.device, merged.sender)))
    if len(merged.held) > MOST_TOLD:
        say("  …")
    if merged.held:
        words = (
            _("It was declined before and stays out. “assessor quarantine show {digest}” says more.")
            if merged.decision == "declined"
            else _("Nothing of this counts until you decide: “assessor quarantine show {digest}”.")
        )
        say("  " + words.format(digest=merged.digest[:8]))
    if merged.new and not merged.signed:
        say("  " + unsigned_words())
    # A first one is told at the end; an older one is how it always is for a while after a new one was made.
    is_told = merged.roster is not None and merged.roster.outcome not in ("offered", "older")
    once = [news_words(merged.roster)] if merged.roster is not None and is_told else []
    if merged.called:
        words = _("The laptop that calls itself {sender} is known here as {person}.")
        once.append(words.format(sender=merged.sender, person=merged.called))
    for words in once:
        if words and words not in said:
            said.add(words)
            say("  " + words)
    if merged.released:
        words = ngettext(
            "{count} bundle that was held back is let in now.",
            "{count} bundles that were held back are let in now.",
            len(merged.released),
        )
        say("  " + words.format(count=len(merged.released)))


def _say_asked(store: "Store", merged: "Merged") -> None:
    """Nothing; says what a request asks for, and how to answer it."""
    if merged.asked is None:
        return
    from assessor_tui.carry.receipts import asked_of
    from assessor_tui.reports.receipts_words import asked_words

    asked = asked_of(store, merged.asked)
    words = asked_words(merged.sender, asked)
    if any(asked):
        words += " " + _("“assessor bundle make {visit} --delta” makes a bundle with it.").format(
            visit=merged.asked.visit[:8]
        )
    say("  " + words)


def _asked_data(store: "Store", merged: "Merged") -> dict[str, Any]:
    """What a request asks for, as data; nothing of another bundle."""
    if merged.asked is None:
        return {}
    from assessor_tui.carry.receipts import asked_of

    return {"asked": asked_of(store, merged.asked)._asdict()}


def _say_offered(merged: "list[Merged]") -> None:
    """Nothing; says once, at the end, that the first roster of a team came and waits to be compared."""
    from assessor_tui.i18n.trust_words import news_words

    came = [each.roster for each in merged if each.roster is not None and each.roster.outcome == "offered"]
    for words in dict.fromkeys(news_words(each) for each in came):
        say(words)


def _say_unsigned(store: "Store", merged: "list[Merged]") -> None:
    """Nothing; in a team without a roster says so, once."""
    from assessor_tui.store.trusted import latest_roster

    if any(each.error is None for each in merged) and latest_roster(store) is None:
        say(_("Unsigned team: there is no roster, so whoever brings a bundle is let in (“assessor trust list”)."))


def _returned(store: "Store", visits: "Iterable[str]") -> dict[str, dict[str, int]]:
    """Visit -> what waits there because it was returned, and how many of the own returns were answered."""
    from assessor_tui.returning import news

    found = {visit: news(store, store.state(visit)) for visit in visits}
    return {
        visit: {"waiting": each.waiting, "look_again": each.look_again} for visit, each in found.items() if any(each)
    }


def _say_returned(returned: dict[str, dict[str, int]]) -> None:
    from assessor_tui.reports.returns_words import look_again_words, to_you_words

    for visit, counts in returned.items():
        words = [to_you_words(counts["waiting"])] if counts["waiting"] else []
        words += [look_again_words(counts["look_again"])] if counts["look_again"] else []
        said = _("Visit {visit}: {words} “assessor returned {visit}” shows them.")
        say(said.format(visit=visit[:8], words=" ".join(words)))


def _links(store: "Store", visits: list[str]) -> list[tuple[str, str, str]]:
    """Pairs of visits that look like one, each pair once."""
    from assessor_tui.carry.exchange import alike
    from assessor_tui.visit import Visit

    found: dict[frozenset[str], tuple[str, str, str]] = {}
    for each in visits:
        try:
            pairs = alike(store, Visit(store, each, new_id=new_id, language=language()))
        except (LookupError, KeyError):
            continue  # its opening has not arrived yet
        for pair in pairs:
            found.setdefault(frozenset((pair.visit, pair.other)), (pair.visit, pair.other, pair.reason))
    return list(found.values())


def _merged_data(merged: "Merged") -> dict[str, Any]:
    data: dict[str, Any] = {"file": str(merged.path), "outcome": merged.outcome}
    if merged.error is not None:
        return data | {"reason": merged.error.kind, "sentence": refusal(merged.error)}
    return data | {
        "visits": list(merged.visits), "new": merged.new, "known": merged.known, "forks": list(merged.forks),
        "sender": merged.sender, "purpose": merged.purpose, "signed": merged.signed,
        "held": [
            {"reason": each.reason, "visit": each.visit, "device": each.device, "from": each.begin, "to": each.end,
             **({"act": each.act} if each.act else {})}
            for each in merged.held
        ],
        **({"bundle": merged.digest} if merged.held else {}),
        **({"roster": merged.roster.outcome} if merged.roster is not None else {}),
        **({"released": list(merged.released)} if merged.released else {}),
        "wanted": merged.wanted, "files": merged.files,
        **({"kept": str(merged.kept)} if merged.kept is not None else {}),
        **({"withdrawn": list(merged.withdrawn)} if merged.withdrawn else {}),
    }  # fmt: skip


def _merged_line(merged: "Merged") -> str:
    if merged.error is not None:
        return _("refused: {sentence}").format(sentence=refusal(merged.error))
    if merged.purpose == "enrol":
        asks = _("request: {file}: {sender} asks for a place on the roster. “assessor trust sign” gives it.")
        return asks.format(file=merged.path.name, sender=merged.sender)
    if merged.purpose == "roster":
        return _("roster: {file}: from {sender}").format(file=merged.path.name, sender=merged.sender)
    if merged.held and not merged.new:
        return _("held back: {file}: nothing of it was let in").format(file=merged.path.name)
    words = {
        "new": N_("new: {file}: {new} entries of {sender}, {known} known already"),
        "known": N_("new: {file}: photos and papers of {sender}")
        if merged.files
        else N_("known: {file}: everything in it is here already"),
        "other visit": N_("new here: {file}: visit {visit} of {sender}, {new} entries"),
    }
    if merged.purpose in ("receipt", "request") and not merged.new and not merged.files:
        words["known"] = N_("known: {file}: {sender} says what is there")
    line = _(words[merged.outcome]).format(
        file=merged.path.name, new=merged.new, known=merged.known, sender=merged.sender,
        visit="".join(merged.visits[:1])[:8] if merged.visits else "",
    )  # fmt: skip
    if merged.files:
        line += "   " + ngettext("{count} file has arrived.", "{count} files have arrived.", merged.files).format(
            count=merged.files
        )
    if merged.wanted:
        line += "   " + _("Files still to arrive: {count}.").format(count=merged.wanted)
    if merged.withdrawn and merged.new:
        from assessor_tui.i18n.sentences import withdrawn_words

        line += "   " + withdrawn_words(len(merged.withdrawn))
    if merged.forks:
        line += "   " + _("A copy of the sender's ledger has written, too: both are kept.")
    return line
