from ast import literal_eval
from datetime import date, datetime

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import QUERIES, TracksCase, tagged_test

EXACT_FIELDS = ["summary", "note", "date_deadline", "user_id", "activity_type_id"]
EXACT_FIELDS += ["attachment_ids", "res_model", "res_id", "track_run_line_id"]


@tagged("post_install", "-at_install")
class TestMuting(TracksCase):
    """Muted activities are hidden, not done, and restored exactly as they were."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads()
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(
            cls.make_chain("Write", "Call")
        )
        cls.task = cls.track.sudo().line_ids[0]
        cls.done = cls.schedule(cls.lead, "Done before", cls.seller)
        cls.done.with_user(cls.seller).action_feedback(feedback="Was fine")
        cls.cancelled = cls.schedule(cls.lead, "Cancelled before", cls.seller)
        cls.cancelled.unlink()
        cls.plain = cls.schedule(
            cls.lead,
            "Plain",
            cls.seller,
            note="<p>With care</p>",
            date_deadline="2026-03-02",
            activity_type_id=cls.type_call.id,
        )
        cls.plain.attachment_ids = cls.env["ir.attachment"].create(
            {"name": "terms.txt", "raw": b"terms", "res_model": "mail.activity"}
        )
        cls.plain.attachment_ids.res_id = cls.plain.id
        cls.other = cls.schedule(cls.lead, "Other", cls.seller_2)
        cls.open = cls.task.activity_id + cls.plain + cls.other
        cls.env.flush_all()

    @classmethod
    def schedule(cls, lead, summary, user, **values):
        return lead.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, user_id=user.id, **values
        )

    def lose(self):
        self.lead.action_set_lost()

    def reopen(self):
        self.lead.action_unarchive()

    def assertMuted(self, activities):
        for activity in activities:
            self.assertTrue(activity.muted)
            self.assertFalse(activity.active or activity.state or activity.date_done)

    def assertBack(self, activities):
        for activity in activities:
            self.assertTrue(activity.active)
            self.assertFalse(activity.muted or activity.date_done)
            self.assertIn(activity.state, ("overdue", "today", "planned"))

    def leads(self):
        """The lead as its owner opens it, and with archived records shown."""
        lead = self.lead.with_user(self.seller)
        return [lead.with_context(active_test=value) for value in (True, False)]

    # ------------------------------------------------------------------
    # Invisible
    # ------------------------------------------------------------------

    def systray(self, user):
        groups = self.env["res.users"].with_user(user)._get_activity_groups()
        return next((grp for grp in groups if grp["model"] == "crm.lead"), None)

    def test_the_systray_does_not_count_them(self):
        self.assertEqual(self.systray(self.seller)["total_count"], 1)
        self.assertEqual(self.systray(self.seller)["overdue_count"], 1)
        self.lose()
        for user in (self.seller, self.seller_2):
            group = self.systray(user)
            self.assertFalse(group and group["total_count"])
        self.reopen()
        self.assertEqual(self.systray(self.seller)["overdue_count"], 1)

    def activity_data(self, **kwargs):
        self.env.invalidate_all()
        data = {}
        for active_test in (True, False):
            Activity = self.env["mail.activity"].with_user(self.seller)
            Activity = Activity.with_context(active_test=active_test)
            for domain in ([], [("id", "=", self.lead.id)]):
                found = Activity.get_activity_data("crm.lead", domain, **kwargs)
                groups = found["grouped_activities"].get(self.lead.id, {}).values()
                ids = {id_ for group in groups for id_ in group["ids"]}
                counts = {state for grp in groups for state in grp["count_by_state"]}
                data[active_test, bool(domain)] = (ids, counts)
        return data

    def test_the_activity_view_leaves_them_out(self):
        self.assertEqual(
            self.activity_data()[True, True][0], set(self.open.ids), "before"
        )
        self.lose()
        for ids, counts in self.activity_data().values():
            self.assertFalse(ids)
            self.assertFalse(counts)

    def test_the_activity_view_shows_a_completed_one_but_no_muted_one(self):
        self.lose()
        data = self.activity_data(fetch_done=True)
        # a lost lead is archived: search it by id with archived records
        self.assertEqual(data[False, True], ({self.done.id}, {"done"}))
        for ids, counts in data.values():
            self.assertLessEqual(ids, {self.done.id})
            self.assertLessEqual(counts, {"done"})
        # a won lead is not archived
        self.reopen()
        self.lead.action_set_won()
        self.assertMuted(self.open)
        for ids, counts in self.activity_data(fetch_done=True).values():
            self.assertEqual((ids, counts), ({self.done.id}, {"done"}))

    def test_activities_of_my_own_leave_them_out(self):
        Activity = self.env["mail.activity"].with_user(self.seller)
        domain = [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        self.assertEqual(Activity.search(domain), self.open)
        self.lose()
        self.assertFalse(Activity.search(domain))
        self.assertFalse(Activity.search_count([("user_id", "=", self.seller.id)]))
        self.assertFalse(Activity._read_group(domain, ["user_id"], ["__count"]))

    def test_the_filters_done_and_inactive_keep_them_apart(self):
        arch = etree.fromstring(
            self.env["mail.activity"].get_view(
                self.env.ref("mail.mail_activity_view_search").id, "search"
            )["arch"]
        )
        self.lose()
        filters = {"filter_archived": self.done, "filter_muted": self.open}
        for name, expected in filters.items():
            (node,) = arch.findall(f".//filter[@name='{name}']")
            domain = literal_eval(node.get("domain").strip())
            domain = [*domain, ("res_id", "=", self.lead.id)]
            for active_test in (True, False):
                found = self.done.with_context(active_test=active_test).search(domain)
                self.assertEqual(found, expected, name)

    # ------------------------------------------------------------------
    # The record's own fields
    # ------------------------------------------------------------------

    def test_the_record_shows_none_of_them(self):
        for lead in self.leads():
            # the caches are filled, and must be invalidated
            self.assertIn(self.plain, lead.activity_ids)
            self.assertEqual(lead.activity_state, "overdue")
            self.assertEqual(lead.my_activity_date_deadline, date(2026, 3, 2))
        self.lose()
        for fresh in (False, True):
            if fresh:
                self.env.flush_all()
                self.env.invalidate_all()
            for lead in self.leads():
                self.assertFalse(lead.activity_ids & self.open)
                self.assertFalse(lead.activity_state)
                self.assertFalse(lead.my_activity_date_deadline)
            lead = self.leads()[0]
            self.assertFalse(lead.activity_ids)
            self.assertFalse(lead.activity_user_id or lead.activity_type_id)
            self.assertFalse(lead.activity_summary or lead.activity_date_deadline)
        self.reopen()
        for lead in self.leads():
            self.assertLessEqual(self.open, lead.activity_ids)
            self.assertEqual(lead.activity_state, "overdue")
            self.assertEqual(lead.activity_date_deadline, date(2026, 3, 2))

    def find(self, *leaf, active_test=False):
        Lead = self.env["crm.lead"].with_user(self.seller)
        return Lead.with_context(active_test=active_test).search(
            [("id", "=", self.lead.id), ("active", "in", (True, False)), leaf]
        )

    def test_searches_by_them_do_not_find_the_record(self):
        leaves = [
            ("activity_ids", "in", self.open.ids),
            ("activity_ids.summary", "in", ("Plain", "Write", "Other")),
            ("activity_state", "in", ("overdue", "today", "planned")),
            ("activity_user_id", "=", self.seller_2.id),
            ("activity_date_deadline", "=", "2026-03-02"),
            ("my_activity_date_deadline", "=", "2026-03-02"),
            ("my_activity_date_deadline", "<=", "2026-03-04"),
            ("activity_summary", "in", ("Plain", "Other", "Write")),
            ("activity_type_id", "=", self.type_call.id),
        ]
        for moment in ("before", "closed", "reopened"):
            for leaf in leaves:
                for active_test in (True, False):
                    with self.subTest(moment, leaf=leaf, active_test=active_test):
                        found = self.find(*leaf, active_test=active_test)
                        self.assertEqual(bool(found), moment != "closed")
            if moment == "before":
                self.lose()
            elif moment == "closed":
                self.assertTrue(self.find("activity_state", "=", False))
                self.reopen()

    def test_a_record_with_nothing_but_muted_ones_is_found_as_without_any(self):
        # another lead: Odoo counts a completed activity of the first one
        self.lead = self.make_leads()
        activity = self.schedule(self.lead, "Only", self.seller)
        without_any = [
            ("activity_ids", "=", False),
            ("activity_state", "=", False),
            ("activity_date_deadline", "=", False),
            ("activity_user_id", "=", False),
        ]
        for close in (self.lose, self.lead.action_set_won):
            close()
            self.assertMuted(activity)
            for leaf in without_any:
                for active_test in (True, False):
                    with self.subTest(leaf=leaf, active_test=active_test):
                        self.assertTrue(self.find(*leaf, active_test=active_test))
            self.assertFalse(self.find("activity_ids", "!=", False))
        self.lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)])[:1]
        self.assertBack(activity)
        for leaf in without_any:
            self.assertFalse(self.find(*leaf))

    def test_groups_by_the_state_of_activities_count_it_among_those_without(self):
        Lead = self.env["crm.lead"].with_user(self.seller)
        domain = [("id", "=", self.lead.id), ("active", "in", (True, False))]
        groups = [("overdue", 1)]
        for step in (self.lose, self.reopen, None):
            found = Lead._read_group(domain, ["activity_state"], ["__count"])
            self.assertEqual([(state or False, n) for state, n in found], groups)
            groups = [(False, 1)] if step == self.lose else [("overdue", 1)]
            if step:
                step()

    def test_who_may_not_complete_it_may_not_while_it_is_muted(self):
        self.lose()
        self.env.flush_all()
        with self.assertRaises(AccessError):
            self.plain.with_user(self.employee).action_feedback(feedback="Mine")
        self.assertMuted(self.plain)

    # ------------------------------------------------------------------
    # Not done
    # ------------------------------------------------------------------

    def test_they_are_not_done_and_nobody_is_told(self):
        counters = ("mail.message", "mail.mail", "mail.notification")
        before = [self.env[model].sudo().search_count([]) for model in counters]
        self.lose()
        self.assertMuted(self.open)
        self.assertEqual(self.task.state, "open")
        self.assertTrue(self.task.run_id.held)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertMuted(self.open)
        self.reopen()
        self.assertBack(self.open)
        self.cr.precommit.run()
        after = [self.env[model].sudo().search_count([]) for model in counters]
        self.assertEqual(after, before)

    def test_what_was_done_or_cancelled_before_stays_so(self):
        done = self.done.read(("active", "state", "date_done", "feedback"))
        self.lose()
        self.assertFalse(self.done.muted)
        self.assertEqual(self.done.read(list(done[0])), done)
        self.reopen()
        self.assertEqual(self.done.read(list(done[0])), done)
        self.assertFalse(self.cancelled.exists())

    def test_a_meeting_arranged_from_one_is_untouched(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Talk",
                "start": datetime(2026, 3, 9, 14, 0),
                "stop": datetime(2026, 3, 9, 15, 0),
                "activity_ids": [(6, 0, self.plain.ids)],
            }
        )
        self.env.flush_all()
        fields = ("active", "start", "stop", "name", "user_id", "write_date")
        before = event.read(fields)
        self.lose()
        self.assertEqual(event.read(fields), before)
        self.assertEqual(self.plain.calendar_event_id, event)
        self.reopen()
        self.assertBack(self.plain)
        self.assertEqual(event.read(fields), before)

    def test_completing_a_muted_one_is_an_ordinary_completion(self):
        self.lose()
        notes = self.lead.message_ids
        self.plain.with_user(self.seller).action_feedback(feedback="After all")
        message = self.lead.message_ids - notes
        self.assertEqual(len(message), 1)
        self.assertIn("After all", message.body)
        self.assertEqual(message.attachment_ids.name, "terms.txt")
        self.assertFalse(self.plain.active or self.plain.muted)
        self.assertEqual(self.plain.state, "done")
        self.assertEqual(self.plain.date_done, self.TODAY)
        self.assertEqual(self.plain.feedback, "After all")
        self.reopen()
        self.lose()
        self.assertFalse(self.plain.active or self.plain.muted)
        self.assertEqual(self.plain.state, "done")
        self.assertEqual(self.lead.message_ids - notes, message)

    # ------------------------------------------------------------------
    # Unmuting
    # ------------------------------------------------------------------

    def test_unarchiving_by_hand_takes_it_back(self):
        self.lose()
        self.plain.with_user(self.seller).action_unarchive()
        self.assertBack(self.plain)
        self.assertEqual(self.lead.activity_ids, self.plain)
        self.assertMuted(self.task.activity_id + self.other)
        before = self.plain.read(["write_date", *EXACT_FIELDS])
        self.reopen()
        self.assertEqual(self.plain.read(["write_date", *EXACT_FIELDS]), before)
        self.assertBack(self.open)

    def test_they_come_back_exactly_across_two_closings(self):
        before = self.open.read(EXACT_FIELDS)
        self.assertEqual(self.plain.attachment_ids.name, "terms.txt")
        for day in ("2026-03-10", "2026-03-20"):
            with self.at(day):
                self.lose()
                self.assertMuted(self.open)
            with self.at(day + " 12:00:00"):
                self.reopen()
            self.env.flush_all()
            self.assertEqual(self.open.read(EXACT_FIELDS), before)
            self.assertBack(self.open)
            self.assertFalse(self.done.active)
            self.assertActivityFollows(self.task)
            self.assertFalse(self.task.date_manual or self.task.user_manual)

    def test_an_activity_nobody_is_assigned_to_comes_back_so(self):
        nobody = self.schedule(self.lead, "Nobody's", self.seller)
        nobody.user_id = False
        self.lose()
        self.assertMuted(nobody)
        self.reopen()
        self.assertBack(nobody)
        self.assertFalse(nobody.user_id)

    def test_users_may_not_write_muted(self):
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            plain = self.plain.with_user(user)
            for vals in ({"muted": True, "active": False}, {"muted": False}):
                with self.assertRaises(AccessError):
                    plain.write(vals)
            with self.assertRaises(AccessError):
                self.lead.with_user(user).activity_schedule(
                    "mail.mail_activity_data_todo", muted=True
                )
            created = (
                self.lead.with_user(user)
                .with_context(default_muted=True)
                .activity_schedule("mail.mail_activity_data_todo", summary="By default")
            )
            self.assertFalse(created.muted)
        self.assertFalse(self.plain.muted)

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def count_queries(self, per_lead):
        leads = self.make_leads(5)
        for number in range(per_lead):
            self.schedule(leads, f"Number {number}", self.seller)
        counts = []
        for close in (True, False):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            leads.action_set_lost() if close else leads.action_unarchive()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
            self.assertEqual(len(leads.activity_ids), 0 if close else 5 * per_lead)
        return counts

    @tagged_test(QUERIES)
    def test_queries_do_not_grow_with_the_number_of_activities(self):
        self.count_queries(1)  # fill the caches
        few = self.count_queries(1)
        many = self.count_queries(10)
        self.assertEqual(many, few)
