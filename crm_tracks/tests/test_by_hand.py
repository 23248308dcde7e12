from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import TracksCase


class ByHandCase(TracksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, **values):
        lead = self.make_leads(**values)
        return lead.with_user(self.seller).tracks_apply(self.template)

    def add(self, run, **values):
        values.setdefault("summary", "Added")
        return (
            self.env["track.run.line"]
            .with_user(self.seller)
            .create({"run_id": run.id, **values})
        )

    def place(self, run, *summaries):
        """Put the tasks in this order, as the list's handle does."""
        run.with_user(self.seller).write(
            {
                "line_ids": [
                    Command.update(self.get_task(run, summary).id, {"sequence": number})
                    for number, summary in enumerate(summaries)
                ]
            }
        )


@tagged("post_install", "-at_install")
class TestEditing(ByHandCase):
    """Manual changes of a running task are kept."""

    def test_what_is_edited_on_the_task_shows_on_its_activity(self):
        run = self.start()
        task = self.get_task(run, "Write").with_user(self.seller)
        task.write(
            {
                "summary": "Write twice",
                "note": "<p>Both</p>",
                "date_deadline": "2026-03-20",
                "user_id": self.seller_2.id,
            }
        )
        self.assertActivityFollows(task.sudo())
        self.assertEqual(task.activity_id.sudo().note, "<p>Both</p>")
        self.assertEqual(task.sudo().user_id, self.seller_2)

    def test_what_is_edited_on_the_activity_shows_on_its_task(self):
        run = self.start()
        task = self.get_task(run, "Write")
        task.activity_id.with_user(self.seller).write(
            {
                "summary": "Write twice",
                "note": "<p>Both</p>",
                "date_deadline": "2026-03-20",
                "user_id": self.seller_2.id,
            }
        )
        self.assertActivityFollows(task)
        self.assertEqual(task.note, "<p>Both</p>")

    def test_edits_made_while_waiting_are_those_of_the_activity(self):
        run = self.start()
        self.get_task(run, "Call").with_user(self.seller).write(
            {
                "summary": "Ring",
                "note": "<p>Bob</p>",
                "user_id": self.seller_2.id,
                "date_deadline": "2026-04-01",
            }
        )
        self.assertEqual(self.get_task(run, "Ring").state, "waiting")
        self.tick(run, "Write")
        ring = self.get_task(run, "Ring")
        self.assertActivityFollows(ring)
        self.assertEqual(ring.date_deadline, date(2026, 4, 1))
        self.assertEqual(ring.user_id, self.seller_2)
        self.assertEqual(ring.activity_id.note, "<p>Bob</p>")

    def test_the_delay_of_a_task_that_waits_can_be_edited(self):
        run = self.start()
        call = self.get_task(run, "Call").with_user(self.seller)
        call.write({"delay_count": 1, "delay_unit": "weeks"})
        self.tick(run, "Write")
        self.assertEqual(call.sudo().date_deadline, date(2026, 3, 11))
        with self.assertRaisesRegex(UserError, "“Call” has begun"):
            call.write({"delay_count": 3})

    def test_a_planned_task_whose_delay_is_edited_is_dated_again(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.tick(run, "Write")
        call = self.get_task(run, "Call").with_user(self.seller)
        self.assertEqual(
            (call.state, call.date_deadline), ("planned", date(2026, 3, 6))
        )
        call.delay_count = 9
        self.assertEqual(
            (call.state, call.date_deadline), ("planned", date(2026, 3, 13))
        )
        call.delay_count = 1
        self.assertActivityFollows(call.sudo())
        self.assertEqual(call.date_deadline, date(2026, 3, 5))

    def test_a_planned_task_moved_to_an_earlier_day_shows_up(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.tick(run, "Write")
        call = self.get_task(run, "Call").with_user(self.seller)
        call.date_deadline = "2026-03-05"
        self.assertActivityFollows(call.sudo())

    def test_what_a_rule_or_a_script_edits_in_sudo_is_on_the_activity_as_well(self):
        run = self.start()
        task = self.get_task(run, "Write")
        task.sudo().date_deadline = "2026-03-20"
        task.sudo().write({"user_id": self.seller_2.id, "summary": "Write soon"})
        self.assertActivityFollows(task)
        self.assertEqual(
            (task.date_deadline, task.user_id, task.summary),
            (date(2026, 3, 20), self.seller_2, "Write soon"),
        )
        self.assertEqual((task.date_manual, task.user_manual), (True, True))
        with self.assertRaisesRegex(UserError, "assigned to nobody"):
            task.sudo().user_id = False
        self.assertEqual(task.user_id, self.seller_2)

    def test_in_sudo_a_finished_task_is_only_written(self):
        run = self.start()
        self.tick(run, "Write")
        tasks = self.get_task(run, "Write") + self.get_task(run, "Call")
        tasks.sudo().summary = "Called and written"
        self.assertEqual(tasks.mapped("summary"), ["Called and written"] * 2)
        self.assertEqual(tasks.mapped("state"), ["done", "open"])
        self.assertActivityFollows(tasks[1])

    def test_giving_a_task_back_makes_it_the_responsible_s_again(self):
        run = self.start()
        task = self.get_task(run, "Call").with_user(self.seller)
        task.user_id = self.seller_2
        task.user_id = False
        self.tick(run, "Write")
        self.assertActivityFollows(task.sudo())
        self.assertEqual(task.sudo().user_id, self.seller)

    def test_a_meeting_is_never_moved_by_a_task(self):
        run = self.start()
        task = self.get_task(run, "Write")
        event = self.make_meeting(task)
        with self.assertRaisesRegex(
            UserError, "The due date of “Write” is the date of its meeting"
        ):
            task.with_user(self.seller).date_deadline = "2026-03-20"
        self.assertEqual(event.start.day, 10)
        # the task follows a meeting that is moved in the calendar, and keeps that date
        event.with_user(self.seller).write(
            {"start": "2026-03-12 09:00:00", "stop": "2026-03-12 10:00:00"}
        )
        self.assertEqual(task.date_deadline, date(2026, 3, 12))
        self.assertEqual(task.summary, "Write")
        self.assertTrue(task.date_manual)

    @users("tracks_seller_2")
    def test_somebody_who_may_not_write_the_record_edits_nothing(self):
        run = self.start()
        task = self.get_task(run, "Write").with_env(self.env)
        for change in (
            lambda: task.write({"summary": "x"}),
            lambda: task.write({"sequence": 5}),
            lambda: task.unlink(),
            lambda: self.env["track.run.line"].create(
                {"run_id": run.id, "summary": "x"}
            ),
            lambda: run.with_env(self.env).write({"start_date": "2026-05-05"}),
            lambda: run.with_env(self.env).action_reassign(self.env.user),
        ):
            with self.assertRaises(AccessError):
                change()
        self.assertEqual(len(run.sudo().line_ids), 3)


@tagged("post_install", "-at_install")
class TestAheadOfTurn(ByHandCase):
    """Tasks can be completed ahead of their turn."""

    def test_it_is_recorded_and_the_turn_stays_where_it_was(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        self.get_task(run, "Call").with_user(self.seller).action_done("Rang by chance")
        self.assertFalse(self.get_task(run, "Call").activity_id)
        self.assertIn("Rang by chance", lead.message_ids[0].body)
        self.assertEqual(self.get_task(run, "Meet").state, "waiting")
        self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Meet"))


@tagged("post_install", "-at_install")
class TestHandingOver(ByHandCase):
    """All unfinished tasks of a track are reassigned to one user."""

    @users("tracks_seller_all")
    def test_what_is_unfinished_becomes_theirs(self):
        leads = self.make_leads(3).with_env(self.env)
        runs = leads.tracks_apply(self.template)
        self.tick(runs[0], "Write")
        runs[1].action_pause()
        runs[2].action_stop()
        runs.action_reassign(self.seller_2)
        self.assertEqual(self.get_task(runs[0], "Write").user_id, self.seller)
        self.assertActivityFollows(self.get_task(runs[0], "Call"))
        self.assertEqual(self.get_task(runs[0], "Call").user_id, self.seller_2)
        muted = self.get_task(runs[1], "Write").activity_id
        self.assertEqual((muted.user_id, muted.muted), (self.seller_2, True))
        self.assertNotEqual(self.get_task(runs[2], "Write").user_id, self.seller_2)
        self.tick(runs[0], "Call")
        self.assertActivityFollows(self.get_task(runs[0], "Meet"))
        self.assertEqual(self.get_task(runs[0], "Meet").user_id, self.seller_2)

    def test_it_takes_an_id_as_well_and_refuses_who_cannot_be_assigned(self):
        run = self.start()
        run.action_reassign(self.seller_2.id)
        self.assertEqual(self.get_task(run, "Write").user_id, self.seller_2)
        for user in (self.portal, self.portal.id, 2**30, False, "bob", None):
            with self.assertRaisesRegex(UserError, "cannot be assigned"):
                run.action_reassign(user)
        run.action_stop()
        with self.assertRaisesRegex(UserError, "have not ended can be reassigned"):
            run.action_reassign(self.seller_2)

    def test_the_dialog_hands_over_many_from_the_list(self):
        runs = self.make_leads(3).with_user(self.seller).tracks_apply(self.template)
        action = runs.action_open_reassign()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_context(**action["context"])
            .create({"user_id": self.seller_2.id})
        )
        self.assertEqual(wizard.run_ids, runs)
        wizard.action_reassign()
        for run in runs:
            self.assertEqual(self.get_task(run, "Write").user_id, self.seller_2)


@tagged("post_install", "-at_install")
class TestRows(ByHandCase):
    """The tasks as rows of their track, written by users who are not administrators."""

    def test_they_are_added_and_removed_once_something_is_done(self):
        template = self.make_chain("Write", "Call", "Ask")
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        self.tick(run, "Write")
        ask = self.get_task(run, "Ask")
        run.with_user(self.seller).write(
            {"line_ids": [Command.create({"summary": "Thank"}), Command.delete(ask.id)]}
        )
        self.assertEqual(
            run.line_ids.sorted().mapped("summary"), ["Write", "Call", "Thank"]
        )
