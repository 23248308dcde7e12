import ast

from lxml import etree

from odoo.tests import tagged

from .common import TracksCase

# The figures of the overview, and the action that opens what each counts.
ACTIONS = {
    "stat_running": "action_view_running",
    "stat_done": "action_view_done",
    "stat_goals": "action_view_goals",
    "stat_stopped": "action_view_stopped",
    "stat_open": "action_view_open",
    "stat_late": "action_view_late",
    "stat_failed": "action_view_failed",
    "stat_waiting": "action_view_waiting",
    "stat_tasks_done": "action_view_tasks_done",
    "stat_tasks_dated": "action_view_in_time",
    "stat_tasks_assigned": "action_view_average_days",
    "stat_reached": "action_view_reached",
    "stat_skipped": "action_view_skipped",
    "stat_leads_won": "action_view_leads_won",
    "stat_leads_lost": "action_view_leads_lost",
    "stat_leads_open": "action_view_leads_open",
    "stat_leads_decided": "action_view_leads_decided",
}
# The figures that are calculated from the records that the action opens.
CALCULATED = {
    "stat_in_time": ("action_view_in_time", "in_time_rate:avg", 100),
    "stat_average_days": ("action_view_average_days", "days_taken:avg", 1),
    "stat_median_late": ("action_view_in_time", "days_done_late:median", 1),
}
# The other figures on the screen, and the action that opens what each is made of.
OTHERS = {
    "stat_win_rate": "action_view_leads_decided",
    "stat_outcomes": "action_view_outcomes",
}


