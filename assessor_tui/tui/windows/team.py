"""The team in windows: whether it has a roster, the fingerprint to read aloud, and taking the first roster."""

from typing import TYPE_CHECKING, cast

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.bundles import failure_sentence, show_again
from assessor_tui.tui.windows.dialog import Confirm, Pages

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.tui.app import AssessorApp


def team_page(store: "Store") -> TextPage:
    """Who belongs to the team and in which role; what to do without a roster; this laptop's fingerprint."""
    from assessor_tui.ledger.state import device_letters
    from assessor_tui.trust.enrol import enrolment_of
    from assessor_tui.trust.roles import NAMES
    from assessor_tui.trust.roster import fingerprint
    from assessor_tui.trust.team import offers, roster_of

    parts = []
    roster = roster_of(store)
    if roster is None:
        said = [
            Remark(_("Unsigned team: there is no roster, so whoever brings a bundle is let in."), "warning"),
            Remark(_("“assessor trust init” makes a roster; that of your team comes with the team lead's bundles.")),
        ]
        said += [
            Remark(_("A roster came and waits to be compared: {fingerprint}").format(fingerprint=each.fingerprint))
            for each in offers(store)
        ]
        parts.append(Part("", tuple(said)))
    else:
        lines = [
            f"{device_letters(each.device)}   {each.person}   "
            + (_("revoked") if roster.is_revoked(each.device) else _(NAMES[each.role]))
            for each in roster.people
        ]
        title = _("Roster {version}").format(version=roster.version)
        scheme = _("The scheme's fingerprint: {fingerprint}").format(fingerprint=fingerprint(roster.scheme_key))
        parts.append(Part(title, tuple(Remark(line) for line in lines)))
        parts.append(Part("", (Remark(scheme),)))
    if store.device is not None:
        try:
            mine = enrolment_of(store).fingerprint
        except Exception as error:
            parts.append(Part(_("This laptop"), (Remark(failure_sentence(error), "problem"),)))
        else:
            asks = [Remark(mine), Remark(_("Read it aloud to whoever keeps the scheme's key."))]
            if roster is not None and roster.member(store.device.id) is None:
                asks.append(
                    Remark(
                        _("This laptop is not on the roster: others hold its bundles back. “assessor trust request” "
                          "asks for a place."), "warning"
                    )
                )  # fmt: skip
            parts.append(Part(_("Fingerprint of this laptop"), tuple(asks)))
    return TextPage(parts=tuple(parts))


async def team_dialog(screen: BaseScreen) -> None:
    """Nothing; shows the team; a first roster that waits is asked about before."""
    program = cast("AssessorApp", screen.app)

    async def show() -> None:
        await program.push_screen(Pages(_("Team"), page_lines, team_page(program.store)))

    if not await offer_dialog(screen):
        await show()


async def offer_dialog(screen: BaseScreen) -> bool:
    """True when a window asks whether a first roster that came is the team's; False when none waits."""
    from assessor_tui.trust.team import offers, roster_of, take_roster

    program = cast("AssessorApp", screen.app)
    store = program.store
    waiting = offers(store) if roster_of(store) is None else []
    if not waiting:
        return False
    offer = waiting[0]
    count = len(offer.roster.people)
    text = "\n".join(
        (
            ngettext(
                "The roster of a team came, with {count} laptop. From then on only those on it are let in.",
                "The roster of a team came, with {count} laptops. From then on only those on it are let in.",
                count,
            ).format(count=count),
            _("Let the team lead read the scheme's fingerprint to you, by telephone or in person. It must be:"),
            "",
            offer.fingerprint,
        )
    )

    async def decided(answer: str | None) -> None:
        if answer != "yes":
            return
        from assessor_tui.carry.quarantine import reconsider

        try:
            take_roster(store, offer.json, offer.signature, confirmed=offer.fingerprint)
            reconsider(store)
        except Exception as error:
            screen.say(failure_sentence(error), "bold $bad")
            return
        show_again(screen)
        screen.say(_("Roster {version} counts from now on.").format(version=offer.roster.version))

    yes, no = _("The same: take it"), _("Not compared yet")
    await program.push_screen(Confirm(_("Is this your team's roster?"), text, yes=yes, no=no), decided)
    return True
