from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestReassignDialog(TracksCase):
    """The dialog that reassigns tracks shows them with their records, and says what was
    assigned and what was not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")
        cls.mail = cls.env["mail.template"].create(
            {"name": "Offer", "model_id": cls.env.ref("crm.model_crm_lead").id}
        )

    def start(self, count=1, user=None, template=None):
        leads = self.make_leads(count, user=user)
        return leads.with_user(self.manager).tracks_apply(template or self.template)

    def open_dialog(self, runs, user=None):
        """The dialog for these tracks, as a user opens it from the list."""
        action = runs.with_user(user or self.manager).action_open_reassign()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.manager)
            .with_context(**action["context"])
        )

    def reassign(self, runs, assignee=None, user=None):
        """Reassign in the dialog; return the parameters of the notification."""
        wizard = self.open_dialog(runs, user).create(
            {"user_id": (assignee or self.seller_2).id}
        )
        action = wizard.action_reassign()
        self.assertEqual(action["tag"], "display_notification")
        params = action["params"]
        self.assertEqual(params["next"], {"type": "ir.actions.act_window_close"})
        return params

    def assertSays(self, params, kind, *sentences):
        self.assertEqual(params["message"], " ".join(sentences))
        self.assertEqual(params["type"], kind)
        # what was not assigned is to be read in peace
        self.assertEqual(params["sticky"], len(sentences) > 1)

    def test_it_says_how_many_tasks_of_how_many_tracks_went_to_whom(self):
        params = self.reassign(self.start(3))
        text = "6 tasks of 3 tracks were assigned to Seller 2."
        self.assertSays(params, "success", text)

    def test_it_names_one_track_and_one_task(self):
        run = self.start()
        text = "2 tasks of “Sales follow-through” were assigned to Seller 2."
        self.assertSays(self.reassign(run), "success", text)
        self.tick(run, "Write")
        params = self.reassign(run, self.seller)
        self.assertSays(params, "success", "“Call” was assigned to Seller.")

    def test_tracks_that_have_ended_are_named_with_their_records(self):
        runs = self.start(3)
        runs[1:].action_stop()
        for number, run in enumerate(runs, start=1):
            self.env["crm.lead"].browse(run.res_id).name = f"Deal {number}"
        self.assertSays(
            self.reassign(runs),
            "warning",
            "2 tasks of “Sales follow-through” were assigned to Seller 2.",
            "Tracks that have ended are not reassigned: “Sales follow-through” "
            "(Deal 2), “Sales follow-through” (Deal 3).",
        )
        self.assertNotIn(self.seller_2, runs[1:].line_ids.user_id)

    def test_of_many_tracks_only_the_first_are_named(self):
        runs = self.start(6)
        runs[1:].action_stop()
        message = self.reassign(runs)["message"]
        self.assertEqual(message.count("“Sales follow-through” ("), 3)
        self.assertIn(" and 2 more", message)

    def test_tracks_of_records_that_one_may_not_change_are_left_out(self):
        own, other = self.start(user=self.seller_all), self.start()
        self.env["ir.rule"].create(
            {
                "name": "Everybody reads all, and changes their own",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "domain_force": "[('user_id', '=', user.id)]",
                "perm_read": False,
                "perm_create": False,
                "perm_unlink": False,
            }
        )
        params = self.reassign(own + other, user=self.seller_all)
        self.assertSays(
            params,
            "warning",
            "2 tasks of “Sales follow-through” were assigned to Seller 2.",
            "You do not have permission to change the records of these tracks: "
            "“Sales follow-through” (Opportunity 1).",
        )
        self.assertEqual(other.line_ids.user_id, self.seller)
        wizard = self.open_dialog(other, self.seller_all).create(
            {"user_id": self.seller_2.id}
        )
        with self.assertRaisesRegex(AccessError, "permission to change this record"):
            wizard.action_reassign()

    def test_automated_tasks_have_no_assignee(self):
        template = self.make_template(
            {"summary": "Write", "delay_count": 1},
            {
                "summary": "Send the offer",
                "action": "email",
                "mail_template_id": self.mail.id,
                "delay_count": 2,
            },
            res_model_ids=[(4, self.env.ref("crm.model_crm_lead").id)],
        )
        run = self.start(template=template)
        self.assertSays(
            self.reassign(run),
            "warning",
            "“Write” was assigned to Seller 2.",
            "“Send the offer” is automated, so it has no assignee.",
        )
        runs = self.start(2, template=template)
        self.assertSays(
            self.reassign(runs),
            "warning",
            "2 tasks of 2 tracks were assigned to Seller 2.",
            "2 automated tasks have no assignee.",
        )

    def test_tasks_that_were_already_theirs_are_not_counted(self):
        run = self.start()
        self.get_task(run, "Write").with_user(self.manager).user_id = self.seller_2
        self.assertSays(
            self.reassign(run),
            "warning",
            "“Call” was assigned to Seller 2.",
            "“Write” was already assigned to Seller 2.",
        )
        self.assertSays(
            self.reassign(run),
            "warning",
            "No task was reassigned.",
            "2 tasks were already assigned to Seller 2.",
        )
        # they stay with this user all the same
        self.assertTrue(all(run.line_ids.mapped("user_manual")))

    def test_the_dialog_shows_before_what_it_leaves_out(self):
        runs = self.start(3)
        runs[2].action_stop()
        with Form(self.open_dialog(runs)) as form:
            self.assertEqual(form.task_count, 4)
            self.assertIn("have ended", form.left_out)
            self.assertEqual(len(form.run_ids), 3)
            form.user_id = self.seller_2
        with Form(self.open_dialog(runs[:2])) as form:
            self.assertFalse(form.left_out)
            form.user_id = self.seller_2

    def test_the_dialog_lists_the_tracks_with_their_records(self):
        wizard = self.open_dialog(self.start())
        arch = etree.fromstring(wizard.get_view(view_type="form")["arch"])
        for kind in ("list", "kanban"):
            names = arch.xpath(f"//field[@name='run_ids']/{kind}//field/@name")
            self.assertLessEqual({"name", "res_name", "current_user_id"}, set(names))

    def test_it_refuses_who_cannot_be_assigned_and_what_has_ended(self):
        runs = self.start(2)
        wizard = self.open_dialog(runs).create({"user_id": self.portal.id})
        with self.assertRaisesRegex(UserError, "cannot be assigned"):
            wizard.action_reassign()
        runs.action_stop()
        wizard = self.open_dialog(runs).create({"user_id": self.seller_2.id})
        with self.assertRaisesRegex(UserError, "have not ended can be reassigned"):
            wizard.action_reassign()

    def test_names_are_shown_as_they_are(self):
        run = self.start()
        run.with_user(self.manager).name = "<b>Bold</b> %s"
        message = self.reassign(run)["message"]
        self.assertIn("“<b>Bold</b> %s”", message)
