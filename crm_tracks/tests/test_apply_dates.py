from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_apply_preview import PreviewCase


@tagged("post_install", "-at_install")
class TestApplyDates(PreviewCase):
    """Dates in the dialog: the earliest ones, and those that the user selects."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            {"summary": "Write", "delay_count": 1},
            {"summary": "Call", "delay_from": "previous", "delay_count": 2},
            {"summary": "Meet", "delay_from": "previous", "delay_count": 3},
        )
        self.lead = self.make_leads()

    def choose(self, **choices):
        ids = {line.summary: str(line.id) for line in self.template.line_ids}
        return {"choices": {ids[name]: value for name, value in choices.items()}}

    def apply(self, records=None, **values):
        records = records or self.lead
        before = records.track_run_ids
        self.open_dialog(records, self.template, **values).action_apply()
        self.env.invalidate_all()
        return records.track_run_ids - before

    def test_a_task_that_waits_shows_its_earliest_day(self):
        wizard = self.open_dialog(self.lead, self.template)
        self.assertEqual(
            [(row["due"], row["earliest"]) for row in wizard.preview],
            [
                ("Thu 03/05/2026", ""),
                ("2 days after “Write”", "Sat 03/07/2026 at the earliest"),
                ("3 days after “Call”", "Tue 03/10/2026 at the earliest"),
            ],
        )

    def test_the_earliest_day_does_not_count_from_the_past(self):
        wizard = self.open_dialog(self.lead, self.template, start_date="2026-02-01")
        self.assertEqual(
            self.get_row(wizard, "Call")["earliest"], "Fri 03/06/2026 at the earliest"
        )

    def test_the_earliest_day_counts_from_a_selected_date(self):
        wizard = self.open_dialog(
            self.lead, self.template, **self.choose(Call={"date": "2026-03-20"})
        )
        call, meet = wizard.preview[1:]
        self.assertEqual(
            (call["due"], call["earliest"], call["moved"], call["waits"]),
            ("Fri 03/20/2026", "", True, False),
        )
        self.assertEqual(meet["earliest"], "Mon 03/23/2026 at the earliest")

    def test_a_day_outside_of_the_calendar_is_not_shown(self):
        self.template.line_ids[1].write({"delay_count": 60, "delay_unit": "months"})
        wizard = self.open_dialog(
            self.lead, self.template, **self.choose(Write={"date": "2999-03-20"})
        )
        self.assertFalse(wizard.problem)
        self.assertEqual(self.get_row(wizard, "Call")["earliest"], "")
        self.assertEqual(self.get_row(wizard, "Meet")["earliest"], "")

    def test_a_selected_date_counts_as_set_by_hand(self):
        run = self.apply(**self.choose(Write={"date": "2026-03-09"}))
        write = self.get_task(run, "Write")
        self.assertEqual(str(write.date_deadline), "2026-03-09")
        self.assertTrue(write.date_manual)
        self.assertActivityFollows(write)
        run.with_user(self.seller).start_date = "2026-03-20"
        self.assertEqual(str(write.date_deadline), "2026-03-09")
        self.assertFalse(self.get_task(run, "Call").date_manual)

    def test_a_task_that_waits_is_due_on_the_selected_date_when_its_turn_comes(self):
        run = self.apply(**self.choose(Call={"date": "2026-03-20"}))
        call = self.get_task(run, "Call")
        self.assertEqual(call.state, "waiting")
        self.assertEqual(str(call.date_deadline), "2026-03-20")
        self.tick(run, "Write")
        self.assertEqual(call.state, "open")
        self.assertEqual(str(call.date_deadline), "2026-03-20")
        self.assertActivityFollows(call)

    def test_a_task_ahead_is_assigned_before_the_selected_date(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.apply(**self.choose(Write={"date": "2026-03-09"}))
        write = self.get_task(run, "Write")
        self.assertEqual(write.state, "planned")
        with self.at("2026-03-07 10:00:00"):
            self.run_cron()
        self.assertEqual(write.state, "planned")
        with self.at("2026-03-08 10:00:00"):
            self.run_cron()
        self.assertEqual(write.state, "open")

    def test_a_date_and_an_assignee_are_selected_together_for_all_records(self):
        leads = self.make_leads(3)
        runs = self.apply(
            leads,
            **self.choose(
                Write={"date": "2026-03-09", "user_id": self.seller_all.id},
                Call={"left_out": True, "date": "2026-03-10"},
            ),
        )
        self.assertEqual(len(runs), 3)
        for run in runs:
            write = self.get_task(run, "Write")
            self.assertEqual(str(write.date_deadline), "2026-03-09")
            self.assertEqual(write.user_id, self.seller_all)
            self.assertEqual(run.line_ids.mapped("summary"), ["Write", "Meet"])

    def test_what_is_created_is_what_was_shown(self):
        choices = self.choose(Write={"date": "2026-03-09"}, Meet={"date": "2026-04-01"})
        wizard = self.open_dialog(self.lead, self.template, **choices)
        shown = [row["date"] for row in wizard.preview]
        wizard.action_apply()
        self.assertEqual(shown, ["2026-03-09", False, "2026-04-01"])
        self.assertEqual(
            [task.date_deadline for task in self.lead.track_run_ids.line_ids],
            [day and fields.Date.to_date(day) for day in shown],
        )

    def test_a_date_that_is_none_is_refused(self):
        for value in ("tomorrow", "2026-02-30", 7, ["2026-03-09"], "12026-01-01"):
            choices = self.choose(Write={"date": value})
            wizard = self.open_dialog(self.lead, self.template, **choices)
            self.assertTrue(wizard.problem, value)
            with self.assertRaises(UserError):
                wizard.action_apply()
        self.assertFalse(self.lead.track_run_ids)

    # ---------------------------------------------------------------- the end date

    def test_the_end_date_is_proposed_from_the_expected_closing(self):
        template = self.make_template(
            {"summary": "Pack", "delay_from": "end"}, direction="end"
        )
        self.lead.date_deadline = "2026-03-31"
        self.assertEqual(
            str(self.open_dialog(self.lead, template).end_date), "2026-03-31"
        )
        # not for a template that counts from the start
        self.assertFalse(self.open_dialog(self.lead, self.template).end_date)

    def test_an_expected_closing_in_the_past_is_not_proposed(self):
        template = self.make_template(
            {"summary": "Pack", "delay_from": "end"}, direction="end"
        )
        self.lead.date_deadline = "2026-03-03"
        self.assertFalse(self.open_dialog(self.lead, template).end_date)

    def test_different_expected_closings_propose_nothing(self):
        template = self.make_template(
            {"summary": "Pack", "delay_from": "end"}, direction="end"
        )
        leads = self.make_leads(2)
        leads.date_deadline = "2026-03-31"
        self.assertEqual(str(self.open_dialog(leads, template).end_date), "2026-03-31")
        leads[0].date_deadline = "2026-03-30"
        self.assertFalse(self.open_dialog(leads, template).end_date)

    def test_a_typed_end_date_stays_when_another_template_is_selected(self):
        template = self.make_template(
            {"summary": "Pack", "delay_from": "end"}, direction="end"
        )
        self.lead.date_deadline = "2026-03-31"
        wizard = self.open_dialog(self.lead, self.template, end_date="2026-05-01")
        wizard.template_id = template
        self.assertEqual(str(wizard.end_date), "2026-05-01")
