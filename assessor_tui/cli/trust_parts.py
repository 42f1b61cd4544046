"""What the commands of ``assessor trust`` share: opening the scheme's key, comparing aloud, handing out a roster."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessor_tui.cli.session import REFUSED, Mistake, ask_line, ask_secret, say, show, show_json
from assessor_tui.i18n import _, ngettext

if TYPE_CHECKING:
    from assessor_tui.bundle.write import Written
    from assessor_tui.store.ledger import Store
    from assessor_tui.trust.roster import Member, Roster
    from assessor_tui.trust.scheme_key import SchemeKey

SCHEME_OPENER = "ASSESSOR_SCHEME_PASSPHRASE"
"""Variable that holds the passphrase of the scheme's key."""


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


def check_role(role: str) -> None:
    """Nothing, when there is such a role.

    Raises:
        Mistake: otherwise.
    """
    from assessor_tui.trust.roles import ROLES

    if role not in ROLES:
        raise Mistake(_("There is no role {role}. Roles are {known}.").format(role=role, known=", ".join(ROLES)))


def demand_roster(store: "Store") -> "Roster":
    """The roster that counts.

    Raises:
        Mistake: when the team has none.
    """
    from assessor_tui.trust.team import roster_of

    roster = roster_of(store)
    if roster is None:
        raise Mistake(_("There is no roster here yet. Type “assessor trust init” or “assessor trust use” first."))
    return roster


def open_key(folder: Path, roster: "Roster") -> "SchemeKey":
    """The key that signs this team's rosters, its passphrase asked for.

    Raises:
        StoreError: when it is not in the folder, is another one, or the passphrase is wrong.
    """
    from assessor_tui.trust import scheme_key

    if not (folder / scheme_key.NAME).is_file() and not folder.is_file():
        raise scheme_key.NoSchemeKey(folder)
    key = scheme_key.open_key(folder, ask_secret(_("The passphrase of the scheme's key: "), SCHEME_OPENER))
    if key.public != roster.scheme_key:
        raise scheme_key.OtherScheme(folder)
    return key


def publish(store: "Store", key: "SchemeKey", roster: "Roster", folder: Path) -> "Written":
    """The bundle of the roster, which counts here from now on."""
    from assessor_tui.trust.enrol import write_roster
    from assessor_tui.trust.roster import fingerprint
    from assessor_tui.trust.team import take_roster

    json, signature = key.sign(roster)
    folder.mkdir(parents=True, exist_ok=True)
    written = write_roster(store, roster, json, signature, folder)
    take_roster(store, json, signature, confirmed=fingerprint(roster.scheme_key))
    return written


def tell(store: "Store", written: "Written", as_json: bool) -> None:
    """Nothing; says where the new roster stands, and what of the bundles held back went in by it."""
    from assessor_tui.carry.quarantine import reconsider
    from assessor_tui.trust.roster import fingerprint

    released = reconsider(store)
    roster = demand_roster(store)
    shown = fingerprint(roster.scheme_key)
    if as_json:
        show_json(
            {"path": str(written.path), "version": roster.version, "fingerprint": shown, "released": list(released)}
        )
        return
    show(str(written.path))
    say(
        _("Roster {version} is written and counts here. Merge the file on the other laptops; every bundle from here "
          "carries it, too. The scheme's fingerprint: {fingerprint}").format(
            version=roster.version, fingerprint=shown)
    )  # fmt: skip
    say_released(len(released))


def say_released(count: int) -> None:
    """Nothing; says how many bundles that were held back are in now."""
    if count:
        said = ngettext(
            "{count} bundle that was held back is let in now.",
            "{count} bundles that were held back are let in now.",
            count,
        )
        say(said.format(count=count))


def compare(shown: str, typed: str, about: str) -> None:
    """Nothing, when a person has compared the fingerprint."""
    from assessor_tui.trust.roster import same_fingerprint

    if typed:
        if not same_fingerprint(typed, shown):
            raise Mistake(
                _("The fingerprint is {shown}, not what was read to you. Nothing was changed. Compare again: the file "
                  "may be somebody else's.").format(shown=shown),
                REFUSED,
            )  # fmt: skip
        return
    say(about)
    say(_("Let the other person read the fingerprint aloud. Here it is: {fingerprint}").format(fingerprint=shown))
    answer = ask_line(_("Type “same” when every group is the same: "))
    if answer.strip().strip("“”\"'").lower() not in ("same", _("same")):
        raise Mistake(_("Nothing was changed."), REFUSED)


def member_of(roster: "Roster", wanted: str) -> "Member":
    """The laptop of the roster that is meant by its letters, the beginning of its id, or its person.

    Raises:
        Mistake: when none or several are meant.
    """
    from assessor_tui.ledger.state import device_letters

    plain = wanted.strip().lower()
    found = [
        each
        for each in roster.people
        if plain
        and (each.device.startswith(plain) or plain in (device_letters(each.device).lower(), each.person.lower()))
    ]
    if len(found) != 1:
        raise Mistake(
            _("{name} names no laptop of the roster, or several. “assessor trust list” shows their letters.").format(
                name=wanted
            )
        )
    return found[0]


def numbers(store: "Store", typed: list[str]) -> dict[str, int]:
    """Visit -> number, of what was typed as VISIT:NUMBER."""
    found: dict[str, int] = {}
    visits = [row.id for row in store.visits()]
    for each in typed:
        name, _colon, number = each.rpartition(":")
        meant = [visit for visit in visits if name and visit.startswith(name.lower())]
        if len(meant) != 1 or not number.isdecimal() or not 1 <= int(number) < 2**31:
            raise Mistake(
                _("{typed} is not VISIT:NUMBER, such as 8d3c9e0b:41. “assessor log show” says the numbers.").format(
                    typed=each
                )
            )
        found[meant[0]] = int(number)
    return found


def roster_data(roster: "Roster | None") -> dict[str, Any]:
    """The roster as JSON data."""
    from assessor_tui.trust.roster import fingerprint

    if roster is None:
        return {"version": 0, "people": []}
    return {
        "version": roster.version,
        "fingerprint": fingerprint(roster.scheme_key),
        "people": [
            {
                "device": each.device, "person": each.person, "role": each.role, "added": each.added,
                "revoked": roster.is_revoked(each.device), "fingerprint": fingerprint(each.key, each.recipient),
            }
            for each in roster.people
        ],
    }  # fmt: skip
