"""Form logic: the expression language of XLSForm, and one form of a visit being answered.

The road of an expression: ``lexer`` -> ``parser`` (a tree) -> ``closures`` (with ``functions``, ``axes`` and
``predicates``; ``names`` says what ``${name}`` means and what is read) -> ``compile`` (all of a form, in the order they
run) -> ``filling`` (the answers).

docs/expression_language.md is the reference for authors. Where programs of this field disagree, here

* a date is a whole number of days on the calendar of the visit's place, and no result depends on the laptop's zone;
* what can have no answer is an ``ErrorValue``: blank for everything on an answer's road, told by the check of a form;
* what is missing or not relevant is blank, and is left out of lists of nodes; sums, least and most skip blanks;
* an answer that breaks a rule is stored and flagged, at once, also when another answer made it break;
* a choice that its filter takes away is kept and flagged;
* rounding is half away from zero, by the digits that are shown; numbers that differ by rounding only are equal;
* a number that cannot be written (NaN, infinite) is no answer;
* ``regex`` matches the whole text;
* a calculation may read its own last result, but other calculations never in a circle;
* counted rows follow their count at once, to a fixed point, and keep their answers while they are away.
"""
