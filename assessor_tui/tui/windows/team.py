"""The team in windows: whether it has a roster, the fingerprint to read aloud, and taking the first roster."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.bundles import WRITTEN_TO, failure_sentence, show_again
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


class Team(Pages):
    """The team; F5 writes the file with which this laptop asks for a place on the roster."""

    BINDINGS: ClassVar[list[Any]] = [Binding("f5", "request", show=False)]

    def __init__(self, store: "Store") -> None:
        super().__init__(_("Team"), page_lines, team_page(store))
        self.store = store

    def hint(self) -> str:
        """The keys of the window."""
        return _("F5 write a request file   Up/Down scroll   Esc close")

    async def action_request(self) -> None:
        """Nothing; asks for a folder and writes the file there."""
        from assessor_tui.tui.windows.passphrase import with_key

        await with_key(cast("BaseScreen", self), self._ask_folder)

    def _ask_folder(self) -> Any:
        from assessor_tui.tui.windows.pick_path import PickPath, first_place

        start = first_place(self.store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
        return self.app.push_screen(PickPath(_("Bundle: into which folder?"), start=start, folder=True), self._write)

    def _write(self, folders: tuple[Path, ...] | None) -> None:
        if not folders:
            return
        from assessor_tui.trust.enrol import enrolment_of, write_request

        try:
            written = write_request(self.store, folders[0])
            words = _("Give this file to whoever keeps the scheme's key, and read them aloud: {fingerprint}")
            said = Remark(words.format(fingerprint=enrolment_of(self.store).fingerprint), "answered")
            page = TextPage(
                parts=(Part(written.path.name, (said,)), Part(_("in the folder"), (Remark(str(folders[0])),)))
            )
        except Exception as error:
            page = TextPage(parts=(Part("", (Remark(failure_sentence(error), "problem"),)),))
        self.query_one("#pages", Card).show(page)


async def team_dialog(screen: BaseScreen) -> None:
    """Nothing; shows the team; a first roster that waits is asked about before."""
    program = cast("AssessorApp", screen.app)
    if not await offer_dialog(screen):
        await program.push_screen(Team(program.store))


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
        said = _("Roster {version} counts from now on.").format(version=offer.roster.version)
        # The page may be another one by now: that of the conflicts which came along.
        shown = program.screen if isinstance(program.screen, BaseScreen) else screen
        shown.say(said)
        if store.device is not None and offer.roster.member(store.device.id) is None:
            await program.push_screen(Team(store))  # says that this laptop is not on it, and asks for a place

    yes, no = _("The same: take it"), _("Not compared yet")
    await program.push_screen(Confirm(_("Is this your team's roster?"), text, yes=yes, no=no), decided)
    return True
