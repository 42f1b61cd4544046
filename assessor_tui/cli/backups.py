"""``assessor doctor --backups`` and ``--restore``: which backups there are, and one put back in plain words."""

from typing import TYPE_CHECKING, Any

import typer

from assessor_tui.cli.session import DAMAGED, PROBLEMS, Session, say, show, show_json, show_table
from assessor_tui.i18n import N_, _
from assessor_tui.ledger.clock import hong_kong_time

if TYPE_CHECKING:
    from assessor_tui.carry.restore import Restored

_WHY = {"daily": N_("daily"), "import": N_("before an import"), "asked": N_("asked for")}


def show_backups(session: Session, *, as_json: bool) -> None:
    """Nothing; one line per backup, the newest first. Exit code 5 when there are some and none is good."""
    from assessor_tui.store.backups import all_backups, check
    from assessor_tui.store.errors import BackupNotGood

    found: list[dict[str, Any]] = []
    for each in all_backups(session.folder):
        data: dict[str, Any] = {
            "name": each.path.name, "at": hong_kong_time(each.at).isoformat(), "why": each.why, "size": each.size,
            "entries": 0, "reason": "",
        }  # fmt: skip
        try:
            data["entries"] = check(each.path).entries
        except BackupNotGood as error:
            data["reason"] = error.parameters["reason"]
        found.append(data)
    if as_json:
        show_json({"folder": str(session.folder), "backups": found})
    else:
        show_table([_row(data) for data in found])
        say(_("To put one back: assessor doctor --restore NAME") if found else _("There are no backups yet."))
    if found and all(data["reason"] for data in found):
        raise typer.Exit(DAMAGED)


def _row(data: dict[str, Any]) -> list[str]:
    good = _("good: {count} entries").format(count=data["entries"])
    state = _("not good: {reason}").format(reason=data["reason"]) if data["reason"] else good
    at = data["at"][:16].replace("T", " ")
    return [data["name"], at, _why(data["why"]), f"{data['size'] / 1e6:.1f} MB", state]


def _why(why: str) -> str:
    if why.startswith("version-"):
        return _("before an update")
    return _(_WHY[why]) if why in _WHY else why


def put_back(session: Session, name: str, *, as_json: bool) -> None:
    """Nothing; puts the backup back and says what was done and what is left to do. Exit code 3 when something is."""
    import time

    from assessor_tui.carry.restore import restore
    from assessor_tui.cli.copies import mounts
    from assessor_tui.config import markers_folder

    done = restore(session.folder, name, now=lambda: time.time_ns() // 1000, markers=markers_folder(), mounts=mounts())
    if as_json:
        show_json(restored_data(done))
    else:
        for line in restored_lines(done):
            show(line)
    if not done.complete:
        raise typer.Exit(PROBLEMS)


def restored_data(done: "Restored") -> dict[str, Any]:
    """What was done, as JSON data."""
    return {
        "backup": done.backup.path.name if done.backup is not None else "",
        "at": hong_kong_time(done.backup.at).isoformat() if done.backup is not None else "",
        "passed_over": [{"file": str(path), "reason": reason} for path, reason in done.passed_over],
        "set_aside": str(done.aside or ""), "brought": done.brought.entries, "all_read": done.brought.whole,
        "entries": done.entries, "missing": done.missing, "complete": done.complete,
        "device": done.device.id if done.device is not None else "", "wanted_files": done.wanted,
        "merge": [str(path) for path in done.merge],
    }  # fmt: skip


def restored_lines(done: "Restored") -> list[str]:
    """What was done and what is left to do, a sentence a line."""
    lines = []
    for path, reason in done.passed_over:
        lines.append(_("Not good, so passed over: {file} ({reason})").format(file=path.name, reason=reason))
    if done.backup is not None:
        at = f"{hong_kong_time(done.backup.at):%Y-%m-%d %H:%M}"
        lines.append(_("Put back: the backup of {at}, {file}").format(at=at, file=done.backup.path.name))
    else:
        at = ""
        lines.append(_("There was no good backup. The ledger was made anew of what could still be read."))
    if done.aside is not None:
        lines.append(
            _("The ledger that was there is kept, nothing of it was deleted: {folder}").format(folder=done.aside)
        )
        came = _("All of it could be read. Newer entries brought over: {count}")
        part = _("Only part of it could be read. Newer entries brought over: {count}")
        lines.append((came if done.brought.whole else part).format(count=done.brought.entries))
    lines.append(
        _("The ledger holds {count} entries now. Photos and papers are where they were.").format(count=done.entries)
    )
    if done.wanted:
        lines.append(_("Files of evidence still to arrive: {count}.").format(count=done.wanted))
    if done.device is not None:
        words = _("So that no number is used twice, this laptop goes on as a new device: {letters}.")
        lines.append(words.format(letters=done.device.letters))
    if done.has_roster:
        lines.append(_("The team's roster does not list the new device yet: type “assessor trust request”."))
    if done.missing:
        lines.append(
            _("Entries that this laptop had written and that are not here: {count}, perhaps more.").format(
                count=done.missing
            )
        )
    if not done.complete:
        since = _("Merge again every bundle and copy that was made or taken in since {at}: assessor merge FOLDER")
        every = _("Merge again every bundle and copy that you can find: assessor merge FOLDER")
        lines.append(since.format(at=at) if at else every)
    elif not done.merge:
        lines.append(_("Nothing is missing."))
    for path in done.merge:
        lines.append(_("This one holds what is not here: {file}").format(file=path))
    return lines
