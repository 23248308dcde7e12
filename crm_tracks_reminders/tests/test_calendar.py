from datetime import date
from unittest.mock import patch

import vobject

from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.common import QUERIES, tagged_test

from .common import RemindersCase


class CalendarCase(RemindersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads(name="Harbour Bakery")

    def get_feed(self, user=None):
        self.env.invalidate_all()
        return (user or self.seller).sudo()._get_track_calendar()

    def read_events(self, user=None):
        """The events of the feed, as a program reads them, by their summary."""
        calendar = vobject.readOne(self.get_feed(user).decode())
        events = calendar.contents.get("vevent", [])
        found = {event.summary.value: event for event in events}
        self.assertEqual(len(found), len(events))
        return found


@tagged("post_install", "-at_install")
class TestCalendar(CalendarCase):
    """The open activities of a user, as a calendar program reads them."""

    def test_an_activity_is_an_event_of_a_whole_day(self):
        with self.at(self.NOW):
            self.make_activity(self.lead, self.seller, "2026-03-10", "Visit")
            self.env.flush_all()
        self.make_activity(self.lead, self.seller_2, "2026-03-10", "Of another")
        events = self.read_events()
        self.assertEqual(list(events), ["Harbour Bakery: Visit"])
        event = events["Harbour Bakery: Visit"]
        self.assertEqual(event.dtstart.value, date(2026, 3, 10))
        self.assertEqual(event.dtstart.params, {"VALUE": ["DATE"]})
        self.assertEqual(event.transp.value, "TRANSPARENT")
        self.assertEqual(
            event.url.value,
            f"{self.seller.get_base_url()}/mail/view?model=crm.lead"
            f"&res_id={self.lead.id}",
        )
        self.assertIn(b"\r\nDTSTAMP:20260304T100000Z\r\n", self.get_feed())

    def test_a_user_without_activities_has_a_calendar_without_events(self):
        calendar = vobject.readOne(self.get_feed().decode())
        self.assertNotIn("vevent", calendar.contents)
        self.assertEqual(calendar.version.value, "2.0")
        self.assertEqual(calendar.x_wr_calname.value, "Activities of Seller")

    def test_late_and_distant_activities_are_included(self):
        self.make_activity(self.lead, self.seller, "2025-03-10", "Late")
        self.make_activity(self.lead, self.seller, "2027-03-10", "Distant")
        self.assertEqual(
            {event.dtstart.value.year for event in self.read_events().values()},
            {2025, 2027},
        )

    def test_the_identifier_stays_when_the_activity_changes(self):
        activity = self.make_activity(self.lead, self.seller, "2026-03-10", "Visit")
        other = self.make_activity(self.lead, self.seller, "2026-03-10", "Call")
        before = self.read_events()
        uid = before["Harbour Bakery: Visit"].uid.value
        self.assertNotEqual(uid, before["Harbour Bakery: Call"].uid.value)
        with self.at("2026-03-05 08:00:00"):
            activity.write({"date_deadline": "2026-03-12", "summary": "Meet"})
            other.unlink()
        event = self.read_events()["Harbour Bakery: Meet"]
        self.assertEqual(event.uid.value, uid)
        self.assertEqual(event.dtstart.value, date(2026, 3, 12))
        self.assertIn(b"\r\nDTSTAMP:20260305T080000Z\r\n", self.get_feed())

    def test_the_same_activities_are_the_same_file(self):
        self.make_activity(self.lead, self.seller, "2026-03-10", "Visit")
        with self.at("2026-03-04 12:00:00"):
            before = self.get_feed()
        with self.at("2026-03-09 12:00:00"):
            self.assertEqual(self.get_feed(), before)

    def test_an_activity_of_a_track_names_it_and_links_to_it(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.make_chain("Visit"))
        event = self.read_events()["Harbour Bakery: Visit"]
        self.assertTrue(event.url.value.endswith(f"track_run_id={run.id}"))
        self.assertEqual(
            event.description.value, f"Track: Sales follow-through\n{event.url.value}"
        )

    def test_what_is_written_in_names_is_no_property(self):
        self.lead.name = "A, B; C\\D"
        self.make_activity(
            self.lead,
            self.seller,
            "2026-03-10",
            "Line\nEND:VEVENT\x0b “é” \U0001f680 " + "long " * 30,
        )
        [(summary, event)] = self.read_events().items()
        self.assertTrue(
            summary.startswith("A, B; C\\D: Line\nEND:VEVENT “é” \U0001f680 long"),
            summary,
        )
        self.assertEqual(event.dtstart.value, date(2026, 3, 10))
        for line in self.get_feed().split(b"\r\n"):
            self.assertLessEqual(len(line), 75)

    def test_an_activity_with_nothing_but_a_date_is_an_event(self):
        self.empty(self.make_own_activity(self.seller, "2026-03-10"))
        self.assertEqual(list(self.read_events()), ["Activity"])

    def test_inactive_done_and_cancelled_activities_vanish(self):
        closed, other = self.lead, self.make_leads(name="Other")
        self.make_activity(closed, self.seller, "2026-03-10", "Inactive")
        done = self.make_activity(other, self.seller, "2026-03-10", "Done")
        cancelled = self.make_activity(other, self.seller, "2026-03-10", "Cancelled")
        self.assertEqual(len(self.read_events()), 3)
        closed.action_set_lost()
        done.with_user(self.seller).action_feedback()
        cancelled.unlink()
        self.assertEqual(self.read_events(), {})
        closed.action_unarchive()
        self.assertEqual(list(self.read_events()), ["Harbour Bakery: Inactive"])

    def test_records_that_the_user_may_not_read_are_left_out(self):
        self.make_activity(self.lead, self.seller, "2026-03-10", "Secret")
        self.lead.user_id = self.seller_2
        self.assertEqual(self.read_events(), {})
        self.assertNotIn(b"Secret", self.get_feed())

    def test_the_calendar_is_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.type_call.with_context(lang="fr_FR").name = "Appel"
        self.seller.lang = "fr_FR"
        activity = self.make_activity(self.lead, self.seller, "2026-03-10")
        activity.write({"summary": False, "activity_type_id": self.type_call.id})
        [summary] = self.read_events()
        self.assertIn("Appel", summary)

    def test_of_too_many_activities_those_due_next_to_today_are_included(self):
        days = ["2025-03-04", "2026-03-03", "2026-03-04", "2026-03-06", "2029-03-04"]
        for day in days:
            self.make_activity(self.lead, self.seller, day, day)
        for limit, included in ((1, days[2:3]), (3, days[1:4]), (4, days[:4])):
            with (
                self.subTest(limit),
                self.at(self.NOW),
                patch.object(self.registry["res.users"], "_CALENDAR_LIMIT", limit),
            ):
                self.assertEqual(
                    list(self.read_events()),
                    [f"Harbour Bakery: {day}" for day in included],
                )

    @tagged_test(QUERIES)
    def test_more_activities_take_no_more_queries(self):
        def start():
            lead = self.make_leads()
            lead.with_user(self.seller).tracks_apply(self.make_chain("Visit"))
            self.make_activity(lead, self.seller, "2026-03-10")

        start()
        self.get_feed()  # what is read once, such as the rights
        few = self.count_queries(self.seller.sudo()._get_track_calendar)
        for _each in range(10):
            start()
        more = self.count_queries(self.seller.sudo()._get_track_calendar)
        self.assertLessEqual(more, few)
        self.assertLessEqual(few, 25)
