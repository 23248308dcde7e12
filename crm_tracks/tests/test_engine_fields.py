from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .common import TracksCase
from .test_access import AccessCase


@tagged("post_install", "-at_install")
class TestEngineFields(AccessCase):
    """Fields of the engine can only be written by the engine."""

    # Context keys that skip automation or extend rights in other code.
    CONTEXTS = (
        {},
        {
            "crm_tracks_skip": True,
            "mail_activity_automation_skip": True,
            "mail_activity_quick_update": True,
            "tracking_disable": True,
            "install_mode": True,
            "import_file": True,
            "active_test": False,
            "su": True,
            "uid": 1,
        },
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settings = cls.make_user(
            "settings", "base.group_system,sales_team.group_sale_manager"
        )
        cls.track = cls.runs["own"]
        cls.task, cls.waiting = cls.track.line_ids[:2]
        cls.activity = cls.task.activity_id
        cls.actors = cls.seller + cls.seller_all + cls.manager + cls.settings

    def each_call(self, records, users=None):
        """These records with each user and each context."""
        return [
            self.as_user(records, user).with_context(**context)
            for user in users or self.actors
            for context in self.CONTEXTS
        ]

    def get_stored(self):
        self.env.invalidate_all()
        return (
            self.track.read(load=None),
            self.track.line_ids.read(load=None),
            self.track.line_ids.activity_ids.read(["active", "muted", "summary"]),
            self.all_runs.search_count([]),
        )

    def assertRefused(self, change):
        before = self.get_stored()
        # assertRaises would roll back, and hide changes that were left
        with self.assertRaisesRegex(AccessError, ""):
            change()
        self.assertEqual(self.get_stored(), before)

    def get_stored_names(self, records):
        return {
            name
            for name, field in records._fields.items()
            if field.store and name not in MAGIC_COLUMNS
        }

    def test_a_person_writes_nothing_of_a_track_but_its_name_and_dates(self):
        values = {
            "template_id": self.make_chain("Other").id,
            "res_model": "res.partner",
            "res_id": self.make_leads(user=self.seller).id,
            "user_id": self.seller_2.id,
            "company_id": self.company_2.id,
            "state": "done",
            "held": True,
            "record_closed": True,
            "one_per_record": True,
        }
        editable = {"name", "start_date", "end_date", "line_ids"}
        names = self.get_stored_names(self.track) - editable
        self.assertGreaterEqual(names, values.keys())
        for run in self.each_call(self.track):
            for name in names:
                with self.subTest(field=name, user=run.env.user.name):
                    vals = {"name": "Smuggled", name: values.get(name, False)}
                    self.assertRefused(lambda run=run, vals=vals: run.write(vals))

    def test_a_person_writes_nothing_of_a_task_but_what_they_may_edit(self):
        values = {
            "line_id": self.template.line_ids[1].id,
            "action": "activity",
            "state": "done",
            "done_user_id": self.manager.id,
            "date_done": "2026-03-01",
            "error": "It broke",
            "run_id": self.runs["other"].id,
            "activity_ids": [Command.update(self.activity.id, {"muted": True})],
        }
        editable = self.task._USER_FIELDS | self.task._PLAN_FIELDS
        names = self.get_stored_names(self.task) - editable
        self.assertGreaterEqual(names, values.keys())
        for task in self.each_call(self.task):
            for name in names | {"activity_id", "run_state", "due_text"}:
                with self.subTest(field=name, user=task.env.user.name):
                    vals = {"summary": "Smuggled", name: values.get(name, False)}
                    self.assertRefused(lambda task=task, vals=vals: task.write(vals))

    def test_a_person_writes_what_they_may_edit(self):
        task = self.as_user(self.task, self.seller)
        task.write(
            {
                "summary": "Call again",
                "note": "<p>Soon</p>",
                "date_deadline": "2026-03-10",
                "user_id": self.seller_all.id,
            }
        )
        self.as_user(self.track, self.seller).name = "The big one"
        self.env.invalidate_all()
        self.assertActivityFollows(self.task)
        self.assertEqual(self.task.summary, "Call again")
        self.assertEqual(self.task.user_id, self.seller_all)
        self.assertEqual(self.track.name, "The big one")

    def test_a_person_writes_no_engine_field_of_an_activity(self):
        for activity in self.each_call(self.activity):
            for vals in (
                {"muted": True},
                {"muted": False},
                {"track_run_line_id": self.waiting.id},
                {"track_run_line_id": False},
                {"summary": "Smuggled", "muted": True},
            ):
                with self.subTest(vals=vals, user=activity.env.user.name):
                    self.assertRefused(lambda act=activity, vals=vals: act.write(vals))

    def test_a_person_creates_no_activity_with_engine_fields(self):
        for lead in self.each_call(self.leads["own"]):
            lead = lead.with_context(mail_activity_automation_skip=False)
            Activity = lead.env["mail.activity"]
            vals = {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": self.type_todo.id,
            }
            for smuggled in ({"muted": True}, {"track_run_line_id": self.waiting.id}):
                with self.subTest(vals=smuggled, user=lead.env.user.name):
                    for create in (
                        lambda A=Activity, v=vals, s=smuggled: A.create(v | s),
                        lambda A=Activity, v=vals, s=smuggled: A.create([v, v | s]),
                        lambda lead=lead, s=smuggled: lead.activity_schedule(
                            "mail.mail_activity_data_todo", **s
                        ),
                        lambda lead=lead, v=vals, s=smuggled: lead.write(
                            {"activity_ids": [Command.create(v | s)]}
                        ),
                    ):
                        self.assertRefused(create)

    def test_a_context_smuggles_no_engine_field_into_an_activity(self):
        lead = self.as_user(self.leads["own"], self.seller).with_context(
            default_muted=True, default_track_run_line_id=self.waiting.id
        )
        activity = lead.activity_schedule("mail.mail_activity_data_todo")
        self.assertFalse(activity.muted)
        self.assertFalse(activity.track_run_line_id)
        self.assertFalse(self.waiting.activity_id)

    def test_a_copied_activity_belongs_to_no_task(self):
        copy = self.as_user(self.activity, self.seller).copy()
        self.assertFalse(copy.track_run_line_id)
        self.assertEqual(self.task.activity_ids, self.activity)
        self.assertRefused(
            lambda: self.activity.with_user(self.seller).copy({"muted": True})
        )

    def test_relations_smuggle_nothing_in(self):
        other_run = self.runs["other"]
        new_run = {"name": "Smuggled", "res_model": "crm.lead", "direction": "start"}
        for lead in self.each_call(self.leads["own"]):
            for name, command in (
                ("track_run_ids", Command.create(new_run)),
                ("track_run_ids", Command.update(self.track.id, {"state": "done"})),
                ("track_run_ids", Command.delete(self.track.id)),
                ("track_run_ids", Command.unlink(self.track.id)),
                ("track_run_ids", Command.link(other_run.id)),
                ("track_run_ids", Command.clear()),
                ("track_run_ids", Command.set(other_run.ids)),
                ("activity_ids", Command.update(self.activity.id, {"muted": True})),
            ):
                with self.subTest(field=name, command=command):
                    # administrators get another error when they delete
                    self.assertChangesNothing(
                        lambda lead=lead, n=name, c=command: lead.write({n: [c]})
                    )

    def assertChangesNothing(self, change):
        before = self.get_stored(), self.runs["other"].read(load=None)
        with self.assertRaisesRegex(UserError, ""):
            change()
        after = self.get_stored(), self.runs["other"].read(load=None)
        self.assertEqual(after, before)

    def test_a_template_takes_over_no_tracks(self):
        other = self.make_chain("Other")
        for template in self.each_call(other, self.manager + self.settings):
            for command in (
                Command.link(self.track.id),
                Command.set(self.track.ids),
                Command.update(self.track.id, {"held": True}),
            ):
                with self.subTest(user=template.env.user.name, command=command):
                    self.assertRefused(
                        lambda t=template, c=command: t.write({"run_ids": [c]})
                    )

    def test_a_new_record_takes_over_no_tracks(self):
        vals = {"name": "Thief", "track_run_ids": [Command.link(self.track.id)]}
        for lead in self.each_call(self.leads["own"]):
            self.assertRefused(lambda lead=lead: lead.create(dict(vals)))

    def test_an_import_writes_no_engine_field(self):
        self.env["ir.model.data"].create(
            {
                "module": "crm_tracks_test",
                "name": "run",
                "model": "track.run",
                "res_id": self.track.id,
            }
        )
        Run = self.as_user(self.env["track.run"], self.manager)
        before = self.get_stored()
        result = Run.load(["id", "state"], [["crm_tracks_test.run", "done"]])
        self.assertFalse(result["ids"])
        self.assertEqual(self.get_stored(), before)

    def test_a_context_of_whoever_applies_changes_no_track(self):
        lead = self.as_user(self.leads["own"], self.seller).with_context(
            default_state="done",
            default_held=True,
            default_user_id=self.manager.id,
            default_res_id=self.leads["other"].id,
            default_company_id=self.company_2.id,
            default_muted=True,
            default_active=False,
        )
        self.assertUntouched(lead.tracks_apply(self.template))

    def test_a_context_of_whoever_completes_changes_no_following_task(self):
        context = {
            "default_muted": True,
            "default_active": False,
            "default_state": "failed",
            "default_user_id": self.seller_2.id,
            "default_res_id": self.leads["other"].id,
        }
        lead = self.as_user(self.leads["own"], self.seller)
        for complete in (
            lambda task: task.activity_id.with_context(**context).action_feedback(),
            lambda task: task.with_context(**context).action_done(),
            lambda task: task.with_context(**context).action_skip(),
            lambda task: task.activity_id.with_context(**context).unlink(),
        ):
            run = lead.tracks_apply(self.template)
            complete(run.line_ids[0])
            self.assertUntouched(run, 1)

    def test_the_saved_defaults_of_a_person_change_no_track(self):
        Default = self.as_user(self.env["ir.default"], self.seller)
        for model, name, value in (
            ("track.run", "state", "done"),
            ("track.run", "held", True),
            ("track.run", "stop_reason", "Smuggled"),
            ("track.run.line", "done_user_id", self.seller_2.id),
            ("track.run.line", "error", "Smuggled"),
            ("mail.activity", "muted", True),
            ("mail.activity", "active", False),
        ):
            Default.set(model, name, value, user_id=True)
        lead = self.as_user(self.leads["own"], self.seller)
        run = lead.tracks_apply(self.template)
        self.assertUntouched(run)
        run.line_ids[0].action_done()
        self.assertUntouched(run, 1)

    def assertUntouched(self, run, place=0):
        """The track is running, and the task at this index is open."""
        self.env.invalidate_all()
        run = run.sudo()
        task = run.line_ids[place]
        self.assertEqual((run.state, run.held), ("running", False))
        self.assertEqual(run.res_id, self.leads["own"].id)
        self.assertEqual(run.user_id, self.seller)
        self.assertEqual(run.company_id, self.company)
        self.assertFalse(run.stop_reason)
        self.assertFalse(task.done_user_id)
        self.assertFalse(task.error)
        self.assertActivityFollows(task)
        self.assertFalse(task.activity_id.muted)
        self.assertEqual(task.user_id, self.seller)


@tagged("post_install", "-at_install")
class TestForeignDefaults(TracksCase):
    """User-defined defaults do not apply to records created in sudo."""

    def test_a_default_names_no_record_for_a_track(self):
        # the name of the record of a track is read in sudo
        run = self.make_leads(user=self.seller).tracks_apply(self.make_chain("Call"))
        hidden = self.env["res.partner"].create({"name": "Hidden from the seller"})
        defaults = {"default_res_model": "res.partner", "default_res_id": hidden.id}
        runs = run.with_user(self.seller).with_context(**defaults)
        spec = {"res_model": {}, "res_id": {}, "res_name": {}}
        self.assertNotIn("Hidden", str(runs.onchange({}, [], spec)))
        self.env["ir.default"].set(
            "track.run", "res_id", hidden.id, user_id=self.seller.id
        )
        values = runs.default_get(["res_model", "res_id", "state"])
        self.assertEqual(values, {"state": "running"})

    def test_a_default_of_one_s_own_links_no_activity_to_a_task(self):
        victim, own = self.make_leads(2)
        run = (
            victim.with_user(self.seller_2)
            .sudo()
            .tracks_apply(self.make_chain("Write", "Call"))
        )
        waiting = self.get_task(run, "Call")
        self.env["ir.default"].with_user(self.seller).set(
            "mail.activity", "track_run_line_id", waiting.id, user_id=True
        )
        activity = (
            own.with_user(self.seller)
            .sudo()
            .activity_schedule("mail.mail_activity_data_todo", summary="Rule")
        )
        self.assertFalse(activity.track_run_line_id)
        self.tick(run, "Write", user=self.manager)
        self.assertActivityFollows(waiting)
