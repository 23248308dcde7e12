from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged, users

from .options import OptionsCase

REMIND = "Assignees are reminded of tasks 2 working days late"
TELL = "The team leader is notified of tasks 5 working days late"
GIVE = "Seller is assigned tasks 5 working days late"


@tagged("post_install", "-at_install")
class TestRemindersTemplates(OptionsCase):
    """What templates and tracks say about late tasks."""

    @users("tracks_manager")
    def test_the_form_of_the_template_says_it_at_once(self):
        template = self.make_template({"summary": "Call"}).with_env(self.env)
        with Form(template) as form:
            self.assertFalse(form.remind_days)
            form.remind_days = 2
            self.assertEqual(form.options_text, REMIND)
            form.escalate_days = 5
            self.assertEqual(form.options_text, f"{REMIND} · {TELL}")
            form.escalate_to = "user"
            form.escalate_user_id = self.seller
            form.escalate_how = "give"
            self.assertEqual(form.options_text, f"{REMIND} · {GIVE}")
        self.assertEqual(template.escalate_user_id, self.seller)

    def test_one_day_is_said_in_the_singular(self):
        template = self.make_template({"summary": "Call"}, remind_days=1)
        self.assertEqual(
            template.options_text, "Assignees are reminded of tasks 1 working day late"
        )
        template.write({"remind_days": False, "escalate_days": 1})
        self.assertEqual(
            template.options_text,
            "The team leader is notified of tasks 1 working day late",
        )
        template.escalate_how = "give"
        self.assertEqual(
            template.options_text,
            "The team leader is assigned tasks 1 working day late",
        )

    def test_tab_and_dialog_say_it(self):
        self.assertSaid(REMIND, remind_days=2)

    def test_a_user_whom_the_reader_cannot_read_is_not_named(self):
        self.env["ir.rule"].create(
            {
                "name": "People of one's own companies",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": "[('company_ids', 'in', company_ids)]",
            }
        )
        stranger = self.make_user(
            "stranger",
            "base.group_user",
            company_id=self.company_2.id,
            company_ids=self.company_2.ids,
        )
        template = self.make_template(
            {"summary": "Call"},
            escalate_days=5,
            escalate_to="user",
            escalate_user_id=stranger.id,
        )
        text = template.with_user(self.seller).options_text
        self.assertEqual(
            text, "A user you cannot access is notified of tasks 5 working days late"
        )

    def test_a_track_keeps_its_copy_and_passes_it_on(self):
        values = {
            "remind_days": 2,
            "escalate_days": 5,
            "escalate_to": "user",
            "escalate_user_id": self.seller_2.id,
            "escalate_how": "give",
        }
        template, run = self.start_with(**values)
        template.write({"remind_days": False, "escalate_days": False})
        self.assertEqual(run.remind_days, 2)
        made = run.with_user(self.manager)._prepare_template_vals()
        self.assertEqual({name: made[name] for name in values}, values)
        self.seller_2.active = False
        made = run.with_user(self.manager)._prepare_template_vals()
        self.assertEqual(made["escalate_to"], "leader")
        self.assertFalse(made["escalate_user_id"])

    def test_users_do_not_write_it(self):
        self.assertNotWrittenByUsers(
            remind_days=1, escalate_days=1, escalate_user_id=self.seller.id
        )

    def test_what_makes_no_sense_is_refused(self):
        for values, text in (
            ({"remind_days": 0}, "from 1 to 365"),
            ({"escalate_days": 366}, "from 1 to 365"),
            ({"escalate_days": 5, "escalate_to": "user"}, "Select this user"),
            ({"remind_days": 5, "escalate_days": 5}, "more days"),
        ):
            with self.assertRaisesRegex(ValidationError, text):
                self.make_template({"summary": "Call"}, **values)

    def test_the_columns_are_empty_where_unused(self):
        self.assertEmptyWhereUnused(
            "remind_days",
            "escalate_days",
            "escalate_to",
            "escalate_user_id",
            "escalate_how",
        )

    def test_deleting_the_user_leaves_the_team_leader(self):
        user = self.make_user("gone", "base.group_user")
        template = self.make_template(
            {"summary": "Call"},
            escalate_days=5,
            escalate_to="user",
            escalate_user_id=user.id,
        )
        user.unlink()
        self.assertEqual(template.options_text, TELL)
