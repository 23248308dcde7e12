from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import QUERIES
from .test_conditions import ConditionCase

# What a trial must not add to, and what it could use up.
COUNTED = (
    "track.run",
    "track.run.line",
    "track.apply",
    "track.trial",
    "mail.activity",
    "mail.message",
    "mail.mail",
    "mail.followers",
    "crm.lead",
)


class TrialCase(ConditionCase):
    """Previews of a template on records, which create nothing."""

    def preview(self, template, record, user=None, **dates):
        self.env.invalidate_all()
        template = template.with_user(user or self.seller)
        return template.preview(record._name, record.id, **dates)

    def count_all(self):
        """The rows of all tables that tracks write to, and the next ids of these."""
        self.env.flush_all()
        counts = {}
        for name in COUNTED:
            self.env.cr.execute(
                f"SELECT count(*), (SELECT last_value FROM {self.env[name]._table}"
                f"_id_seq) FROM {self.env[name]._table}"
            )
            counts[name] = self.env.cr.fetchone()
        return counts


@tagged("post_install", "-at_install")
class TestTrial(TrialCase):
    """A trial shows the tasks that applying would create."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Write", "activity_type_id": cls.type_call.id},
            {"summary": "Call", "delay_from": "previous", "delay_count": 2},
            {
                "summary": "Offer",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
            {
                "summary": "Approve",
                "delay_count": 1,
                "delay_unit": "weekdays",
                "responsible_type": "user",
                "responsible_id": cls.manager.id,
            },
        )
        cls.lead = cls.make_leads()

    def test_it_shows_each_task_with_its_date_and_its_assignee(self):
        rows = self.preview(self.template, self.lead)
        self.assertEqual(
            [
                (row["summary"], row["date"], row["due"], row["waits"], row["assignee"])
                for row in rows
            ],
            [
                (
                    "Write",
                    "2026-03-04",
                    "Wed 03/04/2026",
                    False,
                    "Seller (owner)",
                ),
                ("Call", False, "2 days after “Write”", True, "Seller (owner)"),
                ("Offer", False, "Same day as “Call”", True, "Same user as “Call”"),
                ("Approve", "2026-03-05", "Thu 03/05/2026", False, "Manager"),
            ],
        )
        seller, manager = self.seller, self.manager
        self.assertEqual(
            [row["user_id"] for row in rows], [seller.id, seller.id, False, manager.id]
        )
        self.assertEqual([row["id"] for row in rows], self.template.line_ids.ids)
        self.assertFalse(any(row["warnings"] or row["options"] for row in rows[:3]))
        self.assertEqual(rows[3]["warnings"], [])

    def test_it_shows_what_the_dialog_shows(self):
        shown = self.preview(self.template, self.lead, start_date="2026-03-09")
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": self.lead.ids,
                    "template_id": self.template.id,
                    "start_date": "2026-03-09",
                }
            )
        )
        for row, expected in zip(shown, wizard.preview, strict=True):
            self.assertEqual(row, {key: expected[key] for key in row})

    def test_what_is_applied_is_what_was_shown(self):
        rows = self.preview(self.template, self.lead)
        run = self.lead.with_user(self.seller).tracks_apply(self.template).sudo()
        for row, task in zip(rows, run.line_ids.sorted(), strict=True):
            self.assertEqual(row["date"], str(task.date_deadline or "") or False)
            self.assertEqual(row["id"], task.line_id.id)
            if task.state == "open":
                self.assertEqual(row["user_id"], task.user_id.id)

    def test_nothing_is_created_and_nobody_is_told(self):
        template = self.make_conditional(
            {"summary": "Call", "condition": "[('priority', '=', '3')]"},
            {"summary": "Now", "condition": "[('priority', '=', '0')]"},
            {
                "action": "update",
                "delay_from": "previous",
                "update_ids": [Command.create({"field_name": "referred"})],
            },
            goal="[('priority', '=', '0')]",
        )
        self.env.cr.precommit.run()
        before = self.count_all()
        for tried in (template, self.template):
            self.assertTrue(self.preview(tried, self.lead))
            self.assertTrue(self.preview(tried, self.lead, self.manager))
            with self.assertRaises(UserError):
                self.preview(tried, self.lead, start_date="2999-12-31", end_date="soon")
        self.assertEqual(self.count_all(), before)
        self.assertFalse(self.env.cr.precommit.data.get("crm_tracks.assigned"))
        self.assertFalse(self.lead.track_run_ids or self.lead.activity_ids)

    def test_it_counts_back_from_the_end_date(self):
        template = self.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 5}, direction="end"
        )
        [row] = self.preview(template, self.lead, end_date="2026-03-20")
        self.assertEqual(row["date"], "2026-03-15")
        self.assertEqual(row["warnings"], ["Due on a day off"])

    def test_it_warns_as_the_dialog_does(self):
        rows = self.preview(self.template, self.lead, start_date="2026-03-01")
        self.assertEqual(rows[0]["warnings"], ["Due in the past", "Due on a day off"])

    def test_it_says_what_an_automated_task_would_do(self):
        template = self.make_conditional(
            {
                "summary": "Promote",
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "priority", "value": "3"})
                ],
            },
            {
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "referred", "value": "Ada"})
                ],
            },
        )
        named, unnamed = self.preview(template, self.lead)
        self.assertEqual(named["summary"], "Promote")
        self.assertEqual(named["action"], "Priority: Very High")
        self.assertEqual(unnamed["summary"], unnamed["action"])
        self.assertEqual(unnamed["action"], "Referred By: Ada")
        for row in (named, unnamed):
            self.assertTrue(row["automated"])
            self.assertEqual((row["assignee"], row["user_id"]), ("Automated", False))

    def test_it_says_what_a_task_requires_and_how_it_can_end(self):
        template = self.make_conditional(
            {
                "summary": "Call",
                "require_feedback": True,
                "outcome_ids": [
                    Command.create({"name": "Reached"}),
                    Command.create({"name": "Not interested", "effect": "end"}),
                ],
            },
        )
        [row] = self.preview(template, self.lead)
        self.assertEqual(
            row["options"], ["needs a note", "Reached · Not interested: end"]
        )


@tagged("post_install", "-at_install", QUERIES)
class TestTrialQueries(TrialCase):
    """The queries of a preview do not grow with the number of tasks."""

    def make_long(self, number):
        """A template with many tasks of each kind; no two name the same records."""
        tags = self.env["crm.tag"].create(
            [{"name": f"{number}.{count}.{self.count}"} for count in range(number)]
        )
        users = self.seller + self.seller_2
        template = self.make_conditional(
            *(
                task
                for count, tag in enumerate(tags)
                for task in (
                    {
                        "summary": f"Ask {count}",
                        "delay_count": count,
                        "condition": f"[('tag_ids', 'in', {tag.ids})]",
                        "outcome_ids": [Command.create({"name": "Reached"})],
                        "required_fields": "partner_id",
                        "responsible_type": "user",
                        "responsible_id": users[count % 2].id,
                    },
                    {
                        "summary": f"Visit {count}",
                        "condition": f"[('partner_id.ref', '=', 'Ref {count}')]",
                        "condition_else": "wait",
                    },
                    {
                        "action": "update",
                        "delay_from": "previous",
                        "update_ids": [
                            Command.create(
                                {
                                    "field_name": "tag_ids",
                                    "operation": "add",
                                    "value": str(tag.id),
                                }
                            )
                        ],
                    },
                )
            ),
            goal="[('priority', '=', '3')]",
        )
        partner = self.env["res.partner"].create({"name": "Azure"})
        return template, self.make_leads(partner_id=partner.id)

    def test_forty_tasks_of_each_kind_cost_what_four_cost(self):
        counts = []
        for self.count, number in enumerate((4, 4, 40)):  # the first fills the caches
            template, lead = self.make_long(number)
            template = template.with_user(self.seller)
            counts.append(
                self.count_queries(
                    lambda template=template, lead=lead: template.preview(
                        "crm.lead", lead.id
                    )
                )
            )
        self.assertLessEqual(counts[2], counts[1] + 3, counts)
        self.assertLess(counts[1], 80)
