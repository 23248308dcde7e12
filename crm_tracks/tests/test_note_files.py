import base64
from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TracksCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestNoteFiles(TracksCase):
    """Images and files of a copied note remain when the original task is deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Call", "Write")
        for line in cls.template.line_ids:
            line.note = cls.make_note(line)

    @classmethod
    def make_file(cls, record):
        return cls.env["ir.attachment"].create(
            {
                "name": "picture.png",
                "raw": PIXEL,
                "res_model": record._name,
                "res_id": record.id,
                "access_token": "b1c2d3e4",
            }
        )

    @classmethod
    def make_note(cls, record):
        """A note as the editor saves it, with an image and a file."""
        picture, file = cls.make_file(record), cls.make_file(record)
        return Markup(
            '<p>See <img src="/web/image/{picture}-1a2b/picture.png'
            '?access_token=b1c2d3e4"> and <a href="/web/content/{file}'
            '?unique=1a&amp;download=true">this</a></p>'
        ).format(picture=picture.id, file=file.id)

    def get_files(self, note):
        self.env.cr.execute(
            r"SELECT (regexp_matches(%s, '/web/(?:image|content)/(\d+)', 'g'))[1]",
            [note],
        )
        ids = [int(row[0]) for row in self.env.cr.fetchall()]
        self.assertEqual(len(ids), 2)
        return self.env["ir.attachment"].sudo().browse(ids)

    def assertOwnFiles(self, record):
        """The files of the note exist, belong to it, and can be read with it."""
        files = self.get_files(record.note)
        self.assertEqual(files.exists(), files)
        for file in files:
            self.assertEqual((file.res_model, file.res_id), (record._name, record.id))
            self.assertEqual(file.raw, PIXEL)
            self.assertEqual(file.access_token, "b1c2d3e4")
        return files

    def test_tracks_keep_them_without_their_template(self):
        leads = self.make_leads(2).with_user(self.seller)
        runs = leads.tracks_apply(self.template)
        self.template.line_ids[1].with_user(self.manager).unlink()
        self.template.with_user(self.manager).unlink()
        self.env.invalidate_all()
        kept = self.env["ir.attachment"].sudo()
        for run in runs.sudo():
            call, write = run.line_ids.sorted()
            kept |= self.assertOwnFiles(call) | self.assertOwnFiles(write)
            self.assertFalse(call.text_manual)
            self.assertEqual(
                self.get_files(call.activity_id.note), self.get_files(call.note)
            )
            self.tick(run, "Call")
            self.assertEqual(
                self.get_files(write.activity_id.note), self.get_files(write.note)
            )
        self.assertEqual(len(kept), 8)
        files = self.get_files(runs.line_ids[0].note).with_user(self.seller)
        self.assertTrue(files.mapped("raw"))
        with self.assertRaises(AccessError):
            files.with_user(self.seller_2).mapped("raw")

    def test_copies_and_templates_of_a_track_keep_them(self):
        lead = self.make_leads().with_user(self.manager)
        run = lead.tracks_apply(self.template)
        copy = self.template.with_user(self.manager).copy()
        action = run.with_user(self.manager).action_make_template()
        made = copy.browse(action["res_id"])
        self.template.unlink()
        run.sudo().unlink()
        self.env.invalidate_all()
        for template in (copy, made):
            self.assertEqual(len(template.line_ids), 2)
            for line in template.line_ids:
                self.assertOwnFiles(line)

    def test_templates_of_an_activity_plan_keep_them(self):
        plan = self.env["mail.activity.plan"].create(
            {"name": "Plan", "res_model": "crm.lead"}
        )
        task = self.env["mail.activity.plan.template"].create(
            {
                "plan_id": plan.id,
                "activity_type_id": self.type_call.id,
                "summary": "Call",
            }
        )
        task.note = self.make_note(task)
        action = plan.with_user(self.manager).action_make_track_template()
        template = self.template.browse(action["res_id"])
        plan.unlink()
        self.env.invalidate_all()
        self.assertOwnFiles(template.line_ids)

    def test_nobody_gets_the_files_of_others_by_naming_them(self):
        secret = self.make_file(self.make_leads(user=self.seller_2))
        line = self.template.line_ids[0]
        line.note = Markup('<p><img src="/web/image/{}"> </p>').format(secret.id)
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(self.template)
        self.assertIn(f"/web/image/{secret.id}", run.line_ids.sorted()[0].note)
        self.assertEqual(secret.res_model, "crm.lead")
        copies = self.env["ir.attachment"].search(
            [("res_model", "=", "track.run.line"), ("res_id", "in", run.line_ids.ids)]
        )
        self.assertEqual(len(copies), 2)  # those of the other task

    def test_notes_without_files_cost_nothing(self):
        plain = self.make_chain("Call", "Write")
        for line in plain.line_ids:
            line.note = "<p>Ask for the budget</p>"
        leads = self.make_leads(2).with_user(self.seller)
        self.env.flush_all()
        with patch.object(
            self.registry["ir.attachment"], "_search", side_effect=AssertionError
        ):
            leads.tracks_apply(plain)
            with self.assertRaises(AssertionError):
                leads.tracks_apply(self.template)
