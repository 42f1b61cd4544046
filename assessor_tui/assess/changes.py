"""What changed between two assessments: of one visit before and after, or of two visits of a site."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Changed(NamedTuple):
    """One question whose answer is another one now."""

    form: str
    path: str
    number: str
    label: Mapping[str, str]
    before: Mapping[str, str]
    """Language -> answer as people read it; empty when there was none."""
    now: Mapping[str, str]


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Changed]:
    """Questions answered differently, in walking order. Rows are compared where they are the same rows."""
    then, found = _questions(before), []
    present = _questions(now)
    for place, item in present.items():
        old = then.get(place, {})
        if _meaning(old) != _meaning(item):
            found.append(_changed(place, item, old, item))
    found += [
        _changed(place, old, old, {})
        for place, old in then.items()
        if place not in present and _meaning(old) is not None
    ]
    return found


def _changed(
    place: tuple[str, str], named: Mapping[str, Any], old: Mapping[str, Any], item: Mapping[str, Any]
) -> Changed:
    return Changed(*place, named.get("number", ""), named["label"], old.get("text", {}), item.get("text", {}))


def _questions(data: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return dict(_places(data))


def _places(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for form in data["forms"]:
        for item in form["items"]:
            if item["kind"] == "question" and item["type"] not in ("calculate", "note"):
                yield (form["form"], item["path"]), item


def _meaning(item: Mapping[str, Any]) -> tuple[str, str] | None:
    """Status and value; None for no answer."""
    status = item.get("status", "missing")
    return None if status == "missing" else (status, str(item.get("value", "")))
