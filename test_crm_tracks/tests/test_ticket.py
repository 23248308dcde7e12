from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.common import TracksCase


@tagged("post_install", "-at_install")
class TestTicket(TracksCase):
    """A model with its own definition of closed and owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Answer", "Ask back")
        cls.stage_new, cls.stage_done = cls.env["test.tracks.stage"].create(
            [{"name": "New"}, {"name": "Done", "closed": True}]
        )
        cls.ticket = cls.make_ticket()
        cls.track = cls.ticket.with_user(cls.employee).tracks_apply(cls.template)
        cls.plain = cls.ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=cls.employee.id
        )
        cls.open = cls.track.sudo().line_ids.activity_id + cls.plain
        cls.env.flush_all()

    @classmethod
    def make_ticket(cls, **values):
        return cls.env["test.tracks.ticket"].create(
            {
                "name": "Printer on fire",
                "stage_id": cls.stage_new.id,
                "owner_id": cls.seller.id,
                **values,
            }
        )

    def assertClosed(self, track=None, activities=None):
        track = track or self.track
        self.assertTrue(track.held)
        self.assertTrue(track.record_closed)
        for activity in activities or self.open:
            self.assertTrue(activity.muted)
            self.assertFalse(activity.active)

    def assertOpen(self, track=None, activities=None):
        track = track or self.track
        self.assertFalse(track.held)
        self.assertFalse(track.record_closed)
        for activity in activities or self.open:
            self.assertFalse(activity.muted)
            self.assertTrue(activity.active)

    def test_the_owner_is_the_ticket_s(self):
        self.assertEqual(self.get_task(self.track, "Answer").user_id, self.seller)
        self.assertActivityFollows(self.get_task(self.track, "Answer"))

    def test_a_track_is_held_in_a_closing_stage_and_back_in_another(self):
        ticket = self.ticket.with_user(self.employee)
        ticket.stage_id = self.stage_done
        self.assertClosed()
        self.assertFalse(self.ticket.activity_ids)
        ticket.stage_id = self.stage_new
        self.assertOpen()
        self.assertEqual(self.ticket.activity_ids, self.open)

    def test_from_closed_to_closed_is_neither(self):
        self.ticket.stage_id = self.stage_done
        self.plain.action_unarchive()
        self.ticket.action_archive()
        self.assertTrue(self.plain.active)
        self.ticket.stage_id = self.stage_new
        self.assertTrue(self.track.held)
        self.ticket.action_unarchive()
        self.assertOpen()

    def test_a_stage_whose_flag_flips_closes_its_tickets(self):
        self.stage_new.with_user(self.employee).closed = True
        self.assertClosed()
        self.stage_new.with_user(self.employee).closed = False
        self.assertOpen()
        # also for an archived ticket, which stays closed
        self.ticket.action_archive()
        self.stage_new.closed = True
        self.stage_new.closed = False
        self.assertClosed()

    def test_archiving_closes(self):
        self.ticket.with_user(self.employee).action_archive()
        self.assertClosed()
        self.ticket.with_user(self.employee).action_unarchive()
        self.assertOpen()

    def test_without_a_track_closing_mutes_nothing(self):
        ticket = self.make_ticket()
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary="Alone", user_id=self.employee.id
        )
        ticket.stage_id = self.stage_done
        self.assertTrue(activity.active)
        self.assertFalse(activity.muted)

    def test_a_track_that_has_ended_is_enough(self):
        for end in ("done", "stopped"):
            with self.subTest(end):
                ticket = self.make_ticket()
                track = ticket.with_user(self.employee).tracks_apply(self.template)
                if end == "done":
                    self.tick(track, "Answer")
                    self.tick(track, "Ask back")
                else:
                    track.action_stop()
                self.assertEqual(track.state, end)
                activity = ticket.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary="Left over",
                    user_id=self.employee.id,
                )
                ticket.stage_id = self.stage_done
                self.assertTrue(activity.muted)
                self.assertFalse(track.held)
                ticket.stage_id = self.stage_new
                self.assertTrue(activity.active)
                self.assertFalse(activity.muted)

    def test_several_tickets_at_once(self):
        alone = self.make_ticket()
        closed = self.make_ticket(stage_id=self.stage_done.id)
        track = closed.with_user(self.employee).tracks_apply(self.template)
        activity = track.sudo().line_ids.activity_id
        (self.ticket + alone + closed).write({"stage_id": self.stage_done.id})
        self.assertClosed()
        # applied to a closed ticket: the track continues
        self.assertFalse(track.held)
        self.assertTrue(activity.active)

    def test_the_sweep_catches_a_flag_that_was_changed_by_sql(self):
        self.env.flush_all()
        for closed in (True, False):
            self.cr.execute(
                "UPDATE test_tracks_stage SET closed = %s WHERE id = %s",
                [closed, self.stage_new.id],
            )
            self.env.invalidate_all()
            self.run_cron()
            if closed:
                self.assertClosed()
            else:
                self.assertOpen()

    def test_the_sweep_leaves_alone_what_a_hook_saw(self):
        self.ticket.stage_id = self.stage_done
        self.plain.action_unarchive()
        self.run_cron()
        self.assertTrue(self.plain.active)
        self.assertTrue(self.track.held)
