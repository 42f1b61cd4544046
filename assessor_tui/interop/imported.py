"""What comes of a form of another program."""

from typing import NamedTuple

from assessor_tui.form.model import Form
from assessor_tui.problem import Problem


class Imported(NamedTuple):
    """A form that was read, or why it was not. Places of problems: file, ``path`` the sheet, line and column."""

    form: Form | None
    """None exactly when there are problems."""
    problems: tuple[Problem, ...] = ()
    """Why it is refused, in the order of the file."""
    warnings: tuple[Problem, ...] = ()
    """What is kept but does not run here, what is missing, what its author should look at; in the order of the file."""
