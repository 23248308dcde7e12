from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestNobodyTidies(TracksCase):
    """Other code does not delete activities of tracks automatically."""

    def start(self):
        leads = self.make_leads(2).with_user(self.seller)
        return leads.tracks_apply(self.make_chain("Write", "Call"))

    def test_what_tidies_automated_activities_leaves_those_of_tracks_alone(self):
        todo = "mail.mail_activity_data_todo"
        runs = self.start()
        leads = self.env["crm.lead"].browse(runs.mapped("res_id"))
        leads.activity_unlink([todo])
        leads.activity_feedback([todo], feedback="Not needed")
        leads.activity_reschedule([todo], date_deadline="2026-05-01")
        for run in runs:
            self.assertActivityFollows(self.get_task(run, "Write"))
            self.assertEqual(run.state, "running")

    def test_what_tidies_everybody_s_activities_takes_them_along(self):
        run = self.start()[0]
        lead = self.env["crm.lead"].browse(run.res_id)
        lead.activity_unlink(["mail.mail_activity_data_todo"], only_automated=False)
        self.assertEqual(self.get_task(run, "Write").state, "skipped")

    def test_no_door_moves_an_activity_of_a_track_to_another_record(self):
        run, other = self.start()
        activity = self.get_task(run, "Write").activity_id.with_user(self.seller)
        partner_model = self.env["ir.model"]._get("res.partner")
        for values in (
            {"res_model": "res.partner"},
            {"res_model_id": partner_model.id},
            {"res_id": other.res_id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                with self.env.cr.savepoint():
                    activity.write(values)

    def test_who_may_not_edit_stages_costs_no_reading_of_leads(self):
        stage = self.env.ref("crm.stage_lead1")
        self.make_leads(3, stage_id=stage.id)
        for user in (self.seller, self.portal):
            mine = stage.with_user(user)
            Lead = self.registry["crm.lead"]
            with (
                patch.object(Lead, "_tracks_following") as following,
                self.assertRaises(AccessError),
            ):
                mine.write({"is_won": True})
            following.assert_not_called()

    def test_with_a_deleted_type_muted_activities_become_to_dos_as_others_do(self):
        own_type = self.env["mail.activity.type"].create({"name": "Visit"})
        lost, lead = self.make_leads(2)
        activities = self.env["mail.activity"]
        for record in (lost, lead):
            activities += record.activity_schedule(
                summary="Plain", activity_type_id=own_type.id, user_id=self.seller.id
            )
        lost.action_set_lost()
        with self.assertRaises(AccessError):
            own_type.with_user(self.seller).unlink()
        self.assertEqual(activities.activity_type_id, own_type)
        own_type.with_user(self.manager).sudo().unlink()
        self.env.flush_all()
        self.assertEqual(activities.activity_type_id, self.type_todo)
        self.assertEqual(activities.mapped("muted"), [True, False])
        lost.action_unarchive()
        self.assertEqual(activities.mapped("active"), [True, True])
