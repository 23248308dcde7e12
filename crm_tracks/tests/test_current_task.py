from datetime import date

from odoo.tests import tagged, users

from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class CurrentTaskCase(TracksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, user=None, template=None, starter=None):
        lead = self.make_leads(user=user)
        return lead.with_user(starter or self.manager).tracks_apply(
            template or self.template
        )

    def break_task(self, run, summary, error="No recipient"):
        self.get_task(run, summary).sudo().write({"state": "failed", "error": error})

    def find(self, runs, domain, order=None, user=None):
        """Those of these tracks that a user finds, in the order of the search."""
        Run = self.env["track.run"].with_user(user or self.manager)
        return Run.search([("id", "in", runs.ids), *domain], order=order)


class TestCurrentTask(CurrentTaskCase):
    """The current task of a track, as managers see it in lists."""

    def assertCurrent(self, run, summary):
        """The task is the current one, for Python and for the database."""
        expected = summary and self.get_task(run, summary)
        run = run.with_user(self.manager)
        run.invalidate_recordset()
        self.assertEqual(run.current_line_id.summary or False, summary)
        Task = self.env["track.run.line"].with_user(self.manager)
        found = Task.search([("is_current", "=", True), ("run_id", "=", run.id)])
        self.assertEqual(found.ids, expected.ids if expected else [])
        self.assertEqual(run.line_ids.filtered("is_current").ids, found.ids)
        self.assertEqual(
            self.find(run, [("current_line_id", "=", found.id)]).ids, run.ids
        )
        [(user, day)] = self.env["track.run"]._read_group(
            [("id", "=", run.id)], ["current_user_id", "current_date:day"]
        )
        self.assertEqual(run.current_user_id.id, user.id)
        self.assertEqual(run.current_date, day)
        if expected:
            self.assertEqual(run.current_user_id.id, expected.user_id.id)
            self.assertEqual(run.current_date, expected.date_deadline)

    def test_it_is_the_open_task_and_moves_on_with_it(self):
        run = self.start()
        for summary in ("Write", "Call", "Meet"):
            self.assertCurrent(run, summary)
            self.tick(run, summary)
        self.assertEqual(run.state, "done")
        self.assertCurrent(run, False)

    def test_of_several_open_tasks_it_is_the_one_due_first(self):
        template = self.make_template(
            {"summary": "Later", "delay_count": 5},
            {"summary": "Sooner", "delay_count": 1},
            {"summary": "Sooner too", "delay_count": 1},
        )
        run = self.start(template=template)
        self.assertCurrent(run, "Sooner")
        self.get_task(run, "Later").with_user(self.seller).date_deadline = "2026-03-01"
        self.assertCurrent(run, "Later")

    def test_a_failed_task_comes_after_an_open_one_and_before_a_planned_one(self):
        template = self.make_template(
            {"summary": "Open", "delay_count": 5},
            {"summary": "Broken", "delay_count": 2},
            {"summary": "Planned"},
        )
        run = self.start(template=template)
        self.break_task(run, "Broken")
        self.get_task(run, "Planned").sudo().write({"state": "planned"})
        self.assertCurrent(run, "Open")
        self.get_task(run, "Open").sudo().write({"state": "skipped"})
        self.assertCurrent(run, "Broken")

    def test_an_open_task_comes_before_a_planned_one_and_that_before_a_waiting_one(
        self,
    ):
        template = self.make_template(
            {"summary": "Waits", "delay_from": "start", "delay_count": 1},
            {"summary": "Planned", "delay_count": 60},
            {"summary": "Open"},
        )
        run = self.start(template=template)
        self.get_task(run, "Waits").sudo().write({"state": "waiting"})
        self.get_task(run, "Planned").sudo().write({"state": "planned"})
        self.assertCurrent(run, "Open")
        self.get_task(run, "Open").sudo().write({"state": "skipped"})
        self.assertCurrent(run, "Planned")
        self.get_task(run, "Planned").sudo().write({"state": "skipped"})
        self.assertCurrent(run, "Waits")

    def test_a_waiting_task_with_a_date_overtakes_no_other(self):
        run = self.start()
        self.get_task(run, "Meet").with_user(self.seller).date_deadline = "2026-03-05"
        self.get_task(run, "Write").sudo().write({"state": "skipped"})
        self.assertEqual(self.get_task(run, "Call").state, "waiting")
        self.assertCurrent(run, "Call")

    def test_a_stopped_track_has_none_and_a_paused_one_keeps_its(self):
        paused, stopped = self.start(), self.start()
        paused.with_user(self.seller).action_pause()
        self.assertCurrent(paused, "Write")
        stopped.with_user(self.seller).action_stop()
        self.assertCurrent(stopped, False)

    def test_the_database_sorts_and_groups_tracks_by_assignee_and_date(self):
        mine, other, ended = self.start(), self.start(self.seller_2), self.start()
        self.get_task(mine, "Write").with_user(self.seller).date_deadline = "2026-03-20"
        ended.with_user(self.seller).action_stop()
        runs = mine + other + ended
        by_date = self.find(runs, [], "current_date, id")
        self.assertEqual(by_date.ids, [other.id, mine.id, ended.id])
        by_user = self.find(runs, [], "current_user_id, id")
        self.assertEqual(by_user.ids, [mine.id, other.id, ended.id])
        groups = self.env["track.run"]._read_group(
            [("id", "in", runs.ids)],
            ["current_user_id", "current_date:month"],
            ["__count"],
        )
        self.assertEqual(
            set(groups),
            {
                (self.seller.with_env(self.env), date(2026, 3, 1), 1),
                (self.seller_2.with_env(self.env), date(2026, 3, 1), 1),
                (self.env["res.users"], False, 1),
            },
        )
        described = self.env["track.run"].fields_get(
            ["current_user_id", "current_date", "days_late", "failed_count"]
        )
        for name, field in described.items():
            with self.subTest(field=name):
                self.assertTrue(field["sortable"])
                self.assertTrue(field["searchable"])
        self.assertTrue(described["current_user_id"]["groupable"])
        self.assertTrue(described["current_date"]["groupable"])

    def test_tracks_are_found_by_the_assignee_and_date_of_their_current_task(self):
        mine, other, ended = self.start(), self.start(self.seller_2), self.start()
        ended.with_user(self.seller).action_stop()
        runs = mine + other + ended
        assignees = self.seller + self.seller_2
        # the next tasks do not count
        self.get_task(other, "Call").with_user(self.manager).user_id = self.seller
        for domain, expected in (
            ([("current_user_id", "=", self.seller.id)], mine),
            ([("current_user_id", "!=", self.seller.id)], other + ended),
            ([("current_user_id", "in", assignees.ids)], mine + other),
            ([("current_user_id", "=", False)], ended),
            ([("current_user_id", "!=", False)], mine + other),
            ([("current_user_id", "ilike", "seller 2")], other),
            ([("current_user_id.login", "=", self.seller.login)], mine),
            ([("current_date", "=", "2026-03-04")], mine + other),
            ([("current_date", "<", "2026-03-04")], runs.browse()),
            ([("current_date", ">=", "2026-03-04")], mine + other),
            ([("current_date", "=", False)], ended),
            ([("current_line_id", "ilike", "Write")], mine + other),
            ([("current_line_id", "=", False)], ended),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.find(runs, domain, "id").ids, expected.ids)

    def test_the_groups_of_a_board_open_their_tracks(self):
        runs = self.start() + self.start(self.seller_2) + self.start()
        self.tick(runs[0], "Write")
        runs[2].with_user(self.seller).action_stop()
        for groupby in ("current_user_id", "current_date:day", "current_date:month"):
            groups = (
                self.env["track.run"]
                .with_user(self.manager)
                .formatted_read_group([("id", "in", runs.ids)], [groupby], ["__count"])
            )
            self.assertEqual(sum(group["__count"] for group in groups), 3)
            for group in groups:
                with self.subTest(groupby=groupby, group=group):
                    found = self.find(runs, group["__extra_domain"])
                    self.assertEqual(len(found), group["__count"])


