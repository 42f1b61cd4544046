"""What was held back and why, and what came of a roster, in words for somebody who is no cryptographer."""

from typing import TYPE_CHECKING

from assessor_tui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assessor_tui.trust.judge import HeldBack
    from assessor_tui.trust.team import News

REASONS = {
    "unknown": N_("{who} is not on the roster of your team"),
    "unsigned": N_("nobody has signed it, so it may be from anyone"),
    "not proven": N_("it says that {who} wrote this, but the signature of that laptop does not come with it"),
    "revoked": N_("{who} was taken off the roster before this was written"),
    "role": N_("{who} may not do this in the role on the roster: {act}"),
}
ADVICE = {
    "unknown": N_("Ask {who} for a request file (“assessor trust request”) and put the laptop on the roster."),
    "unsigned": N_("Ask {who} in person whether the file is theirs, and for a signed bundle."),
    "not proven": N_("Ask {who} for a bundle of their own; merged, it settles this by itself."),
    "revoked": N_("Somebody else may have that laptop. Accept only what {who} tells you in person to be theirs."),
    "role": N_("Give the laptop that role on the roster, or let somebody with the role do it."),
}
ACTS = {
    "sign": N_("sign the visit"), "reopen": N_("reopen the visit"), "return": N_("return work"),
    "approve": N_("approve"), "decide": N_("decide"), "link": N_("link two visits"), "settle": N_("settle a conflict"),
}  # fmt: skip

NEWS = {
    "newer": N_("The roster is now version {version}."),
    "older": N_("The roster in it is older (version {version}) than the one here (version {here}), which stays."),
    "alarm": N_(
        "Careful: it brings another roster with the number {version} of the one here. The scheme’s key has signed two "
        "that differ, or somebody else has the key. Yours stays; call whoever keeps the scheme’s key."
    ),
    "other scheme": N_(
        "Careful: it brings the roster of another scheme ({fingerprint}). Yours stays. If your team really has a new "
        "key, let whoever keeps it read the fingerprint to you."
    ),
    "not signed": N_("Careful: the roster in it is not signed by the key that it names. Yours stays; ask the sender."),
    "broken": N_("The roster in it cannot be read. Nothing of it counts; ask the sender to make the file again."),
    "offered": N_(
        "The roster of a team has come. Let the team lead read its fingerprint to you, then type "
        "“assessor trust use”: {fingerprint}"
    ),
}


def act_words(act: str) -> str:
    """The act as people say it."""
    return _(ACTS[act]) if act in ACTS else act


def held_words(held: "HeldBack", who: str) -> str:
    """Which entries are held back and why, in one sentence; ``who`` is what the device is called."""
    why = _(REASONS[held.reason]).format(who=who, act=act_words(held.act))
    if not held.begin:
        return _("its files and its word of what has arrived: {why}").format(why=why)
    count = held.end - held.begin + 1
    said = ngettext("{count} entry of {who}: {why}", "{count} entries of {who}: {why}", count)
    return said.format(count=count, who=who, why=why)


def advice_words(held: "HeldBack", who: str) -> str:
    """What to do about it."""
    return _(ADVICE[held.reason]).format(who=who)


def count_words(held: "Iterable[HeldBack]") -> str:
    """How much of a bundle is held back."""
    count = sum(each.end - each.begin + 1 for each in held if each.begin)
    if not count:
        return _("held back")
    return ngettext("{count} entry held back", "{count} entries held back", count).format(count=count)


def unsigned_words() -> str:
    """That a bundle which was let in has no signature."""
    return _("Nobody has signed it: anyone can have written it. Ask the sender whether it is theirs.")


def news_words(news: "News") -> str:
    """What came of a roster; ``""`` for the one that is here already."""
    if news.outcome not in NEWS or (news.outcome == "older" and not news.here):
        return ""
    return _(NEWS[news.outcome]).format(version=news.version, here=news.here, fingerprint=news.fingerprint)
