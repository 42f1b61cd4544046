"""``assessor trust``: who belongs to the team, in which role, and who no longer does."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor_tui.cli.session import (
    FAILURE,
    KEY_OPENER,
    PROBLEMS,
    REFUSED,
    Json,
    Mistake,
    ask_secret,
    demand_identity,
    opened,
    say,
    show,
    show_json,
    show_table,
)
from assessor_tui.cli.trust_parts import (
    SCHEME_OPENER,
    check_role,
    compare,
    demand_roster,
    member_of,
    now,
    numbers,
    open_key,
    publish,
    roster_data,
    say_released,
    tell,
)
from assessor_tui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    pass

NEW_OPENER = "ASSESSOR_NEW_PASSPHRASE"
"""Variable that holds a new passphrase of this laptop's key."""

Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help=N_("Folder for the file."))]
Key = Annotated[
    Path,
    typer.Option("--key", metavar="DIR", help=N_("Folder that holds the scheme's key, such as that of its stick.")),
]
Fingerprint = Annotated[
    str,
    typer.Option("--fingerprint", metavar="DIGITS", help=N_("The fingerprint as it was read to you; asks without it.")),
]


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the commands."""
    trust = typer.Typer(
        rich_markup_mode=None, help=N_("The team's roster: whose laptops are let in, and what each may record.")
    )
    trust.command("init", help=N_("Make the scheme's key and the first roster, with this laptop as team lead."))(init)
    trust.command("request", help=N_("Write a file that asks for a place on the roster."))(request)
    trust.command("sign", help=N_("Put the laptop of a request on the roster."))(sign)
    trust.command("use", help=N_("Take the first roster of a team, once its fingerprint was compared."))(use)
    trust.command("list", help=N_("List the roster: people, roles, what was revoked."))(list_roster)
    trust.command("revoke", help=N_("Take a laptop off the roster: what it writes from now on is held back."))(revoke)
    trust.command("fingerprint", help=N_("Show the fingerprint to read aloud: of this laptop, or of a file."))(
        show_fingerprint
    )
    trust.command("protect", help=N_("Protect the key of this laptop with a passphrase or the system's keyring."))(
        protect
    )
    app.add_typer(trust, name="trust")


def init(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=N_("Folder for the scheme's key: a stick that is locked away."))
    ],
    role: Annotated[
        str, typer.Option("--role", help=N_("Role of this laptop: assessor, lead, reviewer, authority."))
    ] = "lead",
    output: Output = Path(),
    as_json: Json = False,
) -> None:
    """Nothing; prints the path of the first roster and says the scheme's fingerprint."""
    from assessor_tui.trust import scheme_key
    from assessor_tui.trust.enrol import enrolment_of
    from assessor_tui.trust.roster import Member, Roster
    from assessor_tui.trust.team import roster_of

    with opened(context, write=True) as store:
        demand_identity(store)
        check_role(role)
        if roster_of(store) is not None:
            raise Mistake(_("This laptop has a roster already. “assessor trust list” shows it."), REFUSED)
        if folder.absolute().is_relative_to(store.folder):
            raise Mistake(
                _("{folder} is inside the data folder: whoever takes this laptop would have the scheme's key, too. "
                  "Name a folder elsewhere, such as a stick.").format(folder=folder),
                REFUSED,
            )  # fmt: skip
        passphrase = ask_secret(
            _("A passphrase for the scheme's key (write it down, keep it elsewhere): "), SCHEME_OPENER
        )
        if len(passphrase) < scheme_key.SHORTEST:
            raise Mistake(_("The passphrase needs at least {count} characters.").format(count=scheme_key.SHORTEST))
        if passphrase != ask_secret(_("The same again: "), SCHEME_OPENER):
            raise Mistake(_("These were two passphrases. Nothing was made; try again."))
        key = scheme_key.make(folder, passphrase)
        mine = enrolment_of(store)
        member = Member(mine.device, mine.key, mine.recipient, mine.person, role, 1)
        written = publish(store, key, Roster(1, key.public, now(), (member,)), output)
        tell(store, written, as_json)
        say(
            _("The scheme's key stands in {folder}. Lock that stick away: who has it and its passphrase decides who "
              "belongs to the team. Without it nobody can be added or revoked; make a second copy.").format(
                folder=folder)
        )  # fmt: skip


