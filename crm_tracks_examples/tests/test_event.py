from datetime import date

from odoo.tests import tagged

from .common import ExamplesCase


@tagged("post_install", "-at_install")
class TestEvent(ExamplesCase):
    """An event track counts back from the first day of the event, and moves with it."""

    @classmethod
    def set_up_story(cls):
        cls.switch_on("rule_event_date", "rule_event_cancelled")
        cls.planner = cls.make_user("planner", "event.group_event_user")
        cls.event = (
            cls.env["event.event"]
            .with_user(cls.planner)
            .create(
                {
                    "name": "Opening",
                    "user_id": cls.planner.id,
                    "date_tz": "Europe/Brussels",
                    "date_begin": "2026-06-10 07:00:00",
                    "date_end": "2026-06-11 16:00:00",
                }
            )
        )
        cls.run_ = cls.event.track_run_ids

    def move(self, day):
        self.event.write(
            {"date_begin": f"{day} 07:00:00", "date_end": f"{day} 16:00:00"}
        )

    def test_a_new_event_is_prepared_in_time(self):
        self.assertEqual(self.run_.template_id, self.demo("template_event"))
        self.assertEqual(self.run_.user_id, self.planner)
        self.assertEqual(self.run_.end_date, date(2026, 6, 10))
        self.assertTasks(
            self.run_,
            [
                ("Book the rooms", "open", "2026-04-10"),
                ("Print the programme", "open", "2026-05-20"),
                ("Remind the guests", "open", "2026-06-03"),
                ("Set up the rooms", "open", "2026-06-09"),
            ],
        )

    def test_the_dates_follow_the_event_but_those_set_by_hand(self):
        self.tick(self.run_, "Book the rooms")
        programme = self.get_task(self.run_, "Print the programme")
        programme.with_user(self.planner).date_deadline = "2026-05-04"
        self.move("2026-07-08")
        self.assertEqual(self.event.track_run_ids, self.run_)
        self.assertEqual(self.run_.end_date, date(2026, 7, 8))
        self.assertTasks(
            self.run_,
            [
                ("Book the rooms", "done", "2026-04-10"),
                ("Print the programme", "open", "2026-05-04"),
                ("Remind the guests", "open", "2026-07-01"),
                ("Set up the rooms", "open", "2026-07-07"),
            ],
        )
        for summary in ("Print the programme", "Remind the guests", "Set up the rooms"):
            self.assertActivityFollows(self.get_task(self.run_, summary))

    def test_the_first_day_is_that_of_the_event_wherever_its_planner_is(self):
        self.event.write(
            {
                "date_tz": "Asia/Tokyo",
                "date_begin": "2026-07-08 23:00:00",
                "date_end": "2026-07-09 09:00:00",
            }
        )
        self.assertEqual(self.run_.end_date, date(2026, 7, 9))

    def test_what_else_changes_moves_nothing(self):
        self.run_.with_user(self.planner).end_date = "2026-06-20"
        self.event.name = "Grand opening"
        self.assertEqual(self.run_.end_date, date(2026, 6, 20))

    def test_a_cancelled_event_stops_its_track(self):
        self.event.kanban_state = "cancel"
        self.assertEqual(self.run_.state, "stopped")
        self.assertEqual(self.run_.stop_reason, "The event was cancelled.")
        self.assertFalse(self.event.activity_ids)

    def test_a_date_moved_by_hand_is_left(self):
        self.run_.with_user(self.planner).end_date = "2026-06-20"
        self.move("2026-07-08")
        self.assertEqual(self.run_.end_date, date(2026, 6, 20))

    def test_somebody_who_may_not_change_events_is_in_the_way_of_nothing(self):
        # moved in sudo, by a rule or a script, for a user without access
        self.event.with_user(self.employee).sudo().write(
            {"date_begin": "2026-06-09 07:00:00"}
        )
        self.assertEqual(self.event.date_begin.date(), date(2026, 6, 9))
        self.assertEqual(self.run_.end_date, date(2026, 6, 9))
        # the rule, which starts tracks, cannot
        self.assertIn(
            "Employee does not have permission to change this record",
            " ".join(self.event.sudo().message_ids.mapped("preview")),
        )

    def test_many_events_moved_at_once(self):
        events = self.event.create(
            [
                {
                    "name": f"Event {number}",
                    "user_id": self.planner.id,
                    "date_tz": "Europe/Brussels",
                    "date_begin": "2026-06-10 07:00:00",
                    "date_end": "2026-06-11 16:00:00",
                }
                for number in range(3)
            ]
        )
        events.write({"date_begin": "2026-06-08 07:00:00"})
        self.assertEqual(
            events.track_run_ids.mapped("end_date"), [date(2026, 6, 8)] * 3
        )


@tagged("post_install", "-at_install")
class TestEventDemo(ExamplesCase):
    def test_the_demo_event_is_being_prepared(self):
        run = self.demo("event_showroom").track_run_ids
        self.assertEqual(run.template_id, self.demo("template_event"))
        self.assertTrue(run.line_ids.activity_ids)
