"""The sentence about each mistake: what is wrong, where, what to do. Codes come from the values, words stand here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assessor_tui.i18n import N_, _, grouped, ngettext
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry

SENTENCES: Mapping[str, str] = {
    # -- forms and schemes: the file as YAML
    "form.alias": N_("*{name} is a YAML alias. Write the text out again instead."),
    "form.anchor": N_("&{name} is a YAML anchor. Remove it; text that begins with & needs quotes."),
    "form.control_character": N_("The invisible character {character} stands here. Delete it and type the text again."),
    "form.documents": N_("A second document begins here (---). Put each form in a file of its own."),
    "form.duplicate_key": N_("{key} stands here a second time (first on line {first}). Keep one of them."),
    "form.empty": N_("The file is empty. A form needs settings and survey; forms/README.md has an example."),
    "form.key_not_text": N_(
        "The name before a colon must be plain text. Put quotes around text that begins with [ or {{."
    ),
    "form.not_utf8": N_("This is not UTF-8 text. Save the file again with the encoding UTF-8."),
    "form.tag": N_("{name} is a YAML tag. Remove it; text that begins with ! needs quotes."),
    "form.too_big": N_("The file is larger than {megabytes} MB. Split it into several forms."),
    "form.too_deep": N_(
        "More than {depth} levels inside each other. Look for brackets or indents that are never closed."
    ),
    "form.too_many_parts": N_("More than {most} texts and lists in one file. Split it into several forms."),
    "form.yaml": N_("This is not YAML. Look at the indent and the quotes of this line and the one above."),
    "form.yaml_after": N_("Something stands after a text that has ended. Put the whole text in double quotes."),
    "form.yaml_bracket": N_(
        "The bracket opened here is never closed, or a comma is missing. Text that begins with [ or {{ needs quotes."
    ),
    "form.yaml_bracket_before": N_("A bracket opened above is not closed before this line. Close it, or add quotes."),
    "form.yaml_colon": N_(
        "This colon is out of place. Put quotes around text that holds a colon and a space;"
        " check the indent, and that a space follows the colon of the line above."
    ),
    "form.yaml_dash": N_("A list begins on a line of its own. Move the - to the next line, or write [a, b]."),
    "form.yaml_escape": N_("In double quotes \\ has a meaning of its own. Write it twice, or use single quotes."),
    "form.yaml_indent": N_("The indent does not fit the lines above. Begin this line where its neighbours begin."),
    "form.yaml_no_colon": N_(
        "A colon is missing after this name. Text over several lines needs quotes or | after the colon."
    ),
    "form.yaml_quote": N_("The quote opened here is never closed. Close it at the end of the text."),
    "form.yaml_start": N_("Text cannot begin with this character. Put quotes around the text."),
    "form.yaml_tab": N_("A tab stands in the indent. Use spaces."),
    # -- forms and schemes: the shape
    "form.bad_decimal": N_("{column}: {value} is not a plain number. Write digits with a point, such as 2 or 0.5."),
    "form.bad_letter": N_("{column}: {value} is not one capital letter A to Z."),
    "form.bad_name": N_("{value} cannot be a name. Use letters, digits and _ and begin with a letter."),
    "form.bad_whole_number": N_("{column}: {value} is not a whole number. Write digits only."),
    "form.column_elsewhere": N_(
        "{column} is a column of a {kind}, not of this row. Move it, or check the type of this row."
    ),
    "form.column_per_language": N_(
        "{column} is a spreadsheet column. Write {suggestion}: with one line per language below it."
    ),
    "form.expected_list": N_("{column} needs a list. Write it as [{value}]."),
    "form.expected_list_of_rows": N_("{column} needs a list. Begin each item on a line of its own with a dash (-)."),
    "form.expected_mapping": N_("{column} needs names with values (name: value), one per line, not this."),
    "form.expected_text": N_("{column} needs one text here, not a {found}."),
    "form.missing_column": N_("{column} is missing. Add it."),
    "form.not_one_of": N_("{column}: {value} is not one of {known}."),
    "form.not_yes_or_no": N_("{column}: {value} must be yes or no."),
    "form.text_not_by_language": N_(
        "{column} needs one text per language: {{en-HK: ..., zh-Hant-HK: ..., zh-Hans-CN: ...}}."
    ),
    "form.text_without_language": N_(
        '{column} needs one text per language. Write {{en-HK: "{value}", zh-Hant-HK: ..., zh-Hans-CN: ...}}.'
    ),
    "form.unknown_column": N_("There is no column {column} here. A column of your own goes under extra."),
    "form.unknown_type": N_("There is no type {value}. Types are {known}."),
    # -- forms: names, numbers and columns that do not fit each other
    "form.bad_choice_name": N_("{choice} cannot name a choice. Use letters, digits and _ without spaces."),
    "form.bad_language": N_("{language} is not a language tag. Write a tag such as en-HK."),
    "form.benchmark_without_number": N_(
        "benchmark belongs to a number, not to type {type}. Remove it or change the type."
    ),
    "form.choice_without_list": N_(
        "{column} names the choice {choice}, but this question has no choice list. Remove it."
    ),
    "form.duplicate_choice": N_("The list {list} has the choice {choice} twice. Rename or remove one."),
    "form.duplicate_name": N_("The name {name} is used already on line {line}. Names are unique; rename one."),
    "form.duplicate_number": N_("The number {number} is used already on line {line}. Give one of them another number."),
    "form.message_alone": N_("{message} stands here without {column}. Add {column} or remove the message."),
    "form.never_answered": N_("{column} has no effect: nobody answers a {type}. Remove it."),
    "form.no_calculation": N_("A calculate needs calculation. Add the expression."),
    "form.no_children": N_("{name} holds no questions. Add children or remove it."),
    "form.no_choices": N_("The list {list} has no choices. Add at least one."),
    "form.no_evidence_kind": N_("evidence for {answer} names no kind. Name one, such as [photo]."),
    "form.no_message": N_("{column} needs {message}: what people read when it is not met. Add it."),
    "form.no_unit": N_("A quantity needs units. Name at least one, such as units: [kWh]."),
    "form.not_a_select": N_("{column} belongs to a select only. Remove it or change the type."),
    "form.number_prefix": N_(
        "The number {number} does not begin with {prefix} as settings: number says. Change one of them."
    ),
    "form.unit_without_quantity": N_(
        "units belong to a quantity, not to type {type}. Change the type to quantity or remove them."
    ),
    "form.units_differ": N_("The units measure different things ({kinds}). Keep units of one kind."),
    "form.unknown_blank": N_("There is no blank {value}. Blanks are {known}."),
    "form.unknown_choice": N_("{column}: the list {list} has no choice {choice}. It has {known}."),
    "form.unknown_evidence": N_("There is no kind of evidence {value}. Kinds are {known}."),
    "form.unknown_grade": N_("There is no grade {value}. Grades are {known}."),
    "form.unknown_key": N_("key: there is no question {name} in this repeat."),
    "form.unknown_list": N_("There is no choice list {list}. Add it under choices."),
    "form.unknown_parameter": N_("There is no parameter {value}. Add it under parameters."),
    "form.unknown_place": N_("There is no place {value}. Places are {known}."),
    "form.unknown_repeat": N_("There is no repeat {repeat}."),
    "form.unknown_unit": N_("There is no unit {value}. Units are those of assessor_tui/units.json."),
    # -- forms: expressions
    "form.ambiguous_name": N_("{column}: several questions are named {found}. Rename one of them."),
    "form.arguments": N_(
        "{column}: {found}() stands here with too few or too many arguments; it takes {takes}. Compare with "
        "docs/expression_language.md."
    ),
    "form.cycle": N_("{column}: these wait for each other: {cycle}. Take one of the names out of its expression."),
    "form.expression": N_(
        "{column}: the expression {expression} cannot be read from character {at} on. Look for a missing bracket, "
        "quote or operator there."
    ),
    "form.expression_too_deep": N_(
        "{column}: too many brackets inside each other from character {at} on. Use fewer, or split the expression."
    ),
    "form.expression_too_long": N_("{column}: the expression is longer than {at} characters. Split it."),
    "form.not_a_name": N_("{column}: a name such as ${{name}} must stand at character {at}."),
    "form.not_a_repeat": N_("{column}: {found} is not a repeat. Name the repeat around the question."),
    "form.not_nodes": N_(
        "{column}: questions or rows are needed at character {at}, no computed value. Write a name such as ${{name}}."
    ),
    "form.unknown_function": N_("{column}: there is no function {found}()."),
    "form.unknown_name": N_("{column}: there is no question, group or repeat named {found}."),
    # -- forms: calls with constants that can have no answer
    "lint.no_answer.base64": N_("{column}: {found} is no base64 of a text. Correct it."),
    "lint.no_answer.date": N_("{column}: {found} names no date. Write dates as '2026-01-31'."),
    "lint.no_answer.digest": N_(
        "{column}: {found}: the algorithms are MD5, SHA-1, SHA-256, SHA-384 and SHA-512; the last word is 'base64' "
        "or 'hex'."
    ),
    "lint.no_answer.pattern": N_(
        "{column}: {found}: the pattern is broken or can run for ever. Correct or simplify it."
    ),
    "lint.no_answer.place": N_(
        "{column}: {found} is no area. Write its points as '22.30 114.20; 22.31 114.20; 22.31 114.21'."
    ),
    "lint.no_answer.signature": N_("{column}: {found} is not signed with this key. Correct the key."),
    "lint.no_answer.too_long": N_("{column}: {found} gives a text of more than a million characters. Shorten it."),
    # -- forms: what an author should look at in expressions
    "lint.arithmetic": N_(
        "{column}: {found} is no number, so {sign} gives nothing. Use a number, or concat() for texts."
    ),
    "lint.date_for_number": N_(
        "{column}: {name} is a number and is compared with the date {found}. Check which is meant."
    ),
    "lint.never_accepted": N_("{column}: no answer can satisfy {found}. Correct it; nobody could answer here."),
    "lint.never_asked": N_(
        "{column}: this is never asked, because it waits for an answer to {name}, which is never asked. Correct that."
    ),
    "lint.never_true": N_("{column}: this can never hold: {found}. Correct it, or remove what nobody is ever asked."),
    "lint.never_true_here": N_(
        "{column}: together with the conditions around it this can never hold: {found}. Correct one of them."
    ),
    "lint.nothing_offered": N_("{column}: this keeps no choice, whatever is answered: {found}. Correct it."),
    "lint.number_for_date": N_(
        "{column}: {name} is a date and is compared with {found}. Write a date as '2026-01-31'."
    ),
    "lint.order": N_(
        "{column}: the choices of {name} are no numbers, so {sign} never holds. Compare with = or selected()."
    ),
    "lint.overwrites": N_(
        "{column}: this overwrites what people answer here. Make it a calculate, or add read_only: yes or a trigger."
    ),
    "lint.regex": N_("{column}: {found} is no pattern ({why}). Correct it."),
    "lint.regex_slow": N_(
        "{column}: the pattern {found} repeats what repeats already and may search without end. Simplify it."
    ),
    "lint.text_for_date": N_("{column}: {name} is a date; {found} is none. Write dates as '2026-01-31'."),
    "lint.text_for_number": N_("{column}: {name} is a number and can never be {found}. Compare it with a number."),
    "lint.unknown_choice": N_("{column}: {name} has no choice {found}. The list {list} has {known}."),
    "lint.unused_list": N_("No question uses the list {list}. Use it or remove it."),
    "lint.never_ends": N_(
        "{column}: this looks at, counts or repeats more than anybody could wait for, and is cut off. Ask for less."
    ),
    "lint.volatile": N_(
        "{column}: {found}() gives something else each time. Put it into once(), or into default or a trigger."
    ),
    # -- forms: cases
    "case.no_answer": N_("{path}: an answer is one text, or a list of choices in brackets."),
    "case.nothing_expected": N_("{case}: nothing is expected here. Add expect: with what should come of it."),
    "case.unknown_key": N_("There is no {key} here. There are {known}."),
    "case.unknown_path": N_("{case}: there is no {path} in this form. Check the name, and the table around it."),
    # -- forms: texts
    "form.blanks_differ": N_(
        "{column}: {language} and {first} do not hold the same blanks ({blanks}). Make them the same."
    ),
    "form.no_text": N_("{column} is missing. Write it in every language."),
    "form.no_translation": N_("{column}: the text in {language} is missing. Add it."),
    "form.numbers_differ": N_(
        "{column}: {language} and {first} do not hold the same numbers ({numbers}). Check them; write digits in all."
    ),
    "form.unknown_language": N_("{column}: {language} is not a language of this form. Its languages are {known}."),
    "form.wrong_script": N_(
        "{column}: {characters} does not belong into {language}. Use the characters of that language."
    ),
    # -- XML from outside: forms of other programs, lists of choices
    "markup.after": N_("Something stands after the end of the outermost element. Delete it."),
    "markup.attributes": N_("More than {most} attributes on one element. No form needs that; look at its quotes."),
    "markup.character": N_("A number of a character (&#...;) that no text may hold. Delete it."),
    "markup.doctype": N_("A document type (<!DOCTYPE>) stands here. Forms need none and it can do harm; delete it."),
    "markup.empty": N_("The file holds no XML. Export it again from where it came."),
    "markup.encoding": N_("The file says that it is in {encoding}. Save it again as UTF-8."),
    "markup.ends": N_("The file ends in the middle. Copy or export it again."),
    "markup.entity": N_("An entity that XML does not know stands here. Write the character itself, or &amp; for &."),
    "markup.invisible": N_("The invisible character {character} was left out, here and wherever else it stood."),
    "markup.not_text": N_("This is not UTF-8 text. Save the file again with the encoding UTF-8."),
    "markup.prefix": N_("The part of a name before the colon is not declared. Add its xmlns: to the first element."),
    "markup.syntax": N_("This is not XML. Look at the quotes and the < of this line and the one above."),
    "markup.tags": N_("This end does not fit the element that is open. Compare the names of both."),
    "markup.too_big": N_("The file is larger than {megabytes} MB. Split it, or bring its lists as .csv files."),
    "markup.too_deep": N_("More than {depth} elements inside each other. Look for one that is never closed."),
    "markup.too_many": N_("More than {most} elements. Split the file, or bring its lists as .csv files."),
    "markup.twice": N_("One attribute stands twice on this element. Keep one of them."),
    "markup.unescaped": N_("A < stands between quotes, here and perhaps elsewhere. It was read as &lt;, as ODK does."),
    # -- forms as workbooks
    "export.itemset": N_(
        "XLSForm cannot say where the choices of {name} come from. They stand in the column {column}; "
        "other programs ask it as a text."
    ),
    "export.actions": N_(
        "XLSForm cannot say what sets {name}. It stands in the column {column}, which other programs pass over."
    ),
    "export.file_missing": N_(
        "The file {file}, from which a list of this form comes, is not beside the form. Send it "
        "along with the workbook."
    ),
    "export.long_cell": N_(
        "This text of {characters} characters is longer than a spreadsheet holds in one cell "
        "({most}). Shorten it before you send the workbook on."
    ),
    # -- forms of other programs: ODK XForms. Why one is refused
    "xform.bind_without_nodeset": N_("A bind names no node. Add nodeset, or delete the bind."),
    "xform.control_of_group": N_(
        "The body asks {name} like a question, but it stands for a group. Make it one or the other."
    ),
    "xform.instance_twice": N_("Two secondary instances are named {id}. Rename one, here and where it is used."),
    "xform.itemset": N_("The choices come from {nodeset}, which cannot be read. Look at its brackets and quotes."),
    "xform.no_bind": N_("The body refers to the bind {id}, which is not there. Add it, or use ref."),
    "xform.no_body": N_("The form has no h:body, so nothing is asked. Export it again from where it came."),
    "xform.no_instance": N_("The model holds no instance, so answers have no place. Export the form again."),
    "xform.no_instance_of": N_("The choices come from the list {id}, which is not in the form. Add it."),
    "xform.no_model": N_("There is no model in h:head. Export the form again from where it came."),
    "xform.no_node": N_(
        "{reference} is asked or set here, but the instance holds no such node. Add it there, or correct the reference."
    ),
    "xform.not_a_form": N_(
        "The outermost element is {name}; that of an ODK form is h:html. Choose the form, not an answer or a list."
    ),
    "xform.repeat_without_node": N_("This repeat names no node. Add nodeset."),
    "xform.roots": N_("The first instance holds {count} elements; it needs exactly one, with all answers inside."),
    "xform.too_deep": N_("More than {depth} groups and repeats inside each other. Take some of them out."),
    "xform.too_many_languages": N_("The form has more than {most} languages. Leave some of them out."),
    "xform.too_many_nodes": N_("The instance holds more than {most} nodes. Split the form."),
    "xform.two_instances": N_("A second instance without an id (the first on line {line}). Give it one, or delete it."),
    # -- forms of other programs: what is kept or left out, and what does not run here
    "xform.action_on_group": N_("This {name} sets a group, which holds no answer. It does nothing."),
    "xform.action_on_some": N_("This action sets only rows for which {predicates} holds. It does not run here."),
    "xform.appearance": N_("The appearance {appearance} asks another program or file. Here it is asked as usual."),
    "xform.asked_twice": N_("{name} is asked a second time (first on line {line}). Only the first is kept."),
    "xform.attribute": N_("The attribute {name} of a node is left out. Answers here have no attributes."),
    "xform.attribute_set": N_("This {name} sets an attribute. It does not run here."),
    "xform.audio": N_("{name} would be recorded as sound. No sound is recorded here; the answer stays blank."),
    "xform.barcode": N_("A barcode is typed here, not scanned."),
    "xform.bind_of_group": N_("{name} stands at a group and has no effect there. Move it to a question."),
    "xform.bind_of_nothing": N_("This bind is of {nodeset}, which is not in the instance. It has no effect."),
    "xform.bind_twice": N_("{name} is given a second time, differently (first on line {line}). The first one counts."),
    "xform.control_without_node": N_("This {name} names no node, so it is left out. Add ref."),
    "xform.empty_output": N_("An output without a value is left out of the text."),
    "xform.encrypted": N_("The form asks for encrypted answers. Here they are kept like all others; its key is kept."),
    "xform.entities": N_("Entities ({name}) do not run here. What is said of them is kept."),
    "xform.event": N_("Nothing happens here on the event {event}. This action does not run."),
    "xform.event_of_nothing": N_("The event {event} belongs inside a question. This action does not run."),
    "xform.every_load": N_("{event} sets it each time the form is opened; here it is set once, when a visit begins."),
    "xform.further_texts": N_("Further forms of a text ({forms}) are not shown. They are kept."),
    "xform.group_without_node": N_(
        "A group without ref: its heading becomes a note before its first question, its appearance is left out."
    ),
    "xform.instance_without_id": N_("A list without id, so nothing can use it. It is left out."),
    "xform.item_twice": N_("The choice {name} stands twice in one list. Rename or delete one."),
    "xform.item_with_space": N_("The choice {name} has a space in it. Where several are chosen it falls apart."),
    "xform.item_without_value": N_("A choice without a value is left out. Add one."),
    "xform.items_beside_itemset": N_("Choices stand beside an itemset. Only those of the itemset are offered."),
    "xform.kept": N_("{name} ({value}) is kept, but does nothing here."),
    "xform.language_twice": N_("The language {name} stands twice. Both are read; the first text of each counts."),
    "xform.last_saved": N_("{expression} cannot be told from the visit before. It stays blank."),
    "xform.media": N_("The file {file} ({kind}) is not shown. Its name is kept."),
    "xform.mixed": N_("Text stands between the nodes inside {name}. It is left out."),
    "xform.no_add_remove": N_("The rows of {name} are fixed elsewhere (jr:noAddRemove). Here people can add some."),
    "xform.no_file": N_("The file {file} is not beside the form, so its list is empty. Put it there; import again."),
    "xform.no_items": N_("{name} has no choices, so it cannot be answered. Add some."),
    "xform.no_text": N_("There is no text with the id {id} in any language. Add it under itext."),
    "xform.not_known": N_("The element {name} is not known here. It is left out."),
    "xform.position": N_("{name} would be read from the satellites. Here it is typed, pasted or stays blank."),
    "xform.preload": N_("Nothing is known for the preload {preload}. The answer stays blank."),
    "xform.several": N_("{name} stands here several times, but no repeat names it. It is read as a repeat."),
    "xform.silent": N_("{type} is something this program does not record. It stays blank."),
    "xform.source": N_("The list comes from {source}, which only other programs reach. It is empty here."),
    "xform.submission": N_("Where answers would be sent is kept. This program sends nothing."),
    "xform.type": N_("There is no type {type}. It is asked as text."),
    # -- forms of other programs: XLSForm workbooks. Why one is refused
    "import.ambiguous": N_(
        "Several questions are named {found}, so ${{{found}}} can mean any of them. Rename all but one of them."
    ),
    "import.audit_name": N_("An audit is always named audit. Leave its name empty."),
    "import.bad_cell": N_(
        "{heading}: {value} cannot be read. Compare with a workbook that “assessor form export” wrote."
    ),
    "import.bad_name": N_(
        "{column}: this cannot be a name. Begin with a letter or _; then letters, digits, _, - and . may follow."
    ),
    "import.bad_reference": N_("A reference is not complete. Write ${{, the name of a question and }}."),
    "import.begin_without_end": N_(
        "The begin_{kind} of {name} has no end. Add a row end_{kind} behind its last question."
    ),
    "import.big_image": N_("{name} has a big-image and no image. Name the small one, too."),
    "import.choice_no_name": N_("A choice has no name. Write one into the column name."),
    "import.choice_spaces": N_(
        "The choice {choice} of the list {list} has a space in its name. Where several can be chosen, names have none."
    ),
    "import.choice_twice": N_(
        "The list has this choice twice. Rename one; or write allow_choice_duplicates with yes on the sheet settings."
    ),
    "import.damaged": N_(
        "The workbook is damaged or written unusually ({reason}). Open it in Excel or LibreOffice, save it as .xlsx "
        "and try again."
    ),
    "import.end_without_begin": N_("This end_{kind} closes nothing. Remove it, or add the begin_{kind} above."),
    "import.error_cell": N_(
        "The formula in this cell ends in an error ({value}). Put it right, or write the text itself."
    ),
    "import.file_ending": N_("{type}: the file needs its ending, .csv, .xml or .geojson."),
    "import.filter_or_other": N_(
        "or_other and choice_filter do not go together. Add a choice “other” to the list instead."
    ),
    "import.heading_alias": N_("{heading} and {other} are two words for one column. Remove one of them."),
    "import.heading_missing": N_("The sheet needs the column {missing}. Write it into row 1."),
    "import.headings_below": N_("The headings stand in row {row}. Delete the rows above them."),
    "import.heading_parts": N_("The heading {heading} has a part too many: a type or name has no language."),
    "import.heading_twice": N_("The heading {heading} stands here twice. Rename or remove one of the columns."),
    "import.instance_twice": N_("Two different files or lists are named {name}. Rename one of them."),
    "import.locked": N_("The workbook has a password. Open it, save it as .xlsx without a password and try again."),
    "import.long_cell": N_("A cell holds more than {most} characters. Shorten it."),
    "import.macros": N_(
        "The workbook holds macros. They are never run here: save it as .xlsx (without macros) and try again."
    ),
    "import.name_meta": N_("The name meta is taken by every form. Choose another one."),
    "import.name_twice": N_("The name {name} is used already in this group. Rename one of the two."),
    "import.no_calculation": N_("A calculate needs a calculation. Write it into that column."),
    "import.no_entities": N_(
        "save_to names where an entity keeps the answer, but there is no sheet entities. Add it, or clear the cell."
    ),
    "import.no_headings": N_(
        "Cells stand here without a heading. Write headings such as type, name and label into row 1."
    ),
    "import.no_label": N_("{name} has neither label nor hint: nobody would know what is asked. Write a label."),
    "import.no_name": N_("This row has no name. Write one into the column name."),
    "import.no_result": N_(
        "The formulas in {cells} have no result yet. Open the workbook in Excel or LibreOffice, save it and try again."
    ),
    "import.no_sheet": N_("The sheet {sheet} is missing. Add it with the columns list_name, name and label."),
    "import.no_survey": N_(
        "There is no sheet survey. A form keeps its questions there, with the columns type, name and label."
    ),
    "import.no_type": N_("This row has no type. Write one such as text, integer or select_one LIST."),
    "import.not_a_workbook": N_(
        "This is no form: an Excel workbook (.xlsx, .xls), a text with tables (.md) or an ODK XForm (.xml) is expected."
    ),
    "import.not_the_same": N_(
        "Written as a checklist, the form would not be the same. Please send the workbook to whoever looks after this "
        "program."
    ),
    "import.not_understood": N_(
        "XLSForm's own reader fails at this workbook ({said}). Compare its headings with those of a form that works."
    ),
    "import.not_utf8": N_("This is not UTF-8 text. Save the file again with the encoding UTF-8."),
    "import.parameters_shape": N_("parameters are written as key=value, divided by spaces: start=0 end=10 step=1."),
    "import.parameters_unknown": N_("There is no parameter {found} here. This type has {known}."),
    "import.randomize": N_("parameters: randomize is true or false."),
    "import.range": N_("range: {said}."),
    "import.range_number": N_("parameters: {parameter} must be a number."),
    "import.reference_commas": N_("Divide several references by commas: ${{one}}, ${{two}}."),
    "import.refused": N_("XLSForm's own reader refuses this: {said}. Correct it and import again."),
    "import.reference_geometry": N_(
        "parameters: reference-geometry names the list {list}, which search() fills elsewhere. Name another list."
    ),
    "import.repeat_is_root": N_("The repeat {name} is named like the form itself. Rename it."),
    "import.repeat_twice": N_("Two repeats are named {name}. Rename one of them."),
    "import.search": N_(
        "search() of {name} does not go together with this list or file. Use select_one_from_file instead."
    ),
    "import.seed": N_("parameters: seed is a number or a question such as ${{number}}."),
    "import.seed_alone": N_("parameters: a seed needs randomize=true beside it."),
    "import.table_list": N_("The questions of a table-list share one list; here are {list} and {other}."),
    "import.too_deep": N_(
        "More than {most} groups and repeats stand inside each other. Look for one that is never closed."
    ),
    "import.too_large": N_(
        "The workbook is too large for a form: {reason}. A long list of choices can stand in a .csv file beside it: "
        "select_one_from_file FILE.csv."
    ),
    "import.trigger_unseen": N_("Nobody answers {found}, so it cannot trigger {name}. Name a question that is asked."),
    "import.unknown_list": N_("There is no list {list}. Add it on the sheet choices, or correct its name."),
    "import.unknown_reference": N_("There is no question, group or repeat named {found}. Correct the name."),
    "import.unknown_type": N_("There is no type {type}. Write one such as text, integer or select_one LIST."),
    "import.unsafe": N_(
        "The workbook holds something that no spreadsheet program writes ({reason}). Nothing was read from it."
    ),
    # -- forms of other programs: XLSForm workbooks. What is kept, what does not run here, what is worth a look
    "import.audit": N_("An audit of the person's steps is not kept here: every answer has its entry. The row is kept."),
    "import.background": N_("{type}: nothing is recorded in the background here. The row is kept."),
    "import.choice_no_label": N_("This choice has no label. Its name is shown."),
    "import.column_kept": N_("The column {heading} (cells: {count}) is kept for export and does nothing here."),
    "import.column_ours": N_(
        "The column {heading} (cells: {count}) is kept for export. If it is meant as in a checklist of this program, "
        "add the column kind with checklist on the sheet settings."
    ),
    "import.comment_row": N_("This row has no type, name or label. It is kept as a comment."),
    "import.device_unknown": N_("No laptop knows this of itself. It stays blank."),
    "import.device_value": N_("{type}: no laptop knows this of itself. It stays blank."),
    "import.disabled": N_(
        "The column disabled is no longer part of XLSForm. Rows with yes are left out and kept for export."
    ),
    "import.encryption": N_(
        "{heading}: answers are not encrypted for a server here; bundles are. The setting is kept."
    ),
    "import.entities": N_("Entities are not made here: they belong to a server. The sheet {sheet} is kept for export."),
    "import.external_unfiltered": N_("select_one_external is meant for lists with a choice_filter."),
    "import.far_below": N_("After {count} empty rows more follows. As in other programs it is not read; move it up."),
    "import.file_missing": N_(
        "The file {file} does not stand beside the form. Until it does, its list is empty: copy it there and import "
        "again."
    ),
    "import.file_refused": N_(
        "The file {file} cannot be read as a list. Until it can, its list is empty; see what is said of it."
    ),
    "import.heading_spaces": N_(
        "The column {heading} has a space in its heading, so no expression can name it. It is kept."
    ),
    "import.language_code": N_("These languages have no code in brackets: {languages}. Write English (en)."),
    "import.max_pixels": N_("Without max-pixels pictures are kept as large as they are."),
    "import.media": N_(
        "Pictures, sounds and films of a question are not shown here. {heading} (cells: {count}) is kept for export."
    ),
    "import.missing_columns": N_("{language}: the sheet {sheet} has no column for {columns} in this language."),
    "import.missing_text": N_("{column}: the text in {language} is missing."),
    "import.name_case": N_(
        "Another name here differs in capital letters only. Some programs cannot tell the two apart."
    ),
    "import.or_other": N_("or_other adds a choice and a question whose texts are translated here where possible only."),
    "import.osm": N_("Places of OpenStreetMap are asked as a file here. The sheet {sheet} is kept for export."),
    "import.other_app": N_("{appearance}: other apps are not opened here. The question is answered by hand."),
    "import.repeat_no_label": N_("This repeat has no label. Its name is shown."),
    "import.save_to": N_("save_to: no entities are kept here. {heading} (cells: {count}) is kept for export."),
    "import.self_relevant": N_(
        "relevant: {cycle} decides about itself. It is always asked here. Take its own name out of the expression."
    ),
    "import.sending": N_("{heading}: nothing is sent to a server from here. The setting is kept."),
    "import.sheet_alike": N_(
        "There is no sheet {sheet}, but one named {found}. If that is meant, rename it to {sheet}."
    ),
    "import.sheet_kept": N_("The sheet {sheet} means nothing to a form. It is kept for export."),
    "import.sheet_not_kept": N_("The sheet {sheet} means nothing to a form and is too large to keep. It is left out."),
    "import.sms": N_("{heading}: answers are not sent as SMS from here. The setting is kept."),
    "import.warned": N_("XLSForm's own reader says: {said}."),
    # -- answers
    "answer.choice_gone": N_("This choice is no longer offered: {choice}. Choose again."),
    "answer.constraint": N_("This answer breaks the rule of the question. Check it."),
    "answer.range": N_("This must be a number from {start} to {end} in steps of {step}."),
    "answer.required": N_("An answer is required here."),
    "answer.rows": N_("At least {at_least} rows are demanded here; there are {rows}."),
    "answer.type": N_("This does not fit a question of type {type}. Answer again."),
    "answer.unit": N_("The unit {unit} is not one of {units}. Choose one of them."),
    "answer.warning": N_("This answer is unusual. Check it, or say in a note why it is right."),
    # -- what an answer demands beside itself
    "demand.evidence": N_("This answer demands proof ({kinds}). Attach a file, or record where the original is kept."),
    "demand.reason": N_("This answer demands a reason. Write it as a note."),
    "demand.warning_reason": N_("This answer is unusual. Check it, or say in a note why it is right."),
    # -- conflicts
    "conflict.cleared": N_("One person answered, another cleared the answer. Decide which stands, with a reason."),
    "conflict.fork": N_("A copy of this ledger has written, too. Both are kept; settle it by saying how it happened."),
    "conflict.late": N_("This came after the signature was given. Reopen the visit and decide what stands."),
    "conflict.changed": N_("This has changed meanwhile. Look at it again, then decide."),
    "conflict.rows": N_("Two people added a row for the same thing. Join the rows or keep both, with a reason."),
    "conflict.row": N_("One person removed this row, another worked in it. Keep the row or remove it, with a reason."),
    "conflict.signed": N_("The signature is disputed. Reopen the visit with a reason, then sign again."),
    "conflict.value": N_("Two people answered differently. Decide which answer stands, with a reason."),
    "conflict.version": N_("This was answered under another version of the form. Decide what stands, with a reason."),
    # -- the ledger, looked at closely
    "ledger.chain": N_(
        "Entry {seq} of device {device} does not follow the one before it. Merge that device's bundle again."
    ),
    "ledger.fork": N_(
        "Device {device} has two entries {seq}: its folder was copied. Both are kept; ask who used the copy."
    ),
    "ledger.gap": N_("Entries before {seq} of device {device} are not here. Ask that colleague for a bundle."),
    "ledger.hash": N_("Entry {seq} of device {device} is not what was written. Put a backup back, or merge it again."),
    "ledger.seal": N_(
        "Device {device} has signed another entry {seq} than the one that stands here. "
        "Put a backup back, and ask that colleague for a bundle."
    ),
    "ledger.seal_unread": N_("A seal of device {device} cannot be read. Ask that colleague for a bundle."),
    "ledger.line": N_("Entry {seq} of device {device} cannot be read. Put a backup back, or merge it again."),
    # -- acts that are refused; nothing was recorded
    "visit.in_part": N_(
        "The visit was put away and has come back in part: later entries of this laptop ({device}) are missing. "
        "Merge the newest copy first."
    ),
    "visit.counted_rows": N_("The rows here follow from another answer. Change that answer instead."),
    "visit.disputed": N_("This question is in conflict. Settle the conflict first; a new answer alone does not."),
    "visit.empty_text": N_("The text is empty. Write something, or leave it."),
    "visit.finding_due": N_("This grave finding has no date to be done by. Add the date."),
    "visit.finding_owner": N_("This grave finding has nobody who sees to it. Name the person."),
    "visit.not_answered_by_people": N_("This is not answered by typing: it is computed, a text to read, or a file."),
    "visit.not_applicable_forbidden": N_("This question cannot be answered with “not applicable”. Choose an answer."),
    "visit.not_at_keyboard": N_(
        "{person} is at the keyboard; only {owner}, whose laptop this is, signs here. Ctrl+U changes who it is."
    ),
    "visit.not_lead": N_("Only the team lead's laptop signs. Set the role with “assessor identity”, or ask the lead."),
    "visit.not_signed": N_("The visit is not signed, so there is nothing to reopen."),
    "visit.other_name": N_("The name typed is not the one of this laptop ({person}). Type that name to sign."),
    "visit.read_only": N_("This question cannot be changed here."),
    "visit.reason_needed": N_("A reason is needed. Say why."),
    "visit.signed": N_("The visit is signed. Reopen it with a reason before changing anything."),
    "visit.someone_else": N_("{person} answered this. Say why you change it."),
    "visit.too_long": N_("The text has {length} characters, of at most {limit}. Shorten it, or attach it as a file."),
    "visit.withdrawn_file": N_(
        "This file was withdrawn by {person} ({why}). To use it nevertheless, attach it again with a reason."
    ),
    "form.neither_file_nor_form": N_(
        "{value} is no file, and no form of this id is held here. Name the file, or import the form first."
    ),
    "visit.form_there": N_(
        "The visit uses another version of the form {form} already. “assessor visit update-form” goes to a newer one."
    ),
    "visit.form_id": N_("The form id {form} has characters that no entry can carry. Change it in the file's settings."),
    "visit.other_kind": N_("{form} is a form of the kind {old} in this visit, and here one of the kind {new}."),
    "visit.unknown_form": N_("This visit has no form {form}. Look at its forms with “assessor visit show”."),
    "visit.unknown_path": N_("There is no {path} in this form. Check the name of the question, or the row."),
    # -- what the role on the roster does not record
    "visit.role_assessor": N_(
        "The roster has this laptop as an assessor's: it does not sign, reopen, return or link. Ask the team lead."
    ),
    "visit.role_lead": N_("The roster has this laptop as a team lead's: approving and deciding is the authority's."),
    "visit.role_reviewer": N_(
        "The roster has this laptop as a reviewer's: it comments and returns. Write a comment, or let the team answer."
    ),
    "visit.role_authority": N_(
        "The roster has this laptop as the authority's: it comments, returns, approves and decides, nothing else."
    ),
    # -- what was returned
    "return.waits": N_("Returned by {person}: {why} Answer it anew or reply; whoever returned it can take it back."),
    "visit.may_not_return": N_("Only a team lead, a reviewer or the authority returns. Write a comment instead."),
    "visit.may_not_end_return": N_("{person} returned this. Reply to it, or ask {person} or the lead to end it."),
    "visit.return_answered": N_(
        "This return was answered or ended meanwhile. Say in the list of returns that it is done, or return it again."
    ),
    # -- what was typed: values
    "typed.acknowledge": N_("{value} does not acknowledge this. Type yes, or leave it."),
    "typed.choice": N_("{value} is not one of the choices. Choices are {known}."),
    "typed.time": N_("{value} is no time. Type it as 9:30, 930 or 9点半; “now” is this moment."),
    "typed.datetime": N_(
        "{value} is no date with a time. Type it as 2026-11-12 9:30 or 12/11 930; “now” is this moment."
    ),
    "typed.point": N_(
        "{value} is no position. Type latitude and longitude, such as 22.3193, 114.1694, or paste it from a map."
    ),
    "typed.few_points": N_(
        "These are too few points: a line needs two, an area three. Divide them by ; or write one on each line."
    ),
    "typed.many_points": N_("These are more points than the program keeps (500). Leave some of them out."),
    "typed.rank": N_("{value} does not name every choice once. Write all of them, the first one foremost: {known}."),
    "typed.date": N_("{value} is not a date. Write it as 2026-11-12."),
    "typed.inexact": N_(
        "This number of {unit} has no exact decimal in {units}. Convert it as the site does, and type that."
    ),
    "typed.month": N_("{value} is not a month. Write it as 2026-01, or the days of the bill: 2025-12-26..2026-01-25."),
    "typed.no_unit": N_("A bare number is asked for, without {unit}. Leave the unit out."),
    "typed.number": N_("{value} is not a number. Write digits with a point, such as 12.5."),
    "typed.twice": N_("{value} and the unit {unit} both say ten thousand. Type the number with its whole unit."),
    "typed.unit": N_("The number needs its unit. Add one of {units}."),
    "typed.whole": N_("{value} is not a whole number. Write digits only."),
    # -- one line that answers one question
    "quick.ambiguous": N_(
        "{text} can be one number, or {first} and a note. Write the number without spaces, or the note with a comma."
    ),
    "quick.choice": N_("{value} is none of the choices here. Type a digit from 1 to {count}, or the choice's words."),
    "quick.inner_rows": N_("{number} stands in a table inside a table. Open the table to answer it."),
    "quick.no_row_yet": N_("The table of {number} has no row yet. Open the table and add one first."),
    "quick.no_rows": N_("{number} stands in no table. Leave the row out."),
    "quick.not_asked": N_("{number} is not asked as things stand: another answer decides that."),
    "quick.one_choice": N_("{value}: only one choice can be taken here. Type one digit, then the note."),
    "quick.row": N_("The table of {number} has no row {row}. Rows are #1 to #{count}, or by their number or name."),
    "quick.table": N_("{number} is a table. Name the question and the row, such as {example}#2."),
    "quick.which_row": N_("{number} is asked in {count} rows. Say which: {number}#1 to {number}#{count}."),
    # -- what was typed: places in a visit
    "where.no_form": N_("{path} names no question. Write FORM/question, such as gate/site_area."),
    "where.no_question": N_("There is no such question here. Write FORM/question or FORM/repeat[row]/question."),
    "where.no_row": N_("{name} is asked once per row. Name the row as {name}[row], or {name}[+] for a new one."),
    "where.not_a_repeat": N_("{name} has no rows. Leave the brackets out."),
    "where.not_a_row": N_("Rows are added and removed at FORM/repeat[row]. This is a question."),
    "where.row": N_("There is no row {row} in {name}. Use the number people speak, or the beginning of its id."),
    "where.row_is_no_question": N_("A row is not answered itself. Name a question in it."),
    "where.rows": N_("{row} can mean {count} rows of {name}. Type more of the row's id."),
    "where.step": N_("{step} is not a name. Write FORM/question or FORM/repeat[row]/question."),
    "where.unknown": N_("There is no {name} here in the form {form}."),
    # -- a file of answers
    "lines.file": N_("{words} Put that right, or leave the line out."),
    "lines.no_path": N_('This line has no path. Add it, such as "path": "gate/site_area".'),
    "lines.no_value": N_("This line records nothing. Add a value, an act, a note or a file."),
    "lines.not_json": N_("This line is not one JSON object with each key once. Compare with docs/commands.md."),
    "lines.not_text": N_("{key} must be text in quotes."),
    "lines.not_utf8": N_("This line is not UTF-8 text. Save the file again with the encoding UTF-8."),
    "lines.record": N_("The record is not well made. It needs a kind, and number, issuer, date, page, kept or post."),
    "lines.unknown_act": N_("There is no act {act}. Acts are {known}."),
    "lines.unknown_key": N_("There is no key {key}. Keys are {known}."),
    "lines.value": N_("This value cannot be read. Give text, a list of choices, or a number with its unit."),
    # -- files that wait in the inbox
    "inbox.arriving": N_("It is still being copied. Wait until that has ended."),
    "inbox.empty": N_("It is empty. Copy it into the inbox again."),
    "inbox.folder": N_("This is a folder. Move the files in it into the inbox itself."),
    "inbox.link": N_("This is a link or a device, not a file. Copy the file itself into the inbox."),
    "inbox.program": N_("This is a program and cannot be evidence. Delete it; nobody opens it from here."),
    "inbox.too_large": N_(
        "It has {size} MB, and {limit} MiB is the most. Make a smaller copy, or record where the original is kept."
    ),
    "inbox.twice": N_("It is the same file as {other}. One of them is enough."),
    "inbox.type": N_(
        "It is not a photo, PDF, text, Excel or Word file. Save it as one of these, or record where it is kept."
    ),
    "inbox.unreadable": N_("It cannot be read ({reason}). Is the card or stick still connected?"),
    "inbox.video": N_("It is a video. Take a still picture of what it shows, or record where it is kept."),
    "inbox.withdrawn": N_("It was withdrawn by {person}: {why}. Delete it from the inbox."),
    # -- lists in files beside a form
    "choices.column_twice": N_("Two columns are called {heading}. Rename one of them."),
    "choices.empty": N_("The file is empty. Its first line must hold the names of its columns."),
    "choices.encoding": N_(
        "The file does not say how its characters are written; it was read as {encoding}. Look at it, or save it "
        "as UTF-8."
    ),
    "choices.ending": N_("This is no list that can be read. Save it as one of {known}."),
    "choices.feature": N_("Feature {number} is not made as GeoJSON has it. Export the file again from where it came."),
    "choices.geometry": N_(
        "Feature {number} has coordinates that are no numbers. Export the file again from where it came."
    ),
    "choices.json": N_("This is not JSON. Export the file again from where it came."),
    "choices.long_cell": N_(
        "A cell has more than {most} characters. Shorten it; or look for a quotation mark that is never closed."
    ),
    "choices.no_heading": N_(
        "{cell} stands in a column without a name. Name the column in the first line; or put text with commas in "
        "quotes."
    ),
    "choices.no_rows": N_("The list has no rows, so there is nothing to choose from."),
    "choices.not_geojson": N_("This is no GeoJSON list (a FeatureCollection). Export it as one."),
    "choices.not_text": N_("This is no text file in a known encoding. Save it again as CSV UTF-8."),
    "choices.quote": N_(
        "A quotation mark stands in the middle of a cell. Write it twice, and put quotes around the whole cell."
    ),
    "choices.quote_open": N_("The quotation mark opened here is never closed. Close it at the end of the cell."),
    "choices.short_rows": N_(
        "{count} rows have fewer cells than there are columns (the first one here). The rest of them is blank."
    ),
    "choices.too_big": N_(
        "The file is larger than {megabytes} MB. Leave out rows and columns that the form does not need."
    ),
    "choices.too_many": N_(
        "The list has more than {rows} rows, or {cells} cells. Leave out rows and columns that the form does not need."
    ),
    "choices.too_wide": N_("The list has more than {most} columns. Leave out those that the form does not need."),
    "form.too_large": N_(
        "The form and its lists are larger than what a bundle carries (8 MB, 600,000 texts). "
        "Leave out rows and columns that the form does not need."
    ),
    "form.file_missing": N_(
        "{found} is missing or cannot be read, so there is nothing to choose from. "
        "Put it beside the form's file and read the form again."
    ),
    "form.no_value_column": N_(
        "The list has no column {found} for what is stored. Add it, or name another with value= in parameters."
    ),
    "form.not_in_repeat": N_(
        "{found} stands in no repeat, so its answers are no choices. Name a question of a repeat."
    ),
    "form.no_such_column": N_("{column}: the list has no column {found}."),
    "form.unknown_instance": N_("{column}: there is no list {found}. Add it under choices, or bring it as a file."),
    # -- a list of visits
    "list.column_twice": N_("It answers the same question as {first}; only the first is read."),
    "list.no_headings": N_(
        "No row holds headings that the visit's header knows. Write labels of its questions over the columns, such as: "
        "{wanted}."
    ),
    "list.no_site": N_("The line names no site. Fill in its registered name in Chinese or English."),
    "list.nobody": N_("There is no person to the left that this belongs to. Name the person, or empty the cell."),
    "list.unknown_column": N_("No question of the visit's header is called so; the column is not read."),
    # -- rows out of a table
    "rows.column_twice": N_("The column {heading} answers the same question as {first}; only the first is taken."),
    "rows.key_twice": N_("Line {line} is about the same row as line {first}. Keep one of them."),
    "rows.no_column": N_("No column says {name}, which tells the rows apart. Add it, or say it for all lines."),
    "rows.no_heading": N_(
        "The first line looks like headings, and none of them is a column of this table. Is it the right table?"
    ),
    "rows.no_key": N_("Line {line} does not say which row it is: {name} is missing or cannot be read."),
    "rows.no_row": N_("There is no row left for line {line}. Add rows first, or paste the table with its headings."),
    "rows.column_left": N_("The column {heading} is left out: it is no amount of {known}."),
    "rows.kept_as": N_(
        "{heading}: numbers in {unit} are kept as they are in {own}, the unit of the bill. Is it the same there?"
    ),
    "rows.several": N_(
        "{heading} is the label of several questions, and this line does not say which one. Answer what decides it, "
        "or use a number as the heading: {numbers}."
    ),
    "rows.total": N_("Line {line} is a total and is left out."),
    "rows.total_differs": N_("The total of line {line} is {total}, but the lines taken add up to {sum}."),
    "rows.turned": N_("{heading} is taken as {row}, {name}."),
    "rows.which_carrier": N_("It is not clear what the column {heading} is about: {known}?"),
    "rows.unknown_column": N_("The column {heading} fits no question of this table and is left out."),
    # -- numbers to ask about
    "unlike.less": N_("{value} is only about 1/{times} of the other rows ({typical}). Is the unit right?"),
    "unlike.less_before": N_("{value} is only about 1/{times} of the value of {year} ({typical}). Is the unit right?"),
    "unlike.less_there": N_("{value} is only about 1/{times} of what stands there ({typical}). Is the unit right?"),
    "unlike.more": N_("{value} is about {times} times the other rows ({typical}). Is the unit right?"),
    "unlike.more_before": N_("{value} is about {times} times the value of {year} ({typical}). Is the unit right?"),
    "unlike.more_there": N_("{value} is about {times} times what stands there ({typical}). Is the unit right?"),
    # -- tables that others hand over
    "sheet.encoding": N_(
        "The file does not say how its characters are written; it was read as {encoding}. Look at it."
    ),
    "sheet.error_cell": N_("Cell {cell} holds the error {value}. Correct it in the sheet, or leave the cell out."),
    "sheet.hidden": N_("Rows {rows} are hidden in the sheet and were read, too."),
    "sheet.merged": N_("Cells {cells} are merged. Only the first holds anything; the others count as empty."),
    "sheet.no_result": N_(
        "Cell {cell} holds a formula without its result. Open the file in Excel, save it and try again."
    ),
    "sheet.scaled": N_(
        "Cell {cell} is shown in the sheet divided by thousands; {value} is what it really holds. Check the unit."
    ),
    "sheet.taken": N_("The sheet {sheet} was read. The file has others with rows: {others}."),
    # -- schemes
    "scheme.bad_path": N_("{value} is not a path. Write FORM/question, such as energy_flow/bought."),
    "scheme.category_question": N_("{value} is not a question of the header form. Write {header}/QUESTION."),
    "scheme.form_id_twice": N_("The form {form} stands in {first} already. Give one of them another form_id."),
    "scheme.form_twice": N_("The form {form} stands here twice. Keep one."),
    "scheme.no_forms": N_("The category {category} has no forms. Add at least one."),
    "form.role_of_text": N_(
        "The role {role} is played by a text, not by {type}. Change the type, or take the role away."
    ),
    "form.unknown_months": N_("The months of this table name {name} as {column}: there is no such name. Correct it."),
    "scheme.no_size_number": N_(
        "This size has below, but the scheme does not say below what. Write size_number: {header}/QUESTION."
    ),
    "scheme.no_size_question": N_(
        "The scheme has sizes, but no question for them. Write size_question: {header}/QUESTION."
    ),
    "scheme.no_such_size": N_("The category {category} asks {value}, but no size does. Correct asks, or add the size."),
    "scheme.size_below": N_(
        "Sizes stand smallest first: every one but the last has below, the last has none. Correct {size}."
    ),
    "scheme.size_choices": N_("The choices of {value} are {choices}, the sizes are {sizes}. Give them the same names."),
    "scheme.no_value": N_("The parameter {parameter} has no value. Add one, or say status: to be confirmed."),
    "scheme.unknown_form": N_("There is no form {form} beside this scheme. Add its file, or correct the name."),
    "scheme.unknown_question": N_("There is no question {value}. Write FORM/question, such as energy_flow/bought."),
    # -- findings
    "finding.other_grade": N_("The answer to {number} calls for “{called}”, the finding says “{grade}”."),
    "finding.none_called": N_("The answer to {number} calls for no finding, yet this one says “{grade}”."),
    "finding.good_answer": N_("{number} earns all its points, yet the finding says “{grade}”."),
    "finding.no_good_practice": N_("{number} earns no points, yet the finding says “{grade}”."),
    # -- the closing meeting
    "closing.none": N_("No closing record has been written yet. Write it first, then keep the signed sheet with it."),
    # -- putting a visit away
    "put_away.away": N_("{place} is not connected, and its last copy lacks something. Connect it, then try again."),
    "put_away.draft": N_("What was being typed here was never saved. Save it or empty the field first."),
    "put_away.flags": N_("Questions to come back to: {count}. Look at them or take the flags away first."),
    "put_away.held_back": N_(
        "Bundles of this visit are held back and wait for a decision: {count}. Accept or decline them first (F7 on the "
        "page of visits, “assessor quarantine list”)."
    ),
    "put_away.inbox": N_("Files in the inbox that are tied to nothing: {count}. Tie them or move them from {folder}."),
    "put_away.newer": N_("{file} holds parts that only a newer version of the program can take in. Update first."),
    "put_away.none_connected": N_("No second place is connected. Plug one in: its copy is read again first."),
    "put_away.place": N_("{reason} So {place} does not count."),
    "put_away.places": N_("Places that hold everything: {count}. {needed} are needed; name and connect another one."),
}
SUGGESTION = N_("Did you mean {suggestion}?")
"""Said after a sentence when a problem knows what was most likely meant."""


EVIDENCE_WORDS: Mapping[str, str] = {
    "photo": N_("photo"),
    "document": N_("document"),
    "original_seen": N_("original seen"),
    "interview": N_("interview"),
    "measured": N_("measured"),
    "recomputed": N_("recomputed"),
}
"""Kind of evidence -> what people call it."""


GRADE_WORDS: Mapping[str, str] = {
    "veto": N_("veto"),
    "major": N_("major"),
    "minor": N_("minor"),
    "observation": N_("observation"),
    "good_practice": N_("good practice"),
}
"""Grade of a finding -> what people call it."""


class _Blanks(dict[str, str]):
    """Parameters of a sentence; a blank without one stays visible rather than failing."""

    def __missing__(self, name: str) -> str:
        return f"({name})"


def sentence(problem: Problem) -> str:
    """What a person reads about the problem in the present language, on one line and without control characters."""
    template = _(SENTENCES[problem.code]) if problem.code in SENTENCES else problem.code
    told = _Blanks({name: _one_line(value) for name, value in problem.parameters.items()})
    if problem.code == "demand.evidence" and "kinds" in told:
        told["kinds"] = ", ".join(_(EVIDENCE_WORDS.get(kind, kind)) for kind in told["kinds"].split())
    if problem.code.startswith("finding."):
        told |= {name: _(GRADE_WORDS.get(told[name], told[name])) for name in ("called", "grade") if name in told}
    if problem.code.startswith("unlike."):
        told.update({name: _grouped(told[name]) for name in ("value", "times", "typical")})
    if problem.code == "rows.total_differs":
        told.update({name: _grouped(told[name]) for name in ("total", "sum")})
    words = template.format_map(told)
    if told.get("suggestion") and "{suggestion}" not in template:
        words = f"{words} {_(SUGGESTION).format_map(told)}"
    return words


def _grouped(number: str) -> str:
    """A number with its unit, its digits in groups."""
    digits, space, unit = number.partition(" ")
    return f"{grouped(digits)}{space}{unit}"


def _one_line(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)


def renewal_words(why: str, *, listed: bool) -> str:
    """Why this laptop goes on as a new device (``store.marker``), and what to do; ``listed``: the team has a roster."""
    words = {
        "restored": _(
            "The ledger here is older than what this laptop has written: a backup or an older copy of the folder was "
            "put back. What is missing stands in the bundles and copies made since; merge them again. So that no "
            "number is used twice, the laptop goes on as a new device. Nothing is lost."
        ),
        "cloned": _(
            "This ledger was copied from another folder or laptop. Both may go on and be merged: so that no number is "
            "used twice, this one goes on as a new device. Nothing is lost."
        ),
        "keyless": _(
            "The key of this laptop is not in its folder any more. It goes on as a new device with a new key. "
            "Nothing is lost."
        ),
    }
    said = words.get(why, "")
    if said and listed:
        said += " " + _("The team's roster does not list the new device yet: type “assessor trust request”.")
    return said


def doubt_of_place(folder: str, place: str) -> str:
    """The warning that the data folder lies where a service copies or a network serves it (``store.place``)."""
    return _(
        "{folder} is in {place}, which may copy or lock files behind the program. Name another folder with --data."
    ).format(folder=folder, place=place)


def awaited_words(why: str, today: str) -> str:
    """What is awaited, from whom and until when, in one line; with a word when that day was before ``today``."""
    from assessor_tui.ledger.awaited import awaited_of, is_overdue

    awaited = awaited_of(why)
    said = [awaited.what]
    if awaited.whom:
        said.append(_("from {person}").format(person=awaited.whom))
    if awaited.until:
        overdue = is_overdue(awaited, today)
        said.append((_("until {date}, overdue") if overdue else _("until {date}")).format(date=awaited.until))
    return _one_line(_(", ").join(part for part in said if part))


def not_carried_words(count: int) -> str:
    """That so many files of the inbox are not part of a bundle."""
    said = ngettext(
        "{count} file of the inbox is not part of it: it is tied to nothing yet.",
        "{count} files of the inbox are not part of it: they are tied to nothing yet.",
        count,
    )
    return said.format(count=count)


def unsorted_words(count: int) -> str:
    """That so many files wait in the inbox."""
    said = ngettext("{count} file of the inbox not sorted yet", "{count} files of the inbox not sorted yet", count)
    return said.format(count=count)


def reason_words(entry: "Entry", today: str) -> str:
    """The reason of an entry in one line; of what is to come: what, from whom, until when."""
    return awaited_words(entry.why, today) if entry.act == "to come" else entry.why


def withdrawn_words(count: int) -> str:
    """That a merge has told of so many withdrawn files."""
    said = ngettext(
        "{count} file was withdrawn; it is not kept on this laptop.",
        "{count} files were withdrawn; they are not kept on this laptop.",
        count,
    )
    return said.format(count=count)
