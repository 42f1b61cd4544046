"""``assessor bundle check``: what bundles say and carry, without taking anything from them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.cli.session import REFUSED, Json, opened, show, show_json
from assessor_tui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from assessor_tui.bundle.read import Bundle

_PURPOSES = {
    "delta": N_("what was not confirmed yet"),
    "full": N_("the whole visit"),
    "invite": N_("an invitation"),
    "receipt": N_("a receipt"),
    "request": N_("a request for what is missing"),
    "roster": N_("a roster"),
    "enrol": N_("a request for a place on the roster"),
}


class _Laptop:
    """The ledger of this laptop, looked into only when a bundle is encrypted: checking needs none otherwise."""

    def __init__(self, context: typer.Context) -> None:
        self._context = context
        self._people: Mapping[str, str] | None = None
        self._identities: list[str] = []

    def identities(self) -> list[str]:
        """This laptop's age identities; none without a ledger.

        Raises:
            KeyLocked, StoreError: when there are and they cannot be used.
        """
        self._read()
        return self._identities

    def people(self) -> Mapping[str, str]:
        """age recipient -> who has its key, as the roster says; this laptop's own, too."""
        self._read()
        return self._people or {}

    def _read(self) -> None:
        from assessor_tui.bundle.crypt import recipients_of
        from assessor_tui.carry.opening import identities_of
        from assessor_tui.store.errors import NoLedger
        from assessor_tui.trust.team import roster_of

        if self._people is not None:
            return
        try:
            with opened(self._context) as store:
                self._identities = identities_of(store)
                roster = roster_of(store)
                listed = roster.people if roster is not None else ()
                own = dict.fromkeys(recipients_of(self._identities), _("this laptop"))
                self._people = {each.recipient: each.person for each in listed} | own
        except NoLedger:
            self._people = {}


def check(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help=N_("Files, folders or patterns."))],
    as_json: Json = False,
) -> None:
    """Nothing; two lines per file. Exit code 4 when any is refused. Needs no ledger but for what is encrypted."""
    from assessor_tui.bundle.error import BundleError
    from assessor_tui.bundle.read import open_bundle
    from assessor_tui.cli.bundles import files_meant, refusal

    laptop = _Laptop(context)
    results: list[dict[str, Any]] = []
    for path in files_meant(paths):
        try:
            with open_bundle(path, identities=laptop.identities) as bundle:
                results.append(_facts(path, bundle, laptop))
        except BundleError as error:
            results.append({"file": str(path), "outcome": "refused", "reason": error.kind, "sentence": refusal(error)})
    if as_json:
        show_json({"files": results})
    else:
        for result in results:
            if result["outcome"] == "refused":
                show(_("refused: {sentence}").format(sentence=result["sentence"]))
            else:
                show(_headline(result))
                show("  " + _("; ").join(_details(result)))
    if any(result["outcome"] == "refused" for result in results):
        raise typer.Exit(REFUSED)


def _facts(path: Path, bundle: "Bundle", laptop: _Laptop) -> dict[str, Any]:
    seal = bundle.seal
    recipients = seal.recipients
    return {
        "file": str(path), "outcome": "good", "format": seal.format, "purpose": seal.purpose, "visit": seal.visit,
        "sender": seal.person, "device": seal.device, "signed": bundle.signed, "encrypted": bundle.encrypted,
        "recipients": [{"key": each, "person": laptop.people().get(each, "")} for each in recipients],
        "entries": bundle.count, "forms": len(bundle.forms), "evidence": len(bundle.evidence),
        "wanted": len(bundle.wanted), "roster": {"known": seal.roster, "carried": _carried_roster(bundle)},
        "receipt": _receipt(bundle), "seals": len(bundle.seals),
        "segments": [
            {
                "visit": each.visit, "device": each.device, "from": each.begin, "to": each.end,
                "proven": bundle.proven(each),
            }
            for each in seal.segments
        ],
        "unknown": list(bundle.unknown), "digest": bundle.digest,
    }  # fmt: skip