def request(context: typer.Context, output: Output = Path(), as_json: Json = False) -> None:
    """Nothing; prints the path of the file and says what to read aloud."""
    from assessor_tui.trust.enrol import enrolment_of, write_request

    with opened(context, write=True) as store:
        demand_identity(store)
        written, mine = write_request(store, output), enrolment_of(store)
        if as_json:
            show_json({"path": str(written.path), "device": mine.device, "fingerprint": mine.fingerprint})
            return
        show(str(written.path))
        say(
            _("Give this file to whoever keeps the scheme's key, and read them aloud: {fingerprint}").format(
                fingerprint=mine.fingerprint
            )
        )


def sign(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("The request."))],
    key_folder: Key,
    role: Annotated[str, typer.Option("--role", help=N_("assessor, lead, reviewer or authority."))] = "assessor",
    fingerprint: Fingerprint = "",
    output: Output = Path(),
    as_json: Json = False,
) -> None:
    """Nothing; prints the path of the new roster. Bundles of that laptop that were held back go in by themselves."""
    from assessor_tui.trust.enrol import read_request
    from assessor_tui.trust.roles import NAMES, is_wider
    from assessor_tui.trust.roster import Member, with_member

    with opened(context, write=True) as store:
        demand_identity(store)
        roster = demand_roster(store)
        check_role(role)
        asked = read_request(file)
        before = roster.member(asked.device)
        if roster.is_revoked(asked.device):
            raise Mistake(
                _(
                    "This laptop was revoked and stays so. Let {person} start with a new data folder and ask again."
                ).format(person=asked.person),
                REFUSED,
            )
        if before is not None and not is_wider(role, before.role):
            raise Mistake(
                _("{person} is on the roster as {role}. A role that may do less would leave out what was done before; "
                  "revoke the laptop, and let it ask again with a new data folder.").format(
                    person=before.person, role=_(NAMES[before.role])),
                REFUSED,
            )  # fmt: skip
        compare(asked.fingerprint, fingerprint, _("{person} asks to be {role}.").format(
            person=asked.person, role=_(NAMES[role])))  # fmt: skip
        key = open_key(key_folder, roster)
        member = Member(asked.device, asked.key, asked.recipient, asked.person, role, roster.version + 1)
        written = publish(store, key, with_member(roster, member, now()), output)
        tell(store, written, as_json)


def use(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help=N_("A bundle with the roster; else one that came before."))
    ] = None,
    fingerprint: Fingerprint = "",
    as_json: Json = False,
) -> None:
    """Nothing; says which roster counts now and what was let in by it."""
    from assessor_tui.carry.opening import open_here
    from assessor_tui.carry.quarantine import reconsider
    from assessor_tui.i18n.trust_words import news_words
    from assessor_tui.trust import team
    from assessor_tui.trust.roster import same_fingerprint

    with opened(context, write=True) as store:
        demand_identity(store)
        offers = team.offers(store)
        if file is not None:
            with open_here(store, file) as bundle:
                if bundle.roster is None:
                    raise Mistake(_("There is no roster in {file}.").format(file=file), FAILURE)
                offers = [team.offer_of(*bundle.roster)]
        if fingerprint and not any(same_fingerprint(fingerprint, each.fingerprint) for each in offers):
            came = ", ".join(each.fingerprint for each in offers) or _("none")
            raise Mistake(
                _(
                    "No roster with this fingerprint has come. What came: {came}. Compare again with the team lead."
                ).format(came=came),
                REFUSED,
            )
        if not offers and team.roster_of(store) is None:
            raise Mistake(_("No roster has come yet. Merge a bundle of the team lead first."))
        for offer in offers:
            if not fingerprint or same_fingerprint(fingerprint, offer.fingerprint):
                people = len(offer.roster.people)
                about = ngettext("A roster with {count} laptop.", "A roster with {count} laptops.", people)
                compare(offer.fingerprint, fingerprint, about.format(count=people))
                news = team.take_roster(store, offer.json, offer.signature, confirmed=offer.fingerprint)
                if news.is_alarm:
                    raise Mistake(news_words(news), REFUSED)
                break
        released = reconsider(store)
        roster = demand_roster(store)
        if as_json:
            show_json({"version": roster.version, "people": len(roster.people), "released": list(released)})
            return
        say(
            ngettext(
                "Roster {version} counts from now on: {count} laptop.",
                "Roster {version} counts from now on: {count} laptops.",
                len(roster.people),
            ).format(version=roster.version, count=len(roster.people))
        )
        say_released(len(released))


