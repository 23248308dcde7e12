from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.common import TracksCase


@tagged("post_install", "-at_install")
class TestPartner(TracksCase):
    """A model without its own definition of closed: archiving closes the record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Wood Corner", "user_id": cls.seller.id}
        )
        cls.plain = cls.partner.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=cls.employee.id
        )

    def start(self):
        return self.partner.with_user(self.manager).tracks_apply(
            self.make_chain("Welcome", "Ask")
        )

    def test_without_a_track_archiving_mutes_nothing(self):
        self.partner.action_archive()
        self.assertTrue(self.plain.active)
        self.assertFalse(self.plain.muted)

    def test_with_a_track_archiving_mutes_all(self):
        track = self.start()
        self.assertEqual(self.get_task(track, "Welcome").user_id, self.seller)
        activities = self.get_task(track, "Welcome").activity_id + self.plain
        self.partner.with_user(self.manager).write({"active": False})
        self.assertTrue(track.held and track.record_closed)
        self.assertEqual(activities.mapped("muted"), [True, True])
        self.assertEqual(activities.mapped("active"), [False, False])
        self.assertFalse(self.partner.activity_ids)
        self.partner.with_user(self.manager).action_unarchive()
        self.assertFalse(track.held or track.record_closed)
        self.assertEqual(activities.mapped("muted"), [False, False])
        self.assertEqual(self.partner.activity_ids, activities)

    def test_with_a_track_that_has_ended_archiving_mutes_the_rest(self):
        track = self.start()
        track.action_stop()
        self.partner.action_archive()
        self.assertTrue(self.plain.muted)
        self.assertFalse(track.held)
        self.partner.action_unarchive()
        self.assertTrue(self.plain.active)

    def test_the_sweep_catches_an_archiving_by_sql(self):
        track = self.start()
        self.env.flush_all()
        for active in (False, True):
            self.cr.execute(
                "UPDATE res_partner SET active = %s WHERE id = %s",
                [active, self.partner.id],
            )
            self.env.invalidate_all()
            self.run_cron()
            self.assertEqual(track.held, not active)
            self.assertEqual(self.plain.muted, not active)
