from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_conditions import ConditionCase


@tagged("post_install", "-at_install")
class TestConditionAuthors(ConditionCase):
    """What a condition may contain is checked when it is saved, as its author."""

    def assertRefused(self, condition, words, models=None):
        template = self.make_conditional({"summary": "Call"})
        if models is not None:
            template.res_model_ids = models
        template = template.with_user(self.manager)
        for record, name in ((template.line_ids, "condition"), (template, "goal")):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                record[name] = condition

    def test_a_text_that_is_no_literal_is_refused(self):
        for text in (
            "[('user_id', '=', uid)]",
            "[('create_date', '<', context_today())]",
            "no domain",
            "{}",
            "[(1, '=', 1)]",
            "[('priority', 'is', 1)]",
            "[('priority',",
            "[('tag_ids', 'any!', [('id', '=', 1)])]",
            "[('tag_ids', 'any', 5)]",
            "[('date_deadline', '<', 'some day')]",
        ):
            with self.subTest(text=text):
                self.assertRefused(text, "cannot be evaluated")

    def test_a_field_that_is_gone_is_refused_by_its_name(self):
        self.assertRefused("[('x_gone', '=', 1)]", "“x_gone”")
        self.assertRefused("[('partner_id.x_gone', '=', 1)]", "“x_gone”")
        self.assertRefused("[('tag_ids', 'any', [('x_gone', '=', 1)])]", "“x_gone”")

    def test_a_condition_needs_exactly_one_model(self):
        both = self.lead_model + self.env["ir.model"]._get("res.partner")
        self.assertRefused("[('name', '=', 'a')]", "exactly one model", both)
        self.assertRefused("[('name', '=', 'a')]", "exactly one model", both[:0])

    def test_a_field_that_its_author_may_not_read_is_refused(self):
        hidden = self.env["res.users"]._fields["login"]
        self.patch(hidden, "groups", "base.group_system")
        for condition in (
            "[('user_id.login', '=', 'a')]",
            "[('user_id', 'any', [('login', '=', 'a')])]",
            "['|', ('name', '=', 'b'), ('user_id.login', '=', 'a')]",
        ):
            with self.subTest(condition=condition):
                self.assertRefused(condition, "permission to read “Login”")

    def test_a_model_that_its_author_may_not_read_is_refused(self):
        # an opportunity's activities lead to models of which managers read none
        condition = "[('message_ids.mail_server_id.name', '=', 'a')]"
        self.assertRefused(condition, "permission to read")

    def test_another_model_of_the_template_is_checked_with_its_condition(self):
        template = self.make_call_and_offer("skip").with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "“priority”"):
            template.res_model_ids = self.env["ir.model"]._get("res.partner")

    def test_an_empty_domain_is_no_condition(self):
        template = self.make_call_and_offer("skip").with_user(self.manager)
        template.line_ids.condition = "[]"
        self.assertEqual(template.line_ids.mapped("condition"), [False] * 3)
        template.goal = "[]"
        self.assertFalse(template.goal)

    def test_a_template_of_a_track_has_its_conditions(self):
        template = self.make_call_and_offer("wait")
        template.goal = "[('priority', '=', '3')]"
        _lead, run = self.start(template)
        action = run.with_user(self.manager).action_make_template()
        copy = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(copy.goal, template.goal)
        self.assertEqual(
            copy.line_ids.sorted().mapped("condition"),
            template.line_ids.sorted().mapped("condition"),
        )
        self.assertEqual(copy.line_ids.sorted()[1].condition_else, "wait")
