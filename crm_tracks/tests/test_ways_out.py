from functools import partial

from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestWaysOut(TracksCase):
    """Skipping, cancelling and removing a task have the same effect on the others.

    A task whose turn had come passes the turn on, even if the previous task is
    unfinished; a waiting task does not.
    """

    WAYS = ("action_skip", "cancel", "unlink")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 3},
            {"summary": "Meet", "delay_count": 2, "delay_from": "previous"},
            {"summary": "Send", "delay_count": 1, "delay_from": "previous"},
        )

    def leave(self, run, summary, way):
        """A task leaves this track; its activity is cancelled if it has one."""
        task = self.get_task(run, summary)
        if way == "cancel" and task.activity_id.active:
            task.activity_id.with_user(self.seller).unlink()
        else:
            way = "action_skip" if way == "cancel" else way
            getattr(task.with_user(self.seller), way)()

    def leave_and_note(self, run, way, gone, summary):
        """As :meth:`leave`; ``gone`` lists the removed tasks."""
        gone.append(summary)
        self.leave(run, summary, way)

    def assertSameByAllWays(self, act, expected, template=None):
        """The other tasks are as expected, for each way in which a task leaves.

        :param act: a function of a track and of a function by which a task leaves
        :param list expected: (summary, state, ISO date or None) of the others
        """
        for way in self.WAYS:
            with self.subTest(way=way):
                lead = self.make_leads().with_user(self.seller)
                run = lead.tracks_apply(template or self.template)
                gone = []
                with self.at("2026-03-09 10:00:00"):
                    act(run, partial(self.leave_and_note, run, way, gone))
                run.invalidate_recordset()
                self.assertEqual(
                    [
                        (
                            task.summary,
                            task.state,
                            task.date_deadline and task.date_deadline.isoformat(),
                        )
                        for task in run.sudo().line_ids.sorted()
                        if task.summary not in gone
                    ],
                    expected,
                )
                for task in run.sudo().line_ids:
                    if task.state == "open":
                        self.assertActivityFollows(task)

    def test_the_turn_is_passed_on_past_an_unfinished_task(self):
        self.assertSameByAllWays(
            lambda run, leave: leave("Call"),
            [
                ("Write", "open", "2026-03-04"),
                ("Meet", "open", "2026-03-11"),
                ("Send", "waiting", False),
            ],
        )

    def test_one_that_waits_only_drops_out(self):
        self.assertSameByAllWays(
            lambda run, leave: leave("Meet"),
            [
                ("Write", "open", "2026-03-04"),
                ("Call", "open", "2026-03-07"),
                ("Send", "waiting", False),
            ],
        )

    def test_a_turn_passed_on_in_a_quiet_track_is_kept_with_its_day(self):
        def act(run, leave):
            run.action_pause()
            leave("Call")
            with self.at("2026-03-12 10:00:00"):
                run.action_resume()

        self.assertSameByAllWays(
            act,
            [
                ("Write", "open", "2026-03-04"),
                ("Meet", "open", "2026-03-11"),
                ("Send", "waiting", False),
            ],
        )

    def test_a_turn_goes_past_what_drops_out_behind(self):
        def act(run, leave):
            run.action_pause()
            leave("Call")
            with self.at("2026-03-11 10:00:00"):
                leave("Meet")
            with self.at("2026-03-12 10:00:00"):
                run.action_resume()

        self.assertSameByAllWays(
            act, [("Write", "open", "2026-03-04"), ("Send", "open", "2026-03-10")]
        )

    def test_a_turn_goes_past_what_was_done_ahead(self):
        def act(run, leave):
            self.get_task(run, "Meet").with_user(self.seller).action_done()
            leave("Call")

        self.assertSameByAllWays(
            act,
            [
                ("Write", "open", "2026-03-04"),
                ("Meet", "done", False),
                ("Send", "open", "2026-03-10"),
            ],
        )

    def test_reopening_a_task_further_ahead_takes_no_passed_turn_back(self):
        def act(run, leave):
            self.tick(run, "Write")
            leave("Call")
            self.get_task(run, "Write").with_user(self.seller).action_reopen()

        self.assertSameByAllWays(
            act,
            [
                ("Write", "open", "2026-03-04"),
                ("Meet", "open", "2026-03-11"),
                ("Send", "waiting", False),
            ],
        )

    def test_a_turn_that_was_passed_on_hangs_on_no_start_date(self):
        template = self.make_chain("Write", "Call")

        def act(run, leave):
            leave("Write")
            run.start_date = "2026-06-01"

        self.assertSameByAllWays(
            act, [("Call", "open", "2026-03-11")], template=template
        )

    def test_two_turns_are_passed_on_at_once(self):
        template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 3},
            {"summary": "Meet", "delay_count": 2, "delay_from": "previous"},
            {"summary": "Book", "delay_count": 5},
            {"summary": "Send", "delay_count": 1, "delay_from": "previous"},
        )
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        tasks = self.get_task(run, "Call") | self.get_task(run, "Book")
        with self.at("2026-03-09 10:00:00"):
            tasks.with_user(self.seller).unlink()
        self.assertTasks(
            run,
            [
                ("Write", "open", "2026-03-04"),
                ("Meet", "open", "2026-03-11"),
                ("Send", "open", "2026-03-10"),
            ],
        )

    def test_what_is_put_elsewhere_leaves_a_passed_turn_behind(self):
        run = self.make_leads().with_user(self.seller).tracks_apply(self.template)
        run.action_pause()
        self.leave(run, "Call", "unlink")
        send, meet = self.get_task(run, "Send"), self.get_task(run, "Meet")
        self.assertTrue(meet.date_turn)
        (send | meet).with_user(self.seller).browse((send + meet).ids).web_resequence(
            {}, offset=10
        )
        self.assertFalse(meet.date_turn)
        run.action_resume()
        self.assertTasks(
            run,
            [
                ("Write", "open", "2026-03-04"),
                ("Send", "waiting", None),
                ("Meet", "waiting", None),
            ],
        )