def list_roster(context: typer.Context, as_json: Json = False) -> None:
    """Nothing; one line per laptop. Exit code 3 in a team without a roster."""
    from assessor_tui.ledger.state import device_letters
    from assessor_tui.trust import team
    from assessor_tui.trust.roles import NAMES
    from assessor_tui.trust.roster import fingerprint

    with opened(context) as store:
        roster, offers = team.roster_of(store), team.offers(store)
        if as_json:
            show_json(roster_data(roster) | {"offered": [each.fingerprint for each in offers]})
        elif roster is not None:
            show_table(
                (
                    device_letters(each.device),
                    each.person,
                    _("revoked") if roster.is_revoked(each.device) else _(NAMES[each.role]),
                    _("this laptop") if store.device is not None and each.device == store.device.id else "",
                )
                for each in roster.people
            )
            say(
                _("Roster {version}. The scheme's fingerprint: {fingerprint}").format(
                    version=roster.version, fingerprint=fingerprint(roster.scheme_key)
                )
            )
            if store.device is not None and roster.member(store.device.id) is None:
                say(_("This laptop is not on it: others hold its bundles back. “assessor trust request” asks for it."))
        else:
            say(
                _("Unsigned team: there is no roster, so anyone's bundles are let in. “assessor trust init” makes one, "
                  "“assessor trust use” takes the one of your team.")
            )  # fmt: skip
            for offer in offers:
                say(
                    _("A roster waits to be compared and taken with “assessor trust use”: {fingerprint}").format(
                        fingerprint=offer.fingerprint
                    )
                )
    if roster is None:
        raise typer.Exit(PROBLEMS)


def revoke(
    context: typer.Context,
    device: Annotated[str, typer.Argument(metavar="LAPTOP", help=N_("Its letters, its id or its person."))],
    key_folder: Key,
    first: Annotated[
        list[str] | None,
        typer.Option(
            "--from", metavar="VISIT:NUMBER", help=N_("In this visit its entries no longer count from this number on.")
        ),
    ] = None,
    output: Output = Path(),
    as_json: Json = False,
) -> None:
    """Nothing; prints the path of the new roster. What of the laptop is here already stays and counts."""
    from assessor_tui.trust.revoking import revocation
    from assessor_tui.trust.roster import with_revoked

    with opened(context, write=True) as store:
        demand_identity(store)
        roster = demand_roster(store)
        member = member_of(roster, device)
        if store.device is not None and member.device == store.device.id:
            raise Mistake(_("This is the laptop that you are at. Revoke it from another one."), REFUSED)
        found = revocation(store, member.device, numbers(store, first or []))
        key = open_key(key_folder, roster)
        written = publish(store, key, with_revoked(roster, found.revoked, now()), output)
        tell(store, written, as_json)
        say(
            ngettext(
                "Revoked: {person}. {count} entry that is here counts; what else comes of that laptop is held back.",
                "Revoked: {person}. {count} entries that are here count; what else comes of that laptop is held back.",
                found.counting,
            ).format(person=member.person, count=found.counting)
        )
        if found.beyond:
            say(
                ngettext(
                    "{count} entry beyond that stands in this ledger already and stays; look at it and replace it.",
                    "{count} entries beyond that stand in this ledger already and stay; look at them and replace them.",
                    found.beyond,
                ).format(count=found.beyond)
            )


