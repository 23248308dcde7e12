from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from odoo.addons.mail.tools.discuss import Store

from ..models.display.mail_activity_heading import MailActivity
from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestActivityHeading(TracksCase):
    """An activity shows its track to users who may read the track."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 1},
            {"summary": "Offer", "delay_from": "previous"},
        )
        cls.lead = cls.make_leads()
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(cls.template)
        cls.track.name = "Sales"

    def get_activities(self, user):
        return self.lead.sudo().activity_ids.sorted("date_deadline").with_user(user)

    @users("tracks_seller")
    def test_the_heading_says_which_task_of_how_many_it_is(self):
        activities = self.get_activities(self.env.user)
        self.assertEqual(
            activities.mapped("track_heading"), ["Sales · 1 of 3", "Sales · 2 of 3"]
        )
        self.assertEqual(activities.track_run_id, self.track)

    @users("tracks_seller")
    def test_a_task_that_was_moved_has_another_number(self):
        write, call, offer = self.track.with_user(self.seller).line_ids
        self.assertEqual(write.summary, "Write")
        self.env.invalidate_all()
        self.track.sudo().line_ids.filtered(lambda task: task == offer).sequence = 0
        self.env.invalidate_all()
        self.assertEqual(call.activity_id.track_heading, "Sales · 3 of 3")

    def test_the_start_of_the_next_track_is_no_task(self):
        self.template.write({"repeat_every": 1, "repeat_unit": "months"})
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.template)
        self.assertEqual(len(run.line_ids), 4)
        self.assertEqual(
            lead.activity_ids.with_user(self.seller).mapped("track_heading"),
            [f"{run.name} · 1 of 3", f"{run.name} · 2 of 3"],
        )

    @users("tracks_seller")
    def test_the_chatter_gets_the_heading_and_the_link(self):
        data = self.get_activities(self.env.user).activity_format()["mail.activity"]
        headings = {values["summary"]: values["track_heading"] for values in data}
        self.assertEqual(
            headings, {"Write": "Sales · 1 of 3", "Call": "Sales · 2 of 3"}
        )
        self.assertEqual({values["track_run_id"] for values in data}, {self.track.id})

    @users("tracks_seller")
    def test_an_activity_without_a_track_has_no_heading(self):
        plain = self.lead.with_user(self.env.user).activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain"
        )
        self.assertFalse(plain.track_heading)
        self.assertFalse(plain.track_run_id)
        data = plain.activity_format()["mail.activity"][0]
        self.assertFalse(data["track_heading"])
        self.assertFalse(data["track_run_id"])

    def test_an_assignee_who_cannot_see_the_record_is_told_nothing_of_the_track(self):
        activity = self.get_task(self.track, "Write").activity_id
        activity.with_user(self.seller).user_id = self.employee
        mine = activity.with_user(self.employee)
        self.env.invalidate_all()
        self.assertEqual(mine.summary, "Write")
        self.assertFalse(mine.track_heading)
        self.assertFalse(mine.track_run_id)
        self.assertNotIn("Sales", str(mine.activity_format()))
        with self.assertRaises(AccessError):
            mine.action_open_track()
        # the value for one user is not cached for the next
        self.assertEqual(
            activity.with_user(self.seller).track_heading, "Sales · 1 of 3"
        )
        self.assertFalse(mine.track_heading)

    def test_sudo_shows_no_more_than_the_user_may_read(self):
        activity = self.get_task(self.track, "Write").activity_id
        self.assertFalse(activity.with_user(self.employee).sudo().track_heading)
        self.assertTrue(activity.with_user(self.seller).sudo().track_heading)

    def test_a_track_in_a_company_that_is_not_chosen_is_not_named(self):
        both = self.make_user(
            "both",
            "sales_team.group_sale_salesman_all_leads",
            company_ids=[(6, 0, (self.company + self.company_2).ids)],
        )
        lead = self.make_leads(company_id=self.company_2.id, user=both)
        lead.sudo().tracks_apply(self.template)
        activity = lead.sudo().activity_ids[:1].with_user(both)
        for companies, shown in (
            (self.company_2, True),
            (self.company, False),
            (self.company + self.company_2, True),
        ):
            heading = activity.with_context(
                allowed_company_ids=companies.ids
            ).track_heading
            self.assertEqual(bool(heading), shown, companies.mapped("name"))

    @users("tracks_seller")
    def test_other_addons_ask_with_a_user_in_place_of_a_target(self):
        Activity = self.env["mail.activity"]
        for user, shown in ((self.env.user, True), (self.seller_2, False)):
            by_target = Activity._to_store_defaults(Store.Target(user))
            by_user = Activity._to_store_defaults(user)
            self.assertEqual("track_heading" in by_user, shown)
            self.assertEqual("track_heading" in by_target, shown)

    @users("tracks_seller")
    def test_the_link_opens_the_track(self):
        activity = self.get_activities(self.env.user)[0]
        action = activity.action_open_track()
        self.assertEqual(action["tag"], "crm_tracks.show_track")
        self.assertEqual(action["params"]["run_id"], self.track.id)

    @users("tracks_seller")
    def test_the_heading_of_an_activity_in_a_form(self):
        activity = self.get_activities(self.env.user)[0]
        spec = {"track_heading": {}, "track_run_id": {}, "summary": {}}
        values = activity.onchange({"summary": "New"}, ["summary"], spec)
        self.assertNotIn("track_heading", values["value"])
        self.assertEqual(activity.web_read(spec)[0]["track_heading"], "Sales · 1 of 3")

    def measure_reading(self, leads):
        ids = leads.sudo().activity_ids.ids
        activities = self.env["mail.activity"].with_user(self.seller).browse(ids)
        self.count_queries(activities.activity_format)  # fills the caches
        with_heading = self.count_queries(activities.activity_format)
        with patch.object(
            MailActivity,
            "_to_store_defaults",
            lambda records, target: super(MailActivity, records)._to_store_defaults(
                target
            ),
        ):
            without = self.count_queries(activities.activity_format)
        return with_heading - without

    @tagged_test(QUERIES)
    def test_reading_costs_nothing_without_tracks_and_the_same_for_many(self):
        leads = self.make_leads(12)
        for lead in leads:
            lead.activity_schedule(
                "mail.mail_activity_data_todo", summary="Plain", user_id=self.seller.id
            )
        self.assertEqual(self.measure_reading(leads), 0)
        costs = []
        for some in (leads[:2], leads[2:]):
            some.with_user(self.seller).tracks_apply(self.template)
            costs.append(self.measure_reading(some))
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 4)
