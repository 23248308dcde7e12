from xmlrpc.client import Fault

from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from .common import PatientHttpCase, TracksCase

ACCESS_ERROR = 4
USER_ERROR = 2
# internal methods that RPC must not be able to call
PRIVATE = {
    "track.run": (
        "_engine",
        "_start",
        "_advance",
        "_finish",
        "_stop",
        "_log",
        "_cron_process",
        "_get_records",
        "_get_access_domain",
        "_hold",
    ),
    "track.run.line": ("_assign", "_complete", "_skip", "_end", "_edit"),
    "track.template": (
        "_check_applicable",
        "_get_obstacles",
        "_preview_on",
        "_search_applicable",
    ),
    "mail.activity": ("_tracks_refuse", "_action_done"),
    "crm.lead": ("_tracks_get_owner", "_tracks_check_template"),
}


class RpcCase(TracksCase, PatientHttpCase):
    """Leads of two salespeople, and a template, for calls to a real server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Call", "Write")
        cls.backwards = cls.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 3},
            name="Event",
            direction="end",
        )
        cls.leads = cls.make_leads(3, company_id=cls.company.id)
        cls.foreign = cls.make_leads(user=cls.seller_2, name="Not yours")

    def get_runs(self, ids):
        """The tracks with these ids, read again from the database."""
        self.env.invalidate_all()
        return self.env["track.run"].browse(ids)

    def get_state(self):
        self.env.invalidate_all()
        leads = self.leads + self.foreign
        runs = leads.track_run_ids.sorted("id")
        return [(run.state, run.held, run.line_ids.mapped("state")) for run in runs]


@tagged("post_install", "-at_install")
class TestXmlRpc(RpcCase):
    """Calls of integrations by XML-RPC."""

    def call(self, model, method, *args, user=None, **kwargs):
        user = user or self.seller
        # new_test_user's password is the login
        return self.xmlrpc_object.execute_kw(
            get_db_name(), user.id, user.login, model, method, args, kwargs
        )

    def assertFault(self, code, words, model, method, *args, **kwargs):
        before = self.get_state()
        with (
            mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc"),
            self.assertRaises(Fault) as caught,
        ):
            self.call(model, method, *args, **kwargs)
        self.assertEqual(caught.exception.faultCode, code)
        self.assertRegex(caught.exception.faultString, words)
        self.assertEqual(self.get_state(), before)
        return caught.exception.faultString

    def test_applying_a_template_id_returns_the_ids_of_the_tracks(self):
        ids = self.call("crm.lead", "tracks_apply", self.leads.ids, self.template.id)
        runs = self.get_runs(ids)
        self.assertEqual(runs.mapped("res_id"), self.leads.ids)
        self.assertEqual(runs.user_id, self.seller)
        for run in runs:
            self.assertTasks(
                run, [("Call", "open", "2026-03-04"), ("Write", "waiting", None)]
            )

    def test_a_preview_returns_plain_data_and_creates_nothing(self):
        before = self.get_state()
        first, second = self.call(
            "track.template", "preview", self.template.ids, "crm.lead", self.leads[0].id
        )
        self.assertEqual(first["date"], "2026-03-04")
        self.assertEqual(first["user_id"], self.seller.id)
        self.assertEqual((second["date"], second["condition"]), (False, False))
        self.assertEqual(second["due"], "2 days after “Call”")
        self.assertEqual(self.get_state(), before)
        for code, words, *args in (
            (ACCESS_ERROR, ".", self.template.ids, "crm.lead", self.foreign.id),
            (USER_ERROR, "^“no.model” does not", self.template.ids, "no.model", 1),
            (USER_ERROR, "no longer exists", [], "crm.lead", self.leads[0].id),
            (
                USER_ERROR,
                "^“Event …” counts back",
                self.backwards.ids,
                "crm.lead",
                self.leads[0].id,
            ),
        ):
            self.assertFault(code, words, "track.template", "preview", *args)

    def test_losing_and_restoring_a_lead_mutes_and_brings_back(self):
        [id_] = self.call(
            "crm.lead", "tracks_apply", self.leads[0].ids, self.template.id
        )
        run = self.get_runs(id_)
        activity = run.line_ids.activity_id
        for method, held in (("action_set_lost", True), ("action_restore", False)):
            with mute_logger("odoo.addons.rpc.controllers.xmlrpc"):
                try:
                    self.call("crm.lead", method, self.leads[0].ids)
                except Fault as fault:  # None cannot be marshalled: success
                    self.assertIn("None", fault.faultString)
            self.env.invalidate_all()
            self.assertEqual(run.held, held)
            self.assertEqual((activity.active, activity.muted), (not held, held))
        self.call("crm.lead", "write", self.leads[0].ids, {"active": False})
        self.env.invalidate_all()
        self.assertTrue(run.held and activity.muted)

    def test_what_a_task_requires_is_refused_whatever_the_context_is(self):
        self.template.line_ids[0].require_feedback = True
        [id_] = self.call(
            "crm.lead", "tracks_apply", self.leads[0].ids, self.template.id
        )
        task = self.get_runs(id_).line_ids[0]
        forged = {
            "crm_tracks_skip": True,
            "crm_tracks.completed_by_code": True,
            "crm_tracks.requirements_met": task.ids,
            "mail_activity_automation_skip": True,
            "active_test": False,
        }
        activity_ids = task.activity_id.ids
        for context in ({}, forged):
            for model, method, *args in (
                ("track.run.line", "action_done", task.ids),
                ("mail.activity", "action_done", activity_ids),
                ("mail.activity", "action_feedback", activity_ids),
                ("mail.activity", "action_feedback_schedule_next", activity_ids),
                ("mail.activity", "action_done_schedule_next", activity_ids),
                ("mail.activity", "action_archive", activity_ids),
                ("mail.activity", "write", activity_ids, {"active": False}),
            ):
                self.assertFault(
                    USER_ERROR,
                    "^“Call” needs a note.$",
                    model,
                    method,
                    *args,
                    context=context,
                )
        self.call("mail.activity", "action_feedback", activity_ids, feedback="Agreed")
        self.env.invalidate_all()
        self.assertEqual(task.state, "done")
        self.call("track.run.line", "action_skip", task.run_id.line_ids[1].ids, "Late")
        self.env.invalidate_all()
        self.assertEqual(task.run_id.line_ids[1].skip_reason, "Late")

    def test_false_stands_for_no_date_and_no_name(self):
        [id_] = self.call(
            "crm.lead",
            "tracks_apply",
            self.leads[0].ids,
            self.template.id,
            False,
            False,
            False,
        )
        run = self.get_runs(id_)
        self.assertEqual(run.start_date, self.TODAY)
        self.assertFalse(run.end_date)
        self.assertEqual(run.name, "Sales follow-through")

    def test_dates_are_iso_strings(self):
        [id_] = self.call(
            "crm.lead",
            "tracks_apply",
            self.leads[0].ids,
            self.backwards.id,
            end_date="2026-05-20",
            name="Spring fair",
        )
        self.assertTasks(self.get_runs(id_), [("Book", "open", "2026-05-17")])
        [id_] = self.call(
            "crm.lead",
            "tracks_apply",
            self.leads[0].ids,
            self.template.id,
            start_date="2026-03-10",
        )
        self.assertEqual(self.get_runs(id_).start_date.isoformat(), "2026-03-10")
        [row] = self.call(
            "track.run", "read", [id_], ["start_date", "end_date", "state"]
        )
        self.assertEqual(
            row,
            {
                "id": id_,
                "start_date": "2026-03-10",
                "end_date": False,
                "state": "running",
            },
        )

    def test_bad_input_is_one_sentence(self):
        ids = self.leads.ids
        for words, args in (
            ("“Event …” counts back from an end date", [self.backwards.id]),
            ("“soon” is not a date", [self.template.id, "soon"]),
            ("“abc” is not a track template", ["abc"]),
            ("This track template no longer exists", [2**31 - 1]),
        ):
            with self.subTest(words=words):
                text = self.assertFault(
                    USER_ERROR, words, "crm.lead", "tracks_apply", ids, *args
                )
                self.assertNotIn("Traceback", text)

    def test_tasks_and_tracks_end_by_their_actions(self):
        ids = self.call("crm.lead", "tracks_apply", self.leads.ids, self.template.id)
        done, skipped, stopped = self.get_runs(ids)
        call = done.line_ids[0]
        self.assertTrue(
            self.call("track.run.line", "action_done", call.ids, "All well")
        )
        self.assertTrue(
            self.call("track.run.line", "action_skip", skipped.line_ids[0].ids)
        )
        self.assertTrue(self.call("track.run", "action_stop", stopped.ids))
        self.env.invalidate_all()
        self.assertEqual(call.activity_id.feedback, "All well")
        self.assertEqual(call.done_user_id, self.seller)
        for run, states in (
            (done, ["done", "open"]),
            (skipped, ["skipped", "open"]),
            (stopped, ["cancelled", "cancelled"]),
        ):
            self.assertEqual(run.line_ids.mapped("state"), states)
        self.assertEqual(stopped.state, "stopped")

    def test_the_activity_completed_by_rpc_assigns_the_next_task(self):
        [id_] = self.call(
            "crm.lead", "tracks_apply", self.leads[0].ids, self.template.id
        )
        activity = self.get_runs(id_).line_ids[0].activity_id
        self.call("mail.activity", "action_feedback", activity.ids, feedback="Done")
        self.assertEqual(self.get_runs(id_).line_ids.mapped("state"), ["done", "open"])

    def test_private_methods_are_refused(self):
        run = self.leads[0].tracks_apply(self.template)
        ids = {
            "track.run": run.ids,
            "track.run.line": run.line_ids.ids,
            "track.template": self.template.ids,
            "mail.activity": run.line_ids.activity_ids.ids,
            "crm.lead": self.leads.ids,
        }
        for user in (self.seller, self.manager):
            for model, methods in PRIVATE.items():
                for method in methods:
                    self.assertTrue(hasattr(self.env[model], method), method)
                    with self.subTest(model=model, method=method):
                        self.assertFault(
                            ACCESS_ERROR,
                            "[Pp]rivate method",
                            model,
                            method,
                            ids[model],
                            user=user,
                        )

    def test_engine_fields_are_refused(self):
        run = self.leads[0].tracks_apply(self.template)
        task, activity = run.line_ids[1], run.line_ids.activity_id
        skip = {"context": {"crm_tracks_skip": True, "su": True}}
        for records, vals in (
            (run, {"state": "done"}),
            (run, {"held": True}),
            (run, {"res_id": self.leads[1].id}),
            (task, {"state": "done"}),
            (task, {"done_user_id": self.manager.id}),
            (activity, {"muted": True}),
            (activity, {"track_run_line_id": False}),
        ):
            for kwargs in ({}, skip):
                with self.subTest(model=records._name, vals=vals):
                    self.assertFault(
                        ACCESS_ERROR,
                        "is set by|cannot be edited",
                        records._name,
                        "write",
                        records.ids,
                        vals,
                        **kwargs,
                    )

    def test_another_s_lead_is_refused_with_a_reason_and_without_its_name(self):
        ids = self.leads.ids + self.foreign.ids
        text = self.assertFault(
            ACCESS_ERROR,
            f"“Sales follow-through” cannot be applied(.|\n)*#{self.foreign.id}: "
            "You do not have permission to change this record",
            "crm.lead",
            "tracks_apply",
            ids,
            self.template.id,
        )
        self.assertNotIn("Not yours", text)
        run = self.foreign.tracks_apply(self.template)
        for model, method, record in (
            ("track.run", "action_stop", run),
            ("track.run.line", "action_done", run.line_ids[0]),
            ("track.run.line", "action_skip", run.line_ids[0]),
        ):
            with self.subTest(method=method):
                self.assertFault(
                    ACCESS_ERROR, "cannot change its tracks", model, method, record.ids
                )
        self.assertEqual(self.call("track.run", "search", [("id", "=", run.id)]), [])

    def test_portal_users_are_refused(self):
        run = self.foreign.tracks_apply(self.template)
        partner = self.portal.partner_id
        for model, method, *args in (
            ("crm.lead", "tracks_apply", self.leads.ids, self.template.id),
            ("res.partner", "tracks_apply", partner.ids, self.template.id),
            ("res.partner", "read", partner.ids, ["track_run_ids"]),
            ("track.run", "search", []),
            ("track.run", "read", run.ids, ["name"]),
            ("track.run", "action_stop", run.ids),
            ("track.run.line", "action_done", run.line_ids.ids),
            ("track.template", "search", []),
        ):
            with self.subTest(model=model, method=method):
                self.assertFault(
                    ACCESS_ERROR, ".", model, method, *args, user=self.portal
                )
