from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged, users

from ..models.run.mail_activity_muting import MailActivity
from .common import QUERIES, tagged_test
from .test_requirements import RequirementsCase


@tagged("post_install", "-at_install")
class TestRequirementsInTemplates(RequirementsCase):
    """What an author may require."""

    def assertRefused(self, change, message):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            change()
        self.assertEqual(str(caught.exception), message)

    @users("tracks_manager")
    def test_an_unknown_field_is_refused(self):
        for name in (
            "nonsense",
            "partner_id.email",
            "id; DROP TABLE",
            "date_deadline_",
        ):
            self.assertRefused(
                lambda name=name: self.make_gated(required_fields=name),
                f"“Send the offer” requires “{name}”, which is no field of Lead. "
                "Select another field.",
            )

    def test_a_field_that_the_author_may_not_read_is_refused(self):
        field = self.env["crm.lead"]._fields["date_deadline"]
        template = self.template.with_user(self.manager)
        message = (
            "You do not have permission to read “Expected Closing” of Lead, which "
            "“Send the offer” requires. Select another field."
        )
        template.line_ids[0].required_fields = False
        with patch.object(field, "groups", "base.group_system"):
            self.assertRefused(
                lambda: template.line_ids[0].write(
                    {"required_fields": "date_deadline"}
                ),
                message,
            )
            self.assertRefused(
                lambda: template.write(
                    {
                        "line_ids": [
                            Command.update(
                                template.line_ids[0].id,
                                {"required_fields": "name,date_deadline"},
                            )
                        ]
                    }
                ),
                message,
            )

    def test_a_model_that_the_author_may_not_read_is_refused(self):
        author = self.make_user(
            "author", "base.group_user,crm_tracks.group_track_manager"
        )
        template = self.make_template(
            {"summary": "Send the offer"},
            res_model_ids=[Command.set(self.lead_model.ids)],
        ).with_user(author)
        self.assertRefused(
            lambda: template.line_ids.write({"required_fields": "name"}),
            "You do not have permission to read “Opportunity” of Lead, which “Send the "
            "offer” requires. Select another field.",
        )

    @users("tracks_manager")
    def test_the_template_has_exactly_one_model(self):
        message = (
            "“Send the offer” needs exactly one model. Set it in “Applies To” of "
            "“Sales follow-through”."
        )
        line = {"summary": "Send the offer", "required_fields": "name"}
        partner = self.env["ir.model"]._get("res.partner")
        for models in (self.env["ir.model"], self.lead_model + partner):
            self.assertRefused(
                lambda models=models: self.env["track.template"].create(
                    {
                        "name": "Sales follow-through",
                        "res_model_ids": [Command.set(models.ids)],
                        "line_ids": [Command.create(line)],
                    }
                ),
                message,
            )
        template = self.template.with_env(self.env)
        self.assertRefused(
            lambda: template.write({"res_model_ids": [Command.clear()]}), message
        )
        # feedback can be required on all models
        template.line_ids[0].required_fields = False
        template.write({"res_model_ids": [Command.clear()]})
        self.assertTrue(template.line_ids[0].require_feedback)

    @users("tracks_manager")
    def test_the_fields_are_checked_again_when_the_models_change(self):
        partner = self.env["ir.model"]._get("res.partner")
        template = self.template.with_env(self.env)
        for vals in (
            {"res_model_ids": [Command.set(partner.ids)]},
            {"res_model_names": "res.partner"},
        ):
            self.assertRefused(
                lambda vals=vals: template.write(vals),
                "“Send the offer” requires “date_deadline”, which is no field of "
                "Contact. Select another field.",
            )
        template.write(
            {
                "res_model_names": "res.partner",
                "line_ids": [
                    Command.update(
                        template.line_ids[0].id, {"required_fields": "phone"}
                    )
                ],
            }
        )
        self.assertEqual(template.line_ids[0].required_fields, "phone")

    @users("tracks_manager")
    def test_only_tasks_of_people_require_something(self):
        message = (
            "“Update the record” is automated, so no user completes it. Remove its "
            "required feedback and fields."
        )
        line = {
            "action": "update",
            "update_ids": [Command.create({"field_name": "priority", "value": "1"})],
        }
        for vals in ({"require_feedback": True}, {"required_fields": "name"}):
            with self.assertRaisesRegex(ValidationError, "is automated, so no user"):
                self.make_gated(summary=False, **line, **vals)
        self.assertIn("no user completes it", message)
        form = Form(self.template.with_env(self.env))
        with form.line_ids.edit(0) as task:
            task.action = "update"
            self.assertFalse(task.require_feedback)
            self.assertFalse(task.required_fields)
            task.action = "activity"

    @users("tracks_manager")
    def test_a_template_reads_what_it_requires(self):
        template = self.template.with_env(self.env)
        self.assertIn(
            "needs a note and Expected Closing", template.line_ids[0].sentence
        )
        self.assertNotIn("needs", template.line_ids[1].sentence)
        template.line_ids[0].required_fields = False
        self.assertTrue(template.line_ids[0].sentence.endswith("needs a note"))

    def test_a_track_copies_them_and_users_change_nothing_of_it(self):
        _lead, run = self.start()
        self.template.line_ids[0].write(
            {"require_feedback": False, "required_fields": False}
        )
        task = self.get_offer(run)
        self.assertEqual(
            (task.require_feedback, task.required_fields), (True, "date_deadline")
        )
        for user in (self.seller, self.manager):
            for vals in (
                {"require_feedback": False},
                {"required_fields": False},
                {"summary": "Smuggled", "required_fields": "name"},
            ):
                with self.assertRaises(AccessError):
                    task.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.env["track.run.line"].with_user(self.seller).create(
                {"run_id": run.id, "summary": "Added", "require_feedback": True}
            )

    def test_a_template_of_a_track_requires_the_same(self):
        _lead, run = self.start()
        action = run.with_user(self.manager).action_make_template()
        template = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(template.line_ids[0].required_fields, "date_deadline")
        self.assertTrue(template.line_ids[0].require_feedback)
        self.assertEqual(template.res_model_ids, self.lead_model)


