from datetime import datetime

from odoo import Command
from odoo.tests import Form, tagged, users

from .common import TracksCase

SATURDAY, SUNDAY, MONDAY = "2026-03-07", "2026-03-08", "2026-03-09"
FRIDAY = "2026-03-06"


@tagged("post_install", "-at_install")
class TestDaysOff(TracksCase):
    """Due dates on a day off move to a working day, if the template says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.make_calendar("01234", cls.company)
        cls.company.resource_calendar_id = cls.calendar

    @classmethod
    def make_calendar(cls, weekdays, company):
        return cls.env["resource.calendar"].create(
            {
                "name": f"Days {weekdays}",
                "tz": "Europe/Brussels",
                "company_id": company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": day,
                                "dayofweek": day,
                                "hour_from": 8,
                                "hour_to": 16,
                            }
                        )
                        for day in weekdays
                    ),
                ],
            }
        )

    def close(self, first, last=None, company=None):
        """A public holiday of the company, from the first to the last day."""
        company = company or self.company
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": company.resource_calendar_id.id,
                "company_id": company.id,
                "date_from": datetime.fromisoformat(f"{first} 00:00:00"),
                "date_to": datetime.fromisoformat(f"{last or first} 22:00:00"),
                "resource_id": False,
            }
        )

    def get_days(self, day_off, *delays, start="2026-03-04", end=None):
        """The due dates of a new track whose tasks have these delays.

        :param delays: (count, unit) of each task
        """
        template = self.make_template(
            *(
                {
                    "summary": f"Task {number}",
                    "delay_count": count,
                    "delay_unit": unit,
                    "delay_from": "end" if end else "start",
                }
                for number, (count, unit) in enumerate(delays)
            ),
            direction="end" if end else "start",
            day_off=day_off,
        )
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(template, start_date=start, end_date=end)
        return [task.date_deadline.isoformat() for task in run.sudo().line_ids.sorted()]

    # ------------------------------------------------------------------
    # The day
    # ------------------------------------------------------------------

    def test_days_weeks_and_months_move_to_the_next_working_day(self):
        delays = [(3, "days"), (1, "weeks"), (1, "months")]
        self.assertEqual(
            # a Saturday, a Wednesday, a Saturday
            self.get_days("after", (3, "days"), (1, "weeks")),
            [MONDAY, "2026-03-11"],
        )
        self.assertEqual(
            self.get_days("after", *delays, start=SATURDAY),
            ["2026-03-10", "2026-03-16", "2026-04-07"],
        )

    def test_or_to_the_last_working_day_before(self):
        self.assertEqual(
            self.get_days("before", (3, "days"), (4, "days"), (5, "days")),
            [FRIDAY, FRIDAY, MONDAY],
        )

    def test_keep_and_nothing_keep_the_date(self):
        for day_off in ("keep", False):
            with self.subTest(day_off=day_off):
                self.assertEqual(
                    self.get_days(day_off, (3, "days"), (4, "days")),
                    [SATURDAY, SUNDAY],
                )

    def test_public_holidays_are_days_off(self):
        self.close("2026-03-09", "2026-03-10")
        self.assertEqual(self.get_days("after", (3, "days")), ["2026-03-11"])
        self.assertEqual(self.get_days("before", (6, "days")), [FRIDAY])

    def test_weekdays_do_not_move(self):
        # Monday to Friday, with a schedule that has no Monday
        delays = [(1, "weekdays"), (0, "weekdays"), (3, "weekdays")]
        self.assertEqual(
            self.get_days("before", *delays, start=SATURDAY),
            self.get_days("keep", *delays, start=SATURDAY),
        )

    def test_never_before_the_day_from_which_it_counts(self):
        self.assertEqual(
            self.get_days("before", (0, "days"), (1, "days"), start=SATURDAY),
            [MONDAY, MONDAY],
        )
        # but on that very day
        self.assertEqual(
            self.get_days("before", (1, "days"), (2, "days"), start=FRIDAY),
            [FRIDAY, FRIDAY],
        )

    def test_never_after_the_end_date(self):
        self.assertEqual(
            self.get_days("after", (0, "days"), (1, "days"), (7, "days"), end=SUNDAY),
            [FRIDAY, FRIDAY, "2026-03-02"],
        )
        # but on that very day
        self.assertEqual(
            self.get_days("after", (1, "days"), (2, "days"), end=MONDAY),
            [MONDAY, MONDAY],
        )

    def test_back_from_the_end_it_moves_to_the_working_day_before(self):
        self.assertEqual(
            self.get_days("before", (0, "days"), (1, "days"), (8, "days"), end=SUNDAY),
            [FRIDAY, FRIDAY, "2026-02-27"],
        )

    def test_where_neither_direction_is_left_the_date_stays(self):
        # the calendar of tracks ends on 31 December 2999
        self.close("2999-12-28", "2999-12-31")
        self.assertEqual(
            self.get_days("after", (1, "days"), start="2999-12-30"), ["2999-12-31"]
        )

    def test_without_a_usable_schedule_days_off_are_saturday_and_sunday(self):
        self.close(MONDAY)
        self.calendar.attendance_ids.unlink()
        self.assertEqual(self.get_days("after", (3, "days"), (5, "days")), [MONDAY] * 2)
        self.company.resource_calendar_id = False
        self.assertEqual(self.get_days("after", (3, "days")), [MONDAY])

    def test_with_a_flexible_schedule_days_off_are_saturday_and_sunday(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Flexible", "schedule_type": "flexible", "tz": "Europe/Brussels"}
        )
        self.close(MONDAY)
        self.assertEqual(self.get_days("after", (3, "days")), [MONDAY])

    def test_each_company_has_its_own_days_off(self):
        self.company_2.resource_calendar_id = self.make_calendar(
            "01236", self.company_2
        )
        self.seller.company_ids += self.company_2
        leads = self.make_leads(2)
        leads[0].company_id = self.company
        leads[1].write({"team_id": False, "company_id": self.company_2.id})
        template = self.make_template(
            {"summary": "Fri", "delay_count": 2},
            {"summary": "Sun", "delay_count": 4},
            day_off="after",
        )
        runs = (
            leads.with_user(self.seller)
            .with_context(allowed_company_ids=(self.company + self.company_2).ids)
            .tracks_apply(template)
        )
        self.assertTasks(runs[0], [("Fri", "open", FRIDAY), ("Sun", "open", MONDAY)])
        self.assertTasks(runs[1], [("Fri", "open", SUNDAY), ("Sun", "open", SUNDAY)])

    # ------------------------------------------------------------------
    # Every way to a date
    # ------------------------------------------------------------------

    def test_a_task_that_follows_moves_when_its_turn_comes(self):
        template = self.make_chain("Write", "Call", "Ask", day_off="before")
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        with self.at("2026-03-06 10:00:00"):
            self.tick(run, "Write")  # 8 March would be a Sunday
            self.assertEqual(
                self.get_task(run, "Call").date_deadline.isoformat(), FRIDAY
            )
        with self.at("2026-03-07 10:00:00"):
            self.tick(run, "Call")  # on a Saturday, and never before that
            self.assertEqual(
                self.get_task(run, "Ask").date_deadline.isoformat(), MONDAY
            )

    @users("tracks_seller")
    def test_a_moved_start_moves_to_working_days(self):
        template = self.make_template({"summary": "Call"}, day_off="after")
        run = self.make_leads().with_env(self.env).tracks_apply(template)
        preview = run.get_dates_preview("start_date", SATURDAY)
        self.assertEqual([task["new"] for task in preview["moved"]], [MONDAY])
        run.start_date = SATURDAY
        self.assertTasks(run, [("Call", "open", MONDAY)])
        self.assertActivityFollows(self.get_task(run, "Call"))

    @users("tracks_seller")
    def test_dates_set_by_users_are_left(self):
        template = self.make_template({"summary": "Call"}, day_off="after")
        run = self.make_leads().with_env(self.env).tracks_apply(template)
        run.line_ids.date_deadline = SATURDAY
        self.assertTasks(run, [("Call", "open", SATURDAY)])
        run.start_date = "2026-03-05"
        self.assertTasks(run, [("Call", "open", SATURDAY)])

    @users("tracks_seller")
    def test_an_edited_delay_and_an_added_task_move(self):
        template = self.make_template(
            {"summary": "Call", "delay_count": 20},
            activity_creation="ahead",
            ahead_days=1,
            day_off="after",
        )
        run = self.make_leads().with_env(self.env).tracks_apply(template)
        run.line_ids.delay_count = 3
        self.assertTasks(run, [("Call", "planned", MONDAY)])
        self.env["track.run.line"].create(
            {"run_id": run.id, "summary": "Added", "delay_count": 10}
        )
        self.assertEqual(
            self.get_task(run, "Added").date_deadline.isoformat(), "2026-03-16"
        )

    def test_a_running_track_keeps_the_option_with_which_it_started(self):
        template = self.make_template(
            {"summary": "Call", "delay_count": 3}, day_off="after"
        )
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        template.day_off = "before"
        run.start_date = "2026-03-11"
        self.assertTasks(run, [("Call", "open", "2026-03-16")])
        self.assertEqual(run.day_off, "after")

    def test_a_template_from_a_track_has_the_option(self):
        template = self.make_template({"summary": "Call"}, day_off="before")
        run = self.make_leads().with_user(self.manager).tracks_apply(template)
        made = self.env["track.template"].browse(run.action_make_template()["res_id"])
        self.assertEqual(made.day_off, "before")
        self.assertEqual(template.copy().day_off, "before")

    # ------------------------------------------------------------------
    # What is shown before
    # ------------------------------------------------------------------

    def test_the_dialog_shows_the_working_day(self):
        template = self.make_template(
            {"summary": "Call", "delay_count": 3},
            {"summary": "Ask", "delay_count": 1, "delay_from": "previous"},
            day_off="after",
        )
        wizard = self.env["track.apply"].with_user(self.seller)
        wizard = wizard.create(
            {
                "res_model": "crm.lead",
                "res_ids": self.make_leads().ids,
                "template_id": template.id,
                "start_date": "2026-03-04",
            }
        )
        self.assertEqual(
            [row["due"] for row in wizard.preview],
            ["Mon 03/09/2026", "1 day after “Call”, or the next working day"],
        )
        self.assertEqual([row["warnings"] for row in wizard.preview], [[], []])

    def test_the_timeline_shows_the_working_day_and_says_that_it_moved(self):
        template = self.make_template(
            {"summary": "Call", "delay_count": 3},
            {"summary": "Ask", "delay_from": "previous", "delay_count": 1},
            {"summary": "File", "delay_from": "previous", "delay_count": 4},
            day_off="after",
        )
        template.preview_date = self.TODAY
        self.assertEqual(
            [
                (task["day"], task["moved"], task["off"])
                for task in template.timeline["tasks"]
            ],
            [
                (MONDAY, True, False),
                ("2026-03-10", False, False),
                ("2026-03-16", True, False),
            ],
        )
        template.day_off = False
        self.assertEqual(
            [(task["day"], task["moved"]) for task in template.timeline["tasks"]],
            [(SATURDAY, False), (SUNDAY, False), ("2026-03-12", False)],
        )

    def test_the_first_end_date_of_the_preview_leaves_no_task_late(self):
        for day_off, delay, expected in (
            (False, (1, "days"), SUNDAY),
            # on Sunday, the task would be due on Friday
            ("before", (1, "days"), "2026-03-10"),
            ("after", (1, "days"), MONDAY),
            ("after", (0, "days"), MONDAY),
            ("before", (1, "weekdays"), "2026-03-10"),
        ):
            with self.at(f"{SATURDAY} 10:00:00"), self.subTest(day_off=day_off):
                template = self.make_template(
                    {
                        "summary": "Invite",
                        "delay_count": delay[0],
                        "delay_unit": delay[1],
                        "delay_from": "end",
                    },
                    direction="end",
                    day_off=day_off,
                )
                day = template.preview_date
                self.assertEqual(day.isoformat(), expected)
                [task] = template.timeline["tasks"]
                self.assertGreaterEqual(task["day"], SATURDAY)

    def test_sentences_say_it(self):
        template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 2, "delay_from": "previous"},
            {"summary": "Ask", "delay_count": 2, "delay_unit": "weekdays"},
            day_off="after",
        )
        self.assertEqual(
            template.line_ids.mapped("sentence"),
            [
                "Day 0, or the next working day · Write · owner",
                "2 days after <em>Write</em>, or the next working day · Call · owner",
                "2 weekdays after the start · Ask · owner",
            ],
        )
        self.assertEqual(
            template.options_text, "Due dates on a day off move to the next working day"
        )
        template.day_off = "before"
        self.assertEqual(
            template.line_ids[:2].mapped("sentence"),
            [
                # never before the start
                "Day 0, or the next working day · Write · owner",
                "2 days after <em>Write</em>, or the last working day before · Call · "
                "owner",
            ],
        )
        template.day_off = "keep"
        self.assertEqual(template.line_ids[0].sentence, "Day 0 · Write · owner")
        self.assertFalse(template.options_text)

    def test_what_waits_says_it_in_the_tab(self):
        template = self.make_chain("Write", "Call", day_off="after")
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(template)
        data = self.env["track.run"].with_user(self.seller)
        data = data.get_tab_data("crm.lead", lead.id)
        self.assertEqual(
            [task["due_text"] for task in data["runs"][0]["tasks"]],
            ["Today", "2 days after “Write”, or the next working day"],
        )

    @users("tracks_manager")
    def test_the_form_of_the_template_shows_it_at_once(self):
        template = self.make_template({"summary": "Call", "delay_count": 3})
        with Form(template.with_env(self.env)) as form:
            form.day_off = "after"
            self.assertIn("next working day", form.options_text)
            [task] = form.timeline["tasks"]
            self.assertEqual(task["day"], MONDAY)
        self.assertEqual(template.day_off, "after")
