"""The tables of the ledger, as SQLModel classes: they own the schema.

Nothing on the road of an answer imports this module. ``schema.sql`` beside it is generated from it
(``python -m assessor_tui.store.schema``), is what a new ledger is made with, and a test says that both agree.
"""

from pathlib import Path

from sqlalchemy import BLOB, INTEGER, TEXT, Column, ForeignKey, UniqueConstraint
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable
from sqlmodel import Field, SQLModel

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _whole(*, primary: bool = False, to: str = "") -> "Column[int]":
    parts = [ForeignKey(to)] if to else []
    return Column(INTEGER, *parts, primary_key=primary, nullable=False)


def _text(*, primary: bool = False, unique: bool = False) -> "Column[str]":
    return Column(TEXT, primary_key=primary, unique=unique or None, nullable=False)


def _bytes(*, primary: bool = False) -> "Column[bytes]":
    return Column(BLOB, primary_key=primary, nullable=False)


# enduring


class VisitTable(SQLModel, table=True):
    """Every visit this laptop knows."""

    __tablename__ = "visit"
    __table_args__ = STRICT
    id: int = Field(sa_column=_whole(primary=True))
    uid: str = Field(sa_column=_text(unique=True))


class DeviceTable(SQLModel, table=True):
    """Every device whose entries stand here; ``own`` is 1 for the one this ledger writes as."""

    __tablename__ = "device"
    __table_args__ = STRICT
    id: int = Field(sa_column=_whole(primary=True))
    uid: str = Field(sa_column=_text(unique=True))
    own: int = Field(sa_column=_whole())
    person: str = Field(sa_column=_text())
    role: str = Field(sa_column=_text())
    public: bytes = Field(sa_column=_bytes())
    clock: int = Field(sa_column=_whole())
    """Latest ``at`` written or accepted, in microseconds since 1970; of the own device only."""
    written: int = Field(sa_column=_whole())
    """How many entries the own device wrote, in all its logs."""


class LogTable(SQLModel, table=True):
    """One visit on one device. What a clone of that device wrote under a taken seq stands in a further fork."""

    __tablename__ = "log"
    __table_args__ = (UniqueConstraint("visit", "device", "fork"), STRICT)
    id: int = Field(sa_column=_whole(primary=True))
    visit: int = Field(sa_column=_whole(to="visit.id"))
    device: int = Field(sa_column=_whole(to="device.id"))
    fork: int = Field(sa_column=_whole())


class WordTable(SQLModel, table=True):
    """Form ids and paths, each written once."""

    __tablename__ = "word"
    __table_args__ = STRICT
    id: int = Field(sa_column=_whole(primary=True))
    text: str = Field(sa_column=_text(unique=True))


class EntryTable(SQLModel, table=True):
    """Every entry: its line exactly as it was hashed. The id is ``log << 32 | seq``, so a log lies together."""

    __tablename__ = "entry"
    __table_args__ = STRICT
    id: int = Field(sa_column=_whole(primary=True))
    hash: bytes = Field(sa_column=_bytes())
    form: int = Field(sa_column=_whole())
    path: int = Field(sa_column=_whole())
    slot: int = Field(sa_column=_whole())
    line: bytes = Field(sa_column=_bytes())


class DefinitionTable(SQLModel, table=True):
    """Forms and schemes as canonical JSON under its SHA-256."""

    __tablename__ = "definition"
    __table_args__ = CLUSTERED
    hash: str = Field(sa_column=_text(primary=True))
    kind: str = Field(sa_column=_text())
    json_bytes: bytes = Field(sa_column=Column("json", BLOB, nullable=False))


class EvidenceTable(SQLModel, table=True):
    """Evidence files: which are here and which are wanted."""

    __tablename__ = "evidence"
    __table_args__ = CLUSTERED
    sha256: str = Field(sa_column=_text(primary=True))
    size: int = Field(sa_column=_whole())
    type: str = Field(sa_column=_text())
    state: str = Field(sa_column=_text())


class LocalTable(SQLModel, table=True):
    """What never travels: drafts, flags, last place, settings, bundle bookkeeping. ``visit`` is ``""`` for all."""

    __tablename__ = "local"
    __table_args__ = CLUSTERED
    visit: str = Field(sa_column=_text(primary=True))
    key: str = Field(sa_column=_text(primary=True))
    value: str = Field(sa_column=_text())


class SealTable(SQLModel, table=True):
    """Seals under which a device handed over its own entries: with them what it wrote can be relayed and proven."""

    __tablename__ = "seal"
    __table_args__ = CLUSTERED
    digest: str = Field(sa_column=_text(primary=True))
    """SHA-256 of ``json``: names the bundle."""
    visit: int = Field(sa_column=_whole())
    device: int = Field(sa_column=_whole())
    """Whose seal it is."""
    json_bytes: bytes = Field(sa_column=Column("json", BLOB, nullable=False))
    signature: bytes = Field(sa_column=_bytes())