@tagged("post_install", "-at_install", QUERIES)
class TestRequirementsQueries(RequirementsCase):
    """Tasks that require nothing cost nothing."""

    @users("tracks_seller")
    @tagged_test(QUERIES)
    # pylint: disable=missing-return
    def test_ticking_without_requirements_costs_not_one_query_more(self):
        template = self.make_chain("Write", "Call")

        def measure(tick):
            leads = self.make_leads(4).with_env(self.env)
            runs = leads.tracks_apply(template)
            tasks = runs.line_ids.filtered(lambda task: task.state == "open")
            activities = tasks.sudo().activity_ids.sudo(False)
            ids = {"track.run.line": tasks.ids, "mail.activity": activities.ids}
            return self.count_queries(lambda: tick(ids))

        def tick_tasks(ids):
            self.env["track.run.line"].browse(ids["track.run.line"]).action_done()

        def tick_activities(ids):
            self.env["mail.activity"].browse(ids["mail.activity"]).action_done()

        def archive(ids):
            activities = self.env["mail.activity"].browse(ids["mail.activity"])
            activities.write({"active": False})

        hooks = type(self.env["track.run.line"])
        for tick in (tick_tasks, tick_activities, archive):
            measure(tick)  # fills the caches
            with_hooks = measure(tick)
            with (
                patch.object(hooks, "_get_missing", lambda self, feedback=False: {}),
                patch.object(
                    MailActivity,
                    "_action_done",
                    lambda self, **kwargs: super(MailActivity, self)._action_done(
                        **kwargs
                    ),
                ),
            ):
                without_hooks = measure(tick)
            with self.subTest(tick=tick.__name__):
                self.assertGreater(without_hooks, 0)
                self.assertLessEqual(with_hooks, without_hooks)

    @users("tracks_seller")
    def test_requirements_cost_the_same_for_ten_and_for_forty(self):
        counts = []
        for number in (10, 10, 40):  # the first call fills the caches
            _leads, runs = self.start(number, date_deadline="2026-04-01")
            ids = self.get_activities(runs).ids
            tasks = runs.line_ids.filtered(lambda task: task.state == "open").ids

            def check(tasks=tasks):
                self.env["track.run.line"].browse(tasks)._get_missing("Sent")

            def read(ids=ids):
                self.env["mail.activity"].browse(ids).mapped("track_completion")

            counts.append((self.count_queries(check), self.count_queries(read)))
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1][0], 8)
