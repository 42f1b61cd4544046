"""Regular expressions of forms looked at before anybody answers: whether one is broken, or could run for ever."""

import re


def broken_regex(pattern: str) -> str:
    """Why the pattern is no regular expression, ``""`` when it is one."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return ""


def runs_away(pattern: str) -> bool:
    """True when a part that repeats without end is itself nothing but parts that repeat without end or may be missing.

    ``(a+)+`` and ``([a-z]*\\s?)*`` take for ever on a long text that does not match; ``(\\d+,)+`` does not.
    """
    level: list[list[bool]] = [[]]  # of each open group: for every part, whether something must stand there once
    endless: list[bool] = [False]  # of each open group: whether a part in it repeats without end
    at = 0
    while at < len(pattern):
        one = pattern[at]
        if one == "(":
            level.append([])
            endless.append(False)
            at += 1
            if pattern[at : at + 1] == "?":
                at = max(at + 1, _after_mark(pattern, at))
            continue
        if one == "|":
            level[-1].append(False)  # an alternative: judged as if it might be missing
            at += 1
            continue
        inner: tuple[bool, bool] | None = None
        if one == ")":
            must = any(level.pop())
            inner = must, endless.pop()
            if not level:
                return False
            at += 1
        elif one == "[":
            at = _after_class(pattern, at)
        else:
            at += 2 if one == "\\" else 1
        least, unbounded, at = _repeated(pattern, at)
        if unbounded and inner is not None and inner[1] and not inner[0]:
            return True
        fixed = not unbounded and least > 0 and (inner is None or inner[0])
        level[-1].append(fixed and one not in "^$")
        endless[-1] = endless[-1] or unbounded or (inner is not None and inner[1])
    return False


def _after_mark(pattern: str, at: int) -> int:
    """Where a group begins after ``?:``, ``?=``, ``?<name>`` ..."""
    for mark in ("?:", "?=", "?!", "?<=", "?<!"):
        if pattern.startswith(mark, at):
            return at + len(mark)
    return pattern.find(">", at) + 1


def _after_class(pattern: str, at: int) -> int:
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _repeated(pattern: str, at: int) -> tuple[int, bool, int]:
    """(how often at least, whether without end, where it goes on) of what stands before ``at``."""
    mark = pattern[at : at + 1]
    least, unbounded = 1, False
    if mark in ("*", "+", "?") and mark:
        least, unbounded, at = (0 if mark in "*?" else 1), mark in "*+", at + 1
    elif counted := re.compile(r"\{(\d*)(,?)(\d*)\}").match(pattern, at):
        least, unbounded = int(counted[1] or 0), bool(counted[2]) and not counted[3]
        at = counted.end()
    if pattern[at : at + 1] in ("?", "+") and (mark or unbounded):
        possessive = pattern[at] == "+"
        return least, unbounded and not possessive, at + 1
    return least, unbounded, at
