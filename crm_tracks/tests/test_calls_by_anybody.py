from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_access import AccessCase


@tagged("post_install", "-at_install")
class TestAccessFirst(AccessCase):
    """Users without access are refused before anything is read in sudo."""

    @contextmanager
    def assertNothingInSudo(self, model, *methods):
        """Within the block, none of these methods is called."""
        called = []
        with patch.multiple(
            self.registry[model],
            **{name: lambda *args, **kwargs: called.append(args) for name in methods},
        ):
            yield
        self.assertFalse(called)

    def test_a_write_that_is_refused_reads_no_track(self):
        lead = self.as_user(self.leads["own"], self.employee)
        for call in (
            lambda: lead.write({"active": False}),
            lambda: lead.write({"user_id": self.employee.id}),
            lambda: lead.action_set_lost(),
        ):
            with (
                self.assertNothingInSudo(
                    "crm.lead", "_tracks_filter_tracked", "_tracks_get_closed"
                ),
                self.assertRaises(AccessError),
            ):
                call()

    def test_a_deletion_that_is_refused_reads_no_track(self):
        lead = self.as_user(self.leads["own"], self.employee)
        with (
            self.assertNothingInSudo("crm.lead", "_tracks_search_runs"),
            self.assertRaises(AccessError),
        ):
            lead.unlink()

    def test_people_who_are_not_archived_keep_their_tasks(self):
        user = self.as_user(self.seller, self.employee)
        for call in (
            lambda: user.action_archive(),
            lambda: user.write({"active": False}),
            lambda: user.unlink(),
        ):
            with (
                self.assertNothingInSudo("res.users", "_tracks_reassign"),
                self.assertRaises(AccessError),
            ):
                call()

    def test_models_that_are_not_deleted_keep_their_templates(self):
        model = self.env["ir.model"]._get("crm.lead").with_user(self.employee)
        with (
            self.assertNothingInSudo("ir.model", "_tracks_archive_templates"),
            self.assertRaises(AccessError),
        ):
            model.unlink()

    def test_tasks_of_others_are_not_rearranged(self):
        tasks = self.as_user(self.runs["other"].line_ids, self.seller)
        with (
            self.assertNothingInSudo("track.run", "_get_places"),
            self.assertRaises(AccessError),
        ):
            tasks.web_resequence({})
        run = self.as_user(self.runs["other"], self.seller)
        with (
            self.assertNothingInSudo("track.run", "_get_places"),
            self.assertRaises(AccessError),
        ):
            run.write({"line_ids": [Command.delete(tasks[-1:].id)]})


@tagged("post_install", "-at_install")
class TestBadValues(AccessCase):
    """Every invalid call raises one clear sentence."""

    DAYS = ("0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads["own"]
        cls.backwards = cls.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 3}, direction="end"
        )

    def make_dialog(self, template, **vals):
        Dialog = self.as_user(self.env["track.apply"], self.seller)
        return Dialog.create(
            {
                "res_model": "crm.lead",
                "res_ids": self.lead.ids,
                "template_id": template.id,
                **vals,
            }
        )

    def assertSaid(self, words, call):
        with (
            self.subTest(words=words),
            self.assertRaisesRegex(UserError, words),
            self.env.cr.savepoint(),  # what was written is taken back, as in a request
        ):
            call()

    def test_days_outside_of_the_calendar_are_refused_at_every_door(self):
        for day in self.DAYS:
            for call in self.get_dated_calls(day):
                self.assertSaid("outside of the calendar", call)

    def get_dated_calls(self, day):
        """A call for each method that accepts this date."""
        lead = self.as_user(self.lead, self.seller)
        run, task = lead.track_run_ids, lead.track_run_ids.line_ids[:1]
        added = {"run_id": run.id, "summary": "X", "date_deadline": day}
        template = self.as_user(self.template, self.manager)
        return [
            lambda: lead.tracks_apply(self.template.id, start_date=day),
            lambda: lead.tracks_apply(self.backwards.id, end_date=day),
            lambda: run.write({"start_date": day}),
            lambda: run.get_dates_preview("start_date", day),
            lambda: task.write({"date_deadline": day}),
            lambda: task.action_move(day, following=True),
            lambda: task.get_move_preview(day),
            lambda: task.activity_id.write({"date_deadline": day}),
            lambda: task.create(added),
            lambda: self.make_dialog(self.template, start_date=day).action_apply(),
            lambda: template.onchange(
                {"preview_date": day}, ["preview_date"], {"timeline": {}}
            ),
        ]

    def test_the_dialog_says_what_is_wrong_with_a_day(self):
        for day in self.DAYS:
            for template, name in (
                (self.template, "start_date"),
                (self.backwards, "end_date"),
            ):
                with self.subTest(day=day, name=name):
                    dialog = self.make_dialog(template, **{name: day})
                    self.assertIn("outside of the calendar", dialog.problem)

    def test_a_delay_does_not_lead_out_of_the_calendar(self):
        template = self.make_template({"summary": "Call", "delay_count": 2})
        self.assertSaid(
            "outside of the calendar",
            lambda: self.lead.tracks_apply(template, start_date="2999-12-30"),
        )

    def test_what_has_no_such_time_is_no_date(self):
        lead = self.as_user(self.lead, self.seller)
        for day in ("2026-01-01 25:00:00", "2026-01-01 soon", "2026-13-01", "2026"):
            self.assertSaid(
                "is not a date",
                lambda day=day: lead.tracks_apply(self.template.id, start_date=day),
            )
            self.assertSaid(
                "is not a date",
                lambda day=day: self.make_dialog(self.template, start_date=day),
            )
        runs = lead.tracks_apply(self.template.id, start_date="2026-03-05T10:00:00")
        self.assertEqual(str(runs.start_date), "2026-03-05")

    def test_values_of_another_kind_are_refused_in_a_sentence(self):
        lead = self.as_user(self.lead, self.seller)
        tasks = lead.track_run_ids.line_ids
        vals = {"run_id": lead.track_run_ids.id, "summary": "New"}
        Template = self.as_user(self.env["track.template"], self.manager)
        Update = self.as_user(self.env["track.line.update"], self.manager)
        setting = {"field_name": "name", "value": "X"}
        for words, call in (
            ("is not a name", lambda: lead.tracks_apply(self.template.id, name=5)),
            ("does not exist", lambda: tasks.create(vals | {"activity_type_id": "a"})),
            ("does not exist", lambda: tasks[1].write({"activity_type_id": "abc"})),
            ("not a position", lambda: tasks.create(vals | {"sequence": "a"})),
            (
                "No valid records are selected",
                lambda: self.make_dialog(self.template, res_ids=[True]).action_apply(),
            ),
            (
                "not a list of models",
                lambda: Template.create({"name": "T", "res_model_names": 5}),
            ),
            ("does not exist", lambda: Update.create(setting | {"line_id": "abc"})),
            ("does not exist", lambda: Update.create(setting | {"line_id": 2**40})),
            (
                "not allowed",
                lambda: Update.with_user(self.seller).create(
                    setting | {"line_id": "abc"}
                ),
            ),
        ):
            self.assertSaid(words, call)
        added = tasks.create(vals | {"sequence": None})
        self.assertEqual(added, lead.track_run_ids.line_ids.sorted()[-1])


