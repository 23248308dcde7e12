from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.common import TracksCase
from odoo.addons.crm_tracks.tools.actions import Action

from ..models.toy_action import TrackRunLine


@tagged("post_install", "-at_install")
class TestNewAction(TracksCase):
    """An action of another addon: an entry in the list of actions, and its methods."""

    def start(self, **values):
        task = {"action": "post_note", "note_to_post": "Hello", **values}
        template = self.make_template(task, {"summary": "Call"})
        leads = self.make_leads(2).with_user(self.seller)
        return leads, leads.tracks_apply(template).sudo()

    def test_it_is_executed_for_each_record_as_the_starter(self):
        leads, runs = self.start()
        self.run_cron()
        for lead, run in zip(leads, runs, strict=True):
            notes = lead.sudo().message_ids
            note = notes.filtered(lambda one: one.body == "<p>Hello</p>")
            self.assertEqual(note.author_id, self.seller.partner_id)
            self.assertEqual(run.line_ids[0].state, "done")
            self.assertEqual(run.line_ids[0].done_user_id, self.seller)

    def test_a_track_has_its_own_copy_of_its_fields(self):
        _leads, runs = self.start()
        runs.template_id.line_ids[:1].note_to_post = "Something else"
        self.assertEqual(set(runs.line_ids.mapped("note_to_post")) - {False}, {"Hello"})
        self.assertEqual(runs[0].line_ids[0].action_text, "Note: Hello")
        self.assertEqual(runs[0].line_ids[0]._get_icon(), "fa-sticky-note-o")

    def test_what_does_not_fit_is_refused_when_the_template_is_saved(self):
        sentence = "“Post a note” in .* has no note"
        with self.assertRaisesRegex(ValidationError, sentence):
            self.start(note_to_post=False, summary="Post a note")

    def test_an_action_that_nothing_executes_fails_in_a_sentence(self):
        _leads, runs = self.start(summary="Post it")
        with patch.object(TrackRunLine, "_execute_post_note", None):
            self.run_cron()
        task = runs[0].line_ids[0]
        self.assertEqual(task.state, "failed")
        self.assertIn("app that is not installed", task.error)

    def test_the_fields_of_an_action_are_its_target_and_what_else_it_names(self):
        action = Action("fa-x", target="team_id", fields=("title",))
        self.assertEqual(action.get_fields(), ("team_id", "title"))
        self.assertEqual(Action("fa-x").get_fields(), ())