@tagged("post_install", "-at_install")
class TestFigures(TracksCase):
    """Each figure of the overview opens exactly the records that it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ON_CARD = cls.env["track.template"]._fields.keys()
        cls.template = cls.make_chain("Write", "Call", "Meet")
        cls.condition_template = cls.make_template(
            {"summary": "Write"},
            {
                "summary": "When it is big",
                "condition": "[('expected_revenue', '>', 1000)]",
                "condition_else": "wait",
                "delay_from": "previous",
            },
            name="Deals",
            goal="[('priority', '=', '3')]",
            res_model_ids=[(4, cls.env.ref("crm.model_crm_lead").id)],
        )
        cls.templates = cls.template + cls.condition_template
        cls.seller_2.write({"company_ids": [(4, cls.company_2.id)]})
        cls.both = cls.make_user(
            "both",
            "sales_team.group_sale_manager",
            company_ids=[(6, 0, (cls.company + cls.company_2).ids)],
        )

    def make_every_kind(self, user, company=None):
        """Tracks of one owner of which each figure counts some."""
        values = {"company_id": company.id, "team_id": False} if company else {}
        leads = self.make_leads(12, user=user, **values)
        starter = self.both if company else self.manager
        runs = leads[:9].with_user(starter).tracks_apply(self.template)
        late, failed, stopped, late_stopped, done, paused, held, early, skipped = runs
        self.get_task(failed, "Write").sudo().write({"state": "failed"})
        with self.at("2026-03-06 15:00:00"):
            self.tick(late_stopped, "Write")
            for run in (stopped, late_stopped):
                run.with_user(self.both).action_stop()
        for day, summary in ((7, "Write"), (8, "Call"), (11, "Meet")):
            with self.at(f"2026-03-{day:02} 15:00:00"):
                self.tick(done, summary)
        self.env["crm.lead"].browse(done.res_id).action_set_won()
        self.get_task(skipped, "Write").with_user(self.both).action_skip()
        paused.with_user(self.both).action_pause()
        self.env["crm.lead"].browse(held.res_id).action_set_lost()
        # ahead of its turn: it had no due date and was not assigned
        self.get_task(early, "Meet").with_user(self.both).action_done()
        by_hand = self.env["track.run.line"].with_user(self.both)
        by_hand.create({"run_id": late.id, "summary": "By hand", "delay_from": "start"})
        conditional = leads[9:].with_user(starter).tracks_apply(self.condition_template)
        for run in conditional:
            self.tick(run, "Write")
        leads[10].with_user(self.both).priority = "3"
        self.env.flush_all()

    def assertOpens(self, record, name, action):
        """The action of a figure opens as many records as it says."""
        opened = getattr(record, action)()
        self.assertEqual(opened["context"].keys() & {"search_default_open"}, set())
        self.assertEqual(opened["view_mode"].split(",")[0], "list")
        Model = record.env[opened["res_model"]].with_context(**opened["context"])
        if not Model.has_access("read"):
            # the card shows no figures of leads to who may not read leads
            self.assertEqual((Model._name, record[name]), ("crm.lead", 0))
            return Model
        found = Model.search(opened["domain"])
        self.assertEqual(len(found), record[name], (record.display_name, name))
        return found

    def check_figures(self, user, **context):
        """Check each figure of the templates and their tasks; return their sums."""
        templates = self.templates.with_user(user).with_context(**context)
        templates.invalidate_recordset()
        templates.line_ids.invalidate_recordset()
        sums = dict.fromkeys(ACTIONS, 0)
        for record in [*templates, *templates.line_ids]:
            for name, action in ACTIONS.items():
                if name in record._fields:
                    with self.subTest(user=user.login, record=record, figure=name):
                        self.assertOpens(record, name, action)
                    # the figures of templates include those of their tasks
                    if record._name == "track.template" or name not in self.ON_CARD:
                        sums[name] += record[name]
            for name, (action, aggregate, unit) in CALCULATED.items():
                if name not in record._fields:
                    continue
                opened = getattr(record, action)()
                [(average,)] = record.env[opened["res_model"]]._read_group(
                    opened["domain"], [], [aggregate]
                )
                with self.subTest(user=user.login, record=record, figure=name):
                    expected = float(average or 0) / unit
                    self.assertAlmostEqual(record[name], expected, delta=0.051)
        return sums

    def test_everybody_opens_what_is_counted_for_them(self):
        self.make_every_kind(self.seller)
        self.make_every_kind(self.seller_2)
        with self.at("2026-03-16 10:00:00"):
            own = self.check_figures(self.seller)
            for name, number in own.items():
                self.assertGreater(number, 0, name)
            both = self.check_figures(self.manager)
            self.assertEqual(both, {name: 2 * number for name, number in own.items()})
            self.assertEqual(set(self.check_figures(self.employee).values()), {0})

    def test_in_each_company_one_opens_what_is_counted_there(self):
        self.make_every_kind(self.seller)
        self.make_every_kind(self.seller_2, self.company_2)
        with self.at("2026-03-16 10:00:00"):
            first = self.check_figures(self.both, allowed_company_ids=self.company.ids)
            second = self.check_figures(
                self.both, allowed_company_ids=self.company_2.ids
            )
            ids = (self.company + self.company_2).ids
            together = self.check_figures(self.both, allowed_company_ids=ids)
        for name, number in together.items():
            self.assertGreater(first[name], 0, name)
            self.assertEqual(number, first[name] + second[name], name)

    def test_the_period_is_that_of_the_figures(self):
        self.make_every_kind(self.seller)
        for moment, days, is_counted in (
            ("2026-04-01 10:00:00", 30, True),
            ("2026-06-01 10:00:00", 30, False),
            ("2026-06-01 10:00:00", 90, True),
        ):
            with self.subTest(moment=moment, days=days), self.at(moment):
                sums = self.check_figures(self.seller, tracks_days=days)
                self.assertEqual(bool(sums["stat_tasks_done"]), is_counted)
                self.assertEqual(bool(sums["stat_stopped"]), is_counted)
                self.assertGreater(sums["stat_late"], 0)

    def test_every_figure_on_the_screen_has_its_action(self):
        shown = set()
        expected = ACTIONS | OTHERS
        expected |= {name: action for name, (action, *_how) in CALCULATED.items()}
        for xmlid in (
            "track_template_view_kanban_overview",
            "track_line_view_kanban_statistics",
        ):
            arch = etree.fromstring(self.env.ref(f"crm_tracks.{xmlid}").arch)
            for node in arch.xpath("//t[@t-name='card']//field"):
                name = node.get("name")
                if not name.startswith("stat_") or name.endswith("_at"):
                    continue
                shown.add(name)
                [link] = node.xpath("ancestor::a[@type='object']")
                self.assertEqual(link.get("name"), expected[name])
        arch = etree.fromstring(
            self.env.ref("crm_tracks.track_line_view_list_statistics").arch
        )
        for node in arch.xpath("//field[@widget='tracks_figure']"):
            name = node.get("name")
            shown.add(name)
            options = ast.literal_eval(node.get("options").replace("true", "True"))
            self.assertEqual(options["action"], expected[name])
        helpers = {"stat_tasks_dated", "stat_tasks_assigned", "stat_leads_decided"}
        self.assertEqual(shown, expected.keys() - helpers)

    def test_figures_without_a_measure_are_not_shown_as_zero(self):
        run = self.make_leads().with_user(self.manager).tracks_apply(self.template)
        self.get_task(run, "Meet").with_user(self.seller).action_done()
        figures = self.template.with_user(self.seller)
        figures.invalidate_recordset()
        self.assertEqual(figures.stat_tasks_done, 1)
        self.assertEqual(figures.stat_tasks_dated, 0)
        self.assertEqual(figures.stat_tasks_assigned, 0)

    def test_a_card_without_late_tasks_names_no_late_task(self):
        self.make_every_kind(self.seller)
        for moment in ("2026-03-04 11:00:00", "2026-03-16 10:00:00"):
            with self.at(moment):
                for user in (self.seller, self.seller_2):
                    figures = self.templates.with_user(user)
                    figures.invalidate_recordset()
                    figures.line_ids.invalidate_recordset()
                    for template in figures:
                        for name in ("late", "failed", "stopped"):
                            named = bool(template[f"stat_{name}_at"])
                            by_task = template.line_ids.mapped(f"stat_{name}")
                            self.assertEqual(named, any(by_task))
                            self.assertLessEqual(sum(by_task), template[f"stat_{name}"])