class TestLateAndFailed(CurrentTaskCase):
    """How late tracks and tasks are, and which failed."""

    def test_the_days_late_are_those_of_the_task_that_is_late_the_longest(self):
        template = self.make_template(
            {"summary": "Sooner"}, {"summary": "Later", "delay_count": 2}
        )
        run = self.start(template=template)
        for day, expected in ((4, (0, 0, 0)), (6, (2, 0, 2)), (9, (5, 3, 5))):
            with self.at(f"2026-03-{day:02} 10:00:00"):
                run.invalidate_recordset()
                run.line_ids.invalidate_recordset()
                sooner, later = run.line_ids.sorted()
                actual = sooner.days_late, later.days_late, run.days_late
                self.assertEqual(actual, expected)
                for record, days in zip((sooner, later, run), expected, strict=True):
                    for operator, value, found in (
                        ("=", days, True),
                        ("!=", days, False),
                        ("in", [days, 99], True),
                        (">", days - 1, True),
                        (">", days, False),
                        ("<=", days, True),
                        ("=", False, not days),
                        ("!=", False, bool(days)),
                    ):
                        domain = [
                            ("id", "=", record.id),
                            ("days_late", operator, value),
                        ]
                        with self.subTest(day=day, record=record, domain=domain):
                            self.assertEqual(bool(record.search(domain)), found)

    def test_days_are_compared_with_numbers_only(self):
        run = self.start()
        for record in (run, self.get_task(run, "Write")):
            self.assertTrue(record.search([("days_late", ">=", False)]))
            self.assertTrue(record.search([("days_late", "in", ["0", 0.0])]))
            for operator, value in (
                ("=", "abc"),
                ("in", [("id", "=", 1)]),
                (">", "abc"),
                ("<=", [1]),
            ):
                with self.subTest(record=record, operator=operator, value=value):
                    with self.assertRaises(ValueError):
                        record.search([("days_late", operator, value)])

    def test_nothing_is_late_in_a_track_on_hold(self):
        paused, held, awake = self.start(), self.start(), self.start()
        paused.with_user(self.seller).action_pause()
        self.env["crm.lead"].browse(held.res_id).action_set_lost()
        runs = paused + held + awake
        with self.at("2026-03-09 10:00:00"):
            runs.invalidate_recordset()
            runs.line_ids.invalidate_recordset()
            self.assertEqual(runs.mapped("days_late"), [0, 0, 5])
            self.assertEqual(self.find(runs, [("days_late", ">", 0)]).ids, awake.ids)
            tasks = self.env["track.run.line"].search(
                [("days_late", ">", 0), ("run_id", "in", runs.ids)]
            )
            self.assertEqual(tasks.run_id, awake)

    def test_what_is_late_the_longest_comes_first(self):
        first, second, third = self.start(), self.start(), self.start()
        for run, day in ((first, 2), (second, 4), (third, 1)):
            task = self.get_task(run, "Write").with_user(self.seller)
            task.date_deadline = f"2026-03-0{day}"
        runs = first + second + third
        found = self.find(runs, [], "days_late desc, id")
        self.assertEqual(found.mapped("days_late"), [3, 2, 0])
        tasks = self.env["track.run.line"].search(
            [("run_id", "in", runs.ids), ("state", "=", "open")],
            order="days_late desc",
        )
        self.assertEqual(tasks.mapped("days_late"), [3, 2, 0])

    def test_failed_tasks_are_counted_and_their_reason_is_shown(self):
        broken, sound = self.start(), self.start()
        self.break_task(broken, "Write", "The e-mail has no recipient.")
        runs = broken + sound
        self.assertEqual(runs.mapped("failed_count"), [1, 0])
        self.assertEqual(
            runs.mapped("current_text"), ["The e-mail has no recipient.", False]
        )
        self.assertEqual(self.find(runs, [("failed_count", ">", 0)]).ids, broken.ids)
        self.assertEqual(self.find(runs, [("failed_count", "=", 0)]).ids, sound.ids)
        self.assertEqual(
            self.find(runs, [], "failed_count desc").ids, (broken + sound).ids
        )
        [(count,)] = self.env["track.run"]._read_group(
            [("id", "in", runs.ids)], [], ["failed_count:sum"]
        )
        self.assertEqual(count, 1)

    def test_the_reason_of_a_failed_task_beside_an_open_one_names_the_task(self):
        template = self.make_template(
            {"summary": "Open"}, {"summary": "Broken", "delay_count": 1}
        )
        run = self.start(template=template)
        self.break_task(run, "Broken")
        self.assertEqual(run.current_line_id.summary, "Open")
        self.assertEqual(run.current_text, "Broken: No recipient")

    def test_a_track_that_waits_says_for_what(self):
        run = self.start()
        self.assertFalse(run.current_text)
        run.with_user(self.seller).action_pause()
        self.get_task(run, "Write").with_user(self.seller).action_done()
        task = self.get_task(run, "Call")
        self.assertEqual(task.state, "waiting")
        self.assertTrue(task.due_text)
        self.assertEqual(run.current_text, task.due_text)

    def test_where_a_track_was_stopped(self):
        run, other = self.start(), self.start()
        self.tick(run, "Write")
        run.with_user(self.seller).action_stop()
        call = self.get_task(run, "Call")
        tasks = self.env["track.run.line"].search(
            [("stopped_here", "=", True), ("run_id", "in", (run + other).ids)]
        )
        self.assertEqual(tasks.ids, call.ids)
        self.assertEqual((run + other).line_ids.filtered("stopped_here"), tasks)
        rest = self.env["track.run.line"].search(
            [("stopped_here", "=", False), ("run_id", "in", (run + other).ids)]
        )
        self.assertEqual(len(rest), 5)


