from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import QUERIES, tagged_test
from .test_access import AccessCase


class FollowingCase(AccessCase):
    """A track with dated tasks behind its first one, and one that waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dated = cls.make_template(
            {"summary": "Call", "delay_count": 2},
            {"summary": "Offer", "delay_count": 5},
            {"summary": "Ask", "delay_count": 5, "delay_unit": "weekdays"},
            {"summary": "Meet", "delay_count": 2, "delay_unit": "weeks"},
            {"summary": "Close", "delay_count": 2, "delay_from": "previous"},
            name="Dated",
        )
        cls.backwards = cls.make_template(
            {"summary": "Book", "delay_count": 10, "delay_from": "end"},
            {"summary": "Invite", "delay_count": 5, "delay_from": "end"},
            {"summary": "Print", "delay_count": 1, "delay_from": "end"},
            direction="end",
            name="Event",
        )

    def start(self, template=None, count=1, **values):
        leads = self.make_leads(count)
        runs = leads.with_user(self.seller).tracks_apply(
            template or self.dated, **values
        )
        self.env.flush_all()
        return runs

    def by_user(self, run, summary):
        """This task in a call by the current user of the test."""
        return self.get_task(run, summary).with_env(self.env)

    def get_dates(self, run):
        self.env.flush_all()
        self.env.invalidate_all()
        return [
            task.date_deadline and task.date_deadline.isoformat()[5:]
            for task in run.sudo().line_ids.sorted()
        ]

    def assertDates(self, run, *dates):
        """The dates of the tasks, as month and day; False without one."""
        self.assertEqual(self.get_dates(run), list(dates))


@tagged("post_install", "-at_install")
class TestFollowing(FollowingCase):
    """A task that moves takes the dated tasks behind it along, if a user wants that."""

    BEFORE = ("03-06", "03-09", "03-11", "03-18", False)

    @users("tracks_seller")
    def test_a_task_moves_alone(self):
        run = self.start()
        self.assertDates(run, *self.BEFORE)
        result = self.by_user(run, "Call").action_move("2026-03-10")
        self.assertDates(run, "03-10", *self.BEFORE[1:])
        self.assertEqual([task["label"] for task in result["moved"]], ["Call"])
        self.assertTrue(self.get_task(run, "Call").date_manual)
        self.assertFalse(self.get_task(run, "Offer").date_manual)

    @users("tracks_seller")
    def test_dated_tasks_behind_move_by_as_many_days_and_count_as_moved_by_hand(self):
        run = self.start()
        # from Friday to Tuesday: four days, two working days
        result = self.by_user(run, "Call").action_move("2026-03-10", following=True)
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)
        tasks = run.sudo().line_ids.sorted()
        self.assertEqual(tasks.mapped("date_manual"), [True] * 4 + [False])
        for task in tasks[:4]:
            self.assertActivityFollows(task)
        self.assertEqual(
            [(task["label"], task["new"]) for task in result["moved"]],
            [
                ("Call", "2026-03-10"),
                ("Offer", "2026-03-13"),
                ("Ask", "2026-03-13"),
                ("Meet", "2026-03-22"),
            ],
        )
        self.assertEqual(result["kept"], [])

    @users("tracks_seller")
    def test_tasks_move_earlier_too(self):
        run = self.start()
        self.by_user(run, "Call").action_move("2026-03-10", following=True)
        # date of a user: only the task that is named moves
        self.by_user(run, "Call").action_move("2026-03-06", following=True)
        self.assertDates(run, "03-06", "03-13", "03-13", "03-22", False)
        other = self.start()
        self.by_user(other, "Offer").action_move("2026-03-05", following=True)
        # from Monday to Thursday: four days, two working days
        self.assertDates(other, "03-06", "03-05", "03-09", "03-14", False)

    @users("tracks_seller")
    def test_a_move_over_a_weekend_alone_moves_no_task_in_weekdays(self):
        run = self.start()
        call = self.by_user(run, "Call")
        call.action_move("2026-03-07")
        call.action_move("2026-03-08", following=True)
        self.assertDates(run, "03-08", "03-10", "03-11", "03-19", False)
        self.assertFalse(self.get_task(run, "Ask").date_manual)

    @users("tracks_seller")
    def test_working_days_are_those_of_the_company_of_the_record(self):
        calendar = self.company_2.resource_calendar_id.sudo().copy(
            {"company_id": self.company_2.id, "tz": "Asia/Tokyo"}
        )
        holiday = {
            "date_from": "2026-03-11 15:00:00",  # 12 March in Tokyo
            "date_to": "2026-03-12 14:59:59",
        }
        leave = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .create(
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "company_id": self.company_2.id,
                    **holiday,
                }
            )
        )
        leave.write(holiday)  # Time Off moves what is created into the zone of the user
        self.company_2.sudo().resource_calendar_id = calendar
        self.seller.sudo().company_ids = [Command.link(self.company_2.id)]
        run = self.start()
        other = self.start()
        self.env["crm.lead"].browse(other.res_id).sudo().company_id = self.company_2
        self.env.flush_all()
        self.assertEqual(other.sudo().company_id, self.company_2)
        tasks = self.by_user(run, "Call") + self.by_user(other, "Call")
        tasks.action_move("2026-03-09", following=True)
        self.assertEqual(self.get_dates(run)[2], "03-12")
        self.assertEqual(self.get_dates(other)[2], "03-13")

    @users("tracks_seller")
    def test_dates_of_users_and_of_meetings_stay_and_are_named(self):
        run = self.start()
        self.by_user(run, "Offer").date_deadline = "2026-03-12"
        event = self.make_meeting(self.get_task(run, "Meet"), day="2026-03-18")
        call = self.by_user(run, "Call")
        preview = call.get_move_preview("2026-03-10")
        result = call.action_move("2026-03-10", following=True)
        self.assertDates(run, "03-10", "03-12", "03-13", "03-18", False)
        self.assertEqual(event.start.day, 18)
        for each in (preview, result):
            self.assertEqual(
                [(task["label"], task["reason"]) for task in each["kept"]],
                [("Meet", "meeting"), ("Offer", "manual")],
            )
        with self.assertRaisesRegex(UserError, "Move the meeting in the calendar"):
            self.by_user(run, "Meet").action_move("2026-03-20", following=True)

    @users("tracks_seller")
    def test_no_task_passes_the_end_date(self):
        run = self.start(self.backwards, end_date="2026-03-31")
        self.assertDates(run, "03-21", "03-26", "03-30")
        result = self.by_user(run, "Book").action_move("2026-03-24", following=True)
        self.assertDates(run, "03-24", "03-29", "03-30")
        [kept] = result["kept"]
        self.assertEqual((kept["label"], kept["reason"]), ("Print", "end"))
        self.assertFalse(self.get_task(run, "Print").date_manual)

    @users("tracks_seller")
    def test_only_unfinished_tasks_behind_move(self):
        run = self.start()
        self.tick(run, "Ask")
        self.by_user(run, "Meet").action_skip()
        self.by_user(run, "Offer").action_move("2026-03-10", following=True)
        # Close began today, when Meet was skipped
        self.assertDates(run, "03-06", "03-10", "03-11", "03-18", "03-07")
        run = self.start()
        self.by_user(run, "Ask").action_move("2026-03-12", following=True)
        self.assertDates(run, "03-06", "03-09", "03-12", "03-19", False)

    @users("tracks_seller")
    def test_tasks_of_several_tracks_move_and_each_follows_the_nearer_one(self):
        run, other = self.start(count=2)
        tasks = (
            self.by_user(run, "Call")
            + self.by_user(other, "Call")
            + self.by_user(other, "Ask")
        )
        tasks.action_move("2026-03-10", following=True)
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)
        # Ask moved by one day back
        self.assertDates(other, "03-10", "03-13", "03-10", "03-17", False)

    @users("tracks_seller")
    def test_a_task_that_waits_for_its_condition_does_not_move(self):
        template = self.make_template(
            {"summary": "Call"},
            {
                "summary": "Offer",
                "condition": "[('priority', '=', '3')]",
                "condition_else": "wait",
            },
            name="Waiting",
            res_model_ids=self.env["ir.model"].sudo()._get("crm.lead").ids,
        )
        run = self.start(template)
        self.assertTrue(self.get_task(run, "Offer").condition_waits)
        self.by_user(run, "Call").action_move("2026-03-10", following=True)
        self.assertFalse(self.get_task(run, "Offer").date_manual)
        self.assertDates(run, "03-10", "03-04")

    @users("tracks_seller")
    def test_moved_days_keep_off_days_off_if_the_template_says_so(self):
        self.dated.sudo().day_off = "after"
        run = self.start()
        self.by_user(run, "Call").action_move("2026-03-10", following=True)
        # Meet would be due on Sunday
        self.assertDates(run, "03-10", "03-13", "03-13", "03-23", False)

    @users("tracks_seller")
    def test_tasks_on_hold_move_in_silence(self):
        run = self.start()
        run.with_env(self.env).action_pause()
        self.env.cr.flush()
        messages = self.env["mail.message"].sudo().search_count([])
        self.by_user(run, "Call").action_move("2026-03-10", following=True)
        self.env.cr.flush()
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)
        self.assertTrue(self.get_task(run, "Offer").activity_id.muted)
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), messages)

    @users("tracks_seller")
    def test_planned_tasks_whose_day_has_come_begin(self):
        self.dated.sudo().write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.assertEqual(
            run.sudo().line_ids.mapped("state"), ["planned"] * 4 + ["waiting"]
        )
        self.by_user(run, "Call").action_move("2026-03-02", following=True)
        self.assertTasks(
            run,
            [
                ("Call", "open", "2026-03-02"),
                ("Offer", "open", "2026-03-05"),
                ("Ask", "open", "2026-03-05"),
                ("Meet", "planned", "2026-03-14"),
                ("Close", "waiting", None),
            ],
        )

    @users("tracks_seller")
    def test_the_preview_is_what_moves_and_changes_nothing(self):
        run = self.start()
        call = self.by_user(run, "Call")
        preview = call.get_move_preview("2026-03-10")
        self.assertDates(run, *self.BEFORE)
        self.assertEqual(
            preview["moved"][0],
            {
                "id": self.get_task(run, "Offer").id,
                "label": "Offer",
                "old": "2026-03-09",
                "new": "2026-03-13",
            },
        )
        result = call.action_move("2026-03-10", following=True)
        self.assertEqual(result["moved"][1:], preview["moved"])
        self.assertEqual(call.get_move_preview("2026-03-10")["moved"], [])

    @users("tracks_seller")
    def test_the_tasks_behind_follow_a_move_that_was_just_made(self):
        run = self.start()
        call = self.by_user(run, "Call")
        first = call.action_move("2026-03-10")
        result = call.action_move("2026-03-10", following=True, undo=first["undo"])
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)
        self.assertEqual(len(result["moved"]), 3)
        call.action_move_back(result["undo"])
        self.assertDates(run, *self.BEFORE)
        self.assertFalse(any(run.sudo().line_ids.mapped("date_manual")))

    @users("tracks_seller")
    def test_an_older_move_of_a_task_that_moved_since_does_not_count(self):
        run = self.start()
        call = self.by_user(run, "Call")
        first = call.action_move("2026-03-10")
        call.action_move("2026-03-11")
        call.action_move("2026-03-12", following=True, undo=first["undo"])
        self.assertDates(run, "03-12", "03-10", "03-12", "03-19", False)

    def test_moving_needs_write_access_to_the_record(self):
        run = self.start()
        call = self.get_task(run, "Call")
        undo = call.with_user(self.seller).action_move("2026-03-10", True)["undo"]
        for user in (self.seller_2, self.employee, self.portal):
            task = call.with_user(user)
            for refused in (
                lambda task=task: task.action_move("2026-03-12", following=True),
                lambda task=task: task.get_move_preview("2026-03-12"),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    refused()
            with self.assertRaises(UserError):
                task.browse().action_move_back(undo)
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)

    @users("tracks_seller")
    def test_a_move_that_cannot_be_is_refused_in_a_sentence(self):
        run = self.start()
        call, close = self.by_user(run, "Call"), self.by_user(run, "Close")
        ended = self.start()
        ended.with_env(self.env).action_stop()
        for words, task, day in (
            ("“soon” is not a date", call, "soon"),
            ("needs a due date", call, False),
            ("outside of the calendar", call, "3000-01-01"),
            ("can be moved by at most 9999 days", call, "2999-01-01"),
            ("“Close” has no due date", close, "2026-03-20"),
            ("is finished", self.by_user(ended, "Call"), "2026-03-20"),
        ):
            for move in (
                lambda task=task, day=day: task.action_move(day, following=True),
                lambda task=task, day=day: task.get_move_preview(day),
            ):
                with (
                    self.subTest(words=words),
                    self.assertRaisesRegex(UserError, words),
                ):
                    move()
        close.action_move("2026-03-20")  # alone
        self.assertDates(run, *self.BEFORE[:4], "03-20")
        call.action_move("2999-01-01")

    @tagged_test(QUERIES)
    def test_a_long_track_moves_in_a_bounded_number_of_queries(self):
        def count(number):
            template = self.make_template(
                *(
                    {"summary": f"Task {each}", "delay_count": 5}
                    for each in range(number)
                )
            )
            call = self.start(template).line_ids[0].with_user(self.seller)
            return self.count_queries(
                lambda: call.action_move("2026-03-20", following=True)
            )

        self.assertLessEqual(count(60), count(6) + 4)


@tagged("post_install", "-at_install")
class TestMovingBack(FollowingCase):
    """A move is taken back with one click, where nobody changed the tasks since."""

    @users("tracks_seller")
    def test_dates_and_whose_they_are_are_as_before(self):
        run = self.start()
        call = self.by_user(run, "Call")
        call.date_deadline = "2026-03-07"
        undo = call.action_move("2026-03-10", following=True)["undo"]
        result = call.action_move_back(undo)
        self.assertDates(run, "03-07", "03-09", "03-11", "03-18", False)
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("date_manual"), [True] + [False] * 4
        )
        self.assertEqual(result["done"], run.sudo().line_ids.sorted()[:4].ids)
        self.assertEqual(result["left_out"], [])
        for task in run.sudo().line_ids.sorted()[:4]:
            self.assertActivityFollows(task)
        # the dates follow the start again
        run.with_env(self.env).start_date = "2026-03-05"
        self.assertDates(run, "03-07", "03-10", "03-12", "03-19", False)

    @users("tracks_seller")
    def test_what_was_changed_meanwhile_stays_and_is_named(self):
        run = self.start()
        call = self.by_user(run, "Call")
        undo = call.action_move("2026-03-10", following=True)["undo"]
        self.by_user(run, "Offer").date_deadline = "2026-03-16"
        self.tick(run, "Ask")
        result = call.action_move_back(undo)
        self.assertDates(run, "03-06", "03-16", "03-13", "03-18", False)
        self.assertEqual(
            result["done"],
            (self.get_task(run, "Call") + self.get_task(run, "Meet")).ids,
        )
        reasons = [each["reason"] for each in result["left_out"]]
        self.assertIn("“Offer” was changed since it was moved", reasons[0])
        self.assertIn("“Ask” is finished", reasons[1])

    @users("tracks_seller")
    def test_taken_back_twice_changes_nothing(self):
        run = self.start()
        call = self.by_user(run, "Call")
        undo = call.action_move("2026-03-10", following=True)["undo"]
        call.action_move_back(undo)
        run.with_env(self.env).start_date = "2026-03-05"
        dates = self.get_dates(run)
        self.assertEqual(call.action_move_back(undo)["done"], [])
        self.assertEqual(self.get_dates(run), dates)

    @users("tracks_seller")
    def test_a_deleted_task_and_one_with_a_meeting_are_left_out(self):
        run = self.start()
        call = self.by_user(run, "Call")
        undo = call.action_move("2026-03-10", following=True)["undo"]
        self.by_user(run, "Offer").unlink()
        self.make_meeting(self.get_task(run, "Meet"), day="2026-03-22")
        self.env.flush_all()
        result = call.action_move_back(undo)
        self.assertEqual(len(result["left_out"]), 2)
        self.assertDates(run, "03-06", "03-11", "03-22", False)

    @users("tracks_seller")
    def test_forged_moves_are_refused(self):
        run = self.start()
        call = self.by_user(run, "Call")
        undo = call.action_move("2026-03-10", following=True)["undo"]
        dates = self.get_dates(run)
        forged = undo[:-6] + ("AAAAAA" if undo[-6:] != "AAAAAA" else "BBBBBB")
        values = (forged, "", False, None, 7, [], {"id": 1}, "AQ", "é", undo[:20])
        for value in values:
            with self.subTest(value=value):
                with self.assertRaisesRegex(UserError, "can no longer be taken back"):
                    call.action_move_back(value)
                if value:
                    with self.assertRaisesRegex(UserError, "can no longer be taken"):
                        call.action_move("2026-03-20", following=True, undo=value)
        self.assertEqual(self.get_dates(run), dates)

    def test_a_move_is_taken_back_by_the_user_who_made_it_and_within_an_hour(self):
        run = self.start()
        call = self.get_task(run, "Call")
        undo = call.with_user(self.seller).action_move("2026-03-10", True)["undo"]
        with self.assertRaisesRegex(UserError, "can no longer be taken back"):
            call.with_user(self.manager).action_move_back(undo)
        with (
            self.at("2026-03-04 11:00:01"),
            self.assertRaisesRegex(UserError, "can no longer be taken back"),
        ):
            call.with_user(self.seller).action_move_back(undo)
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)

    def test_who_may_no_longer_change_the_record_takes_nothing_back(self):
        self.env["ir.rule"].sudo().search(
            [("model_id.model", "=", "crm.lead"), ("groups", "!=", False)]
        ).active = False
        rule = self.env["ir.rule"].create(
            {
                "name": "Change own leads",
                "model_id": self.env["ir.model"]._get("crm.lead").id,
                "domain_force": "[('user_id', '=', user.id)]",
                "perm_read": False,
            }
        )
        self.assertTrue(rule)
        run = self.start()
        call = self.get_task(run, "Call").with_user(self.seller)
        undo = call.action_move("2026-03-10", following=True)["undo"]
        self.env["crm.lead"].browse(run.res_id).user_id = self.seller_2
        self.env.flush_all()
        result = call.action_move_back(undo)
        self.assertEqual(result["done"], [])
        self.assertIn(
            "permission to change the record", result["left_out"][0]["reason"]
        )
        self.assertDates(run, "03-10", "03-13", "03-13", "03-22", False)

    @users("tracks_seller")
    def test_a_waiting_task_has_no_date_again(self):
        run = self.start()
        close = self.by_user(run, "Close")
        undo = close.action_move("2026-03-20")["undo"]
        close.action_move_back(undo)
        self.assertFalse(self.get_task(run, "Close").date_deadline)
        self.assertFalse(self.get_task(run, "Close").date_manual)
