from datetime import date
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestDashboard(TracksCase):
    """The figures of the overview: counting, access and queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, count=1, user=None, template=None):
        """Tracks that started on 4 March, whose first task is due that day."""
        leads = self.make_leads(count, user=user)
        return leads.with_user(self.manager).tracks_apply(template or self.template)

    def get_figures(self, user=None, template=None, **context):
        """The figures that the overview shows to a user."""
        template = (template or self.template).with_user(user or self.manager)
        template.invalidate_recordset()
        template.line_ids.invalidate_recordset()
        return template.with_context(**context)

    def make_history(self):
        """Six tracks: two of them done, two running, two stopped."""
        runs = self.start(6)
        done, late, stopped = runs[:2], runs[2:4], runs[4:]
        with self.at("2026-03-04 15:00:00"):
            self.tick(done[0], "Write")
            self.tick(stopped[0], "Write")
        with self.at("2026-03-06 15:00:00"):
            self.tick(done[1], "Write")
            self.tick(done[0], "Call")
        with self.at("2026-03-08 15:00:00"):
            self.tick(done[0], "Meet")
            self.tick(done[1], "Call")
            self.tick(done[1], "Meet")
            stopped.with_user(self.seller).action_stop()
        return done, late, stopped

    def test_tracks_are_counted_by_what_became_of_them(self):
        done, late, _stopped = self.make_history()
        late[0].with_user(self.seller).action_pause()
        with self.at("2026-03-10 10:00:00"):
            figures = self.get_figures()
            self.assertEqual(figures.stat_running, 2)
            self.assertEqual(figures.stat_done, 2)
            self.assertEqual(figures.stat_stopped, 2)
            self.assertEqual(figures.stat_tasks_done, 7)
        self.assertEqual(done.mapped("state"), ["done", "done"])

    def test_the_share_of_tasks_done_in_time(self):
        done, _late, _stopped = self.make_history()
        tasks = done.sudo().line_ids
        late = tasks.filtered(lambda task: task.date_done > task.date_deadline)
        # only one was late: “Write” of the second track, two days after its day
        self.assertEqual(late.mapped("summary"), ["Write"])
        with self.at("2026-03-10 10:00:00"):
            figures = self.get_figures()
            self.assertAlmostEqual(figures.stat_in_time, 6 / 7)
            by_task = {line.summary: line.stat_in_time for line in figures.line_ids}
        self.assertAlmostEqual(by_task["Write"], 2 / 3)
        self.assertEqual((by_task["Call"], by_task["Meet"]), (1, 1))

    def test_the_average_of_the_days_that_tasks_took(self):
        self.make_history()
        with self.at("2026-03-10 10:00:00"):
            figures = self.get_figures()
            by_task = {
                line.summary: (line.stat_tasks_done, line.stat_average_days)
                for line in figures.line_ids
            }
            total = figures.stat_average_days
            [(in_analysis,)] = self.env["track.run.line"]._read_group(
                [("template_id", "=", self.template.id)], [], ["days_taken:avg"]
            )
        # Write: 0, 0, 2; Call: 2, 2; Meet: 2, 0
        self.assertEqual(by_task, {"Write": (3, 0.7), "Call": (2, 2), "Meet": (2, 1)})
        self.assertEqual(total, 1.1)
        self.assertAlmostEqual(in_analysis, 8 / 7)

    def test_where_tracks_come_to_a_halt(self):
        _done, late, stopped = self.make_history()
        with self.at("2026-03-10 10:00:00"):
            self.tick(late[1], "Write")
        with self.at("2026-03-20 10:00:00"):
            figures = self.get_figures()
            self.assertEqual(figures.stat_late, 2)
            self.assertEqual(figures.stat_late_at, "Write (1), Call (1)")
            # the first task of the two was done
            self.assertEqual(figures.stat_stopped_at, "Write (1), Call (1)")
            self.assertEqual(figures.line_ids.mapped("stat_open"), [1, 1, 0])
            self.assertEqual(figures.line_ids.mapped("stat_late"), [1, 1, 0])
            self.assertEqual(figures.line_ids.mapped("stat_stopped"), [1, 1, 0])
        self.assertEqual(stopped.mapped("date_stopped"), [date(2026, 3, 8)] * 2)

    def test_a_failed_task_is_failed_and_not_late(self):
        run = self.start()
        self.get_task(run, "Write").sudo().state = "failed"
        with self.at("2026-03-20 10:00:00"):
            figures = self.get_figures()
            self.assertEqual((figures.stat_late, figures.stat_failed), (0, 1))
            self.assertFalse(figures.stat_late_at)
            self.assertEqual(figures.stat_failed_at, "Write (1)")
            self.assertEqual(figures.line_ids.mapped("stat_failed"), [1, 0, 0])
            self.assertEqual(figures.line_ids.mapped("stat_open"), [0, 0, 0])

    def test_nothing_is_late_in_a_quiet_track(self):
        paused, held, awake = self.start(3)
        paused.with_user(self.seller).action_pause()
        self.env["crm.lead"].browse(held.res_id).action_set_lost()
        with self.at("2026-03-20 10:00:00"):
            figures = self.get_figures()
            self.assertEqual(figures.stat_late, 1)
            self.assertEqual(figures.stat_running, 3)
            late = self.env["track.run.line"].search(
                [("is_late", "=", True), ("run_id", "in", (paused + held + awake).ids)]
            )
        self.assertEqual(late.run_id, awake)

    def test_what_ended_before_the_period_does_not_count(self):
        self.make_history()
        for day, days, expected in (
            ("2026-04-01 10:00:00", 30, (2, 2, 7)),
            ("2026-04-20 10:00:00", 30, (0, 0, 0)),
            ("2026-04-20 10:00:00", 90, (2, 2, 7)),
            ("2026-12-01 10:00:00", 365, (2, 2, 7)),
            ("2027-12-01 10:00:00", 365, (0, 0, 0)),
            # an unknown period is replaced by a year
            ("2027-12-01 10:00:00", 100000, (0, 0, 0)),
            ("2027-12-01 10:00:00", "x", (0, 0, 0)),
            ("2027-12-01 10:00:00", [1], (0, 0, 0)),
        ):
            with self.subTest(day=day, days=days), self.at(day):
                figures = self.get_figures(tracks_days=days)
                actual = (
                    figures.stat_done,
                    figures.stat_stopped,
                    figures.stat_tasks_done,
                )
                self.assertEqual(actual, expected)
                self.assertEqual(figures.stat_running, 2)

    def test_everybody_counts_what_they_may_read(self):
        self.start(3, user=self.seller)
        self.start(2, user=self.seller_2)
        with self.at("2026-03-10 10:00:00"):
            for user, expected in (
                (self.seller, 3),
                (self.seller_2, 2),
                (self.seller_all, 5),
                (self.manager, 5),
                (self.employee, 0),
            ):
                with self.subTest(user=user.login):
                    figures = self.get_figures(user)
                    self.assertEqual(figures.stat_running, expected)
                    self.assertEqual(figures.stat_late, expected)
                    self.assertEqual(figures.line_ids[0].stat_late, expected)
                    text = f"Write ({expected})" if expected else False
                    self.assertEqual(figures.stat_late_at or False, text)

    def test_figures_of_another_company_do_not_leak(self):
        runs = self.start(3)
        leads = self.env["crm.lead"].browse(runs.mapped("res_id"))
        leads[:2].write(
            {"company_id": self.company_2.id, "team_id": False, "user_id": False}
        )
        figures = self.get_figures(self.seller_all)
        self.assertEqual(figures.stat_running, 1)
        self.seller_all.write({"company_ids": [(4, self.company_2.id)]})
        both = (self.company + self.company_2).ids
        figures = self.get_figures(self.seller_all, allowed_company_ids=both)
        self.assertEqual(figures.stat_running, 3)

    def test_tasks_added_by_hand_count_for_the_whole_only(self):
        run = self.start()
        task = (
            self.env["track.run.line"]
            .with_user(self.seller)
            .create({"run_id": run.id, "summary": "By hand", "delay_from": "start"})
        )
        task.action_done()
        figures = self.get_figures()
        self.assertEqual(figures.stat_tasks_done, 1)
        self.assertEqual(figures.line_ids.mapped("stat_tasks_done"), [0, 0, 0])

    def test_a_new_template_has_no_figures(self):
        template = self.env["track.template"].new({"name": "New"})
        self.assertEqual(template.stat_running, 0)
        self.assertFalse(template.stat_late_at)
        line = self.env["track.line"].new({"template_id": template.id})
        self.assertEqual(line.stat_open, 0)


@tagged("post_install", "-at_install")
class TestDashboardCosts(TracksCase):
    """The overview takes as many queries for 20,000 tasks as for 20, on indexes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain(*(f"Task {number}" for number in range(10)))
        cls.leads = cls.make_leads(2)
        cls.leads.with_user(cls.manager).tracks_apply(cls.template)

    def make_many(self, tracks=2000):
        """Create tracks of ten tasks by SQL, one every four days.

        Of fifty, one runs and five are stopped; the others are done.
        """
        self.env.flush_all()
        values = {
            "template": self.template.id,
            "first_line": min(self.template.line_ids.ids),
            "lead": self.leads[0].id,
            "tracks": tracks,
            "today": self.TODAY,
        }
        self.env.cr.execute(
            SQL(
                """
                WITH run AS (
                    INSERT INTO track_run (
                        template_id, name, res_model, res_id, direction, start_date,
                        state, activity_creation, on_close, date_done, date_stopped)
                    SELECT %(template)s, 'Track', 'crm.lead', %(lead)s, 'start', day,
                           state, 'at_once', 'mute',
                           CASE WHEN state = 'done' THEN day END,
                           CASE WHEN state = 'stopped' THEN day END
                      FROM (SELECT %(today)s::date - 4 * number AS day,
                                   CASE WHEN number %% 50 = 5 THEN 'running'
                                        WHEN number %% 10 = 0 THEN 'stopped'
                                        ELSE 'done' END AS state
                              FROM generate_series(1, %(tracks)s) AS number) AS track
                    RETURNING id, state, start_date AS day)
                INSERT INTO track_run_line (
                    run_id, line_id, sequence, summary, action, delay_count, delay_unit,
                    delay_from, responsible_type, date_deadline, state, date_open,
                    date_done, outcome)
                SELECT run.id, %(first_line)s + number, number, 'Task', 'activity', 0,
                       'days', 'start', 'owner', run.day,
                       CASE WHEN run.state = 'done' OR number < 4 THEN 'done'
                            WHEN run.state = 'stopped' THEN 'cancelled'
                            WHEN number = 4 THEN 'open'
                            ELSE 'waiting' END,
                       run.day - 2,
                       CASE WHEN run.state = 'done' OR number < 4 THEN run.day END,
                       CASE WHEN number < 2 THEN 'Reached' END
                  FROM run, generate_series(0, 9) AS number
                """,
                **values,
            )
        )
        # rows that other tests rolled back, above all a long walk, stay in the indexes
        self.env.cr.execute("REINDEX TABLE track_run")
        self.env.cr.execute("ANALYZE track_run, track_run_line, crm_lead")
        self.env.invalidate_all()

    def read_overview(self, user):
        """The reads of the client for the overview, and for the list of a card."""
        self.read_card(user)
        self.read_tasks(user)

    def read_card(self, user):
        template = self.template.with_user(user)
        specification = {
            name: {}
            for name, field in template._fields.items()
            if name.startswith("stat_") and field.compute
        }
        self.assertEqual(len(specification), 21)
        template.web_read({**specification, "display_name": {}})

    def read_tasks(self, user):
        lines = self.template.line_ids.with_user(user)
        lines.web_read({name: {} for name in lines._fields if name.startswith("stat_")})

    def get_queries(self, user, read=read_overview):
        """The queries of the overview."""
        queries = []
        cr = self.env.cr
        execute = type(cr).execute

        def spy(cursor, query, params=None, log_exceptions=True):
            queries.append(self.get_text(query, params))
            return execute(cursor, query, params, log_exceptions)

        self.env.invalidate_all()
        with patch.object(type(cr), "execute", spy):
            read(self, user)
        return [query for query in queries if "track_run" in query]

    @tagged_test(QUERIES)
    def test_the_number_of_queries_stays(self):
        self.make_many(10)
        for user in (self.manager, self.seller):
            self.count_queries(
                lambda user=user: self.read_overview(user)
            )  # fills the caches
        before = {
            user: self.count_queries(lambda user=user: self.read_overview(user))
            for user in (self.manager, self.seller)
        }
        self.make_many()
        for user, number in before.items():
            with self.subTest(user=user.login):
                self.assertEqual(
                    self.count_queries(lambda user=user: self.read_overview(user)),
                    number,
                )
                self.assertLess(number, 40)

    def test_figures_take_seven_grouped_queries(self):
        grouped = {}
        for tracks in (10, 1000):
            self.make_many(tracks)
            for user in (self.manager, self.seller):
                for read in (type(self).read_card, type(self).read_tasks):
                    queries = self.get_queries(user, read)
                    counts = [query for query in queries if "count(" in query.lower()]
                    number = grouped.setdefault((user, read), len(counts))
                    self.assertEqual(len(counts), number)
        self.assertEqual(set(grouped.values()), {7})

    def test_no_query_reads_the_whole_table_of_tasks(self):
        self.make_many()
        for user in (self.manager, self.seller):
            queries = self.get_queries(user)
            about_tasks = [query for query in queries if "track_run_line" in query]
            self.assertGreaterEqual(len(about_tasks), 3)
            for query in queries:
                with self.subTest(user=user.login, query=query):
                    plan = self.explain(query)
                    self.assertNotIn("Seq Scan on track_run_line", plan)
                    if "won_status" in query:
                        continue  # of a few tracks, other indexes are cheaper
                    if "count(" in query.lower() and query not in about_tasks:
                        self.assertRegex(
                            self.explain(query, can_scan=False),
                            r"track_run_(checked|done|stopped)_idx",
                        )

    def test_the_filters_of_tasks_are_on_indexes(self):
        self.make_many()
        for user in (self.manager, self.seller):
            Task = self.env["track.run.line"].with_user(user)
            for domain in (
                [("user_id", "=", user.id)],
                [("is_late", "=", True)],
                [("is_muted", "=", True)],
                [("waits_for_others", "=", True)],
                [("state", "=", "done"), ("date_done", ">=", "2025-11-01")],
            ):
                query = Task._search(
                    domain, limit=80, order="date_deadline, id"
                ).select()
                with self.subTest(user=user.login, domain=domain):
                    plan = self.explain(self.get_text(query))
                    self.assertNotIn("Seq Scan on track_run_line", plan)
                    self.assertIn("track_run_line", plan)

    def explain(self, query, can_scan=True):
        """The query plan of a query.

        :param bool can_scan: whether a sequential scan is allowed: a test has so few
            tracks that the rows which other tests rolled back would decide the plan
        """
        self.env.cr.execute(f"SET LOCAL enable_seqscan = {'on' if can_scan else 'off'}")
        self.env.cr.execute(f"EXPLAIN {query}")
        return "\n".join(line for (line,) in self.env.cr.fetchall())

    def get_text(self, query, params=None):
        """A query with its parameters."""
        if isinstance(query, SQL):
            query, params = query.code, query.params
        return self.env.cr._obj.mogrify(query, params).decode()
