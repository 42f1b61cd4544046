"""Names of an imported form: unique and plain, because paths of answers are made of them."""

import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}\Z")


def is_plain(name: str) -> bool:
    """True for a name that paths of answers can be made of."""
    return _PLAIN.match(name) is not None


class Names:
    """The names given so far."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, called: str, around: str) -> tuple[str, str]:
        """(name of its own, what it is called where that is another name).

        The first with a name keeps it; the next is named after the group ``around`` it, then numbered. Nothing depends
        on where else in the sheet it stands, so that a row more above does not rename what people have answered.
        """
        name = called if is_plain(called) else plain(called)
        if name in self._taken and around and is_plain(f"{around}.{name}"):
            name = f"{around}.{name}"
        number, free = 2, name
        while free in self._taken:
            free = f"{name[:120]}.{number}"
            number += 1
        self._taken.add(free)
        return free, called if called != free else ""


def plain(called: str) -> str:
    """A name of ASCII letters for one that has others; always the same for the same one."""
    folded = unicodedata.normalize("NFKD", called)
    letters = "".join(one if one.isascii() and (one.isalnum() or one in "_.-") else "" for one in folded)
    if len(letters) < len([one for one in folded if not unicodedata.combining(one)]):
        # Something was lost: the digest keeps two such names apart.
        letters = f"{letters[:100]}_{hashlib.sha256(called.encode('utf-8', 'replace')).hexdigest()[:8]}"
    letters = letters[:120]
    return letters if is_plain(letters) else f"q_{letters}"[:120]
