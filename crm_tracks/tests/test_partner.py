from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestPartner(TracksCase):
    """Companies and contacts: the tab, the owner, several companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager"
        cls.clerk = cls.make_user("clerk", groups)
        cls.clerk_2 = cls.make_user(
            "clerk_2",
            groups,
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )
        cls.template = cls.make_chain("Welcome", "Ask", name="Client onboarding")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Wood Corner", "is_company": True, "user_id": cls.seller.id}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Willie Burke", "parent_id": cls.customer.id}
        )

    def apply(self, partner, user=None, template=None):
        template = template or self.template
        return partner.with_user(user or self.clerk).tracks_apply(template)

    def read_tab(self, partner, user):
        runs = self.env["track.run"].with_user(user)
        return runs.get_tab_data("res.partner", partner.id)

    # ------------------------------------------------------------------
    # The tab
    # ------------------------------------------------------------------

    def test_the_form_has_the_tab_and_is_saved_with_it(self):
        track = self.apply(self.customer)
        for user in (self.clerk, self.employee):
            arch = (self.env["res.partner"].with_user(user).get_view(view_type="form"))[
                "arch"
            ]
            self.assertIn('name="track_run_ids" widget="tracks"', arch)
        with Form(self.customer.with_user(self.clerk)) as form:
            form.phone = "+32 2 123 45 67"
        self.assertEqual(track.state, "running")

    def test_whoever_may_not_write_the_company_reads_its_tab_only(self):
        track = self.apply(self.customer)
        self.assertFalse(self.read_tab(self.customer, self.clerk)["readonly"])
        data = self.read_tab(self.customer, self.employee)
        self.assertTrue(data["readonly"])
        self.assertEqual(data["runs"][0]["name"], "Client onboarding")
        mine = track.with_user(self.employee)
        for change in (
            mine.action_stop,
            mine.action_pause,
            mine.line_ids[0].action_skip,
            lambda: mine.write({"name": "Mine"}),
            lambda: mine.line_ids[0].write({"summary": "Mine"}),
        ):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            self.apply(self.customer, self.employee)
        self.assertEqual(self.customer.track_run_ids, track)

    def test_a_portal_user_reads_the_contact_and_nothing_of_tracks(self):
        partner = self.portal.partner_id
        self.apply(partner)
        mine = partner.with_user(self.portal)
        self.assertTrue(mine.name)
        self.assertNotIn("track_run_ids", mine.fields_get())
        with self.assertRaises(AccessError):
            mine.read(["track_run_ids"])
        with self.assertRaises(AccessError):
            self.read_tab(partner, self.portal)

    def test_the_action_menu_of_contacts_applies_a_track(self):
        actions = self.env["ir.actions.actions"].with_user(self.clerk)
        bound = actions.get_bindings("res.partner")["action"]
        action = self.env.ref("crm_tracks.track_apply_partner_action")
        self.assertIn(action.id, [binding["id"] for binding in bound])
        partners = self.customer + self.contact
        wizard = Form(
            self.env["track.apply"]
            .with_user(self.clerk)
            .with_context(active_model="res.partner", active_ids=partners.ids)
        )
        wizard.template_id = self.template
        wizard.save().action_apply()
        self.assertEqual(partners.track_run_ids.mapped("res_id"), partners.ids)

    # ------------------------------------------------------------------
    # Owner
    # ------------------------------------------------------------------

    def test_the_salesperson_owns_it_and_another_takes_over(self):
        task = self.get_task(self.apply(self.customer), "Welcome")
        self.assertEqual(task.user_id, self.seller)
        self.customer.with_user(self.clerk).user_id = self.seller_2
        self.assertEqual(task.user_id, self.seller_2)
        self.assertActivityFollows(task)

    def test_a_contact_has_the_salesperson_of_its_company(self):
        self.assertEqual(self.contact.user_id, self.seller)
        task = self.get_task(self.apply(self.contact), "Welcome")
        self.assertEqual(task.user_id, self.seller)

    def test_a_person_that_joins_a_company_gets_its_salesperson(self):
        person = self.env["res.partner"].create({"name": "Ron Gibson"})
        task = self.get_task(self.apply(person), "Welcome")
        self.assertEqual(task.user_id, self.clerk)  # no owner: the starter is assigned
        person.with_user(self.clerk).parent_id = self.customer
        self.assertEqual(person.user_id, self.seller)
        task = self.get_task(self.apply(person), "Welcome")
        self.assertEqual(task.user_id, self.seller)

    def test_the_tasks_that_fell_to_the_owner_follow_into_the_company(self):
        person = self.env["res.partner"].create({"name": "Ron Gibson"})
        task = self.get_task(self.apply(person), "Welcome")
        self.assertEqual(task.user_id, self.clerk)
        person.with_user(self.clerk).parent_id = self.customer
        self.assertEqual(task.user_id, self.seller)
        self.assertActivityFollows(task)

    # ------------------------------------------------------------------
    # A company and its contacts
    # ------------------------------------------------------------------

    def test_a_contact_has_tracks_of_its_own(self):
        of_customer = self.apply(self.customer)
        of_contact = self.apply(self.contact)
        self.assertEqual(self.customer.track_run_ids, of_customer)
        self.assertEqual(self.contact.track_run_ids, of_contact)
        self.assertEqual(len(self.read_tab(self.customer, self.clerk)["runs"]), 1)

    def test_archiving_the_company_leaves_its_contacts_alone(self):
        of_customer = self.apply(self.customer)
        of_contact = self.apply(self.contact)
        self.customer.with_user(self.clerk).action_archive()
        self.assertTrue(of_customer.held)
        self.assertFalse(of_contact.held)
        self.assertActivityFollows(self.get_task(of_contact, "Welcome"))
        self.contact.with_user(self.clerk).action_archive()
        self.customer.with_user(self.clerk).action_unarchive()
        self.assertFalse(of_customer.held)
        self.assertTrue(of_contact.held)
        self.assertActivityFollows(self.get_task(of_customer, "Welcome"))

    def test_a_closed_company_says_on_its_tab_what_is_inactive(self):
        self.apply(self.customer)
        self.customer.with_user(self.clerk).action_archive()
        text = self.read_tab(self.customer, self.clerk)["runs"][0]["hold_text"]
        self.assertIn("2 tasks on hold. This record was closed on", text)

    # ------------------------------------------------------------------
    # Several companies
    # ------------------------------------------------------------------

    def test_a_contact_of_all_companies_is_worked_on_by_each(self):
        tracks = self.apply(self.customer) + self.apply(self.customer, self.clerk_2)
        self.assertEqual(tracks.company_id, self.company + self.company_2)
        for user in (self.clerk, self.clerk_2):
            found = self.env["track.run"].with_user(user)
            self.assertEqual(found.search([("id", "in", tracks.ids)]), tracks)

    def test_a_contact_of_one_company_is_hidden_from_the_other(self):
        self.customer.company_id = self.company_2
        track = self.apply(self.customer, self.clerk_2)
        self.assertEqual(track.company_id, self.company_2)
        runs = self.env["track.run"].with_user(self.clerk)
        self.assertFalse(runs.search([("id", "=", track.id)]))
        with self.assertRaises(AccessError):
            self.read_tab(self.customer, self.clerk)
        with self.assertRaises(AccessError):
            self.apply(self.customer, self.clerk)

    def test_a_template_of_one_company_is_not_for_the_other_s_contacts(self):
        template = self.make_chain("Call", company_id=self.company.id)
        both = self.make_user(
            "both",
            "base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set((self.company + self.company_2).ids)],
        )
        self.customer.company_id = self.company_2
        customer = self.customer.with_user(both).with_context(
            allowed_company_ids=(self.company + self.company_2).ids
        )
        with self.assertRaisesRegex(UserError, "another company"):
            customer.tracks_apply(template)
        self.assertNotIn(
            template,
            self.env["track.template"].with_user(both)._search_applicable(customer),
        )

    def test_a_contact_moved_to_another_company_takes_its_tracks_along(self):
        track = self.apply(self.customer)
        self.assertEqual(track.company_id, self.company)
        self.customer.company_id = self.company_2
        self.assertEqual(track.company_id, self.company_2)
        runs = self.env["track.run"].with_user(self.clerk)
        self.assertFalse(runs.search([("id", "=", track.id)]))
