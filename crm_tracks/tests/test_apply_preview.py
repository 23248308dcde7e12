from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from .common import QUERIES, TracksCase, tagged_test


class PreviewCase(TracksCase):
    """Opens the dialog as a user on given records."""

    def open_dialog(self, records, template, user=None, **values):
        return (
            self.env["track.apply"]
            .with_user(user or self.seller)
            .create(
                {
                    "res_model": records._name,
                    "res_ids": records.ids,
                    "template_id": template.id,
                    **values,
                }
            )
        )

    def get_row(self, wizard, summary):
        [row] = [row for row in wizard.preview if row["summary"] == summary]
        return row

    def assertWarned(self, wizard, summary, expected):
        self.assertEqual(self.get_row(wizard, summary)["warnings"], expected)


@tagged("post_install", "-at_install")
class TestApplyPreview(PreviewCase):
    """Applying creates exactly the tasks that the dialog shows."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            {"summary": "Write", "activity_type_id": self.type_call.id},
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
                "responsible_id": self.manager.id,
            },
            {"summary": "Report", "delay_count": 6, "responsible_type": "starter"},
        )

    def test_it_shows_every_task_with_its_date_and_its_assignee(self):
        lead = self.make_leads()
        wizard = self.open_dialog(lead, self.template, self.seller_all)
        shown = [
            (row["summary"], row["due"], row["waits"], row["assignee"], row["user_id"])
            for row in wizard.preview
        ]
        seller, manager, starter = self.seller, self.manager, self.seller_all
        self.assertEqual(
            shown,
            [
                ("Write", "Wed 03/04/2026", False, "Seller (owner)", seller.id),
                ("Call", "2 days after “Write”", True, "Seller (owner)", seller.id),
                (
                    "Offer",
                    "Same day as “Call”",
                    True,
                    "Same user as “Call”",
                    False,
                ),
                ("Approve", "Thu 03/05/2026", False, "Manager", manager.id),
                ("Report", "Tue 03/10/2026", False, "Seller All", starter.id),
            ],
        )
        self.assertEqual(wizard.preview[0]["icon"], self.type_call.icon)
        self.assertFalse(wizard.problem)
        self.assertFalse(any(row["warnings"] for row in wizard.preview))
        self.assertFalse(lead.track_run_ids)

    def assertMadeAsShown(self, wizard, records):
        """The created tasks are those that the dialog showed."""
        rows = [row for row in wizard.preview if not row["left_out"]]
        wizard.action_apply()
        self.env.invalidate_all()
        for run in records.track_run_ids:
            tasks = run.sudo().line_ids.sorted()
            self.assertEqual(tasks.mapped("summary"), [row["summary"] for row in rows])
            for task, row in zip(tasks, rows, strict=True):
                self.assertEqual(task.line_id.id, row["id"])
                self.assertEqual(task.state == "waiting", row["waits"])
                if row["waits"]:
                    self.assertEqual(task.due_text, row["due"])
                else:
                    day = format_date(self.env, task.date_deadline)
                    self.assertEqual(row["due"].split()[1], day)
                if task.state == "open" and row["user_id"]:
                    self.assertEqual(task.user_id.id, row["user_id"])
                self.assertEqual(task.user_manual, row["chosen"])

    def test_what_is_made_is_what_was_shown(self):
        lines = self.template.line_ids
        out = {"left_out": True}
        given = {"user_id": self.seller_2.id}
        archived = self.make_user("archived", "base.group_user")
        lines[3].responsible_id = archived
        archived.active = False
        for choices in (
            {},
            {lines[0]: out},
            {lines[0]: out, lines[1]: out},
            {lines[1]: out, lines[4]: out},
            {lines[0]: given, lines[1]: given, lines[3]: out},
            {lines[0]: out, lines[1]: given},
        ):
            for ahead in ("at_once", "ahead"):
                with self.subTest(choices=choices, ahead=ahead):
                    self.template.write({"activity_creation": ahead, "ahead_days": 2})
                    leads = self.make_leads(2)
                    wizard = self.open_dialog(
                        leads,
                        self.template,
                        choices={str(line.id): c for line, c in choices.items()},
                        start_date="2026-03-06",
                    )
                    self.assertMadeAsShown(wizard, leads)

    def test_what_is_made_from_an_end_date_is_what_was_shown(self):
        template = self.make_template(
            *(
                {
                    "summary": f"{count} {unit}",
                    "delay_from": "end",
                    "delay_count": count,
                    "delay_unit": unit,
                }
                for count, unit in ((1, "months"), (3, "weekdays"), (0, "days"))
            ),
            direction="end",
        )
        lead = self.make_leads()
        wizard = self.open_dialog(lead, template, end_date="2026-05-31")
        self.assertEqual(wizard.preview[0]["due"], "Thu 04/30/2026")
        self.assertMadeAsShown(wizard, lead)

    def test_without_the_end_date_it_shows_what_the_tasks_hang_on(self):
        template = self.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 5}, direction="end"
        )
        wizard = self.open_dialog(self.make_leads(), template)
        row = self.get_row(wizard, "Book")
        self.assertEqual(row["due"], "5 days before the end")
        self.assertEqual(row["assignee"], "Owner")
        self.assertFalse(wizard.problem)

    def test_it_follows_what_is_chosen_in_the_form(self):
        lead = self.make_leads()
        wizard = Form(
            self.env["track.apply"]
            .with_user(self.seller)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
        )
        wizard.template_id = self.template
        self.assertEqual(wizard.preview[1]["due"], "2 days after “Write”")
        write, call = (str(line.id) for line in self.template.line_ids[:2])
        wizard.choices = {write: {"left_out": True}}
        self.assertEqual(wizard.preview[0]["due"], "Left out")
        self.assertEqual(wizard.preview[1]["due"], "Fri 03/06/2026")
        wizard.start_date = "2026-03-09"
        self.assertEqual(wizard.preview[1]["due"], "Wed 03/11/2026")
        wizard.choices = {call: {"user_id": self.seller_2.id}}
        self.assertEqual(wizard.preview[1]["assignee"], "Seller 2")
        self.assertTrue(wizard.preview[1]["chosen"])

    def test_a_date_outside_of_the_calendar_is_one_sentence(self):
        self.template.line_ids[4].write({"delay_count": 9000, "delay_unit": "months"})
        wizard = self.open_dialog(
            self.make_leads(), self.template, start_date="9990-01-01"
        )
        self.assertIn("lies outside of the calendar", wizard.problem)

    def test_everything_left_out_is_one_sentence(self):
        wizard = self.open_dialog(
            self.make_leads(),
            self.template,
            choices={
                str(line.id): {"left_out": True} for line in self.template.line_ids
            },
        )
        self.assertIn("Keep at least one", wizard.problem)
        self.assertTrue(all(row["left_out"] for row in wizard.preview))

    def test_the_cards_say_how_long_a_template_is_and_where_it_runs(self):
        fair = self.make_template(
            {"summary": "Book", "delay_from": "end"}, direction="end", name="Trade fair"
        )
        leads = self.make_leads(3).with_user(self.seller)
        for _time in range(2):
            leads[:2].tracks_apply(self.template)
        wizard = self.open_dialog(leads, self.template)
        cards = {card["id"]: card for card in wizard.template_choices}
        self.assertEqual(
            cards[self.template.id]["details"],
            "5 tasks · from a start date · runs on 2 records",
        )
        self.assertEqual(cards[fair.id]["name"], "Trade fair …")
        self.assertEqual(cards[fair.id]["details"], "1 task · back from an end date")


@tagged("post_install", "-at_install")
class TestApplyPreviewMany(PreviewCase):
    """The preview for several records: content, queries and access."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 1, "delay_unit": "weekdays"},
            {"summary": "Later", "delay_from": "previous"},
        )

    def test_the_owner_is_named_only_where_it_is_one(self):
        leads = self.make_leads(2)
        wizard = self.open_dialog(leads, self.template, self.seller_all)
        self.assertEqual(wizard.record_count, 2)
        self.assertEqual(self.get_row(wizard, "Write")["assignee"], "Seller (owner)")
        leads += self.make_leads(user=self.seller_2)
        wizard = self.open_dialog(leads, self.template, self.seller_all)
        row = self.get_row(wizard, "Write")
        self.assertEqual(row["assignee"], "Each record's owner")
        self.assertFalse(row["user_id"])
        leads[0].user_id = False  # assigned to the starter, who is not the owner
        wizard = self.open_dialog(leads, self.template, self.seller_all)
        self.assertEqual(self.get_row(wizard, "Write")["assignee"], "Several users")
        wizard = self.open_dialog(leads[0], self.template, self.seller_all)
        self.assertEqual(self.get_row(wizard, "Write")["assignee"], "Seller All")

    def test_dates_that_differ_by_company_are_shown_as_a_span(self):
        calendar = self.company.resource_calendar_id.copy()
        calendar.attendance_ids.filtered(
            lambda attendance: attendance.dayofweek == "3"
        ).unlink()
        self.company_2.resource_calendar_id = calendar
        self.manager.company_ids += self.company_2
        leads = self.make_leads(user=self.manager)
        leads += self.make_leads(user=self.manager, company_id=self.company_2.id)
        wizard = self.open_dialog(
            leads.with_context(allowed_company_ids=(self.company + self.company_2).ids),
            self.template,
            self.manager,
        ).with_context(allowed_company_ids=(self.company + self.company_2).ids)
        wizard.invalidate_recordset()
        self.assertEqual(
            self.get_row(wizard, "Call")["due"], "Thu 03/05/2026 to Fri 03/06/2026"
        )
        self.assertWarned(wizard, "Call", [])
        wizard.action_apply()
        dates = leads.track_run_ids.line_ids.mapped("date_deadline")
        self.assertEqual(
            {str(day) for day in dates[1:5] if day},
            {"2026-03-04", "2026-03-05", "2026-03-06"},
        )

    def test_what_is_in_the_way_is_not_looked_at(self):
        leads = self.make_leads() + self.make_leads(user=self.seller_2)
        wizard = self.open_dialog(leads, self.template)
        self.assertIn(
            "Left out: 1 record (You do not have permission to change this record).",
            wizard.warning,
        )
        self.assertEqual(self.get_row(wizard, "Write")["assignee"], "Seller (owner)")
        self.assertNotIn("Seller 2", str(wizard.preview))
        alone = self.open_dialog(leads[1], self.template)
        self.assertEqual(self.get_row(alone, "Write")["assignee"], "Owner")

    def test_people_whom_one_may_not_see_are_not_named(self):
        self.env["ir.rule"].create(
            {
                "name": "People of one's own companies",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": "[('company_ids', 'in', company_ids)]",
            }
        )
        stranger = self.make_stranger(out_of_office_from="2026-03-01 08:00:00")
        lead = self.make_leads(user=stranger, team_id=False)
        lead.company_id = False
        self.env.invalidate_all()
        wizard = self.open_dialog(lead, self.template, self.seller_all)
        for summary in ("Write", "Later"):
            row = self.get_row(wizard, summary)
            self.assertEqual(row["assignee"], "A user you cannot access")
            self.assertFalse(row["user_id"])
            self.assertFalse(row["warnings"])
        self.assertNotIn("Stranger", str(wizard.preview))

    def make_stranger(self, **values):
        return self.make_user(
            "stranger",
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
            **values,
        )

    def test_leaves_that_another_company_keeps_are_not_told(self):
        stranger = self.make_stranger()
        resource = self.env["resource.resource"].create(
            {
                "name": "Stranger",
                "user_id": stranger.id,
                "company_id": self.company_2.id,
                "calendar_id": self.company_2.resource_calendar_id.id,
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "company_id": self.company_2.id,
                "date_from": "2026-03-01 07:00:00",
                "date_to": "2026-03-09 16:00:00",
            }
        )
        lead = self.make_leads(user=stranger, team_id=False)
        lead.company_id = False
        self.env.invalidate_all()
        wizard = self.open_dialog(lead, self.template, self.seller_all)
        self.assertWarned(wizard, "Write", [])
        wizard = self.open_dialog(lead, self.template, stranger)
        self.assertWarned(wizard, "Write", ["Stranger is away until 03/09/2026"])

    def test_templates_of_another_company_show_nothing(self):
        template = self.make_chain("Secret", company_id=self.company_2.id)
        lead = self.make_leads()
        wizard = self.open_dialog(lead, self.template)
        self.assertNotIn(template.id, [card["id"] for card in wizard.template_choices])
        with self.assertRaises(AccessError):
            self.open_dialog(lead, template).mapped("preview")

    @tagged_test(QUERIES)
    def test_it_costs_the_same_for_ten_records_and_for_a_hundred(self):
        self.template.line_ids[1].write(
            {"responsible_type": "user", "responsible_id": self.seller_2.id}
        )

        def show(leads):
            wizard = self.open_dialog(leads, self.template, self.manager)
            self.assertTrue(wizard.preview)
            self.assertTrue(wizard.template_choices)
            self.assertFalse(wizard.warning)

        counts = []
        for number in (10, 10, 100):  # the first call fills the caches
            leads = self.make_leads(number // 2)
            leads += self.make_leads(number // 2, user=self.seller_2)
            counts.append(self.count_queries(lambda leads=leads: show(leads)))
        self.assertLessEqual(counts[2], counts[1] + 2)
        self.assertLess(counts[1], 80)
