from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import TracksCase


@tagged("post_install", "-at_install")
class TestUninstall(TracksCase):
    """Uninstalling unmutes every muted activity.

    A real uninstall cannot be rolled back: ``tools/uninstall_check.sh`` does one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads()
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(
            cls.make_chain("Write", "Call")
        )
        cls.plain = cls.lead.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Plain",
            user_id=cls.seller.id,
            date_deadline="2026-03-02",
        )
        cls.left = cls.lead.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Whose assignee left",
            user_id=cls.seller_2.id,
        )
        cls.nobody = cls.lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Nobody's", user_id=cls.seller.id
        )
        cls.nobody.user_id = False
        cls.done = cls.lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Done", user_id=cls.seller.id
        )
        cls.done.with_user(cls.seller).action_feedback()
        cls.task = cls.track.sudo().line_ids[0].activity_id
        cls.muted = cls.task + cls.plain + cls.left + cls.nobody
        cls.lead.action_set_lost()
        cls.env.flush_all()
        # by SQL, because the ORM would reassign the activity
        cls.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [cls.seller_2.id]
        )
        cls.env.invalidate_all()

    def test_every_muted_activity_comes_back_and_nobody_is_told(self):
        self.assertFalse(any(self.muted.mapped("active")))
        counters = ("mail.message", "mail.mail", "mail.notification")
        before = [self.env[model].sudo().search_count([]) for model in counters]
        uninstall_hook(self.env)
        self.assertTrue(all(self.muted.mapped("active")))
        self.assertFalse(any(self.muted.mapped("date_done")))
        self.assertFalse(self.done.active)
        self.assertTrue(self.done.date_done)
        self.cr.precommit.run()
        after = [self.env[model].sudo().search_count([]) for model in counters]
        self.assertEqual(after, before)

    def test_who_is_there_keeps_it_and_who_left_is_replaced(self):
        dates = self.muted.mapped("date_deadline")
        uninstall_hook(self.env)
        self.assertEqual((self.task + self.plain).user_id, self.seller)
        self.assertFalse(self.nobody.user_id)
        self.assertTrue(self.left.user_id._tracks_can_be_assigned())
        self.assertTrue(self.left.user_id.has_group("crm_tracks.group_track_manager"))
        self.assertEqual(self.muted.mapped("date_deadline"), dates)