@tagged("post_install", "-at_install")
class TestSideDoors(AccessCase):
    """Calls have no side effects, and reveal nothing else."""

    def test_tasks_are_found_by_their_words(self):
        Task = self.as_user(self.env["track.run.line"], self.seller)
        found = {name for _id, name in Task.name_search("Writ")}
        self.assertEqual(found, {"Write"})
        self.assertFalse(Task.name_search("no such task"))

    def test_users_are_offered_no_tracks(self):
        dialog = (
            self.as_user(self.env["mail.activity.schedule"], self.manager)
            .with_context(active_model="res.users", active_ids=self.seller.ids)
            .create({"res_model": "res.users", "res_ids": str(self.seller.ids)})
        )
        self.assertFalse(dialog.has_tracks)
        Run = self.env["track.run"]
        self.assertFalse(Run._can_have_tracks(self.env["res.users"]))
        self.assertFalse(Run._can_have_tracks(self.env["mail.activity.mixin"]))
        self.assertTrue(Run._can_have_tracks(self.env["res.partner"]))

    def test_an_action_with_groups_notes_nothing_where_its_caller_may_not_read(self):
        hidden, own = self.leads["foreign"], self.leads["own"]
        action = self.env["ir.actions.server"].create(
            {
                "name": "Apply",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "track_apply",
                "track_template_id": self.template.id,
                "track_when_running": "add",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        before = hidden.message_ids, hidden.track_run_ids
        action = self.as_user(action, self.seller)
        leads = hidden + own
        action.with_context(active_model="crm.lead", active_ids=leads.ids).run()
        self.env.invalidate_all()
        self.assertEqual((hidden.message_ids, hidden.track_run_ids), before)
        self.assertEqual(len(own.track_run_ids), 2)

    def test_a_setting_is_read_by_those_who_write_templates(self):
        template = self.make_template(
            {
                "summary": "Update",
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "referred", "value": "Zsecret"})
                ],
            },
            res_model_ids=self.env["ir.model"]._get("crm.lead").ids,
        )
        setting = template.line_ids.update_ids
        with self.assertRaises(AccessError):
            self.as_user(setting, self.seller).read(["value"])
        # as text, by the access to the field
        text = self.as_user(template.line_ids, self.seller).action_text
        self.assertIn("Zsecret", text)
        self.assertIn("Zsecret", self.as_user(setting, self.seller).text)
        field = self.env["crm.lead"]._fields["referred"]
        with patch.object(field, "groups", "base.group_system"):
            text = self.as_user(template.line_ids, self.seller).action_text
            self.assertNotIn("Zsecret", text)
            self.assertFalse(self.as_user(setting, self.seller).text)

    def test_a_context_silences_nobody_s_news(self):
        """The context key that demo data use."""
        self.env.cr.precommit.run()
        lead = self.as_user(self.leads["other"], self.manager)
        lead = lead.with_context(install_mode=True)
        lead.tracks_apply(self.template)
        data = self.env.cr.precommit.data
        self.assertTrue(data.get("crm_tracks.assigned"))
        self.assertTrue(data.get("crm_tracks.changed"))
