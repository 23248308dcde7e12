from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestApplyChoices(TracksCase):
    """The choices in the dialog: tasks left out, and other assignees."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            {"summary": "Write", "delay_count": 1},
            {"summary": "Call", "delay_from": "previous", "delay_count": 2},
            {"summary": "Meet", "delay_from": "previous", "delay_count": 3},
            {"summary": "Review", "delay_count": 1, "delay_unit": "weeks"},
        )
        self.lead = self.make_leads()

    def apply(self, choices, leads=None, user=None, template=None):
        """Apply the template with the dialog.

        :param dict choices: the dialog's choice for each summary
        """
        template = template or self.template
        leads = leads or self.lead
        ids = {line.summary: str(line.id) for line in template.line_ids}
        wizard = (
            self.env["track.apply"]
            .with_user(user or self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": leads.ids,
                    "template_id": template.id,
                    "choices": {ids[name]: value for name, value in choices.items()},
                }
            )
        )
        before = leads.track_run_ids
        wizard.action_apply()
        self.env.invalidate_all()
        return leads.track_run_ids - before

    def test_a_task_left_out_does_not_exist_and_its_follower_follows_the_one_before(
        self,
    ):
        run = self.apply({"Call": {"left_out": True}})
        self.assertTasks(
            run,
            [
                ("Write", "open", "2026-03-05"),
                ("Meet", "waiting", None),
                ("Review", "open", "2026-03-11"),
            ],
        )
        self.assertEqual(self.get_task(run, "Meet").due_text, "3 days after “Write”")
        self.assertIn("started: 3 tasks", self.lead.message_ids[0].body)
        with self.at("2026-03-06 10:00:00"):
            self.tick(run, "Write")
        self.assertEqual(str(self.get_task(run, "Meet").date_deadline), "2026-03-09")

    def test_leaving_out_the_first_task_makes_the_next_one_count_from_the_start(self):
        run = self.apply({"Write": {"left_out": True}})
        self.assertTasks(
            run,
            [
                ("Call", "open", "2026-03-06"),
                ("Meet", "waiting", None),
                ("Review", "open", "2026-03-11"),
            ],
        )
        self.assertActivityFollows(self.get_task(run, "Call"))
        run.with_user(self.seller).start_date = "2026-03-10"
        self.assertEqual(str(self.get_task(run, "Call").date_deadline), "2026-03-12")
        self.tick(run, "Call")
        self.assertEqual(self.get_task(run, "Meet").state, "open")

    def test_leaving_out_two_tasks_at_the_beginning(self):
        run = self.apply({"Write": {"left_out": True}, "Call": {"left_out": True}})
        self.assertTasks(
            run, [("Meet", "open", "2026-03-07"), ("Review", "open", "2026-03-11")]
        )

    def test_the_template_and_the_tracks_of_others_stay_as_they_are(self):
        self.apply({"Call": {"left_out": True}, "Write": {"user_id": self.seller_2.id}})
        other = self.make_leads().with_user(self.seller)
        run = other.tracks_apply(self.template)
        self.assertEqual(len(self.template.line_ids), 4)
        self.assertEqual(len(run.line_ids), 4)
        self.assertEqual(self.get_task(run, "Write").user_id, self.seller)

    def test_a_chosen_assignee_counts_as_chosen_by_hand(self):
        chosen = {"user_id": self.seller_all.id}
        run = self.apply({"Write": chosen, "Call": chosen})
        for summary in ("Write", "Call"):
            task = self.get_task(run, summary)
            self.assertEqual(task.user_id, self.seller_all)
            self.assertTrue(task.user_manual)
            self.assertFalse(task.follows_owner)
        self.assertActivityFollows(self.get_task(run, "Write"))
        self.assertFalse(self.get_task(run, "Review").user_manual)
        # a new owner gets the tasks of the old owner, and no others
        self.lead.user_id = self.seller_2
        self.assertEqual(self.get_task(run, "Write").user_id, self.seller_all)
        self.assertEqual(self.get_task(run, "Review").user_id, self.seller_2)
        self.tick(run, "Write")
        call = self.get_task(run, "Call")
        self.assertEqual(call.user_id, self.seller_all)
        self.assertActivityFollows(call)

    def test_who_is_chosen_for_a_task_ahead_gets_it_on_its_day(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.apply({"Review": {"user_id": self.seller_all.id}})
        review = self.get_task(run, "Review")
        self.assertEqual(review.state, "planned")
        with self.at("2026-03-10 10:00:00"):
            self.run_cron()
        self.assertActivityFollows(review)
        self.assertEqual(review.user_id, self.seller_all)

    def test_choices_hold_for_all_of_the_records(self):
        leads = self.make_leads(3)
        runs = self.apply(
            {"Write": {"user_id": self.seller_all.id}, "Review": {"left_out": True}},
            leads,
        )
        self.assertEqual(len(runs), 3)
        for run in runs:
            self.assertEqual(run.line_ids.mapped("summary"), ["Write", "Call", "Meet"])
            self.assertEqual(self.get_task(run, "Write").user_id, self.seller_all)

    def test_what_is_given_to_somebody_and_left_out_is_left_out(self):
        choice = {"left_out": True, "user_id": self.seller_2.id}
        run = self.apply({"Call": choice})
        self.assertNotIn("Call", run.line_ids.mapped("summary"))

    def test_a_template_that_counts_back_keeps_its_dates(self):
        template = self.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 5},
            {"summary": "Invite", "delay_from": "end", "delay_count": 2},
            direction="end",
        )
        book = template.line_ids[0]
        self.env["track.apply"].with_user(self.seller).create(
            {
                "res_model": "crm.lead",
                "res_ids": self.lead.ids,
                "template_id": template.id,
                "end_date": "2026-03-30",
                "choices": {str(book.id): {"left_out": True}},
            }
        ).action_apply()
        self.assertTasks(self.lead.track_run_ids, [("Invite", "open", "2026-03-28")])

    def assertRefused(self, words, choices, **kwargs):
        with self.assertRaisesRegex(UserError, words):
            self.apply(choices, **kwargs)
        self.env.invalidate_all()
        self.assertFalse(self.lead.track_run_ids)

    def test_leaving_out_everything_is_refused(self):
        out = dict.fromkeys(self.template.line_ids.mapped("summary"), {"left_out": 1})
        self.assertRefused("All tasks of “Sales follow-through” are left out", out)

    def test_people_who_cannot_do_a_task_are_refused(self):
        gone = self.make_user("gone", "base.group_user", active=False)
        for user_id in (self.portal.id, gone.id, 1, -5, "7", True, [3]):
            with self.subTest(user=user_id):
                self.assertRefused(
                    "Select an active internal user", {"Write": {"user_id": user_id}}
                )

    def test_choices_that_are_none_are_refused(self):
        for value in ("out", [1], 7):
            with self.subTest(value=value):
                self.assertRefused(
                    "is not a valid choice for the tasks", {"Write": value}
                )
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": self.lead.ids,
                    "template_id": self.template.id,
                    "choices": [1],
                }
            )
        )
        self.assertIn("is not a valid choice", wizard.problem)
        with self.assertRaisesRegex(UserError, "is not a valid choice"):
            wizard.action_apply()

    def test_choices_for_the_tasks_of_another_template_mean_nothing(self):
        other = self.make_chain("Other")
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": self.lead.ids,
                    "template_id": self.template.id,
                    "choices": {str(other.line_ids.id): {"left_out": True}, "x": {}},
                }
            )
        )
        wizard.action_apply()
        self.assertEqual(len(self.lead.track_run_ids.line_ids), 4)

    def test_the_choices_go_with_the_template(self):
        other = self.make_chain("Other")
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": self.lead.ids,
                    "template_id": self.template.id,
                    "choices": {str(self.template.line_ids[0].id): {"left_out": True}},
                }
            )
        )
        wizard.template_id = other
        self.assertFalse(wizard.choices)
