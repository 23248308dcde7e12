from datetime import datetime
from unittest.mock import patch

import psycopg2

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import QUERIES, TracksCase, propose_lost_reason, tagged_test


@tagged("post_install", "-at_install")
class TestClosing(TracksCase):
    """Every way to close or reopen a lead mutes or unmutes its activities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")
        cls.stage_new, cls.stage_won = cls.env["crm.stage"].create(
            [
                {"name": "Doors: new", "sequence": 500},
                {"name": "Doors: won", "sequence": 501, "is_won": True},
            ]
        )

    def start(self, count=2, template=None, **values):
        """Leads with one track and one other activity each."""
        values.setdefault("stage_id", self.stage_new.id)
        leads = self.make_leads(count, **values)
        runs = leads.with_user(self.seller).tracks_apply(template or self.template)
        for lead in leads:
            lead.activity_schedule(
                "mail.mail_activity_data_todo", summary="Own", user_id=self.seller_2.id
            )
        return leads, runs

    def activities(self, leads):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", leads._name), ("res_id", "in", leads.ids)])
        )

    def assertClosed(self, leads, muted=("Own", "Write")):
        self.env.flush_all()
        self.env.invalidate_all()
        for lead in leads:
            activities = self.activities(lead)
            silent = activities.filtered("muted")
            self.assertEqual(sorted(silent.mapped("summary")), sorted(muted))
            self.assertFalse(any(silent.mapped("active")))
            self.assertEqual(lead.activity_ids, activities.filtered("active"))
            self.assertEqual(lead.track_run_ids.held, "Write" in muted)
            self.assertTrue(lead.track_run_ids.record_closed)
            self.assertEqual(lead.track_run_ids.state, "running")
            self.assertTasks(
                lead.track_run_ids,
                [("Write", "open", "2026-03-04"), ("Call", "waiting", None)],
            )

    def assertOpen(self, leads):
        self.env.flush_all()
        self.env.invalidate_all()
        for lead in leads:
            activities = self.activities(lead)
            self.assertEqual(sorted(activities.mapped("summary")), ["Own", "Write"])
            self.assertTrue(all(activities.mapped("active")))
            self.assertFalse(any(activities.mapped("muted")))
            self.assertEqual(lead.activity_ids, activities)
            run = lead.track_run_ids
            self.assertFalse(run.held or run.record_closed or run.date_held)

    # ------------------------------------------------------------------
    # The ways to close a lead
    # ------------------------------------------------------------------

    def test_the_buttons_lost_and_restore(self):
        leads, _runs = self.start()
        before = self.activities(leads).ids
        leads.with_user(self.seller).action_set_lost()
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])
        self.assertClosed(leads)
        leads.with_user(self.seller).action_restore()
        self.assertOpen(leads)
        self.assertEqual(self.activities(leads).ids, before)

    def test_the_lost_wizard_for_many_leads(self):
        leads, _runs = self.start()
        propose_lost_reason(self.env)
        wizard = Form(
            self.env["crm.lead.lost"]
            .with_user(self.seller)
            .with_context(default_lead_ids=leads.ids)
        )
        wizard.save().action_lost_reason_apply()
        self.assertClosed(leads)

    def test_the_button_won_and_back_to_a_stage(self):
        leads, _runs = self.start()
        leads.with_user(self.seller).action_set_won()
        self.assertEqual(leads.mapped("won_status"), ["won", "won"])
        self.assertClosed(leads)
        leads.with_user(self.seller).stage_id = self.stage_new
        self.assertOpen(leads)

    def test_dragging_to_a_winning_stage_and_back(self):
        leads, _runs = self.start()
        leads.with_user(self.seller).write({"stage_id": self.stage_won.id})
        self.assertClosed(leads)
        leads.with_user(self.seller).write({"stage_id": self.stage_new.id})
        self.assertOpen(leads)

    def test_archiving_and_unarchiving(self):
        leads, _runs = self.start()
        leads.with_user(self.manager).action_archive()
        self.assertClosed(leads)
        leads.with_user(self.manager).action_unarchive()
        self.assertOpen(leads)

    def test_writing_active(self):
        leads, _runs = self.start()
        leads.with_user(self.manager).write({"active": False})
        self.assertClosed(leads)
        leads.with_user(self.manager).write({"active": True})
        self.assertOpen(leads)

    def test_a_probability_where_it_closes(self):
        leads, _runs = self.start()
        # does not close the lead: Odoo requires a won stage, or archiving
        for probability in (0, 100, 60):
            leads.with_user(self.seller).probability = probability
            self.assertOpen(leads)
        leads.with_user(self.seller).write({"active": False, "probability": 0})
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])
        self.assertClosed(leads)
        leads.with_user(self.seller).write({"active": True, "probability": 20})
        self.assertOpen(leads)
        leads.with_user(self.seller).write(
            {"stage_id": self.stage_won.id, "probability": 100}
        )
        self.assertClosed(leads)

    def test_a_stage_that_becomes_a_winning_one_and_back(self):
        leads, _runs = self.start()
        others, _runs = self.start(stage_id=False)
        self.stage_new.with_user(self.manager).is_won = True
        self.assertClosed(leads)
        self.assertOpen(others)
        self.stage_new.with_user(self.manager).is_won = False
        self.assertOpen(leads)

    def test_an_import(self):
        leads, _runs = self.start()
        for lead in leads:
            self.env["ir.model.data"].create(
                {
                    "module": "__test__",
                    "name": f"lead_{lead.id}",
                    "model": "crm.lead",
                    "res_id": lead.id,
                }
            )
        for active, check in (("0", self.assertClosed), ("1", self.assertOpen)):
            result = (
                self.env["crm.lead"]
                .with_user(self.manager)
                .load(
                    ["id", "active"],
                    [[f"__test__.lead_{lead.id}", active] for lead in leads],
                )
            )
            self.assertEqual(result["messages"], [])
            check(leads)

    def test_sql_is_caught_by_the_cron(self):
        leads, _runs = self.start(3)
        untouched = self.make_leads()
        untouched.activity_schedule("mail.mail_activity_data_todo", summary="Own")
        self.env.flush_all()
        query = "UPDATE crm_lead SET active = %s, won_status = %s WHERE id IN %s"
        ids = tuple((leads + untouched).ids)
        self.cr.execute(query, (False, "lost", ids))
        self.env.invalidate_all()
        self.run_cron()
        self.assertClosed(leads)
        # the cron does not compare records without a track
        self.assertTrue(self.activities(untouched).active)
        self.cr.execute(query, (True, "pending", ids))
        self.env.invalidate_all()
        self.run_cron()
        self.assertOpen(leads)

    # ------------------------------------------------------------------
    # Closing, reopening, and other changes
    # ------------------------------------------------------------------

    def test_from_closed_to_closed_is_neither(self):
        leads, runs = self.start()
        leads.write({"stage_id": self.stage_won.id})
        taken_back = self.activities(leads[0]).filtered(lambda a: a.summary == "Own")
        taken_back.active = True
        leads.action_archive()  # won, then archived
        self.assertTrue(taken_back.active)
        self.assertFalse(taken_back.muted)
        self.assertClosed(leads[0], muted=("Write",))
        self.assertClosed(leads[1])
        self.assertEqual(runs.mapped("date_held"), [self.TODAY] * 2)

    def test_winning_a_lost_lead_leaves_it_closed_and_tells_nobody(self):
        leads, _runs = self.start()
        leads.action_set_lost()
        messages = self.env["mail.message"].search_count([])
        notifications = self.env["mail.notification"].search_count([])
        leads.with_user(self.seller).action_set_won()
        self.assertEqual(leads.mapped("won_status"), ["won", "won"])
        self.assertClosed(leads)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.notification"].search_count([]), notifications)

    def test_two_closings_bring_back_exactly_what_the_last_one_muted(self):
        leads, runs = self.start(1)
        leads.action_set_lost()
        leads.action_restore()
        self.tick(runs, "Write")
        own = self.activities(leads).filtered(lambda a: a.summary == "Own")
        own.action_feedback(feedback="Done in between")
        leads.action_set_lost()
        leads.action_restore()
        self.assertEqual(leads.activity_ids.mapped("summary"), ["Call"])
        self.assertFalse(own.active)
        self.assertEqual(own.feedback, "Done in between")
        self.assertEqual(self.get_task(runs, "Write").state, "done")

    def test_a_track_or_an_activity_on_a_closed_record_goes_on(self):
        leads = self.make_leads(2)
        leads.action_set_lost()
        runs = leads.with_user(self.seller).tracks_apply(self.template)
        own = leads.mapped(
            lambda lead: lead.activity_schedule(
                "mail.mail_activity_data_todo", summary="Own"
            )
        )
        self.assertEqual(runs.mapped("held"), [False, False])
        self.assertTrue(all(runs.sudo().line_ids.activity_id.mapped("active")))
        self.assertTrue(all(own.mapped("active")))
        self.tick(runs[0], "Write")
        self.assertActivityFollows(self.get_task(runs[0], "Call"))
        self.run_cron()
        self.assertEqual(runs.mapped("held"), [False, False])
        # the next closing mutes them as all others
        leads[1].action_restore()
        leads[1].action_set_lost()
        self.assertClosed(leads[1])

    def test_a_track_that_continues_is_never_held(self):
        goes_on = self.make_chain("Collect", "Delete", on_close="continue")
        leads, _runs = self.start(1, template=goes_on)
        run = leads.track_run_ids
        goes_on.on_close = "mute"  # the setting applies to tracks that start later
        leads.action_set_lost()
        self.assertFalse(run.held)
        self.assertTrue(run.record_closed)
        self.assertEqual(leads.activity_ids.mapped("summary"), ["Collect"])
        self.tick(run, "Collect")
        self.assertActivityFollows(self.get_task(run, "Delete"))
        leads.action_restore()
        self.assertEqual(
            sorted(leads.activity_ids.mapped("summary")), ["Delete", "Own"]
        )

    def test_the_settings_choose_what_lost_won_and_archived_mute(self):
        settings = self.env["res.config.settings"].create(
            {
                "crm_tracks_mute_lost": "tracks",
                "crm_tracks_mute_won": "none",
                "crm_tracks_mute_archived": "all",
            }
        )
        settings.execute()
        lost, won, archived = self.start(3)[0]
        lost.action_set_lost()
        self.assertClosed(lost, muted=("Write",))
        won.action_set_won()
        self.assertClosed(won, muted=())
        archived.action_archive()
        self.assertClosed(archived)

    def test_turning_a_setting_on_mutes_nothing(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("crm_tracks.mute_lost", "none")
        leads, _runs = self.start()
        leads.action_set_lost()
        parameters.set_param("crm_tracks.mute_lost", "all")
        self.run_cron()
        self.assertClosed(leads, muted=())

    # ------------------------------------------------------------------
    # Closing never fails because of tracks
    # ------------------------------------------------------------------

    def test_what_goes_wrong_is_logged_and_left_to_the_sweep(self):
        leads, runs = self.start()
        broken = patch.object(
            type(self.env["track.run"]), "_hold", side_effect=ValueError("broken")
        )
        logger = "odoo.addons.crm_tracks.models.record.closing"
        with broken, self.assertLogs(logger, "ERROR"):
            leads.with_user(self.seller).action_set_lost()
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])
        self.assertEqual(runs.mapped("held"), [False, False])
        self.assertFalse(self.activities(leads).filtered("muted"))
        self.run_cron()
        self.assertClosed(leads)

    def test_what_goes_wrong_halfway_leaves_nothing_behind(self):
        leads, runs = self.start()
        broken = patch.object(
            type(self.env["track.run"]),
            "_suspend",
            side_effect=ValueError("broken"),
        )
        logger = "odoo.addons.crm_tracks.models.record.closing"
        with broken, self.assertLogs(logger, "ERROR"):
            leads.with_user(self.seller).action_set_lost()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])
        self.assertEqual(runs.mapped("held"), [False, False])
        self.run_cron()
        self.assertClosed(leads)

    @mute_logger("odoo.sql_db")
    def test_a_lock_is_raised_so_that_odoo_can_retry(self):
        leads, _runs = self.start()
        locked = patch.object(
            type(self.env["track.run"]),
            "_hold",
            side_effect=psycopg2.errors.SerializationFailure("locked"),
        )
        with locked, self.assertRaises(psycopg2.errors.SerializationFailure):
            leads.action_set_lost()

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def test_merging_a_lost_lead_into_an_open_one_brings_everything_back(self):
        leads, runs = self.start()
        leads[1].action_set_lost()
        activities = self.activities(leads)
        survivor = leads.with_user(self.manager).merge_opportunity()
        self.assertEqual(survivor, leads[0])
        self.assertEqual(activities.exists(), activities)
        self.assertTrue(all(activities.mapped("active")))
        self.assertFalse(any(activities.mapped("muted")))
        self.assertEqual(survivor.track_run_ids.sorted("id"), runs)
        self.assertEqual(runs.mapped("held"), [False, False])

    def test_merging_an_open_lead_into_a_closed_one_hides_nobody_s_work(self):
        leads, runs = self.start()
        closed, opened = leads
        closed.write({"stage_id": self.stage_won.id})
        activities = self.activities(leads)
        muted = activities.filtered("muted")
        closed._merge_dependences(opened)
        self.assertEqual(set(activities.mapped("res_id")), {closed.id})
        self.assertEqual(activities.filtered("muted"), muted)
        self.assertEqual(runs.mapped("held"), [True, False])
        self.assertEqual(runs.mapped("record_closed"), [True, True])
        self.run_cron()
        self.assertEqual(runs.mapped("held"), [True, False])

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    @tagged_test(QUERIES)
    def test_closing_without_tracks_costs_two_queries_and_other_writes_none(self):
        Mixin = self.env.registry["mail.activity.mixin"]
        following = patch.object(Mixin, "_tracks_follow_closing", lambda *args: None)
        counts = {}
        for name, vals in (
            ("close", {"active": False}),
            ("stage", {"stage_id": self.stage_new.id}),
            ("other", {"description": "New"}),
        ):
            for patched in (True, False, True, False):
                leads = self.make_leads(3)
                write = lambda leads=leads, vals=vals: leads.write(vals)  # noqa: E731
                if patched:
                    with following:
                        counts[name, patched] = self.count_queries(write)
                else:
                    counts[name, patched] = self.count_queries(write)
        self.assertLessEqual(counts["close", False], counts["close", True] + 2)
        self.assertEqual(counts["stage", False], counts["stage", True])
        self.assertEqual(counts["other", False], counts["other", True])

    @tagged_test(QUERIES)
    def test_closing_costs_the_same_however_many_tracks_it_holds(self):
        counts = []
        for number in (3, 3, 30):
            leads, _runs = self.start(number)
            counts.append(
                self.count_queries(lambda leads=leads: leads.action_archive())
            )
        self.assertLessEqual(counts[2], counts[1] + 5)

    def test_closing_and_reopening_write_no_task_and_read_no_notes(self):
        leads, runs = self.start()
        tasks = runs.sudo().line_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE track_run_line SET write_date = '2020-01-01' WHERE id = ANY(%s)",
            [tasks.ids],
        )
        note = tasks._fields["note"]
        for close in (leads.action_set_lost, leads.action_restore):
            self.env.invalidate_all()
            close()
            self.env.flush_all()
            self.assertFalse(note._get_cache(tasks.env).keys() & set(tasks.ids))
            tasks.invalidate_recordset(["write_date"])
            self.assertEqual(
                set(tasks.mapped("write_date")), {datetime(2020, 1, 1)}, close.__name__
            )
        self.assertFalse(any(runs.mapped("held")))
