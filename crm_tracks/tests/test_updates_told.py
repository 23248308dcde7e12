from unittest.mock import patch

from odoo.tests import tagged

from .test_updates import ManyUpdatesCase


@tagged("post_install", "-at_install")
class TestUpdatesTold(ManyUpdatesCase):
    """One message to the user when the scheduled action has updated many tracks."""

    def setUp(self):
        super().setUp()
        self.toasts = []
        User = type(self.env["res.users"])
        self.patch(
            User,
            "_bus_send",
            lambda user, kind, message, **_kwargs: self.toasts.append(
                (user, kind, message)
            ),
        )

    def get_messages(self, user=None):
        """The messages to this user about updates, the latest first."""
        partner = (user or self.manager).partner_id
        return self.env["mail.message"].search(
            [
                ("notified_partner_ids", "in", partner.ids),
                ("subject", "ilike", "track"),
                ("message_type", "=", "user_notification"),
                ("body", "like", "/odoo/track.run.update/"),
            ],
            order="id desc",
        )

    def get_toasts(self):
        return [
            (user, message["type"], message["message"])
            for user, kind, message in self.toasts
            if kind == "simple_notification"
        ]

    def test_the_user_is_told_once(self):
        self.tracks[0].with_user(self.manager).action_stop()
        update = self.update(self.tracks)
        self.assertFalse(self.get_messages())
        self.run_cron()
        subject = "Tracks of “Sales follow-through”: 4 updated, 1 left out"
        message = self.get_messages()
        self.assertEqual(message.subject, subject)
        self.assertIn(f"/odoo/track.run.update/{update.id}", message.body)
        self.assertIn("can be undone", message.body)
        self.assertEqual(self.get_toasts(), [(self.manager, "warning", subject)])
        self.run_cron()
        self.assertEqual(self.get_messages(), message)

    def test_the_user_is_told_of_an_undo(self):
        update = self.update(self.tracks)
        self.run_cron()
        update.with_user(self.manager).action_undo()
        self.assertEqual(len(self.get_messages()), 1)
        self.run_cron()
        latest, _first = self.get_messages()
        self.assertIn("5 undone", latest.subject)
        self.assertNotIn("can be undone", latest.body)
        self.assertEqual(self.get_toasts()[-1][1], "success")

    def test_nobody_is_told_of_what_was_done_at_once(self):
        self.update(self.tracks[:2])
        self.run_cron()
        self.assertFalse(self.get_messages())
        self.assertFalse(self.get_toasts())

    def test_a_part_is_not_told(self):
        self.update(self.tracks)
        Run = type(self.env["track.run"])
        in_batches = Run._cron_in_batches

        def stop_early(runs, batches, *args):
            return in_batches(runs, batches[:1], *args)

        with patch.object(Run, "_cron_in_batches", stop_early):
            self.run_cron()
        self.assertFalse(self.get_messages())
        self.run_cron()
        self.assertEqual(len(self.get_messages()), 1)

    def test_the_texts_are_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search(
            [("name", "=", "crm_tracks")]
        )._update_translations(["fr_FR"])
        self.manager.lang = "fr_FR"
        stopped = self.tracks[0]
        stopped.with_user(self.manager).action_stop()
        update = self.update(self.tracks)
        self.run_cron()
        reason = update.with_context(lang="fr_FR").left_out_ids.reason
        self.assertNotIn("has ended", reason)
        note = self.env["crm.lead"].browse(self.tracks[1].res_id).message_ids[0].body
        self.assertNotIn("was updated from its template", note)

    def test_undo_stops_what_has_not_been_updated(self):
        update = self.update(self.tracks)
        self.assertTrue(update.with_user(self.manager).can_undo)
        update.with_user(self.manager).action_undo()
        self.run_cron()
        self.env.invalidate_all()
        self.assertEqual({len(run.sudo().line_ids) for run in self.tracks}, {3})
        self.assertEqual(update.summary_text, "5 undone")
        self.assertFalse(self.get_messages())

    def test_users_who_left_update_nothing(self):
        update = self.update(self.tracks)
        self.manager.active = False
        self.run_cron()
        self.env.invalidate_all()
        self.assertEqual({len(run.sudo().line_ids) for run in self.tracks}, {3})
        self.assertEqual(set(update.line_ids.mapped("state")), {"left_out"})

    def test_a_merged_record(self):
        leads = self.env["crm.lead"].browse(self.tracks.mapped("res_id"))
        update = self.update(self.tracks)
        leads[:2].with_user(self.manager).merge_opportunity()
        self.run_cron()
        self.assertEqual(set(update.line_ids.mapped("state")), {"done"})
        leads.exists()[:2].with_user(self.manager).merge_opportunity()
        update.with_user(self.manager).action_undo()
        self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(set(update.line_ids.mapped("state")), {"undone"})
        self.assertEqual({len(run.sudo().line_ids) for run in self.tracks}, {3})
        self.assertEqual(len(self.tracks.exists()), 5)

    def test_deleted_records(self):
        update = self.update(self.tracks)
        self.env["crm.lead"].browse(self.tracks[0].res_id).unlink()
        self.run_cron()
        self.assertEqual(update.summary_text, "4 updated")
        self.assertEqual(len(self.get_messages()), 1)
