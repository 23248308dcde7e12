from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.words import format_delay, quote
from .common import TracksCase


@tagged("post_install", "-at_install")
class TestWords(TracksCase):
    """Names and delays in sentences follow the language of the user."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.french = self.env(context={**self.env.context, "lang": "fr_FR"})

    def test_names_are_quoted_as_the_language_does(self):
        self.assertEqual(quote(self.env, "Call"), "“Call”")
        self.assertEqual(quote(self.french, "Call"), "«\xa0Call\xa0»")

    def test_one_of_a_unit_is_not_many(self):
        self.assertEqual(format_delay(self.env, 1, "weekdays"), "1 weekday")
        self.assertEqual(format_delay(self.env, 3, "weekdays"), "3 weekdays")
        self.assertEqual(format_delay(self.french, 1, "months"), "1 mois")
        self.assertEqual(format_delay(self.french, 3, "weekdays"), "3 jours ouvrés")

    def test_every_unit_has_its_words(self):
        units = self.env["track.line"]._fields["delay_unit"].get_values(self.env)
        for unit in units:
            self.assertEqual(format_delay(self.env, 2, unit), f"2 {unit}")
            self.assertEqual(format_delay(self.env, 1, unit), f"1 {unit[:-1]}")

    def test_a_track_that_cannot_be_paused_is_quoted_too(self):
        track = self.make_leads().tracks_apply(self.make_chain("A"))
        track.action_stop()
        with self.assertRaisesRegex(UserError, "«\xa0Sales follow-through\xa0»"):
            track.with_env(self.french).action_pause()
        with self.assertRaisesRegex(
            UserError,
            r"Only running tracks can be paused. .* “Sales follow-through” "
            r"\(Opportunity 1\)",
        ):
            track.action_pause()

    def test_what_a_plan_loses_is_quoted_too(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Hiring",
                "res_model": "crm.lead",
                "template_ids": [
                    (0, 0, {"summary": "Book", "delay_count": 1, "delay_from": when})
                    for when in ("before_plan_date", "after_plan_date")
                ],
            }
        )
        self.assertIn("«\xa0Book\xa0»", plan.with_env(self.french)._get_lost())

    def test_a_track_of_one_task_starts_with_one_task(self):
        for summaries, expected in ((("A",), "1 task."), (("A", "B"), "2 tasks.")):
            [lead] = self.make_leads()
            lead.tracks_apply(self.make_chain(*summaries, name="Following"))
            self.assertIn(
                f"Track <b>Following</b> started: {expected}",
                lead.message_ids[0].body,
            )
