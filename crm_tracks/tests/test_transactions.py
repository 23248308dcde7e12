import logging
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..tools.never_failing import never_failing
from ..tools.transaction import block_ids, block_value, get_block_value
from .common import QUERIES, TracksCase, tagged_test

_logger = logging.getLogger(__name__)
CRON = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestTransactions(CronMixinCase, TracksCase):
    """Tracks are consistent after savepoints, rollbacks and deleted records."""

    def patch_write(self, model, before):
        """Patch ``write`` of this model, as another addon would."""
        Model = self.registry[model]
        write = Model.write

        def patched(records, vals):
            before(records)
            return write(records, vals)

        return patch.object(Model, "write", patched)

    def open_savepoint(self, records):
        with records.env.cr.savepoint():
            records.env.cr.execute("SELECT 1")

    def make_automated(self, **values):
        template = self.make_template(
            {"summary": "Call"},
            {
                "action": "update",
                "delay_from": "previous",
                "update_ids": [
                    (0, 0, {"field_name": "priority", "value": "2"}),
                ],
            },
            res_model_ids=self.env["ir.model"]._get("crm.lead").ids,
            **values,
        )
        return self.make_leads().with_user(self.seller).tracks_apply(template)

    # ------------------------------------------------------------------
    # Values of a block
    # ------------------------------------------------------------------

    def test_the_values_of_a_block_outlast_savepoints_and_cleared_caches(self):
        with block_value(self.env, "test", "outer"):
            with self.env.cr.savepoint():
                self.assertEqual(get_block_value(self.env, "test"), "outer")
            self.env.clear()
            self.assertEqual(get_block_value(self.env, "test"), "outer")
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                with block_value(self.env, "test", "inner"):
                    self.assertEqual(get_block_value(self.env, "test"), "inner")
                    raise ZeroDivisionError
            self.assertEqual(get_block_value(self.env, "test"), "outer")
        self.assertIsNone(get_block_value(self.env, "test"))

    def test_blocks_of_ids_are_nested(self):
        with block_ids(self.env, "test", [1, 2]) as outer:
            with block_ids(self.env, "test", [2, 3]) as inner:
                self.assertEqual((outer, inner), ({1, 2}, {3}))
            with block_ids(self.env, "test", [3]) as again:
                self.assertEqual(again, {3})

    def test_the_values_of_a_block_are_those_of_its_transaction(self):
        with block_value(self.env, "test", "mine"), self.registry.cursor() as other:
            self.assertIsNone(get_block_value(self.env(cr=other), "test"))

    # ------------------------------------------------------------------
    # Savepoints of other code
    # ------------------------------------------------------------------

    def test_a_savepoint_within_a_closing_leaves_it_one_closing(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("crm_tracks.mute_lost", "none")
        parameters.set_param("crm_tracks.mute_archived", "all")
        run = (
            self.make_leads().with_user(self.seller).tracks_apply(self.make_chain("A"))
        )
        lead = self.env["crm.lead"].browse(run.res_id)
        with self.patch_write("crm.lead", self.open_savepoint):
            lead.with_user(self.seller).action_set_lost()
        self.assertFalse(run.held)
        self.assertActivityFollows(self.get_task(run, "A"))

    def test_a_savepoint_within_reordering_refuses_nothing(self):
        run = (
            self.make_leads()
            .with_user(self.seller)
            .tracks_apply(self.make_chain("A", "B", "C"))
        )
        tasks = run.line_ids.sorted()
        a, b, c = tasks
        commands = [
            (1, task.id, {"sequence": number})
            for number, task in ((30, a), (50, b), (40, c))
        ]
        with self.patch_write("track.run.line", self.open_savepoint):
            run.with_user(self.seller).write({"line_ids": commands})
        self.assertEqual(
            run.line_ids.sorted().mapped("summary"),
            ["A", "C", "B"],
        )

    def test_a_savepoint_within_saving_a_template_refuses_nothing(self):
        template = self.make_chain("A", "B")
        a, b = template.line_ids.sorted()
        commands = [
            (1, a.id, {"sequence": 9, "delay_from": "previous"}),
            (1, b.id, {"sequence": 1, "delay_from": "start"}),
        ]
        with self.patch_write("track.line", self.open_savepoint):
            template.with_user(self.manager).write({"line_ids": commands})
        self.assertEqual(template.line_ids.sorted().mapped("summary"), ["B", "A"])

    # ------------------------------------------------------------------
    # The cron is woken
    # ------------------------------------------------------------------

    def test_what_is_tried_again_after_a_rollback_wakes_the_cron(self):
        run = self.make_automated()
        call = self.get_task(run, "Call")
        with self.capture_triggers("crm_tracks.ir_cron_tracks") as triggers:
            with never_failing(self.env, _logger, "Taken back", expected=ValueError):
                call.with_user(self.seller).action_done()
                raise ValueError("Taken back")
            call.with_user(self.seller).action_done()
            self.env.cr.flush()
        self.assertTrue(triggers.records.exists())

    def test_the_cron_is_woken_once_a_transaction(self):
        runs = self.make_automated() + self.make_automated()
        with self.capture_triggers("crm_tracks.ir_cron_tracks") as triggers:
            for run in runs:
                self.get_task(run, "Call").with_user(self.seller).action_done()
            self.env.cr.flush()
        self.assertEqual(len(triggers.records), 1)

    def test_without_its_scheduled_action_tasks_are_completed(self):
        run = self.make_automated()
        self.env.ref("crm_tracks.ir_cron_tracks").unlink()
        self.tick(run, "Call")
        self.env.cr.flush()
        self.assertEqual(run.line_ids.sorted().mapped("state"), ["done", "planned"])

    def test_without_the_group_of_administrators_somebody_stands_in(self):
        group = self.env.ref("crm_tracks.group_track_manager")
        self.env["ir.model.access"].search([("group_id", "=", group.id)]).unlink()
        group.unlink()
        template = self.make_chain("A")
        run = (
            self.make_leads(user_id=False).with_user(self.seller).tracks_apply(template)
        )
        self.assertEqual(self.get_task(run, "A").user_id, self.seller)
        found = self.env["track.run"]._get_administrator(self.company)
        self.assertTrue(found.has_group("base.group_system"))

    # ------------------------------------------------------------------
    # Conflicts
    # ------------------------------------------------------------------

    def test_only_what_odoo_starts_over_for_is_a_conflict(self):
        for error, is_conflict in (
            (psycopg2.errors.SerializationFailure(), True),
            (psycopg2.errors.LockNotAvailable(), True),
            (psycopg2.errors.DeadlockDetected(), True),
            (psycopg2.errors.QueryCanceled(), False),
            (psycopg2.OperationalError("connection refused"), False),
        ):
            with self.subTest(error=type(error).__name__), mute_logger(__name__):
                try:
                    with never_failing(self.env, _logger, "It broke") as errors:
                        raise error
                    self.assertEqual((errors, is_conflict), ([error], False))
                except psycopg2.OperationalError as raised:
                    self.assertEqual((raised, is_conflict), (error, True))

    @mute_logger(CRON)
    def test_a_server_that_cannot_be_reached_is_a_failure_and_counted(self):
        run = self.make_automated()
        self.tick(run, "Call")
        [task] = run.sudo().line_ids.filtered(lambda line: line.action == "update")

        def refuse(_records):
            raise psycopg2.OperationalError("connection refused")

        with self.patch_write("crm.lead", refuse):
            self.run_cron()
        self.assertEqual((task.state, task.attempts), ("failed", 1))
        self.assertIn("connection refused", task.error)

    # ------------------------------------------------------------------
    # Caches shared by all transactions
    # ------------------------------------------------------------------

    def test_who_began_before_the_first_track_keeps_that_there_is_none_for_itself(self):
        """For every question, before and after the caches are cleared."""
        self.addCleanup(self.env.registry.clear_cache)
        for model, ask, read, found in (
            (
                "track.run",
                "_may_have_tracks",
                "_read_models_with_tracks",
                {"crm.stage"},
            ),
            ("mail.activity", "_may_be_muted", "search", self.env.user),
        ):
            with self.subTest(model=model):
                # another transaction creates the first track, commits, and clears the
                # caches
                self.env.registry.clear_cache()
                may_have = getattr(self.env[model], ask)
                self.assertFalse(may_have("crm.stage"))
                # this transaction does not see the track; transactions that begin now
                # do
                later = self.cr.now() + timedelta(days=9999)
                self.cr.cache.clear()
                with (
                    patch.object(
                        type(self.env[model]),
                        read,
                        lambda *_args, found=found, **_kwargs: found,
                    ),
                    patch.object(self.cr, "now", lambda later=later: later),
                ):
                    self.assertTrue(may_have("crm.stage"))
                # after that, all transactions know
                self.assertTrue(may_have("crm.stage"))

    @tagged_test(QUERIES)
    def test_that_there_is_none_is_asked_once_by_all_who_began_since(self):
        Run = self.env["track.run"]
        self.env.registry.clear_cache()
        later = self.cr.now() + timedelta(days=9999)
        with patch.object(self.cr, "now", lambda: later):
            self.assertFalse(Run._may_have_tracks("crm.stage"))
        self.cr.cache.clear()
        with self.assertQueryCount(0):
            self.assertFalse(Run._may_have_tracks("crm.stage"))

    @tagged_test(QUERIES)
    def test_who_began_before_asks_once_too(self):
        Run = self.env["track.run"]
        self.env.registry.clear_cache()
        self.assertFalse(Run._may_have_tracks("crm.stage"))
        with self.assertQueryCount(0):
            self.assertFalse(Run._may_have_tracks("crm.stage"))
