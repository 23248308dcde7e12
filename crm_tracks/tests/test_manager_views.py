from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestManagerViews(TracksCase):
    """Tracks and tasks in the views of managers: filters, measures, views."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")

    def start(self, owner, starter=None):
        """A track on a new opportunity of ``owner``, started by ``starter``."""
        lead = self.make_leads(user=owner)
        return lead.with_user(starter or self.manager).tracks_apply(self.template)

    def apply_filter(self, model, name, user):
        """The records that a user finds with this filter."""
        view = self.env.ref(f"crm_tracks.{model.replace('.', '_')}_view_search")
        arch = etree.fromstring(
            self.env[model].with_user(user).get_view(view.id, "search")["arch"]
        )
        [node] = arch.xpath(f"//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": user.id})
        return self.env[model].with_user(user).search(domain)

    def test_my_tasks_and_tracks_with_them(self):
        mine, others = self.start(self.seller), self.start(self.seller_2)
        for user, run in ((self.seller, mine), (self.seller_2, others)):
            tasks = self.apply_filter("track.run.line", "mine", user)
            self.assertEqual(tasks, self.get_task(run, "Write"))
            runs = self.apply_filter("track.run", "with_my_tasks", user)
            self.assertEqual(runs, run)

    def test_late_tasks_and_tracks_with_them(self):
        late = self.start(self.seller)
        with self.at("2026-03-06 10:00:00"):
            on_time, paused = self.start(self.seller), self.start(self.seller)
        paused.with_user(self.seller).action_pause()
        everything = (late + on_time + paused).sudo().line_ids
        with self.at("2026-03-06 12:00:00"):
            tasks = self.apply_filter("track.run.line", "late", self.seller)
            self.assertEqual(tasks, self.get_task(late, "Write"))
            self.assertEqual(everything.filtered("is_late"), tasks)
            runs = self.apply_filter("track.run", "late", self.seller)
            self.assertEqual(runs, late)
            runs = self.apply_filter("track.run", "late", self.seller_2)
            self.assertFalse(runs)
            not_late = self.env["track.run.line"].search(
                [("is_late", "=", False), ("id", "in", everything.ids)]
            )
            self.assertEqual(set(not_late), set(everything - tasks))
        self.assertEqual(len(everything), 6)

    def test_failed_tasks_and_tracks_with_them(self):
        failed, sound = self.start(self.seller), self.start(self.seller)
        task = self.get_task(failed, "Write")
        task.sudo().state = "failed"
        tasks = self.apply_filter("track.run.line", "failed", self.seller)
        self.assertEqual(tasks & (failed + sound).line_ids, task)
        runs = self.apply_filter("track.run", "failed", self.seller)
        self.assertEqual(runs, failed)
        self.assertFalse(self.apply_filter("track.run", "failed", self.seller_2))

    def test_current_tasks(self):
        run = self.start(self.seller)
        tasks = self.apply_filter("track.run.line", "current", self.seller)
        self.assertEqual(tasks & run.line_ids, self.get_task(run, "Write"))

    def test_inactive_tasks(self):
        awake, paused = self.start(self.seller), self.start(self.seller)
        held = self.start(self.seller)
        paused.with_user(self.seller).action_pause()
        self.env["crm.lead"].browse(held.res_id).action_set_lost()
        tasks = self.apply_filter("track.run.line", "muted", self.seller)
        self.assertEqual(tasks.run_id, paused + held)
        self.assertEqual(set(tasks.mapped("state")), {"open"})
        everything = (awake + paused + held).line_ids
        self.assertEqual(everything.filtered("is_muted"), tasks)
        runs = self.apply_filter("track.run", "quiet", self.seller)
        self.assertEqual(set(runs), set(paused + held))

    def test_tasks_that_wait_for_somebody_else(self):
        started = self.start(self.seller_2, starter=self.seller_all)
        own = self.start(self.seller_all)
        self.get_task(own, "Write").with_user(self.seller_all).user_id = self.manager
        to_myself = self.start(self.seller_all)
        of_others = self.start(self.seller)
        expected = self.get_task(started, "Write") + self.get_task(own, "Write")
        tasks = self.apply_filter("track.run.line", "waits_for_others", self.seller_all)
        self.assertEqual(set(tasks), set(expected.with_env(tasks.env)))
        everything = (started + own + to_myself + of_others).line_ids
        self.assertEqual(
            set(everything.with_user(self.seller_all).filtered("waits_for_others")),
            set(tasks),
        )
        runs = self.apply_filter("track.run", "waits_for_others", self.seller_all)
        self.assertEqual(set(runs), set((started + own).with_env(runs.env)))
        # users without access to the record do not see the task
        self.assertFalse(
            self.apply_filter("track.run.line", "waits_for_others", self.employee)
        )
        own.with_user(self.seller_all).action_pause()
        tasks = self.apply_filter("track.run.line", "waits_for_others", self.seller_all)
        self.assertEqual(tasks.run_id, started)

    def test_filters_answer_for_every_user_without_seeing_too_much(self):
        self.start(self.seller)
        for model in ("track.run", "track.run.line"):
            view = self.env.ref(f"crm_tracks.{model.replace('.', '_')}_view_search")
            names = etree.fromstring(view.arch).xpath("//filter[@domain]/@name")
            self.assertGreater(len(names), 5)
            for name in names:
                with self.subTest(model=model, name=name):
                    for user in (self.manager, self.seller, self.seller_2):
                        found = self.apply_filter(model, name, user)
                        visible = self.env[model].with_user(user).search([])
                        self.assertLessEqual(set(found), set(visible))
                    # who may read no opportunity (but perhaps an event of the demo)
                    found = self.apply_filter(model, name, self.employee)
                    self.assertNotIn("crm.lead", found.sudo().mapped("res_model"))

    def test_measures_are_the_same_in_a_pivot_as_on_each_task(self):
        runs = self.start(self.seller) + self.start(self.seller)
        # in Brussels the second task was opened on the 5th
        with self.at("2026-03-04 23:30:00"):
            runs += self.start(self.seller)
        for day, run in zip((6, 4, 8), runs, strict=True):
            with self.at(f"2026-03-{day:02} 12:00:00"):
                self.tick(run, "Write")
        done = runs.with_user(self.seller).line_ids.filtered(
            lambda task: task.state == "done"
        )
        self.assertEqual(done.mapped("days_taken"), [2, 0, 3])
        self.assertEqual(done.mapped("in_time_rate"), [0, 100, 0])
        for domain in ([("id", "in", done.ids)], [("run_id", "in", runs.ids)]):
            # averages only include completed tasks
            [(template, count, days, rate)] = (
                self.env["track.run.line"]
                .with_user(self.seller)
                ._read_group(
                    domain,
                    ["template_id"],
                    ["__count", "days_taken:avg", "in_time_rate:avg"],
                )
            )
            self.assertEqual(template, self.template)
            self.assertEqual(count, len(runs.line_ids) if len(domain) > 1 else count)
            self.assertAlmostEqual(days, 5 / 3)
            self.assertAlmostEqual(rate, 100 / 3)

    def test_what_says_nothing_is_left_out_of_the_averages(self):
        run = self.start(self.seller)
        # ahead of its turn: never assigned, never due
        self.get_task(run, "Call").with_user(self.seller).action_done()
        [(count, days, rate)] = self.env["track.run.line"]._read_group(
            [("run_id", "=", run.id), ("state", "=", "done")],
            [],
            ["__count", "days_taken:avg", "in_time_rate:avg"],
        )
        self.assertEqual((count, days, rate), (1, False, False))

    def test_a_reopened_task_counts_no_more(self):
        run = self.start(self.seller)
        self.tick(run, "Write")
        task = self.get_task(run, "Write").with_user(self.seller)
        self.assertEqual(task.in_time_rate, 100)
        task.action_reopen()
        self.assertEqual((task.in_time_rate, task.days_taken), (0, 0))
        [(rate,)] = self.env["track.run.line"]._read_group(
            [("run_id", "=", run.id)], [], ["in_time_rate:avg"]
        )
        self.assertIs(rate, False)

    def test_the_measures_are_offered_as_averages(self):
        fields = (
            self.env["track.run.line"]
            .with_user(self.seller)
            .fields_get(
                ["days_taken", "in_time_rate", "template_id"],
                ["aggregator", "groupable"],
            )
        )
        self.assertEqual(fields["days_taken"]["aggregator"], "avg")
        self.assertEqual(fields["in_time_rate"]["aggregator"], "avg")
        self.assertTrue(fields["template_id"]["groupable"])

    def test_tasks_are_grouped_by_assignee_and_template_as_far_as_one_may_read(self):
        self.start(self.seller)
        self.start(self.seller_2)
        for user, expected in (
            (self.seller, {self.seller: 1}),
            (self.manager, {self.seller: 1, self.seller_2: 1}),
            (self.employee, {}),
        ):
            groups = (
                self.env["track.run.line"]
                .with_user(user)
                ._read_group(
                    [("state", "=", "open"), ("template_id", "=", self.template.id)],
                    ["user_id", "template_id"],
                    ["__count"],
                )
            )
            with self.subTest(user=user.login):
                counts = {assignee.id: count for assignee, _template, count in groups}
                self.assertEqual(
                    counts, {key.id: count for key, count in expected.items()}
                )

    def test_custom_filters_offer_no_fields_of_the_engine(self):
        for model, kept in (("track.run", "name"), ("track.run.line", "summary")):
            Model = self.env[model].with_user(self.manager)
            self.assertLessEqual(Model._NOT_OFFERED, Model._fields.keys())
            described = Model.fields_get(attributes=["searchable", "groupable"])
            for name in Model._NOT_OFFERED:
                with self.subTest(model=model, field=name):
                    expected = {"searchable": False, "groupable": False}
                    self.assertEqual(described[name], expected)
                    # domains of actions and of other programs use them
                    Model.search([(name, "!=", False)], limit=1)
            self.assertTrue(described[kept]["searchable"])
            self.assertTrue(described[kept]["groupable"])
            [described] = Model.fields_get(["res_model"], ["string"]).values()
            self.assertEqual(described.keys() - {"name"}, {"string"})

    def test_every_view_opens_for_everybody_who_may_apply_tracks(self):
        self.start(self.employee)
        for xmlid in (
            "track_run_action",
            "track_run_line_action",
            "track_run_line_analysis_action",
            "track_run_line_done_action",
            "track_overview_action",
            "track_line_statistics_action",
        ):
            action = self.env.ref(f"crm_tracks.{xmlid}")
            modes = action.view_mode.split(",")
            for user in (self.employee, self.seller, self.manager):
                with self.subTest(action=xmlid, user=user.login):
                    result = (
                        self.env[action.res_model]
                        .with_user(user)
                        .get_views([(False, mode) for mode in modes])
                    )
                    self.assertEqual(set(result["views"]), set(modes))
        for model in ("track.run", "track.run.line"):
            views = self.env["ir.ui.view"].search([("model", "=", model)])
            kinds = {"list", "kanban", "calendar", "pivot", "graph", "form", "search"}
            self.assertEqual(kinds, set(views.mapped("type")))
