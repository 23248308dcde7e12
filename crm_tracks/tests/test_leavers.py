from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestLeavers(TracksCase):
    """Archiving or deleting users loses no task, open or muted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaver = cls.make_user("leaver", "sales_team.group_sale_salesman")
        cls.leaver_2 = cls.make_user("leaver_2", "sales_team.group_sale_salesman")

    def make_doors(self):
        """The ways in which users leave, by name."""
        return {
            "button": lambda users: users.action_archive(),
            "write": lambda users: users.write({"active": False}),
            "import": lambda users: self.assertFalse(
                [
                    message
                    for message in self.env["res.users"].load(
                        [".id", "active"], [[str(user.id), "False"] for user in users]
                    )["messages"]
                    if message["type"] == "error"
                ]
            ),
            "delete": lambda users: users.unlink(),
        }

    def through_every_door(self):
        """Run the test for each way to leave, with a rollback after each."""
        for name, door in self.make_doors().items():
            with self.subTest(door=name):
                self.env.flush_all()
                savepoint = self.cr.savepoint(flush=False)
                try:
                    yield door
                finally:
                    self.env.flush_all()
                    savepoint.rollback()
                    savepoint.close(rollback=False)
                    self.env.invalidate_all(flush=False)

    def make_track(self, owner, starter, assignee=None, lost=False):
        """A track on a lead of ``owner``, its first task with ``assignee``."""
        lead = self.make_leads(user=owner)
        template = self.make_template(
            {
                "summary": "Write",
                "responsible_type": "user" if assignee else "owner",
                "responsible_id": assignee and assignee.id,
            },
            {"summary": "Call", "delay_from": "previous"},
        )
        # the manager has access to each of them
        track = lead.with_user(self.manager).tracks_apply(template)
        track.sudo().user_id = starter
        if lost:
            lead.action_set_lost()
        self.env.flush_all()
        return track.sudo()

    def assertWentTo(self, track, user, muted=False):
        task = self.get_task(track, "Write")
        activity = task.activity_id
        self.assertEqual(task.state, "open")
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, user)
        self.assertEqual(task.user_id, user)
        self.assertFalse(task.user_manual)
        self.assertEqual(activity.muted, muted)
        self.assertEqual(activity.active, not muted)
        # no turn was passed on
        call = self.get_task(track, "Call")
        self.assertEqual(call.state, "waiting")
        self.assertFalse(call.activity_id)

    def assertAdministrator(self, user):
        self.assertTrue(user._tracks_can_be_assigned())
        self.assertTrue(user.has_group("crm_tracks.group_track_manager"))
        self.assertIn(self.company, user.company_ids)

    # ------------------------------------------------------------------
    # The new assignee
    # ------------------------------------------------------------------

    def test_the_record_s_owner_takes_over(self):
        for lost in (False, True):
            track = self.make_track(self.seller, self.seller_2, self.leaver, lost)
            for leave in self.through_every_door():
                leave(self.leaver)
                self.assertWentTo(track, self.seller, muted=lost)

    def test_else_whoever_started_the_track(self):
        for lost in (False, True):
            track = self.make_track(self.leaver, self.seller_2, lost=lost)
            for leave in self.through_every_door():
                leave(self.leaver)
                self.assertWentTo(track, self.seller_2, muted=lost)

    def test_else_a_tracks_administrator_and_never_the_leaver(self):
        for lost in (False, True):
            track = self.make_track(self.leaver, self.leaver, lost=lost)
            for leave in self.through_every_door():
                leave(self.leaver)
                user = self.get_task(track, "Write").activity_id.user_id
                self.assertAdministrator(user)
                self.assertWentTo(track, user, muted=lost)

    def test_an_administrator_who_leaves_does_not_take_over(self):
        other = self.make_user("other_manager", "sales_team.group_sale_manager")
        others = (
            self.env.ref("crm_tracks.group_track_manager")
            .sudo()
            .all_user_ids.filtered(
                lambda user: user not in (other, self.manager, self.env.user)
            )
        )
        self.env.flush_all()
        # of the two remaining users, the leaving one is first
        self.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = ANY(%s)", [others.ids]
        )
        self.env.invalidate_all()
        track = self.make_track(self.manager, self.manager)
        self.manager.action_archive()
        self.assertWentTo(track, other)

    def test_an_owner_who_cannot_be_assigned_is_passed_over(self):
        track = self.make_track(self.seller, self.seller_2, self.leaver)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.seller.id]
        )
        self.env.invalidate_all()
        self.leaver.action_archive()
        self.assertWentTo(track, self.seller_2)

    # ------------------------------------------------------------------
    # Activities without a track
    # ------------------------------------------------------------------

    def test_muted_activities_without_a_track_are_handed_over(self):
        lead = self.make_leads()
        activity = lead.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Plain",
            user_id=self.leaver.id,
            note="<p>Note</p>",
        )
        kept = ("summary", "note", "date_deadline", "res_id", "muted", "date_done")
        lead.action_set_lost()
        self.env.flush_all()
        before = activity.read(kept)
        for leave in self.through_every_door():
            leave(self.leaver)
            self.assertEqual(activity.exists(), activity)
            self.assertEqual(activity.user_id, self.seller)
            self.assertEqual(activity.read(kept), before)
            self.assertFalse(activity.active)
            lead.action_unarchive()
            self.assertEqual(lead.activity_ids, activity)

    def test_ordinary_activities_go_as_odoo_has_it(self):
        lead = self.make_leads()
        for leave in ("action_archive", "unlink"):
            user = self.make_user(f"ordinary_{leave}", "base.group_user")
            activity = lead.activity_schedule(
                "mail.mail_activity_data_todo", summary="Plain", user_id=user.id
            )
            done = lead.activity_schedule(
                "mail.mail_activity_data_todo", summary="Done", user_id=user.id
            )
            done.action_feedback()
            self.env.flush_all()
            notes = lead.message_ids
            getattr(user, leave)()
            self.env.invalidate_all()
            self.assertFalse(activity.exists())
            self.assertEqual(bool(done.exists()), leave == "action_archive")
            self.assertEqual(lead.message_ids, notes)

    # ------------------------------------------------------------------
    # Notes, and several users at once
    # ------------------------------------------------------------------

    def test_one_note_per_record_says_so(self):
        track = self.make_track(self.seller, self.seller, self.leaver)
        lead = self.env["crm.lead"].browse(track.res_id)
        theirs = {"responsible_type": "user", "responsible_id": self.leaver.id}
        again = self.make_template(
            {"summary": "A", **theirs}, {"summary": "B", **theirs}
        )
        lead.with_user(self.manager).tracks_apply(again)
        self.env.flush_all()
        for leave in self.through_every_door():
            before = lead.message_ids
            leave(self.leaver)
            note = lead.message_ids - before
            self.assertEqual(len(note), 1)
            self.assertIn("Leaver", note.body)
            self.assertIn("Seller", note.body)
            self.assertFalse(note.notified_partner_ids)

    def test_several_users_leave_at_once(self):
        tracks = [
            self.make_track(self.leaver, self.leaver_2, lost=True),
            self.make_track(self.leaver_2, self.seller_2),
            self.make_track(self.seller, self.leaver, self.leaver_2),
        ]
        for leave in self.through_every_door():
            leave(self.leaver + self.leaver_2)
            user = self.get_task(tracks[0], "Write").activity_id.user_id
            self.assertAdministrator(user)
            self.assertWentTo(tracks[0], user, muted=True)
            self.assertWentTo(tracks[1], self.seller_2)
            self.assertWentTo(tracks[2], self.seller)

    def test_what_was_handed_over_comes_back_with_the_record(self):
        track = self.make_track(self.seller, self.seller, self.leaver, lost=True)
        lead = self.env["crm.lead"].browse(track.res_id)
        activity = self.get_task(track, "Write").activity_id
        self.leaver.action_archive()
        lead.action_unarchive()
        self.assertWentTo(track, self.seller)
        self.assertEqual(lead.activity_ids, activity)

    def test_tasks_that_were_still_to_come_find_somebody_else(self):
        track = self.make_track(self.leaver, self.seller_2, self.seller)
        self.leaver.action_archive()
        self.tick(track, "Write", user=self.manager)
        call = self.get_task(track, "Call")
        self.assertActivityFollows(call)
        self.assertEqual(call.user_id, self.seller_2)

    def test_who_may_not_write_users_hands_nothing_over(self):
        track = self.make_track(self.seller, self.seller, self.leaver)
        for method in ("action_archive", "unlink"):
            with self.assertRaises(AccessError):
                getattr(self.leaver.with_user(self.seller), method)()
        self.assertWentTo(track, self.leaver)


@tagged("post_install", "-at_install")
class TestDemoted(TracksCase):
    """An internal user who becomes a portal user can no longer be assigned tasks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_group = cls.env.ref("base.group_portal")
        cls.demoted = cls.make_user("demoted", "base.group_user")
        cls.demoted_2 = cls.make_user("demoted_2", "base.group_user")
        cls.template = cls.make_chain("Write", "Call")

    def start(self):
        """A track with a task assigned to a user who will become a portal user."""
        lead = self.make_leads()
        track = lead.with_user(self.seller).tracks_apply(self.template).sudo()
        task = self.get_task(track, "Write")
        task.with_user(self.seller).user_id = self.demoted
        return lead, task

    def by_users(self, users):
        users.write({"group_ids": [Command.set(self.portal_group.ids)]})

    def make_internal_again(self, users):
        users.write({"group_ids": [Command.set(self.employee.group_ids.ids)]})

    def by_group(self, users):
        commands = [Command.unlink(user.id) for user in users]
        self.env.ref("base.group_user").write({"user_ids": commands})

    def test_their_tasks_go_to_others_by_either_door(self):
        for door in (self.by_users, self.by_group):
            with self.subTest(door=door.__name__):
                _lead, task = self.start()
                lost, muted = self.start()
                lost.user_id = self.seller_2
                lost.action_set_lost()
                door(self.demoted + self.demoted_2)
                self.assertTrue(self.demoted.share)
                self.assertTrue(self.demoted.active)
                self.assertActivityFollows(task)
                self.assertEqual(task.user_id, self.seller)
                self.assertEqual(muted.activity_id.user_id, self.seller_2)
                self.assertTrue(muted.activity_id.muted)
                self.make_internal_again(self.demoted + self.demoted_2)

    def test_a_note_on_the_record_says_so(self):
        lead, _task = self.start()
        self.by_users(self.demoted)
        self.assertIn(
            "Demoted can no longer be assigned tasks. Their tasks on this record were "
            "reassigned to Seller.",
            lead.message_ids[:1].body,
        )

    def test_other_groups_and_other_people_change_nothing(self):
        lead, task = self.start()
        messages = lead.message_ids
        group = self.env.ref("sales_team.group_sale_salesman")
        self.demoted.write({"group_ids": [Command.link(group.id)]})
        self.by_users(self.demoted_2)
        self.by_group(self.demoted_2)
        self.assertEqual(task.user_id, self.demoted)
        self.assertEqual(lead.message_ids, messages)
