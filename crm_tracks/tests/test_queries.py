from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged, users

from .. import models
from .common import QUERIES, TracksCase


@tagged("post_install", "-at_install", QUERIES)
class TestQueries(TracksCase):
    """Query limits that do not grow with the number of records."""

    def make_ten(self):
        return self.make_template(
            *(
                {
                    "summary": f"Task {number}",
                    "delay_count": number,
                    "delay_unit": ("days", "weekdays", "weeks", "months")[number % 4],
                }
                for number in range(10)
            )
        )

    @users("tracks_seller")
    def test_applying_ten_tasks_costs_the_same_for_ten_records_and_for_forty(self):
        template = self.make_ten()
        for owner in (self.seller, self.seller_2):
            counts = []
            for number in (10, 10, 40):  # the first call fills the caches
                leads = self.make_leads(number, user=owner)
                leads = leads.with_user(self.manager)
                counts.append(
                    self.count_queries(lambda leads=leads: leads.tracks_apply(template))
                )
            with self.subTest(owner=owner.login):
                # INSERT and UPDATE are sent in batches of 100 rows and more
                self.assertLessEqual(counts[2], counts[1] + 12)
                self.assertLess(counts[1], 37)

    @users("tracks_seller")
    def test_ticking_and_assigning_costs_at_most_twice_what_ticking_costs(self):
        number = 100
        leads = self.make_leads(2 * number).with_env(self.env)
        tracked, plain = leads[:number], leads[number:]
        runs = tracked.tracks_apply(self.make_chain("Write", "Call", "Meet"))
        of_tracks = runs.line_ids.activity_id.ids
        of_nobody = (
            self.env["mail.activity"]
            .create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "res_id": lead.id,
                        "summary": "Write",
                        "user_id": self.env.uid,
                    }
                    for lead in plain
                ]
            )
            .ids
        )
        Activity = self.env["mail.activity"]
        without = self.count_queries(
            lambda: Activity.browse(of_nobody).action_feedback()
        )
        with_tracks = self.count_queries(
            lambda: Activity.browse(of_tracks).action_feedback()
        )
        states = runs.sudo().line_ids.mapped("state")
        self.assertEqual(states.count("done"), number)
        self.assertEqual(states.count("open"), number)
        self.assertLessEqual(with_tracks, 2 * without)

    # pylint: disable=missing-return
    def test_activities_without_a_track_cost_not_one_query_more(self):
        """Compared with the same calls without the hooks of this addon."""

        def measure(env):
            leads = self.make_leads(4).with_env(env)
            Activity = env["mail.activity"]
            model_id = env["ir.model"]._get_id("crm.lead")
            counts = {}

            def create():
                counts["ids"] = Activity.create(
                    [
                        {
                            "res_model_id": model_id,
                            "res_id": lead.id,
                            "summary": "Plain",
                            "user_id": env.uid,
                        }
                        for lead in leads
                        for _number in range(4)
                    ]
                ).ids

            counts["create"] = self.count_queries(create)
            ids = counts.pop("ids")
            some, others, rest = ids[:5], ids[5:8], ids[8:]
            for name, function in {
                "write": lambda: Activity.browse(ids).write({"summary": "New"}),
                "write one": lambda: Activity.browse(ids[0]).write({"note": "New"}),
                "move": lambda: Activity.browse(ids).write(
                    {"date_deadline": "2026-05-05"}
                ),
                "reassign": lambda: Activity.browse(ids).write(
                    {"user_id": self.manager.id}
                ),
                "read": lambda: Activity.browse(ids).activity_format(),
                "done": lambda: Activity.browse(some).action_feedback(feedback="Yes"),
                "archive": lambda: Activity.browse(others).write({"active": False}),
                "delete": lambda: Activity.browse(rest).unlink(),
            }.items():
                counts[name] = self.count_queries(function)
            return counts

        hooks = models.run.mail_activity.MailActivity
        for env in (self.env(user=self.seller_all), self.env):
            measure(env)  # fills the caches
            with_hooks = measure(env)
            with (
                patch.object(
                    hooks, "create", lambda self, vals: super(hooks, self).create(vals)
                ),
                patch.object(
                    hooks, "write", lambda self, vals: super(hooks, self).write(vals)
                ),
                patch.object(hooks, "unlink", lambda self: super(hooks, self).unlink()),
            ):
                without_hooks = measure(env)
            self.assertGreater(min(without_hooks.values()), 0)
            for name, number in with_hooks.items():
                with self.subTest(user=env.user.login, what=name):
                    self.assertLessEqual(number, without_hooks[name])

    @users("tracks_seller_all")
    def test_tasks_without_outcomes_cost_not_one_query_more(self):
        """Compared with the same calls without the hooks of outcomes."""
        template = self.make_chain("Write", "Call", "Meet").with_env(self.env)
        line_hooks = models.template.track_line_outcome.TrackLine
        hooks = models.run.outcomes.TrackRunLine

        def measure():
            leads = self.make_leads(4).with_env(self.env)
            counts, made = {}, []

            def start():
                made.append(leads.tracks_apply(template).ids)

            counts["start"] = self.count_queries(start)
            [run_ids] = made
            runs = self.env["track.run"].browse(run_ids)
            tasks = runs.line_ids
            for name, call in (
                ("complete", lambda: tasks[0::3].action_done()),
                ("activities", lambda: tasks[1::3].activity_ids.action_feedback()),
                ("reopen", lambda: tasks[1::3].action_reopen()),
                ("skip", lambda: tasks[1::3].action_skip()),
            ):
                counts[name] = self.count_queries(call)
            counts["tab"] = self.count_queries(
                lambda: runs.get_tab_data("crm.lead", leads[0].id)
            )
            return counts

        measure()  # fills the caches
        with_hooks = measure()
        with (
            patch.object(line_hooks, "_get_outcomes", lambda self: []),
            patch.object(hooks, "_get_outcomes", lambda self: []),
            patch.object(hooks, "_link_outcomes", lambda self: None),
            patch.object(hooks, "_apply_outcomes", lambda self: None),
            patch.object(hooks, "_get_repetitions", lambda self: self.browse()),
        ):
            without_hooks = measure()
        self.assertGreater(min(without_hooks.values()), 0)
        self.assertEqual(with_hooks, without_hooks)

    @users("tracks_seller_all")
    def test_an_outcome_costs_at_most_one_query_a_task(self):
        outcomes = (
            {"name": "Reached"},
            {"name": "No answer", "effect": "again"},
            {"name": "Skip", "effect": "goto", "target_number": 3},
            {"name": "Enough", "effect": "end"},
        )
        template = self.make_template(
            {
                "summary": "Call",
                "outcome_ids": [Command.create(vals) for vals in outcomes],
            },
            {"summary": "Visit", "delay_count": 1},
            {"summary": "Offer", "delay_from": "previous"},
        )

        def measure(number, outcome):
            leads = self.make_leads(number).with_env(self.env)
            tasks = leads.tracks_apply(template).line_ids
            ids = tasks.filtered(lambda task: task.summary == "Call").ids
            tasks = self.env["track.run.line"].browse(ids)
            return self.count_queries(
                lambda: tasks.action_done(outcome=outcome)
            ), self.count_queries(tasks.action_reopen)

        def measure_all(number):
            plain = measure(number, None)
            return {
                (vals["name"], what): count - without
                for vals in outcomes
                for what, count, without in zip(
                    ("done", "reopened"),
                    measure(number, vals["name"]),
                    plain,
                    strict=True,
                )
            }

        measure_all(10)  # fills the caches
        few, many = measure_all(10), measure_all(40)
        for key, number in many.items():
            with self.subTest(what=key):
                # more than for the same tasks without an outcome
                self.assertLessEqual(number, few[key] + 15 + 30, f"{few[key]} for 10")

    # pylint: disable=missing-return
    def test_leads_without_tracks_written_one_by_one_cost_no_query_each(self):
        """Compared with the same writes without the hook of this addon."""
        self.make_leads().tracks_apply(self.make_chain("Write"))
        env = self.env(user=self.seller_all)
        hooks = models.record.follow.MailActivityMixin
        number = 30

        def measure(vals, alone):
            # with distant ids, so that prefetching does not combine them
            ids = self.make_leads(number * 3)[::3].ids

            def write():
                for lead in env["crm.lead"].browse(ids):
                    (lead.browse(lead.id) if alone else lead).write(dict(vals))

            return self.count_queries(write)

        for vals in (
            {"user_id": self.seller_2.id},
            {"partner_id": self.manager.partner_id.id},
            {"company_id": self.company.id},
            {"stage_id": self.env["crm.stage"].search([])[1].id},
            {"probability": 35},
        ):
            for alone in (False, True):
                measure(vals, alone)  # fills the caches
                with_hooks = measure(vals, alone)
                with patch.object(
                    hooks, "write", lambda self, vals: super(hooks, self).write(vals)
                ):
                    without_hooks = measure(vals, alone)
                with self.subTest(vals=vals, alone=alone):
                    self.assertGreater(without_hooks, 0)
                    self.assertLessEqual(with_hooks, without_hooks + 2)

    def test_models_without_tracks_are_archived_at_no_cost(self):
        self.env["track.run"].search([("res_model", "=", "res.partner")]).unlink()
        self.env.registry.clear_cache()
        hooks = models.record.follow.MailActivityMixin

        def measure():
            partners = self.env["res.partner"].create(
                [{"name": f"Partner {number}"} for number in range(4)]
            )

            def archive():
                for partner in partners:
                    partner.browse(partner.id).write({"active": False})

            return self.count_queries(archive)

        measure()  # fills the caches
        with_hooks = measure()
        with patch.object(
            hooks, "write", lambda self, vals: super(hooks, self).write(vals)
        ):
            without_hooks = measure()
        self.assertEqual(with_hooks, without_hooks)

    @users("tracks_seller_all")
    def test_changing_many_tracks_costs_the_same_for_ten_and_for_forty(self):
        template = self.make_template(
            *(
                {
                    "summary": f"Task {number}",
                    "delay_count": number + 1,
                    "delay_unit": ("days", "weekdays")[number % 2],
                    "delay_from": "end",
                }
                for number in range(4)
            ),
            direction="end",
        )

        def measure(number):
            leads = self.make_leads(number).with_env(self.env)
            runs = leads.tracks_apply(template, end_date="2026-05-05")
            lead_ids, run_ids = leads.ids, runs.ids
            bare_ids = self.make_leads(number).ids
            task_ids = runs.line_ids.ids

            def get(model, ids):
                return self.env[model].browse(ids)

            return {
                name: self.count_queries(function)
                for name, function in {
                    "end date": lambda: get("track.run", run_ids).write(
                        {"end_date": "2026-05-19"}
                    ),
                    "owner": lambda: get("crm.lead", lead_ids).write(
                        {"user_id": self.seller_2.id}
                    ),
                    "owner without tracks": lambda: get("crm.lead", bare_ids).write(
                        {"user_id": self.seller_2.id}
                    ),
                    "hand over": lambda: get("track.run", run_ids).action_reassign(
                        self.employee
                    ),
                    "assign": lambda: get("track.run.line", task_ids).write(
                        {"user_id": self.seller_2.id}
                    ),
                    "pause": lambda: get("track.run", run_ids).action_pause(),
                    "resume": lambda: get("track.run", run_ids).action_resume(),
                    "remove": lambda: get("track.run.line", task_ids[::4]).unlink(),
                    "add": lambda: self.env["track.run.line"].create(
                        [
                            {"run_id": run_id, "summary": "Added", "delay_count": 2}
                            for run_id in run_ids
                        ]
                    ),
                }.items()
            }

        measure(10)  # fills the caches
        few, many = measure(10), measure(40)
        for counts in (few, many):
            # Odoo notifies a new owner for each lead
            counts["owner"] -= counts.pop("owner without tracks")
        for name, number in many.items():
            with self.subTest(what=name):
                # INSERT and UPDATE are sent in batches of 100 rows and more
                self.assertLessEqual(number, few[name] + 12, f"{few[name]} for 10")
