"""The classes own the schema; ``schema.sql`` is what they say."""

from pathlib import Path

from sqlmodel import Session, create_engine, select

from assessor_tui.store import schema, tables
from assessor_tui.store.ledger import Store


def test_the_written_schema_is_what_the_classes_say():
    written = Path(schema.__file__).with_name("schema.sql").read_text(encoding="utf-8")
    assert written == schema.schema_sql(), "run: python -m assessor_tui.store.schema"


def test_a_new_ledger_has_the_columns_of_the_classes_and_serves_their_queries(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Ann Example", "assessor")
        for table in schema.SQLModel.metadata.sorted_tables:
            columns = [row[1] for row in store.connection.execute(f"PRAGMA table_info({table.name})")]
            assert columns == [column.name for column in table.columns]
        engine = create_engine("sqlite://", creator=lambda: store.connection)
        with Session(engine) as session:
            (device,) = session.exec(select(schema.DeviceTable)).all()
            assert (device.uid, device.own) == (store.device.id, 1)
        engine.dispose(close=False)


def test_the_derived_tables_are_named_once():
    assert schema.DERIVED == tables.DERIVED