class TestManagersSee(CurrentTaskCase):
    """Access to the current tasks, and what a list of them costs."""

    def test_everybody_finds_and_counts_the_tracks_that_they_may_read(self):
        runs = self.start() + self.start(self.seller_2)
        # assigned to somebody who may not see the record
        self.get_task(runs[1], "Write").with_user(self.manager).user_id = self.seller
        for user, expected in (
            (self.seller, 1),
            (self.seller_2, 1),
            (self.manager, 2),
            (self.employee, 0),
        ):
            with self.subTest(user=user.login):
                for domain in (
                    [("current_date", "=", "2026-03-04")],
                    [("days_late", "=", 0)],
                    [("failed_count", "=", 0)],
                    [("current_line_id", "!=", False)],
                ):
                    found = self.find(runs, domain, "days_late, current_date", user)
                    self.assertEqual(len(found), expected)
        of_seller = [("current_user_id", "=", self.seller.id)]
        found = self.find(runs, of_seller, user=self.seller)
        self.assertEqual(found.ids, runs[0].ids)

    def test_the_database_knows_what_was_not_saved_yet(self):
        run = self.start()
        self.env.flush_all()
        task = self.get_task(run, "Write")
        task.with_user(self.seller).write({"date_deadline": "2026-02-01"})
        for domain in (
            [("days_late", ">", 20)],
            [("current_date", "<", "2026-02-02")],
        ):
            self.assertEqual(self.find(run, domain).ids, run.ids)

    @tagged_test(QUERIES)
    @users("tracks_manager")
    def test_the_lists_take_as_many_queries_for_80_rows_as_for_8(self):
        leads = self.make_leads(88).with_env(self.env)
        runs = leads.tracks_apply(self.template)
        self.break_task(runs[3], "Write")
        self.break_task(runs[30], "Write")
        for model, name, order in (
            ("track.run", "track_run_view_list", "days_late desc, id"),
            ("track.run", "track_run_view_kanban", "current_date, id"),
            ("track.run.line", "track_run_line_view_list", "days_late desc, id"),
            ("track.run.line", "track_run_line_view_kanban", "date_deadline, id"),
        ):
            view = self.env.ref(f"crm_tracks.{name}").sudo()
            arch = self.env[model].get_view(view.id, view.type)
            names = arch["models"][model]
            spec = {
                field: {"fields": {"display_name": {}}}
                if self.env[model]._fields[field].type == "many2one"
                else {}
                for field in names
                if not self.env[model]._fields[field].type.endswith("2many")
            }
            counts = []
            for part in (runs[:8], runs[8:], runs[:8]):
                records = part if model == "track.run" else part.line_ids[: len(part)]

                # as many as the limit, so that Odoo counts all of them in each case
                def read(ids=records.ids, model=model, order=order, spec=spec):
                    result = self.env[model].web_search_read(
                        [("id", "in", ids)], spec, order=order, limit=len(ids)
                    )
                    self.assertEqual(len(result["records"]), len(ids))

                counts.append(self.count_queries(read))
            with self.subTest(view=name):
                self.assertEqual(counts[1], counts[2])
