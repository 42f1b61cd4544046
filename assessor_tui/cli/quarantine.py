"""``assessor quarantine``: bundles that were held back, why, and what to do with them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import PROBLEMS, Json, demand_identity, opened, say, show, show_json
from assessor_tui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.trust.quarantine import Waiting

Digest = Annotated[str, typer.Argument(metavar="BUNDLE", help=N_("Its number in the list, or its beginning."))]


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    quarantine = typer.Typer(
        rich_markup_mode=None, help=N_("Bundles held back: nothing of them counts until you decide, nothing is lost.")
    )
    quarantine.command("list", help=N_("List what is held back and waits for a decision."))(list_held)
    quarantine.command("show", help=N_("Say what is held back of a bundle, why, and what to do."))(show_held)
    quarantine.command("accept", help=N_("Take in all that is held back of a bundle."))(accept)
    quarantine.command("decline", help=N_("Leave out what is held back of a bundle; its file is kept."))(decline)
    app.add_typer(quarantine, name="quarantine")


def list_held(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("Also what was accepted or declined, or went in by itself."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Nothing; one line per bundle. Exit code 3 while something waits."""
    from assessor_tui.store.trusted import WAITING
    from assessor_tui.trust.quarantine import bundles_held

    with opened(context) as store:
        found = bundles_held(store, "" if everything else WAITING)
        if as_json:
            show_json({"bundles": [held_data(store, each) for each in found]})
        else:
            for each in found:
                show(held_line(each))
            if not found:
                say(_("Nothing is held back."))
    if any(each.state == WAITING for each in found):
        raise typer.Exit(PROBLEMS)


def held_line(each: "Waiting") -> str:
    """One bundle on one line."""
    from assessor_tui.cli.conflicts import when
    from assessor_tui.i18n.trust_words import count_words

    states = {"waiting": N_("waits"), "accepted": N_("accepted"), "declined": N_("declined")}
    parts = (
        each.digest[:8],
        _(states[each.state]),
        when(each.arrived),
        each.sender,
        count_words(each.held),
        each.file,
    )
    return "  ".join(parts)


def held_data(store: "Store", each: "Waiting") -> dict[str, Any]:
    """The bundle as JSON data."""
    from assessor_tui.trust.names import held_sentence

    return {
        "bundle": each.digest,
        "state": each.state,
        "file": each.file,
        "visit": each.visit,
        "sender": each.sender,
        "device": each.device,
        "signed": each.signed,
        "entries": each.entries,
        "held": [
            {
                "reason": part.reason, "device": part.device, "visit": part.visit, "from": part.begin, "to": part.end,
                **({"act": part.act} if part.act else {}), "sentence": held_sentence(store, part, each),
            }
            for part in each.held
        ],
    }  # fmt: skip


def show_held(context: typer.Context, digest: Digest, as_json: Json = False) -> None:
    """Nothing; the reasons, one line each, and what to do. Exit code 3 while it waits."""
    from assessor_tui.carry.quarantine import find
    from assessor_tui.store.trusted import WAITING
    from assessor_tui.trust.names import advice, held_sentence

    with opened(context) as store:
        each = find(store, digest)
        if as_json:
            show_json(held_data(store, each))
        else:
            show(held_line(each))
            said = _("from {sender}, signed by the laptop {device}") if each.signed else _("from {sender}, not signed")
            show("  " + said.format(sender=each.sender, device=each.device))
            for part in each.held:
                show("  " + held_sentence(store, part, each))
            for words in advice(store, each):
                say(words)
            if not each.path.is_file() and each.state == WAITING:
                say(_("Its file is gone from the data folder. Ask for it again and merge it: it will wait here again."))
    if each.state == WAITING:
        raise typer.Exit(PROBLEMS)


def accept(context: typer.Context, digest: Digest, as_json: Json = False) -> None:
    """Nothing; says what came of it. Exit codes as those of a merge."""
    from assessor_tui.carry.quarantine import accept as take_in
    from assessor_tui.cli.bundles import tell

    with opened(context, write=True) as store:
        demand_identity(store)
        code = tell(store, [take_in(store, digest)], as_json)
    if code:
        raise typer.Exit(code)


def decline(context: typer.Context, digest: Digest, as_json: Json = False) -> None:
    """Nothing; says it. What went in of the bundle before stays."""
    from assessor_tui.carry.quarantine import decline as leave_out

    with opened(context, write=True) as store:
        each = leave_out(store, digest)
        if as_json:
            show_json(held_data(store, each))
            return
    said = ngettext(
        "Left out: {count} entry of {file}. The file is kept: “assessor quarantine accept {digest}” still takes it in.",
        "Left out: {count} entries of {file}. The file is kept: “assessor quarantine accept {digest}” takes them in.",
        each.entries,
    )
    say(said.format(count=each.entries, file=each.file, digest=each.digest[:8]))