class ReceiptTable(SQLModel, table=True):
    """The latest that each other device has said, signed, to hold of a visit."""

    __tablename__ = "receipt"
    __table_args__ = CLUSTERED
    visit: int = Field(sa_column=_whole(primary=True))
    device: int = Field(sa_column=_whole(primary=True))
    """Who holds it."""
    digest: str = Field(sa_column=_text())
    """SHA-256 of the seal under which it came."""
    json_bytes: bytes = Field(sa_column=Column("json", BLOB, nullable=False))
    arrived: int = Field(sa_column=_whole())
    """By this laptop's clock, in microseconds since 1970."""


class RosterTable(SQLModel, table=True):
    """Every roster that was taken in, signed by the scheme's key; the highest version counts."""

    __tablename__ = "roster"
    __table_args__ = STRICT
    version: int = Field(sa_column=_whole(primary=True))
    json_bytes: bytes = Field(sa_column=Column("json", BLOB, nullable=False))
    signature: bytes = Field(sa_column=_bytes())
    arrived: int = Field(sa_column=_whole())


class QuarantineTable(SQLModel, table=True):
    """Bundles that were not, or not wholly, let in: the file stands in ``quarantine/`` until somebody decides."""

    __tablename__ = "quarantine"
    __table_args__ = CLUSTERED
    digest: str = Field(sa_column=_text(primary=True))
    """SHA-256 of the bundle's ``seal.json``; names the file."""
    visit: str = Field(sa_column=_text())
    state: str = Field(sa_column=_text())
    """``waiting``, ``accepted`` or ``declined``."""
    facts: str = Field(sa_column=_text())
    """JSON: who sent it, what was held back and why."""
    arrived: int = Field(sa_column=_whole())


# derived: dropped and rebuilt at will


class HeadTable(SQLModel, table=True):
    """What stands in each slot: the entries of the slot that none of the same slot replaces."""

    __tablename__ = "head"
    __table_args__ = CLUSTERED
    visit: int = Field(sa_column=_whole(primary=True))
    form: int = Field(sa_column=_whole(primary=True))
    path: int = Field(sa_column=_whole(primary=True))
    slot: int = Field(sa_column=_whole(primary=True))
    entry: int = Field(sa_column=_whole(primary=True))


class ReplacedTable(SQLModel, table=True):
    """Hashes that entries of a slot replace, whether what they name has arrived or not."""

    __tablename__ = "replaced"
    __table_args__ = CLUSTERED
    visit: int = Field(sa_column=_whole(primary=True))
    form: int = Field(sa_column=_whole(primary=True))
    path: int = Field(sa_column=_whole(primary=True))
    slot: int = Field(sa_column=_whole(primary=True))
    hash: bytes = Field(sa_column=_bytes(primary=True))


class ConflictTable(SQLModel, table=True):
    """Conflicts by the key that ``VisitState.conflicts`` has for them."""

    __tablename__ = "conflict"
    __table_args__ = CLUSTERED
    visit: int = Field(sa_column=_whole(primary=True))
    kind: str = Field(sa_column=_text(primary=True))
    form: str = Field(sa_column=_text(primary=True))
    path: str = Field(sa_column=_text(primary=True))


class TallyTable(SQLModel, table=True):
    """Per visit: how many entries, the latest ``at``, and whether its conflicts need all entries to be seen."""

    __tablename__ = "tally"
    __table_args__ = STRICT
    visit: int = Field(sa_column=_whole(primary=True))
    entries: int = Field(sa_column=_whole())
    latest: int = Field(sa_column=_whole())
    entangled: int = Field(sa_column=_whole())


class ProgressTable(SQLModel, table=True):
    """Facts for the list of visits, as JSON; they hold while the visit has that many entries."""

    __tablename__ = "progress"
    __table_args__ = STRICT
    visit: int = Field(sa_column=_whole(primary=True))
    entries: int = Field(sa_column=_whole())
    facts: str = Field(sa_column=_text())


DERIVED = ("head", "replaced", "conflict", "tally", "progress")
"""Tables that can be dropped and rebuilt from the enduring ones."""


def schema_sql() -> str:
    """The statements that make all tables, in the order of this module."""
    return "\n".join(
        str(CreateTable(table).compile(dialect=sqlite.dialect())).strip().replace("\t", "  ").replace(" \n", "\n") + ";"
        for table in SQLModel.metadata.sorted_tables
    ) + "\n"  # fmt: skip


if __name__ == "__main__":
    Path(__file__).with_name("schema.sql").write_text(schema_sql(), encoding="utf-8", newline="\n")
