from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TracksCase

FIELDS = ("track_status", "track_progress", "track_running_count")


class StatusCase(TracksCase):
    """An opportunity, and the status of its tracks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call the customer", "Meet")
        cls.lead = cls.make_leads()

    def apply(self, template=None, lead=None, start_date=None):
        lead = (lead or self.lead).with_user(self.seller)
        return lead.tracks_apply(template or self.template, start_date=start_date)

    def get_status(self, lead=None, user=None):
        record = (lead or self.lead).with_user(user or self.seller)
        self.env.invalidate_all()
        return record.track_status

    def get_data(self, lead=None):
        self.env.invalidate_all()
        return (lead or self.lead).with_user(self.seller).track_status_data


@tagged("post_install", "-at_install")
class TestRecordStatus(StatusCase):
    """Where a record stands on its tracks, as boards and lists show it."""

    # ------------------------------------------------------------------
    # Which task, in which words
    # ------------------------------------------------------------------

    def test_a_record_without_a_track_has_no_status(self):
        self.assertFalse(self.get_status())
        self.assertFalse(self.lead.track_status_data)
        self.assertFalse(self.lead.track_progress)
        self.assertEqual(self.lead.track_running_count, 0)

    def test_the_status_is_progress_current_task_and_due_date(self):
        run = self.apply()
        self.assertEqual(self.get_status(), "0/3 · Write · Today")
        self.tick(run, "Write")
        self.assertEqual(self.get_status(), "1/3 · Call the customer · In 2 days")
        with self.at("2026-03-08 10:00:00"):
            self.assertEqual(self.get_status(), "1/3 · Call the customer · 2 days late")
        self.assertEqual(self.lead.track_progress, "1/3")
        self.assertEqual(self.lead.track_running_count, 1)

    def test_the_due_date_is_in_the_words_of_the_tab(self):
        run = self.apply()
        for day in ("2026-03-03", "2026-03-04", "2026-03-05", "2026-03-09"):
            with self.at(f"{day} 10:00:00"):
                [tab] = run.get_tab_data("crm.lead", self.lead.id)["runs"]
                self.assertEqual(self.get_data()["due"], tab["tasks"][0]["due_text"])
                self.assertEqual(self.get_data()["urgency"], tab["tasks"][0]["urgency"])

    def test_the_status_is_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["crm_tracks"], ["fr_FR"])
        self.apply()
        with self.at("2026-03-14 10:00:00"):
            lead = self.lead.with_user(self.seller)
            late = lead.with_context(lang="fr_FR").track_status
            self.assertEqual(
                lead.with_context(lang="en_US").track_status[-12:], "10 days late"
            )
            self.assertIn("10 jours", late)

    def test_the_day_is_that_of_the_reader(self):
        far = self.make_user(
            "far", "sales_team.group_sale_salesman_all_leads", tz="Pacific/Kiritimati"
        )
        self.apply()
        with self.at("2026-03-04 20:00:00"):
            self.assertEqual(self.get_status(), "0/3 · Write · Today")
            self.assertEqual(self.get_status(user=far), "0/3 · Write · Yesterday")

    def test_late_tasks_come_first_then_the_next_open_one_then_failed_ones(self):
        template = self.make_template(
            {"summary": "Later", "delay_count": 9},
            {"summary": "Sooner", "delay_count": 4},
            {"summary": "Broken", "delay_count": 1},
            {"summary": "Next", "delay_count": 2, "delay_from": "previous"},
        )
        run = self.apply(template)
        self.get_task(run, "Broken").sudo().write({"state": "failed", "error": "Why?"})
        self.assertEqual(self.get_data()["label"], "Sooner")
        with self.at("2026-03-10 10:00:00"):
            self.assertEqual(self.get_status(), "0/4 · Sooner · 2 days late")
        self.tick(run, "Sooner")
        self.tick(run, "Later")
        self.assertEqual(self.get_status(), "2/4 · Broken · Failed")
        self.assertEqual(self.get_data()["urgency"], "failed")

    def test_a_track_without_an_open_task_shows_what_begins_next(self):
        template = self.make_template(
            {"summary": "Far", "delay_count": 90},
            {"summary": "Near", "delay_count": 30},
            {"summary": "After", "delay_from": "previous", "delay_count": 1},
            activity_creation="ahead",
            ahead_days=1,
        )
        self.apply(template)
        self.assertEqual(self.get_status(), "0/3 · Near · In 30 days")
        self.assertEqual(self.get_data()["urgency"], "")

    def test_a_paused_track_says_so_and_is_not_late(self):
        run = self.apply()
        run.action_pause()
        with self.at("2026-03-20 10:00:00"):
            self.assertEqual(self.get_status(), "0/3 · Write · On hold")
            self.assertEqual(self.get_data()["urgency"], "hold")
        run.action_resume()
        self.assertEqual(self.get_status(), "0/3 · Write · Today")

    def test_the_track_of_a_closed_record_is_on_hold(self):
        self.apply()
        self.lead.with_user(self.seller).action_set_lost()
        self.assertEqual(self.get_status(), "0/3 · Write · On hold")
        self.lead.with_user(self.seller).action_unarchive()
        self.assertEqual(self.get_status(), "0/3 · Write · Today")

    def test_of_several_tracks_the_most_urgent_task_is_shown(self):
        chain = self.make_chain("Book the room", "Invite", name="Fair")
        self.apply()
        self.apply(chain, start_date="2026-03-02")
        self.assertEqual(self.get_status(), "0/2 · Book the room · 2 days late · +1")
        self.assertEqual(self.get_data()["count"], 2)

    def test_a_track_on_hold_comes_after_one_that_is_running(self):
        chain = self.make_chain("Book the room", "Invite", name="Fair")
        self.apply(chain, start_date="2026-03-02").action_pause()
        self.apply(start_date="2026-05-04")
        self.assertEqual(self.get_status(), "0/3 · Write · In 61 days · +1")

    def test_a_finished_track_is_no_status_but_has_a_progress(self):
        run = self.apply()
        for summary in ("Write", "Call the customer", "Meet"):
            self.tick(run, summary)
        self.assertFalse(self.get_status())
        self.assertFalse(self.get_data())
        self.assertEqual(self.lead.track_progress, "3/3")
        self.assertEqual(self.lead.track_running_count, 0)
        self.apply().action_stop()
        self.env.invalidate_all()
        self.assertEqual(self.lead.track_progress, "0/3", "of the last one")

    def test_a_task_without_a_summary_is_called_as_in_the_tab(self):
        run = self.apply(self.make_template({"activity_type_id": self.type_call.id}))
        [tab] = run.get_tab_data("crm.lead", self.lead.id)["runs"]
        self.assertEqual(self.get_data()["label"], tab["tasks"][0]["label"])
        self.assertEqual(self.get_status(), "0/1 · Call · Today")

    def test_changes_within_a_transaction_are_seen(self):
        lead = self.lead.with_user(self.seller)
        self.assertFalse(lead.track_status)
        run = lead.tracks_apply(self.template)
        self.assertEqual(lead.track_status, "0/3 · Write · Today")
        task = self.get_task(run, "Write").with_user(self.seller)
        task.summary = "Send a letter"
        self.assertEqual(lead.track_status, "0/3 · Send a letter · Today")
        task.date_deadline = "2026-03-07"
        self.assertEqual(lead.track_status, "0/3 · Send a letter · In 3 days")
        task.action_done()
        self.assertEqual(lead.track_status, "1/3 · Call the customer · In 2 days")
        run.action_pause()
        self.assertEqual(lead.track_status, "1/3 · Call the customer · On hold")

    def test_names_stay_names(self):
        self.apply(self.make_template({"summary": "<b>100%</b> %s &amp;"}))
        self.assertEqual(self.get_data()["label"], "<b>100%</b> %s &amp;")

    def test_a_new_record_has_no_status(self):
        self.apply()
        Lead = self.env["crm.lead"].with_user(self.seller)
        self.assertFalse(Lead.new({"name": "New"}).track_status)
        edited = Lead.new({"name": "New"}, origin=self.lead)
        self.assertEqual(edited.track_status, "0/3 · Write · Today")

    # ------------------------------------------------------------------
    # Whose task it is
    # ------------------------------------------------------------------

    def test_the_assignee_of_the_current_task_is_named(self):
        run = self.apply()
        self.assertEqual(
            self.get_data()["user"], {"id": self.seller.id, "name": self.seller.name}
        )
        run.line_ids[0].with_user(self.seller).user_id = self.seller_all
        self.assertEqual(
            self.get_data()["user"],
            {"id": self.seller_all.id, "name": self.seller_all.name},
        )
        self.assertNotIn(self.seller_all.name, self.get_status())

    def test_a_change_of_the_assignee_is_seen_within_the_transaction(self):
        run = self.apply()
        lead = self.lead.with_user(self.seller)
        self.assertEqual(lead.track_status_data["user"]["id"], self.seller.id)
        run.line_ids[0].with_user(self.seller).user_id = self.seller_all
        self.assertEqual(lead.track_status_data["user"]["id"], self.seller_all.id)
        self.seller_all.sudo().name = "Renamed"
        lead.invalidate_recordset(["track_status_data"])
        self.assertEqual(lead.track_status_data["user"]["name"], "Renamed")

    def test_an_archived_assignee_is_named(self):
        self.apply()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.seller.id]
        )
        self.env.invalidate_all()
        lead = self.lead.with_user(self.seller_all)
        self.assertEqual(lead.track_status_data["user"]["name"], self.seller.name)

    def test_tasks_that_nobody_has_yet_name_no_assignee(self):
        lead_model = self.env["ir.model"]._get("crm.lead")
        automated = self.make_template(
            {
                "action": "email",
                "mail_template_id": self.env["mail.template"]
                .create({"name": "Mail", "model_id": lead_model.id})
                .id,
                "delay_count": 20,
            },
            res_model_ids=lead_model.ids,
        )
        planned = self.make_template(
            {"summary": "Far", "delay_count": 90},
            activity_creation="ahead",
            ahead_days=1,
        )
        for template in (automated, planned):
            lead = self.make_leads()
            self.apply(template, lead)
            self.assertFalse(self.get_data(lead)["user"])

    # ------------------------------------------------------------------
    # Who sees it
    # ------------------------------------------------------------------

    def test_who_reads_the_record_reads_its_status(self):
        self.apply()
        for user in (self.seller, self.seller_all, self.manager):
            self.assertEqual(self.get_status(user=user), "0/3 · Write · Today")
        self.assertFalse(self.get_status(user=self.seller_2))
        with self.assertRaises(AccessError):
            self.lead.with_user(self.seller_2).read(["track_status"])

    def test_naming_a_record_in_a_form_reveals_nothing_of_its_tracks(self):
        self.apply()
        self.env.invalidate_all()
        team = self.env["crm.lead"].with_user(self.seller_2)
        edited = team.new({"name": "Mine"}, origin=self.lead.with_user(self.seller_2))
        for name in (*FIELDS, "track_status_data", "track_latest_template_id"):
            self.assertFalse(edited[name], name)
        self.assertFalse(edited.is_on_track)
        self.assertFalse(edited.is_track_late)

    def test_a_partner_of_the_company_shows_it_to_each_of_its_readers(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        partner.with_user(self.manager).tracks_apply(self.template)
        self.env.invalidate_all()
        found = partner.with_user(self.employee)
        self.assertEqual(found.track_status, "0/3 · Write · Today")

    def test_customers_are_told_nothing(self):
        partner = self.portal.partner_id
        partner.with_user(self.manager).tracks_apply(self.template)
        self.env.invalidate_all()
        mine = partner.with_user(self.portal)
        self.assertTrue(mine.name)
        names = (
            *FIELDS,
            "track_status_data",
            "track_latest_template_id",
            "is_on_track",
        )
        for name in (*names, "is_track_late"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                mine.read([name])
        for name in ("is_on_track", "is_track_late", "track_latest_template_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                mine.search([(name, "!=", False)])
        self.assertFalse({*names, "is_track_late"} & mine.fields_get().keys())

    def test_a_shared_record_shows_the_track_of_another_company(self):
        both = self.make_user(
            "both",
            "sales_team.group_sale_salesman_all_leads",
            company_ids=[(6, 0, (self.company + self.company_2).ids)],
        )
        of_other = self.make_leads(company_id=self.company_2.id, user=both)
        of_other.with_user(both).with_context(
            allowed_company_ids=self.company_2.ids
        ).tracks_apply(self.template)
        self.env.invalidate_all()
        for companies, seen in ((self.company_2, True), (self.company, False)):
            found = (
                self.env["crm.lead"]
                .with_user(both)
                .with_context(allowed_company_ids=companies.ids)
                .search([("id", "=", of_other.id)])
            )
            self.assertEqual(found.mapped("track_status") != [], seen)

    def test_archived_records_have_a_status(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        partner.with_user(self.manager).tracks_apply(self.template)
        partner.action_archive()
        self.env.invalidate_all()
        self.assertEqual(
            partner.with_user(self.manager).track_status, "0/3 · Write · On hold"
        )

    # ------------------------------------------------------------------
    # The button
    # ------------------------------------------------------------------

    def test_the_button_opens_the_track_or_the_list_of_the_tracks(self):
        run = self.apply()
        lead = self.lead.with_user(self.seller)
        action = lead.action_tracks_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("track.run", run.id))
        runs = run + self.apply()
        self.apply(lead=self.make_leads())
        action = lead.action_tracks_open()
        found = self.env["track.run"].with_user(self.seller).search(action["domain"])
        self.assertEqual(found, runs)
        with self.assertRaises(AccessError):
            self.lead.with_user(self.seller_2).action_tracks_open()

    def test_writing_a_task_computes_no_status(self):
        task = self.get_task(self.apply(), "Write")
        with patch.object(
            self.env.registry["crm.lead"], "_compute_track_status", lambda self: 1 / 0
        ):
            task.write({"summary": "Letter", "date_deadline": "2026-03-09"})
            self.env.flush_all()
        self.assertEqual(self.get_status(), "0/3 · Letter · In 5 days")
