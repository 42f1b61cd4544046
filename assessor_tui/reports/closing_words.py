"""The closing record's own words: English msgids by the names that its page and the read-aloud view call them by."""

from collections.abc import Mapping

from assessor_tui.i18n import N_, catalogue

WORDS: Mapping[str, str] = {
    "closing_record": N_("Closing record"),
    "about": N_(
        "What the assessment team saw and what was agreed at the closing meeting. Scores and recognition are not "
        "decided at this meeting."
    ),
    "registered_number": N_("Registered number"),
    "address": N_("Address"),
    "application_number": N_("Application number"),
    "visit_date": N_("Date of the visit"),
    "team": N_("Assessment team"),
    "deadline": N_("Papers and corrections due"),
    "good": N_("Good points"),
    "findings": N_("Findings"),
    "no_findings": N_("No findings."),
    "number": N_("No."),
    "found": N_("What was found"),
    "who_when": N_("Who does it, by when"),
    "reply": N_("The site's reply"),
    "agrees": N_("agrees"),
    "partly": N_("agrees in part"),
    "objects": N_("objects"),
    "ticked": N_("ticked"),
    "grade_veto": N_("Veto"),
    "grade_major": N_("Major"),
    "grade_minor": N_("Minor"),
    "grade_observation": N_("Observation"),
    "grade_": N_("no grade"),
    "missing": N_("text in {language} missing"),
    "disputed": N_("not yet decided between the assessors: {parts}"),
    "part_grade": N_("grade"),
    "part_text": N_("text"),
    "part_where": N_("place"),
    "part_owner": N_("who does it"),
    "part_due": N_("date"),
    "part_response": N_("reply"),
    "part_status": N_("state"),
    "closed": N_("corrected and verified"),
    "no_date": N_("no date agreed"),
    "actions": N_("Agreed actions"),
    "action": N_("What will be done"),
    "due": N_("Due"),
    "owner": N_("Who does it"),
    "owed": N_("Papers still owed"),
    "what": N_("What"),
    "whom": N_("From whom"),
    "until": N_("Until"),
    "overdue": N_("overdue"),
    "nothing_owed": N_("Nothing is owed."),
    "site_words": N_("Remarks of the site"),
    "attendance": N_("Present at the closing meeting"),
    "name": N_("Name"),
    "post": N_("Organisation and post"),
    "side": N_("Side"),
    "signature": N_("Signature"),
    "for_site": N_("Signed for the site"),
    "for_team": N_("Signed for the assessment team"),
    "name_post": N_("Name and post"),
    "date": N_("Date"),
    "chop": N_("Company chop"),
    "signing_means": N_(
        "The signature confirms that these findings were explained and a copy was received. Where the site does not "
        "agree, its reply above stands."
    ),
    "digest": N_("Digest of this record"),
    "page_of": N_("Page {page} of {pages}"),
}
"""The record's own words, by the names that the template calls them by."""


def words(language: str) -> dict[str, str]:
    """Name -> the words in this language; English where there is no translation yet."""
    look_up = catalogue(language).gettext
    return {name: look_up(english) for name, english in WORDS.items()}
