"""How entries lie in the tables."""

from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.ledger.entry import clean, from_line, to_line
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.connect import DATABASE, connect_writing
from assessor_tui.store.migrate import migrate
from assessor_tui.store.tables import Words, entry_of
from tests.test_entry import entries
from tests.test_value import values


def cleaned(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Evidence):
        return Evidence(value.kind, {key: text for key in value.about if (text := clean(value.about[key]))})
    return tuple(dict.fromkeys(clean(name) or "x" for name in value)) if type(value) is tuple else value


@given(entries, st.one_of(st.none(), values.map(cleaned)))
def test_an_entry_is_read_back_without_its_checks_as_it_is_with_them(entry, value):
    line = to_line(entry._replace(value=value))
    assert entry_of(line, entry.visit, entry.device) == from_line(line, entry.visit, entry.device)


def test_words_keep_their_numbers_and_forget_those_that_were_taken_back(tmp_path):
    connection = connect_writing(tmp_path)
    migrate(connection, tmp_path, "now")
    words = Words(connection)
    water = words.number("water")
    connection.execute("BEGIN")
    lost = words.number("lost")
    connection.execute("ROLLBACK")
    words.forget()
    assert words.number("other") == lost
    assert words.text(lost) == "other"
    assert words.number("water") == water
    assert Words(connection).text(water) == "water"
    connection.close()
    assert (tmp_path / DATABASE).exists()
