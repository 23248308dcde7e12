from odoo.tests import Form, tagged, users

from .options import OptionsCase

TEXTS = {
    "stop": "Stops when the customer answers",
    "pause": "Is paused when the customer answers",
    "bring_forward": "When the customer answers, tasks that lie ahead are due on that "
    "day",
}


@tagged("post_install", "-at_install")
class TestRepliesTemplates(OptionsCase):
    """What templates and tracks say about answers of the customer."""

    @users("tracks_manager")
    def test_the_form_of_the_template_says_it_at_once(self):
        template = self.make_template({"summary": "Call"}).with_env(self.env)
        with Form(template) as form:
            self.assertFalse(form.on_reply)
            for on_reply, text in TEXTS.items():
                form.on_reply = on_reply
                self.assertEqual(form.options_text, text)
            form.on_reply = "ignore"
            self.assertFalse(form.options_text)
        self.assertEqual(template.on_reply, "ignore")

    def test_tab_and_dialog_say_it(self):
        self.assertSaid(TEXTS["stop"], on_reply="stop")

    def test_a_track_keeps_its_copy_and_passes_it_on(self):
        template, run = self.start_with(on_reply="stop")
        template.on_reply = False
        self.assertEqual(run.on_reply, "stop")
        self.assertEqual(run.sudo()._prepare_option_vals()["on_reply"], "stop")

    def test_users_do_not_write_it(self):
        self.assertNotWrittenByUsers(on_reply="stop")

    def test_an_unknown_value_is_refused(self):
        with self.assertRaises(ValueError):
            self.make_template({"summary": "Call"}, on_reply="explode")

    def test_the_column_is_empty_where_unused(self):
        self.assertEmptyWhereUnused("on_reply")
