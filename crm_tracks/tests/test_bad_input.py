from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TracksCase


class BadInputCase(TracksCase):
    """Each bad input raises one clear sentence and changes nothing."""

    # the models that a refused call might have changed
    COUNTED = (
        "track.template",
        "track.line",
        "track.run",
        "track.run.line",
        "mail.activity",
        "mail.message",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Call", "Write")
        cls.leads = cls.make_leads(3, company_id=cls.company.id)

    def count_all(self):
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in self.COUNTED
        }

    def assertRefused(self, words, change, error=UserError):
        """``change`` raises one sentence with these words, and changes nothing.

        :param str words: a regular expression
        :param change: a function without arguments
        """
        before = self.count_all()
        if error is ValidationError:
            # raised after the write: roll back as the transaction would
            with self.assertRaises(error) as caught:
                change()
            self.assertRegex(str(caught.exception), words)
        else:
            # assertRaises would roll back, and hide changes that were left
            with self.assertRaisesRegex(error, words):
                change()
        self.env.invalidate_all()
        self.assertEqual(self.count_all(), before)


@tagged("post_install", "-at_install")
class TestBadTemplate(BadInputCase):
    """Invalid templates are refused when they are saved."""

    def assertTaskRefused(self, words, *lines, **values):
        """A template with these tasks can be saved neither by create nor by write."""
        values.setdefault("name", "Broken")
        lines = [
            {"sequence": number, **line} for number, line in enumerate(lines, start=1)
        ]
        commands = [Command.create(line) for line in lines]
        Template = self.env["track.template"].with_user(self.manager)
        self.assertRefused(
            words,
            lambda: Template.create({**values, "line_ids": commands}),
            ValidationError,
        )
        backwards = values.get("direction") == "end"
        template = self.make_template(
            {"summary": "First", "delay_from": "end" if backwards else "start"},
            **values,
        )
        self.assertRefused(
            words,
            lambda: template.with_user(self.manager).write(
                {"line_ids": [Command.clear(), *commands]}
            ),
            ValidationError,
        )
        self.assertEqual(template.line_ids.mapped("summary"), ["First"])

    def test_a_negative_delay_is_refused(self):
        for unit in ("days", "weekdays", "weeks", "months"):
            with self.subTest(unit=unit):
                self.assertTaskRefused(
                    "delay of “Call” is negative",
                    {"summary": "Call", "delay_count": -1, "delay_unit": unit},
                )
        line = self.template.line_ids[1].with_user(self.manager)
        self.assertRefused(
            "delay of “Write” is negative",
            lambda: line.write({"delay_count": -5}),
            ValidationError,
        )
        self.assertEqual(line.delay_count, 2)

    def test_a_delay_of_more_than_a_calendar_holds_is_refused(self):
        self.assertTaskRefused(
            "delay of “Call” is too long. Enter at most 9999",
            {"summary": "Call", "delay_count": 10000},
        )

    def test_negative_days_ahead_are_refused(self):
        template = self.template.with_user(self.manager)
        self.assertRefused(
            "days ahead of “Sales follow-through” are negative",
            lambda: template.write({"activity_creation": "ahead", "ahead_days": -1}),
            ValidationError,
        )
        self.assertEqual(template.activity_creation, "at_once")

    def test_a_task_without_a_summary_and_without_a_type_is_refused(self):
        for summary in (False, "", "   "):
            with self.subTest(summary=summary):
                self.assertTaskRefused(
                    "Task 2 has neither a summary nor an activity type",
                    {"summary": "Call"},
                    {"summary": summary},
                )
        template = self.make_template({"activity_type_id": self.type_call.id})
        self.assertRefused(
            "Task 1 has neither",
            lambda: template.line_ids.with_user(self.manager).write(
                {"activity_type_id": False}
            ),
            ValidationError,
        )

    def test_a_model_without_activities_is_refused(self):
        Model = self.env["ir.model"]
        for name in ("res.country", "res.users", "mail.activity", "track.apply"):
            model = Model._get(name)
            template = self.template.with_user(self.manager)
            with self.subTest(model=name):
                self.assertRefused(
                    f"“{model.name}” does not support activities.*Sales follow-through",
                    lambda template=template, model=model: template.write(
                        {"res_model_ids": [Command.link(model.id)]}
                    ),
                    ValidationError,
                )
                self.assertFalse(template.res_model_ids)

    def test_who_cannot_be_assigned_cannot_be_responsible(self):
        archived = self.make_user("archived", "base.group_user")
        archived.active = False
        for user in (
            archived,
            self.portal,
            self.env.ref("base.public_user"),
            self.env.ref("base.user_root"),
        ):
            with self.subTest(user=user.name):
                self.assertTaskRefused(
                    f"{user.name} cannot be responsible for “Call” in “Broken”",
                    {
                        "summary": "Call",
                        "responsible_type": "user",
                        "responsible_id": user.id,
                    },
                )

    def test_who_merely_cannot_see_the_record_can_be_responsible(self):
        template = self.make_template(
            {
                "summary": "Call",
                "responsible_type": "user",
                "responsible_id": self.employee.id,
            }
        )
        run = self.leads[0].with_user(self.seller).tracks_apply(template)
        self.assertEqual(run.line_ids.activity_id.user_id, self.employee)

    def test_a_given_user_must_be_given(self):
        self.assertTaskRefused(
            "“Call” in “Broken” is assigned to a specific user. Select the user",
            {"summary": "Call", "responsible_type": "user"},
        )

    def test_nobody_did_a_previous_task_of_the_first_one(self):
        self.assertTaskRefused(
            "“Call” in “Broken” cannot have the same user as the previous task",
            {"summary": "Call", "responsible_type": "previous"},
            {"summary": "Write", "responsible_type": "previous"},
        )

    def test_nobody_did_a_previous_task_when_counting_back(self):
        self.assertTaskRefused(
            "“Write” in “Broken” cannot have the same user as the previous task",
            {"summary": "Call", "delay_from": "end"},
            {"summary": "Write", "delay_from": "end", "responsible_type": "previous"},
            direction="end",
        )

    def test_the_first_task_waits_for_none(self):
        self.assertTaskRefused(
            "“Call” is the first task of “Broken”, so it has no previous task",
            {"summary": "Call", "delay_from": "previous"},
            {"summary": "Write"},
        )

    def test_counting_back_allows_only_dates_before_the_end(self):
        for delay_from in ("start", "previous"):
            with self.subTest(delay_from=delay_from):
                self.assertTaskRefused(
                    "“Broken” counts back from an end date. Set task 2, “Write”",
                    {"summary": "Call", "delay_from": "end"},
                    {"summary": "Write", "delay_from": delay_from},
                    direction="end",
                )

    def test_counting_forwards_allows_no_dates_before_an_end(self):
        self.assertTaskRefused(
            "“Broken” counts forwards.*task 2, “Write”, cannot be due before an end",
            {"summary": "Call"},
            {"summary": "Write", "delay_from": "end"},
        )

    def test_turning_a_template_round_needs_its_tasks_turned_round(self):
        template = self.template.with_user(self.manager)
        self.assertRefused(
            "counts back from an end date",
            lambda: template.write({"direction": "end"}),
            ValidationError,
        )
        self.assertEqual(template.direction, "start")
        template.write(
            {
                "direction": "end",
                "line_ids": [
                    Command.update(line.id, {"delay_from": "end"})
                    for line in template.line_ids
                ],
            }
        )
        self.assertEqual(template.display_name, "Sales follow-through …")

    def test_an_activity_type_of_another_model_is_refused(self):
        partner_type = self.env["mail.activity.type"].create(
            {"name": "Visit the partner", "res_model": "res.partner"}
        )
        lead_model = self.env["ir.model"]._get_id("crm.lead")
        partner_model = self.env["ir.model"]._get_id("res.partner")
        task = {"summary": "Call", "activity_type_id": partner_type.id}
        for models in ([], [lead_model], [lead_model, partner_model]):
            with self.subTest(models=models):
                self.assertRefused(
                    "type “Visit the partner” of “Call” is for one model only",
                    lambda models=models: self.make_template(
                        task, res_model_ids=[Command.set(models)]
                    ),
                    ValidationError,
                )
        template = self.make_template(
            task, res_model_ids=[Command.set([partner_model])]
        )
        with self.assertRaisesRegex(ValidationError, "for one model only"):
            template.with_user(self.manager).res_model_ids = False

    def test_the_order_of_a_template_counts_only_when_it_is_saved(self):
        template = self.make_chain("Call", "Write", "Visit").with_user(self.manager)
        call, write, visit = template.line_ids
        template.write(
            {
                "line_ids": [
                    # in between, “Write” and then “Visit” are first, and still wait for
                    # a previous task
                    Command.update(call.id, {"sequence": 30, "delay_from": "previous"}),
                    Command.update(write.id, {"sequence": 20}),
                    Command.update(visit.id, {"sequence": 10, "delay_from": "start"}),
                ]
            }
        )
        self.assertEqual(
            template.line_ids.sorted().mapped("summary"), ["Visit", "Write", "Call"]
        )
        template.write(
            {
                "line_ids": [
                    Command.delete(visit.id),
                    Command.update(write.id, {"delay_from": "start"}),
                ]
            }
        )
        self.assertEqual(
            template.line_ids.sorted().mapped("summary"), ["Write", "Call"]
        )

    def test_no_order_leaves_a_waiting_task_first(self):
        call, write = self.template.line_ids.with_user(self.manager)
        words = "“Write” is the first task of “Sales follow-through”, so it has no"
        for change in (
            lambda: write.write({"sequence": 0}),
            lambda: call.unlink(),
            lambda: call.template_id.write({"line_ids": [Command.delete(call.id)]}),
            lambda: call.template_id.write(
                {"line_ids": [Command.update(call.id, {"sequence": 9})]}
            ),
        ):
            self.assertRefused(words, change, ValidationError)
            lines = self.template.line_ids.sorted()
            self.assertEqual(lines.mapped("summary"), ["Call", "Write"])
