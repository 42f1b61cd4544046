"""``assessor demo``: the sample sites in a folder of their own."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor_tui.cli.session import Json, Session, new_id, open_screen, say, show_json
from assessor_tui.i18n import N_, _, language

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store

SAMPLES = (
    ("樣本鋰電池製造廠", "Sample Lithium Battery Works", "2026-11-12"),
    ("樣本電鍍廠", "Sample Plating Shop", "2026-11-19"),
)
"""Invented sites, for a copy of the program without ``sample_sites``."""


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("demo", help=N_("Try the program on invented factories, in a folder of its own."))(demo)


def demo(
    context: typer.Context,
    no_open: Annotated[bool, typer.Option("--no-open", help=N_("Lay the sample sites out and stop."))] = False,
    as_json: Json = False,
) -> int:
    """The exit code of the terminal program; 0 when it is not opened."""
    from assessor_tui.config import markers_folder
    from assessor_tui.store.ledger import Store

    session: Session = context.obj
    folder = session.data
    if folder is None:
        # Not ASSESSOR_DATA: the demo never touches real work unless it is told to.
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="assessor-demo-"))
        say(_("The demo works in a temporary folder: {folder}").format(folder=folder))
    folder = folder.absolute()
    session.data = folder
    with Store.open(folder, markers=markers_folder()) as store:
        laid_out = lay_out(store)
    say(_("The factories of the demo are invented."))
    if as_json:
        show_json({"folder": str(folder), "visits": laid_out})
    if no_open:
        say(_("Open it with: assessor --data {folder}").format(folder=folder))
        return 0
    with Store.open(folder, markers=markers_folder()) as store:
        return open_screen(session, store)


def lay_out(store: "Store") -> list[str]:
    """Ids of the sample visits, which are in the ledger now; laying out twice changes nothing."""
    from assessor_tui.carry.exchange import bundles_in, merge_bundle
    from assessor_tui.cli.bundles import refusal
    from assessor_tui.cli.session import FAILURE, Mistake
    from assessor_tui.config import shipped

    sites = sorted(each for each in shipped("sample_sites").glob("*") if (each / "bundles").is_dir())
    if store.device is None:
        person = _person(sites)
        store.identify(person.get("person", _("Demo assessor")), person.get("role", "lead"))
    visits: dict[str, None] = {}
    for site in sites:
        for path in bundles_in([site / "bundles"]):
            merged = merge_bundle(store, path)
            if merged.error is not None:
                raise Mistake(refusal(merged.error), FAILURE)
            visits |= dict.fromkeys(merged.visits)
    return list(visits) or _open_samples(store)


def _person(sites: list[Path]) -> dict[str, str]:
    """Whom the first sample site names as sitting at this laptop."""
    for site in sites:
        file = site / "person.json"
        if file.is_file():
            data = json.loads(file.read_text(encoding="utf-8"))
            return {key: str(data[key]) for key in ("person", "role") if key in data}
    return {}


def _open_samples(store: "Store") -> list[str]:
    from assessor_tui.config import shipped
    from assessor_tui.materials import load_materials
    from assessor_tui.visit import create_visit

    if there := [row.id for row in store.visits()]:
        return there
    materials = load_materials(store, shipped("forms"))[0]
    return [
        create_visit(
            store,
            materials,
            {"site_name_zh": chinese, "site_name_en": english, "visit_date": day},
            new_id=new_id,
            language=language(),
        ).id
        for chinese, english, day in SAMPLES
    ]
