from odoo.tests import Form, tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestApplyPlaces(TracksCase):
    """The dialog opens from the activity dialog and from the action menus."""

    def open_schedule(self, records, user=None):
        """The dialog of the chatter's Activity button."""
        return Form(
            self.env["mail.activity.schedule"]
            .with_user(user or self.seller)
            .with_context(
                active_model=records._name,
                active_ids=records.ids,
                active_id=records[:1].id,
            )
        )

    def test_the_activity_dialog_leads_to_ours_for_the_same_records(self):
        self.make_chain("Write")
        leads = self.make_leads(2)
        schedule = self.open_schedule(leads)
        self.assertTrue(schedule.has_tracks)
        action = schedule.save().action_tracks_apply()
        self.assertEqual(action["res_model"], "track.apply")
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        wizard = Form(wizard)
        self.assertEqual(wizard.res_model, "crm.lead")
        self.assertEqual(wizard.res_ids, leads.ids)
        self.assertFalse(leads.activity_ids)

    def test_so_it_does_on_every_model_with_activities(self):
        template = self.make_chain("Ring")
        partner = self.env["res.partner"].create({"name": "Customer"})
        groups = "base.group_user,base.group_partner_manager"
        manager = self.make_user("contacts", groups)
        schedule = self.open_schedule(partner, manager)
        self.assertTrue(schedule.has_tracks)
        context = schedule.save().action_tracks_apply()["context"]
        wizard = Form(
            self.env["track.apply"].with_user(manager).with_context(**context)
        )
        wizard.template_id = template
        wizard.save().action_apply()
        self.assertEqual(partner.track_run_ids.template_id, template)

    def test_it_is_not_offered_where_no_template_fits(self):
        self.env["track.template"].search([]).active = False
        self.assertFalse(self.open_schedule(self.make_leads()).has_tracks)

    def test_it_is_not_offered_for_one_s_own_activity_without_a_record(self):
        self.make_chain("Write")
        schedule = Form(self.env["mail.activity.schedule"].with_user(self.seller))
        self.assertFalse(schedule.has_tracks)
        action = schedule.save().action_tracks_apply()
        self.assertEqual(action["type"], "ir.actions.act_window_close")

    def test_records_that_one_may_not_read_lead_nowhere(self):
        self.make_chain("Write")
        lead = self.make_leads(user=self.seller_2)
        schedule = (
            self.env["mail.activity.schedule"]
            .with_user(self.seller)
            .new({"res_model": "crm.lead", "res_ids": str(lead.ids)})
        )
        self.assertFalse(schedule.has_tracks)
        action = schedule.action_tracks_apply()
        self.assertEqual(action["type"], "ir.actions.act_window_close")

    def test_the_action_menus_of_list_kanban_and_form_offer_it(self):
        Actions = self.env["ir.actions.actions"].with_user(self.seller)
        action = self.env.ref("crm_tracks.track_apply_action")
        [found] = [
            binding
            for binding in Actions.get_bindings("crm.lead")["action"]
            if binding["id"] == action.id
        ]
        for view_type in ("list", "kanban", "form"):
            self.assertIn(view_type, found["binding_view_types"].split(","))
