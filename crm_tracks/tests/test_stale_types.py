from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestStaleTypes(TracksCase):
    """Tasks get another type if theirs was archived or bound to another model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_archived, cls.type_bound, cls.type_leads = cls.env[
            "mail.activity.type"
        ].create(
            [
                {"name": "Fax"},
                {"name": "Visit the site"},
                {"name": "Demo", "res_model": "crm.lead"},
            ]
        )
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")
        cls.partner_model = cls.env["ir.model"]._get("res.partner")
        cls.template = cls.make_template(
            {"activity_type_id": cls.type_archived.id},
            {
                "summary": "Look at it",
                "activity_type_id": cls.type_bound.id,
                "delay_from": "previous",
            },
            {"activity_type_id": cls.type_leads.id, "delay_count": 3},
            res_model_ids=[Command.link(cls.lead_model.id)],
        )
        cls.default_type = cls.env["mail.activity"]._default_activity_type_for_model(
            "crm.lead"
        )

    def make_stale(self):
        self.type_archived.active = False
        self.type_bound.res_model = "res.partner"

    def apply(self):
        lead = self.make_leads().with_user(self.seller)
        return lead.tracks_apply(self.template).sudo()

    def assertShown(self, activity):
        """The activity view has a column for it."""
        data = self.env["mail.activity"].get_activity_data("crm.lead", [])
        shown = {type_["id"] for type_ in data["activity_types"]}
        self.assertIn(activity.activity_type_id.id, shown)

    def test_a_new_track_gets_the_default_type_and_the_old_one_s_name(self):
        self.make_stale()
        run = self.apply()
        fax, _look, demo = run.line_ids.sorted()
        self.assertEqual(fax.activity_id.activity_type_id, self.default_type)
        self.assertEqual(fax.activity_id.summary, "Fax")
        self.assertEqual(demo.activity_id.activity_type_id, self.type_leads)
        self.assertActivityFollows(fax)
        for task in (fax, demo):
            self.assertShown(task.activity_id)

    def test_a_running_track_gets_the_default_type_when_a_task_opens(self):
        run = self.apply()
        fax, look, _demo = run.line_ids.sorted()
        self.assertEqual(fax.activity_id.activity_type_id, self.type_archived)
        self.make_stale()
        fax.activity_id.with_user(self.seller).action_feedback()
        self.assertEqual(look.state, "open")
        self.assertEqual(look.activity_id.activity_type_id, self.default_type)
        self.assertEqual(look.activity_id.summary, "Look at it")
        self.assertFalse(look.text_manual)
        # tasks that were already open do not change
        self.assertEqual(fax.activity_id.activity_type_id, self.type_archived)

    def test_the_template_says_so_and_is_saved_all_the_same(self):
        self.assertFalse(self.template.type_hint)
        self.make_stale()
        self.assertIn("“Fax” (Fax), “Look at it” (Visit the site)", self.hint())
        template = self.template.with_user(self.manager)
        template.write({"name": "Renamed", "company_id": self.company.id})
        look = template.line_ids[1]
        template.write(
            {"line_ids": [Command.update(look.id, {"delay_count": 5, "sequence": 9})]}
        )
        with Form(template) as form:
            form.name = "Renamed again"
            with form.line_ids.edit(0) as line:
                line.delay_count = 1
        self.assertEqual(template.name, "Renamed again")
        self.assertEqual(look.delay_count, 5)

    def hint(self):
        self.template.invalidate_recordset()
        return self.template.type_hint

    def test_what_is_saved_anew_has_to_fit(self):
        self.make_stale()
        look = self.template.line_ids[1].with_user(self.manager)
        for change in (
            lambda: look.write({"activity_type_id": self.type_bound.id}),
            lambda: look.create(
                {
                    "template_id": self.template.id,
                    "activity_type_id": self.type_bound.id,
                }
            ),
            lambda: self.template.write(
                {
                    "res_model_ids": [
                        Command.set(self.env["ir.model"]._get("res.partner").ids)
                    ]
                }
            ),
        ):
            with self.assertRaisesRegex(ValidationError, "is for one model only"):
                with self.cr.savepoint():
                    change()
        look.write({"activity_type_id": self.type_call.id})
        self.assertNotIn("Look at it", self.hint())

    def test_copies_and_templates_of_a_track_leave_it_out(self):
        run = self.apply()
        self.make_stale()
        copy = self.template.with_user(self.manager).copy()
        action = run.with_user(self.manager).action_make_template()
        for template in (copy, copy.browse(action["res_id"])):
            fax, look, demo = template.line_ids.sorted()
            self.assertFalse((fax + look).activity_type_id)
            self.assertEqual((fax.summary, look.summary), ("Fax", "Look at it"))
            self.assertEqual(demo.activity_type_id, self.type_leads)
            self.assertFalse(template.type_hint)
