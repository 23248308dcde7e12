from odoo.tests import Form, tagged

from .common import ActivityTeamCase


@tagged("post_install", "-at_install")
class TestTeamTemplates(ActivityTeamCase):
    """The team of a task in templates, and on its way to tracks and back."""

    def test_the_form_proposes_the_team_of_the_activity_type(self):
        self.type_call.default_team_id = self.team
        view = "crm_tracks.track_template_view_form"
        with Form(self.env["track.template"].with_user(self.manager), view) as form:
            form.name = "Proposed"
            with form.line_ids.new() as line:
                line.activity_type_id = self.type_call
                self.assertEqual(line.activity_team_id, self.team)
                line.activity_type_id = self.type_todo
                self.assertEqual(line.activity_team_id, self.team)
        self.assertEqual(form.record.line_ids.activity_team_id, self.team)

    def test_the_sentence_of_the_task_names_it(self):
        self.assertIn("Team Back office", self.line.sentence)
        self.line.activity_team_id = False
        self.assertNotIn("Team", self.line.sentence)

    def test_the_tab_names_it(self):
        run, task = self.start()
        tab = run.with_user(self.seller).sudo(False)
        [data] = tab.get_tab_data(self.lead._name, self.lead.id)["runs"]
        [options] = [each["options"] for each in data["tasks"] if each["id"] == task.id]
        self.assertEqual(options, ["Team Back office"])

    def test_a_running_track_keeps_the_team_until_it_is_updated(self):
        other = self.make_team("Field sales", self.member)
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        task = self.get_task(run, "Check")
        self.line.activity_team_id = other
        self.assertEqual(task.activity_team_id, self.team)
        update = run.with_user(self.manager).action_update_from_template()
        self.env.invalidate_all()
        self.assertEqual(task.activity_team_id, other)
        self.env["track.run.update"].browse(update["res_id"]).with_user(
            self.manager
        ).action_undo()
        self.env.invalidate_all()
        self.assertEqual(task.activity_team_id, self.team)
        self.line.activity_team_id = False
        run.with_user(self.manager).action_update_from_template()
        self.tick(run, "Call")
        self.assertFalse(task.activity_id.team_id)
        self.assertEqual(task.user_id, self.seller)

    def test_copies_have_it(self):
        copy = self.template.with_user(self.manager).copy()
        teams = copy.line_ids.sorted().mapped("activity_team_id.name")
        self.assertEqual(teams, ["Back office"])

    def test_a_template_that_is_created_from_a_track_has_it(self):
        run = self.lead.with_user(self.manager).tracks_apply(self.template)
        action = run.action_make_template()
        made = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(made.line_ids.sorted()[1].activity_team_id, self.team)

    def test_export_and_import_carry_it(self):
        names = ["name", "line_ids/summary", "line_ids/activity_team_id/id"]
        administrator = self.make_user(
            "administrator", "sales_team.group_sale_manager,base.group_allow_export"
        )
        template = self.template.with_user(administrator)
        rows = template.export_data(names)["datas"]
        self.assertEqual(len(rows), 3)
        rows[0][0] = "Imported"
        result = template.load(names, rows)
        self.assertFalse(result["messages"])
        imported = template.browse(result["ids"])
        self.assertEqual(imported.line_ids.sorted()[1].activity_team_id, self.team)

    def test_a_deleted_team_leaves_the_task_to_its_responsible(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        self.team.unlink()
        self.tick(run, "Call")
        self.assertEqual(self.get_task(run, "Check").user_id, self.seller)