def _carried_roster(bundle: "Bundle") -> int:
    """Version of the roster that it carries; 0 for none, -1 for one that is none."""
    from assessor_tui.trust.roster import RosterError, from_bytes, is_signed

    if bundle.roster is None:
        return 0
    try:
        roster = from_bytes(bundle.roster[0])
    except RosterError:
        return -1
    return roster.version if is_signed(*bundle.roster, roster.scheme_key) else -1


def _receipt(bundle: "Bundle") -> dict[str, Any] | None:
    """What its sender holds and lacks; None without a receipt, nothing in it for one that is none."""
    from assessor_tui.ledger.receipt import from_bytes

    if not bundle.receipt:
        return None
    try:
        receipt = from_bytes(bundle.receipt)
    except ValueError:
        return {}
    return {
        "logs": [{"device": each.device, "to": each.to} for each in receipt.logs],
        "missing": [{"device": each.device, "from": each.begin, "to": each.end} for each in receipt.missing],
        "files": len(receipt.evidence),
    }


def _headline(result: dict[str, Any]) -> str:
    if result["purpose"] in ("roster", "enrol"):
        return _("good: {file}: from {sender}").format(**result)
    entries = ngettext("{count} entry", "{count} entries", result["entries"]).format(count=result["entries"])
    files = ngettext("{count} file", "{count} files", result["evidence"]).format(count=result["evidence"])
    return _("good: {file}: visit {visit}, from {sender}, {entries}, {files}").format(
        file=result["file"], visit=result["visit"][:8], sender=result["sender"], entries=entries, files=files
    )


def _details(result: dict[str, Any]) -> list[str]:
    """What somebody wants to know before merging, each in a few words."""
    words = [_(_PURPOSES[result["purpose"]]) if result["purpose"] in _PURPOSES else result["purpose"]]
    if result["evidence"] and not result["entries"]:
        words = [_("photos and papers alone")]
    words.append(_("signed by its laptop") if result["signed"] else _("not signed: anybody can write one"))
    if recipients := result["recipients"]:
        names = _(", ").join(sorted(each["person"] or each["key"][:12] + "…" for each in recipients))
        words.append(
            (_("encrypted for {names}") if result["encrypted"] else _("decrypted by somebody, was for {names}")).format(
                names=names
            )
        )
    else:
        words.append(_("not encrypted"))
    unproven = sum(each["to"] - max(each["proven"], each["from"] - 1) for each in result["segments"])
    if unproven and result["signed"]:
        words.append(
            ngettext(
                "{count} entry of another laptop without that laptop's word",
                "{count} entries of other laptops without those laptops' word",
                unproven,
            ).format(count=unproven)
        )
    known, carried = result["roster"]["known"], result["roster"]["carried"]
    if carried > 0:
        words.append(_("carries roster {version}").format(version=carried))
    elif carried < 0:
        words.append(_("carries a roster that is none"))
    elif known:
        words.append(_("goes by roster {version}").format(version=known))
    if (receipt := result["receipt"]) is not None:
        words.append(_receipt_words(receipt))
    if result["unknown"]:
        words.append(_("holds parts that only a newer version of this program knows"))
    return words


def _receipt_words(receipt: dict[str, Any]) -> str:
    if not receipt:
        return _("carries a receipt that is none")
    gaps, files = len(receipt["missing"]), receipt["files"]
    lacking = []
    if gaps:
        lacking.append(ngettext("{count} gap in the entries", "{count} gaps in the entries", gaps).format(count=gaps))
    if files:
        lacking.append(ngettext("{count} file", "{count} files", files).format(count=files))
    if not lacking:
        return _("with a receipt: nothing is missing there")
    return _("with a receipt: missing there are {what}").format(what=_(", ").join(lacking))
