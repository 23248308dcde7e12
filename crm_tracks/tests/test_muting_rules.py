from odoo import Command, fields
from odoo.tests import tagged

from .common import TracksCase

WATCHED = ("active", "muted", "date_deadline", "user_id", "date_done", "summary")


@tagged("post_install", "-at_install")
class TestMutingRules(TracksCase):
    """Muting and unmuting trigger no automation rule on activities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "base.automation" not in cls.env:
            cls.skipTest(cls, "base_automation is not installed")
        cls.model = cls.env["ir.model"]._get("mail.activity")
        names = [("model", "=", "mail.activity"), ("name", "in", WATCHED)]
        watched = cls.env["ir.model.fields"].search(names)
        cls.make_rule("on_archive")
        cls.make_rule("on_unarchive")
        cls.make_rule("on_create_or_write", name="on_save")
        cls.make_rule(
            "on_create_or_write",
            name="on_change",
            trigger_field_ids=[Command.set(watched.ids)],
        )
        cls.template = cls.make_chain("Write", "Call")
        cls.leads = cls.make_leads(2)
        cls.runs = cls.leads.with_user(cls.seller).tracks_apply(cls.template)
        cls.plain = cls.leads.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Plain",
            user_id=cls.seller.id,
            date_deadline="2026-03-02",
        )
        cls.tasks = cls.runs.sudo().line_ids.activity_id
        cls.env.flush_all()

    @classmethod
    def make_rule(cls, trigger, **values):
        """A rule that writes its name on the records on which it runs."""
        values.setdefault("name", trigger)
        name = values["name"]
        code = f"record.write({{'feedback': (record.feedback or '') + '{name} '}})"
        return cls.env["base.automation"].create(
            {
                "model_id": cls.model.id,
                "trigger": trigger,
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Leave its name",
                            "model_id": cls.model.id,
                            "state": "code",
                            "code": code,
                        }
                    )
                ],
                **values,
            }
        )

    def collect(self, act):
        """The names of the rules that ran on activities of these leads."""
        self.env.flush_all()
        # by SQL, because the ORM would run rules
        self.cr.execute("UPDATE mail_activity SET feedback = NULL")
        self.env.invalidate_all()
        act()
        self.env.flush_all()
        self.env.invalidate_all()
        activities = self.env["mail.activity"].with_context(active_test=False)
        domain = [("res_model", "=", "crm.lead"), ("res_id", "in", self.leads.ids)]
        texts = activities.search(domain).mapped("feedback")
        return sorted({name for text in texts for name in (text or "").split()})

    def test_closing_and_reopening_run_none(self):
        for close, reopen in (
            ("action_set_lost", "action_unarchive"),
            ("action_archive", "action_unarchive"),
            ("action_set_won", None),
        ):
            self.assertEqual(self.collect(getattr(self.leads, close)), [])
            muted = self.tasks + self.plain
            self.assertEqual(muted.mapped("active"), [False] * 4)
            self.assertFalse(any(muted.mapped("date_done")))
            self.assertFalse(any(muted.mapped("state")))
            if reopen:
                self.assertEqual(self.collect(getattr(self.leads, reopen)), [])
                self.assertEqual(muted.mapped("active"), [True] * 4)
                self.assertFalse(any(muted.mapped("date_done")))

    def test_pausing_and_resuming_run_none(self):
        runs = self.runs.with_user(self.seller)
        self.assertEqual(self.collect(runs.action_pause), [])
        self.assertEqual(self.tasks.mapped("muted"), [True, True])
        self.assertEqual(self.collect(runs.action_resume), [])
        self.assertEqual(self.tasks.mapped("muted"), [False, False])

    def test_an_activity_that_was_just_created_is_muted_without_one(self):
        def schedule_and_lose():
            self.leads.activity_schedule(
                "mail.mail_activity_data_todo", summary="New", user_id=self.seller.id
            )
            self.leads.action_set_lost()

        # creating the activity triggers a rule
        self.assertEqual(self.collect(schedule_and_lose), ["on_change", "on_save"])

    def test_a_rule_that_closes_the_record_mutes_without_one(self):
        self.make_rule(
            "on_create_or_write",
            name="close",
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            action_server_ids=[
                Command.create(
                    {
                        "name": "Lose it",
                        "model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "state": "code",
                        "code": "if record.priority == '3': record.action_set_lost()",
                    }
                )
            ],
        )
        ran = self.collect(lambda: self.leads.write({"priority": "3"}))
        self.assertEqual(self.tasks.mapped("muted"), [True, True])
        self.assertEqual(ran, [])

    def test_what_people_do_still_runs_them(self):
        task, plain = self.tasks[0].with_user(self.seller), self.plain[1]
        ran = self.collect(task.action_feedback)
        self.assertEqual(ran, ["on_archive", "on_change", "on_save"])
        ran = self.collect(task.action_unarchive)
        self.assertEqual(ran, ["on_change", "on_save", "on_unarchive"])
        self.leads.action_set_lost()
        # completing a muted activity triggers a rule, and so does reopening it
        ran = self.collect(plain.action_feedback)
        self.assertIn("on_archive", ran)
        self.assertNotIn("on_unarchive", ran)
        ran = self.collect(self.plain[0].with_user(self.seller).action_unarchive)
        self.assertIn("on_unarchive", ran)

    def test_a_rule_on_another_assignee_runs_when_one_leaves(self):
        leaver = self.make_user("leaver", "sales_team.group_sale_salesman")
        self.runs.action_reassign(leaver)
        self.leads.action_set_lost()
        ran = self.collect(leaver.action_archive)
        self.assertEqual(ran, ["on_change", "on_save"])

    def test_what_follows_from_being_active_is_right_at_once(self):
        lead = self.leads[0].with_user(self.seller)
        searches = [("id", "=", lead.id), ("activity_state", "=", "overdue")]
        Lead = self.env["crm.lead"].with_context(active_test=False)
        self.assertEqual(lead.activity_state, "overdue")
        lead.action_set_lost()
        self.assertFalse(lead.activity_state or lead.activity_ids)
        self.assertFalse(Lead.search(searches))
        lead.action_unarchive()
        self.assertEqual(lead.activity_state, "overdue")
        self.assertEqual(len(lead.activity_ids), 2)
        self.assertTrue(Lead.search(searches))

    def test_the_counter_of_the_systray_follows(self):
        self.plain[1].user_id = self.seller_2
        self.plain[1].date_deadline = fields.Date.add(self.TODAY, days=3)
        for act, sign in (
            (self.leads.action_set_lost, -1),
            (self.leads.action_unarchive, 1),
        ):
            sent = []
            self.patch(
                self.registry["res.users"],
                "_bus_send",
                lambda user, kind, message, sent=sent: sent.append(
                    (user, kind, message)
                ),
            )
            act()
            counts = [
                (user, message["count_diff"])
                for user, kind, message in sent
                if kind == "mail.activity/updated"
            ]
            # two tasks and one plain activity are due, the other one is not yet
            self.assertEqual(sum(count for _user, count in counts), 3 * sign)
            self.assertEqual({user for user, _count in counts}, {self.seller})