def show_fingerprint(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help=N_("A request or a bundle with a roster; else this laptop."))
    ] = None,
    as_json: Json = False,
) -> None:
    """Nothing; prints eight groups of four digits."""
    from assessor_tui.trust.enrol import enrolment_of, read_fingerprint
    from assessor_tui.trust.roster import fingerprint
    from assessor_tui.trust.team import roster_of

    if file is not None:
        of, read = read_fingerprint(file)
        if as_json:
            show_json({"file": str(file), "of": of, "fingerprint": read})
        else:
            show(read)
        return
    with opened(context, write=True) as store:
        demand_identity(store)
        mine, roster = enrolment_of(store), roster_of(store)
        scheme = fingerprint(roster.scheme_key) if roster is not None else ""
        if as_json:
            show_json({"device": mine.device, "person": mine.person, "fingerprint": mine.fingerprint, "scheme": scheme})
            return
        show(mine.fingerprint)
        say(_("This is the laptop of {person}.").format(person=mine.person))
        if scheme:
            say(_("The scheme's fingerprint: {fingerprint}").format(fingerprint=scheme))


def protect(
    context: typer.Context,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help=N_("With a passphrase, asked once when sealing."))
    ] = False,
    keyring: Annotated[bool, typer.Option("--keyring", help=N_("With the keyring of this system."))] = False,
    none: Annotated[bool, typer.Option("--none", help=N_("With the rights of the file only, as at first."))] = False,
    forgotten: Annotated[
        bool,
        typer.Option("--forgotten", help=N_("Nobody knows the passphrase: go on with a new key, as a new laptop.")),
    ] = False,
) -> None:
    """Nothing; says how the key is protected now. Answering never needs it."""
    from assessor_tui.store import keys, wrapped

    if passphrase + keyring + none + forgotten > 1:
        raise Mistake(_("Choose one of --passphrase, --keyring, --none and --forgotten."))
    with opened(context, write=True) as store:
        demand_identity(store)
        assert store.device is not None
        if forgotten:
            keys.give_up(store.folder, store.device.id)
            say(
                _("The locked key is put aside. All entries are here; from the next start this laptop goes on as a new "
                  "one. Type “assessor trust request” then, and make a bundle: whatever the old key had not signed "
                  "waits at the team lead to be accepted.")
            )  # fmt: skip
            return
        kind = wrapped.PASSPHRASE if passphrase else wrapped.KEYRING if keyring else wrapped.NONE if none else ""
        if kind and keys.is_locked(store.folder, store.device.id):
            keys.unlock(store.folder, store.device.id, ask_secret(_("The passphrase it has now: "), KEY_OPENER))
        words = ""
        if kind == wrapped.PASSPHRASE:
            words = ask_secret(_("A passphrase for the key of this laptop: "), NEW_OPENER)
            if not words:
                raise Mistake(_("No passphrase was typed. Nothing was changed."))
            if words != ask_secret(_("The same again: "), NEW_OPENER):
                raise Mistake(_("These were two passphrases. Nothing was changed; try again."))
        if kind:
            keys.protect(store.folder, store.device.id, kind, words)
        said = {
            wrapped.NONE: N_("The key of this laptop is protected by the rights of its file only."),
            wrapped.PASSPHRASE: N_(
                "The key of this laptop is protected by a passphrase, asked for once when a bundle is made. Whoever "
                "forgets it goes on with --forgotten; no answer is lost."
            ),
            wrapped.KEYRING: N_("The key of this laptop is in the keyring of this system."),
        }
        say(_(said[keys.how_protected(store.folder, store.device.id)]))
