from unittest.mock import patch

from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestOwner(TracksCase):
    """The tasks of the owner are assigned to the new owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Owner's"},
            {"summary": "Waiting", "delay_from": "previous"},
            {
                "summary": "Employee's",
                "responsible_type": "user",
                "responsible_id": cls.employee.id,
            },
            {"summary": "Starter's", "responsible_type": "starter"},
        )

    def assertAssigned(self, run, **expected):
        for summary, user in expected.items():
            task = self.get_task(run, summary.replace("_s", "'s"))
            with self.subTest(task=task.summary):
                self.assertEqual(task.user_id, user)
                if task.state == "open":
                    self.assertEqual(task.activity_ids.user_id, user)

    @users("tracks_seller_all")
    def test_open_tasks_of_the_owner_go_to_the_new_one(self):
        leads = self.make_leads(3).with_env(self.env)
        runs = leads.tracks_apply(self.template)
        leads.user_id = self.seller_2
        for run in runs:
            self.assertAssigned(
                run,
                Owner_s=self.seller_2,
                Employee_s=self.employee,
                Starter_s=self.seller_all,
            )
        self.tick(runs[0], "Owner's")
        self.assertAssigned(runs[0], Waiting=self.seller_2)
        self.assertFalse(self.get_task(runs[0], "Owner's").user_manual)

    def test_what_fell_to_the_owner_goes_to_the_new_one(self):
        """Also if the archived user has been restored."""
        leads = self.make_leads(2)
        runs = leads.with_user(self.seller_all).tracks_apply(self.template)
        self.employee.action_archive()
        for run in runs:
            self.assertAssigned(run, Employee_s=self.seller)
        self.employee.action_unarchive()
        leads.with_user(self.seller_all).user_id = self.seller_2
        for run in runs:
            self.assertAssigned(run, Employee_s=self.seller_2, Owner_s=self.seller_2)

    @users("tracks_seller_all")
    def test_what_somebody_had_reassigned_by_hand_stays(self):
        lead = self.make_leads().with_env(self.env)
        for reassign in (
            lambda task: task.write({"user_id": self.employee.id}),
            lambda task: task.activity_id.write({"user_id": self.employee.id}),
            lambda task: task.run_id.action_reassign(self.employee),
        ):
            lead.user_id = self.seller
            run = lead.tracks_apply(self.template)
            reassign(self.get_task(run, "Owner's").with_env(self.env))
            lead.user_id = self.seller_2
            self.assertAssigned(run, Owner_s=self.employee)

    @users("tracks_seller_all")
    def test_a_track_that_came_after_a_first_change_of_owner_follows_the_next(self):
        leads = self.make_leads(4).with_env(self.env)
        leads[:3].user_id = self.seller_2  # fill the cache of models without tracks
        applied = leads[0].tracks_apply(self.template)
        for lead in leads:
            lead.user_id = self.seller
        self.assertAssigned(applied, Owner_s=self.seller)
        self.assertAssigned(leads[1].tracks_apply(self.template), Owner_s=self.seller)
        moved = leads[1].track_run_ids
        self.env["track.run"].sudo()._merge_into(leads[1].sudo(), leads[2].sudo())
        self.assertEqual(moved.res_id, leads[2].id)
        leads[2].user_id = self.seller_2
        self.assertAssigned(moved, Owner_s=self.seller_2)

    @users("tracks_seller_all")
    def test_tracks_among_many_records_without_follow_their_owner(self):
        leads = self.make_leads(12).with_env(self.env)
        runs = (leads[3] + leads[7]).tracks_apply(self.template)
        self.env.flush_all()
        self.env.invalidate_all()
        for lead in leads:
            lead.browse(lead.id).user_id = self.seller_2
        for run in runs:
            self.assertAssigned(run, Owner_s=self.seller_2)

    @users("tracks_seller_all")
    def test_an_emptied_owner_changes_nothing(self):
        lead = self.make_leads().with_env(self.env)
        run = lead.tracks_apply(self.template)
        lead.user_id = False
        self.assertAssigned(run, Owner_s=self.seller)
        lead.user_id = self.seller_2
        self.assertAssigned(run, Owner_s=self.seller_2)

    def test_what_is_nobody_s_goes_to_the_next_owner(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.template)
        task = self.get_task(run, "Owner's")
        # as users could write in the past; the engine also writes its own fields
        task.write({"state": "open", "user_id": False, "user_manual": True})
        task.activity_id.write({"user_id": False})
        lead.user_id = self.seller_2
        self.assertAssigned(run, Owner_s=self.seller_2, Employee_s=self.employee)
        self.assertFalse(task.user_manual)

    def test_what_fell_to_the_owner_follows(self):
        lead = self.make_leads()
        self.employee.active = False
        run = lead.with_user(self.seller_all).tracks_apply(self.template)
        self.assertAssigned(run, Employee_s=self.seller)
        lead.user_id = self.seller_2
        self.assertAssigned(run, Employee_s=self.seller_2, Owner_s=self.seller_2)

    def test_what_fell_to_the_owner_when_somebody_left_follows(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller_all).tracks_apply(self.template)
        self.employee.active = False
        self.assertAssigned(run, Employee_s=self.seller)
        lead.user_id = self.seller_2
        self.assertAssigned(run, Employee_s=self.seller_2)

    def test_a_given_user_who_happens_to_be_the_owner_stays(self):
        lead = self.make_leads(user=self.employee)
        run = lead.with_user(self.manager).tracks_apply(self.template)
        lead.user_id = self.seller_2
        self.assertAssigned(run, Owner_s=self.seller_2, Employee_s=self.employee)

    def test_muted_tasks_follow_silently(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.template)
        run.action_pause()
        lead.message_unsubscribe(self.seller_2.partner_id.ids)
        self.env.cr.flush()
        messages = self.env["mail.message"].search([])
        lead.with_user(self.manager).user_id = self.seller_2
        self.env.cr.flush()
        self.assertAssigned(run, Owner_s=self.seller_2)
        activity = self.get_task(run, "Owner's").activity_id
        self.assertTrue(activity.muted)
        told = self.env["mail.message"].search([]) - messages
        self.assertFalse(told.filtered(lambda message: "Owner's" in message.body))

    def test_an_owner_who_cannot_be_assigned_is_replaced(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller_all).tracks_apply(self.template)
        lead.user_id = self.portal
        self.assertAssigned(run, Owner_s=self.seller_all)

    def test_writes_within_a_block_are_compared_once_at_its_end(self):
        lead, other = self.make_leads(2).with_user(self.seller_all)
        run, of_other = (lead + other).tracks_apply(self.template)
        Lead = self.registry["crm.lead"]
        asked = []
        get_aspects = Lead._tracks_get_aspects

        def ask(records, fnames=None):
            asked.append(records)
            return get_aspects(records, fnames)

        with patch.object(Lead, "_tracks_get_aspects", ask):
            with lead._tracks_following():
                lead.user_id = self.employee
                lead.user_id = self.seller_2
                self.assertAssigned(run, Owner_s=self.seller)
                self.assertEqual(asked, [lead])
                # another record is none of the block's business
                (lead + other).user_id = self.seller_2
                self.assertEqual(asked, [lead, lead + other])
                self.assertAssigned(run, Owner_s=self.seller)
                self.assertAssigned(of_other, Owner_s=self.seller_2)
        self.assertAssigned(run, Owner_s=self.seller_2)
        lead.user_id = self.seller
        self.assertAssigned(run, Owner_s=self.seller)

    def test_a_track_that_starts_within_a_block_follows_its_record(self):
        lead = self.make_leads().with_user(self.seller_all)
        with lead._tracks_following():
            run = lead.tracks_apply(self.template)
            lead.user_id = self.seller_2
        self.assertAssigned(run, Owner_s=self.seller_2)
