from odoo.exceptions import AccessError
from odoo.tests import Form, tagged, users

from .common import TracksCase

TEXTS = {
    "stop": "Stops when the customer answers",
    "pause": "Is paused when the customer answers",
    "bring_forward": "When the customer answers, tasks that lie ahead are due on that "
    "day",
}


@tagged("post_install", "-at_install")
class TestRepliesTemplates(TracksCase):
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

    def test_tab_dialog_and_trial_say_it(self):
        template = self.make_template({"summary": "Call"}, on_reply="stop")
        lead = self.make_leads().with_user(self.seller)
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .with_context(default_res_model="crm.lead", default_res_ids=lead.ids)
        )
        wizard = wizard.create({"template_id": template.id})
        self.assertEqual(wizard.options_text, TEXTS["stop"])
        lead.tracks_apply(template)
        data = self.env["track.run"].with_user(self.seller)
        [run] = data.get_tab_data("crm.lead", lead.id)["runs"]
        self.assertEqual(run["options"], [TEXTS["stop"]])

    def test_a_track_keeps_its_copy_and_passes_it_on(self):
        template = self.make_template({"summary": "Call"}, on_reply="stop")
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(template)
        template.on_reply = False
        self.assertEqual(run.on_reply, "stop")
        self.assertEqual(run.sudo()._prepare_option_vals()["on_reply"], "stop")

    def test_users_do_not_write_it_on_tracks(self):
        template = self.make_template({"summary": "Call"})
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        with self.assertRaises(AccessError):
            run.on_reply = "stop"
        with self.assertRaises(AccessError):
            template.with_user(self.seller).on_reply = "stop"

    def test_an_unknown_value_is_refused(self):
        with self.assertRaises(ValueError):
            self.make_template({"summary": "Call"}, on_reply="explode")

    def test_the_column_is_empty_where_unused(self):
        template = self.make_template({"summary": "Call"})
        run = self.make_leads().tracks_apply(template)
        self.env.flush_all()
        for table, record in (("track_template", template), ("track_run", run)):
            self.env.cr.execute(
                f"SELECT on_reply FROM {table} WHERE id = %s",  # noqa: S608
                [record.id],
            )
            self.assertEqual(self.env.cr.fetchall(), [(None,)])
