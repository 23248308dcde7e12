from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import QUERIES, tagged_test
from .test_access import AccessCase

REFUSAL = "Not on a Saturday."  # of another addon


class BulkCase(AccessCase):
    """Tasks of several tracks, of which some cannot be changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail = cls.env["mail.template"].create(
            {"name": "Offer", "model_id": cls.env.ref("crm.model_crm_lead").id}
        )
        cls.automated = cls.make_template(
            {
                "summary": "Send the offer",
                "action": "email",
                "mail_template_id": cls.mail.id,
                "delay_count": 2,
            },
            name="Automated",
            res_model_ids=cls.env["ir.model"]._get("crm.lead").ids,
        )

    def start(self, count=1, template=None, **values):
        """Tracks on new opportunities of the seller: the tasks in their order."""
        leads = self.make_leads(count, **values)
        runs = leads.with_user(self.manager).tracks_apply(template or self.template)
        return runs.sudo().line_ids

    def by_user(self, tasks):
        """These tasks in a call by the current user of the test."""
        self.env.flush_all()
        return tasks.with_env(self.env)

    def allow_reading_all(self):
        """Everybody reads all leads, and changes their own."""
        self.env["ir.rule"].sudo().search(
            [("model_id.model", "=", "crm.lead"), ("groups", "!=", False)]
        ).active = False
        self.env["ir.rule"].sudo().create(
            [
                {
                    "name": "Change own leads",
                    "model_id": self.env["ir.model"]._get("crm.lead").id,
                    "domain_force": "[('user_id', '=', user.id)]",
                    "perm_read": False,
                },
            ]
        )

    def assertLeftOut(self, result, tasks, *words):
        """These tasks were left out, each for a reason with these words."""
        left_out = result["left_out"]
        self.assertEqual([each["id"] for each in left_out], tasks.ids)
        for each, expected in zip(left_out, words, strict=True):
            self.assertIn(expected, each["reason"])


@tagged("post_install", "-at_install")
class TestBulk(BulkCase):
    """Skipping, moving and reassigning many tasks does what can be done, and says of
    each other task why it was left out."""

    @users("tracks_seller")
    def test_what_can_be_skipped_is_skipped_and_the_rest_says_why(self):
        tasks = self.start(2)
        done, stopped = tasks[0], tasks[3:]
        done.activity_id.action_feedback()
        stopped[0].run_id.action_stop()
        result = self.by_user(tasks).skip_each(" No budget ")
        self.assertEqual(result["done"], tasks[1:3].ids)
        self.assertEqual(tasks[1:3].mapped("state"), ["skipped", "skipped"])
        self.assertEqual(tasks[1:3].mapped("skip_reason"), ["No budget"] * 2)
        self.assertLeftOut(
            result,
            done + stopped,
            "“Call” is already finished",
            *["“Sales follow-through” has ended"] * 3,
        )
        self.assertEqual(
            {each["record"] for each in result["left_out"]},
            {"Opportunity 1", "Opportunity 2"},
        )
        self.assertEqual(result["left_out"][0]["task"], "Call")

    @users("tracks_seller")
    def test_the_tasks_that_wait_for_skipped_ones_start(self):
        tasks = self.start(3)
        firsts = tasks.filtered(lambda task: task.summary == "Call")
        self.by_user(firsts).skip_each()
        seconds = tasks.filtered(lambda task: task.summary == "Write")
        self.assertEqual(set(seconds.mapped("state")), {"open"})
        self.assertEqual(set(seconds.mapped("date_deadline")), {date(2026, 3, 6)})

    @users("tracks_seller")
    def test_tasks_move_to_one_date(self):
        tasks = self.start(2)
        opened = tasks.filtered(lambda task: task.state == "open")
        result = self.by_user(tasks).move_each(date_deadline="2026-03-20")
        self.assertEqual(result, {"done": tasks.ids, "left_out": []})
        self.assertEqual(set(tasks.mapped("date_deadline")), {date(2026, 3, 20)})
        self.assertTrue(all(tasks.mapped("date_manual")))
        for task in opened:
            self.assertActivityFollows(task)

    @users("tracks_seller")
    def test_tasks_move_by_days_each_from_its_own_date(self):
        tasks = self.start(2)
        first, second = tasks.filtered(lambda task: task.state == "open")
        self.by_user(second).date_deadline = "2026-03-01"
        waiting = tasks[1]
        result = self.by_user(first + waiting + second).move_each(days=3)
        self.assertEqual(result["done"], (first + second).ids)
        self.assertEqual(first.date_deadline, date(2026, 3, 7))
        self.assertEqual(second.date_deadline, date(2026, 3, 4))
        self.assertActivityFollows(first)
        self.assertLeftOut(result, waiting, "“Write” has no due date yet")
        self.by_user(first).move_each(days=-3)
        self.assertEqual(first.date_deadline, self.TODAY)

    @users("tracks_seller")
    def test_a_task_with_a_meeting_keeps_its_date(self):
        tasks = self.start(2).filtered(lambda task: task.state == "open")
        self.make_meeting(tasks[0])
        result = self.by_user(tasks).move_each(days=1)
        self.assertEqual(result["done"], tasks[1].ids)
        self.assertLeftOut(result, tasks[0], "is the date of its meeting")
        self.assertEqual(tasks[0].date_deadline, date(2026, 3, 10))

    @users("tracks_seller")
    def test_a_task_does_not_move_out_of_the_calendar(self):
        tasks = self.start(2).filtered(lambda task: task.state == "open")
        self.by_user(tasks[0]).date_deadline = "2999-12-31"
        result = self.by_user(tasks).move_each(days=1)
        self.assertEqual(result["done"], tasks[1].ids)
        self.assertLeftOut(result, tasks[0], "outside of the calendar")

    @users("tracks_seller")
    def test_tasks_are_reassigned_and_automated_ones_say_why_not(self):
        tasks = self.start()[0] + self.start(template=self.automated)
        result = self.by_user(tasks).reassign_each(self.seller_2.id)
        self.assertEqual(result["done"], tasks[0].ids)
        self.assertEqual(tasks[0].user_id, self.seller_2)
        self.assertTrue(tasks[0].user_manual)
        self.assertActivityFollows(tasks[0])
        self.assertLeftOut(result, tasks[1], "“Send the offer” is automated")

    @users("tracks_seller")
    def test_the_new_assignee_gets_one_message(self):
        tasks = self.start(3).filtered(lambda task: task.state == "open")
        self.env.cr.precommit.run()
        self.by_user(tasks).reassign_each(self.seller_2)
        with patch.object(
            self.registry["track.run.line"], "_notify", autospec=True
        ) as notify:
            self.env.cr.precommit.run()
        self.assertEqual([len(call.args[0]) for call in notify.call_args_list], [3])

    @users("tracks_seller")
    def test_tasks_on_records_that_the_user_may_not_change_are_left_out(self):
        own, other = self.start()[0], self.start(user=self.seller_2)[0]
        self.allow_reading_all()
        for call in (
            lambda tasks: tasks.move_each(days=1),
            lambda tasks: tasks.reassign_each(self.seller_all),
            lambda tasks: tasks.skip_each(),
        ):
            before = other.read(["state", "date_deadline", "user_id"])
            result = call(self.by_user(own + other))
            self.assertEqual(result["done"], own.ids)
            self.assertLeftOut(
                result, other, "permission to change the record of “Call”"
            )
            self.assertEqual(other.read(["state", "date_deadline", "user_id"]), before)

    def test_tasks_that_the_user_may_not_read_are_refused_and_nothing_is_done(self):
        hidden = self.runs["foreign"].line_ids[0]
        own = self.runs["own"].line_ids[0]
        for user in (self.seller, self.manager, self.employee, self.portal):
            for call in (
                lambda tasks: tasks.skip_each(),
                lambda tasks: tasks.move_each(days=1),
                lambda tasks: tasks.reassign_each(self.seller),
            ):
                with self.assertRaises(AccessError) as caught:
                    call(self.as_user(own + hidden, user))
                self.assertNotIn("Foreign lead", str(caught.exception))
        self.assertEqual(own.state, "open")
        self.assertEqual(own.date_deadline, self.TODAY)

    @users("tracks_seller")
    def test_a_task_that_was_removed_meanwhile_is_left_out(self):
        tasks = self.start(2)
        removed = tasks[1]
        tasks = self.by_user(tasks[0] + removed + tasks[3])
        removed.with_user(self.manager).unlink()
        result = tasks.skip_each()
        self.assertEqual(result["done"], [tasks[0].id, tasks[2].id])
        self.assertEqual(
            result["left_out"],
            [
                {
                    "id": removed.id,
                    "task": "",
                    "record": "",
                    "reason": "This task no longer exists.",
                }
            ],
        )

    @users("tracks_seller")
    def test_what_another_addon_refuses_is_left_out_and_the_others_are_done(self):
        tasks = self.start(3).filtered(lambda task: task.state == "open")
        model = self.registry["track.run.line"]
        write, refused = model.write, tasks[1]

        def refuse(records, vals):
            if refused in records and "date_deadline" in vals:
                raise UserError(REFUSAL)
            return write(records, vals)

        with patch.object(model, "write", refuse):
            result = self.by_user(tasks).move_each(days=3)
        self.assertEqual(result["done"], (tasks - refused).ids)
        self.assertLeftOut(result, refused, REFUSAL)
        self.assertEqual(refused.date_deadline, self.TODAY)
        self.assertEqual(
            set((tasks - refused).mapped("date_deadline")), {date(2026, 3, 7)}
        )

    @users("tracks_seller")
    def test_an_error_of_the_code_is_raised_and_nothing_is_done(self):
        tasks = self.start(2).filtered(lambda task: task.state == "open")
        model = self.registry["track.run.line"]
        with (
            patch.object(model, "_skip", side_effect=ZeroDivisionError),
            self.assertLogs("odoo.addons.crm_tracks.models.changes.bulk", "ERROR"),
            self.assertRaises(ZeroDivisionError),
        ):
            self.by_user(tasks).skip_each()
        self.assertEqual(tasks.mapped("state"), ["open", "open"])

    @users("tracks_seller")
    def test_bad_input_is_refused_and_nothing_is_done(self):
        tasks = self.start(2).filtered(lambda task: task.state == "open")
        for call, words in (
            (lambda each: each.skip_each(5), "is not a reason"),
            (lambda each: each.skip_each(["x"]), "is not a reason"),
            (lambda each: each.move_each(), "to a date or by a number of days"),
            (lambda each: each.move_each("2026-03-09", 2), "to a date or by a number"),
            (lambda each: each.move_each(days=0), "to a date or by a number of days"),
            (lambda each: each.move_each(days=True), "is not a number of days"),
            (lambda each: each.move_each(days="3"), "is not a number of days"),
            (lambda each: each.move_each(days=1.5), "is not a number of days"),
            (lambda each: each.move_each(days=10000), "is not a number of days"),
            (lambda each: each.move_each(days=-10000), "is not a number of days"),
            (lambda each: each.move_each("tomorrow"), "is not a date"),
            (lambda each: each.move_each([1]), "is not a date"),
            (lambda each: each.move_each("1066-10-14"), "outside of the calendar"),
            (lambda each: each.reassign_each(False), "assigned to nobody"),
            (lambda each: each.reassign_each("x"), "cannot be assigned"),
            (lambda each: each.reassign_each(True), "cannot be assigned"),
            (lambda each: each.reassign_each(10**9), "cannot be assigned"),
            (lambda each: each.reassign_each(self.portal), "cannot be assigned"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                call(self.by_user(tasks))
        self.assertEqual(tasks.mapped("state"), ["open", "open"])
        self.assertEqual(set(tasks.mapped("date_deadline")), {self.TODAY})
        self.assertEqual(tasks.user_id, self.seller)

    @users("tracks_seller")
    def test_no_tasks_change_nothing(self):
        nothing = self.env["track.run.line"]
        for result in (
            nothing.skip_each(),
            nothing.move_each(days=1),
            nothing.reassign_each(self.seller),
        ):
            self.assertEqual(result, {"done": [], "left_out": []})

    @tagged_test(QUERIES)
    def test_what_is_left_out_costs_no_queries_a_task(self):
        few, many = self.start(3), self.start(12)
        (few + many).run_id.action_stop()

        def count(tasks):
            tasks = tasks.with_user(self.seller)
            return self.count_queries(lambda: tasks.skip_each())

        count(few)
        self.assertEqual(count(many), count(few))

    @tagged_test(QUERIES)
    def test_many_tasks_cost_no_more_queries_than_the_engine(self):
        def count(number, call):
            tasks = self.start(number).filtered(lambda task: task.state == "open")
            tasks = tasks.with_user(self.seller)
            return self.count_queries(lambda: call(tasks))

        for each, engine in (
            (lambda t: t.skip_each("No"), lambda t: t.action_skip("No")),
            (
                lambda t: t.move_each(days=2),
                lambda t: t.write({"date_deadline": date(2026, 3, 6)}),
            ),
            (
                lambda t: t.reassign_each(self.seller_2.id),
                lambda t: t.write({"user_id": self.seller_2.id}),
            ),
        ):
            count(2, each)
            extra = [count(number, each) - count(number, engine) for number in (3, 12)]
            self.assertLessEqual(extra[1], extra[0] + 1)
