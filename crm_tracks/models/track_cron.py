import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.never_failing import never_failing

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """What the hourly cron does for tracks (SPEC, section 5).

    1. :meth:`_cron_sweep` compares a bounded number of tracks with their records.
    2. :meth:`_cron_open` creates the activities whose day has come, and tries again
       what failed.

    In batches with a commit after each. A batch begins by locking its rows, right after
    the commit before, so that it sees what is stored, and leaves out what somebody else
    holds. Each track of a batch is written to: a transaction that changes the track at
    the same time conflicts, and Odoo starts it over. Nothing is raised, for a cron that
    raises after it has reported progress is rerun at once.
    """

    _inherit = "track.run"

    # How many tasks the cron opens between two commits.
    _CRON_BATCH = 200
    # How many tracks one run compares with their records, and how many at a time.
    _SWEEP_LIMIT = 5000
    _SWEEP_BATCH = 1000
    # When to come back for what somebody else held.
    _LOCKED_RETRY = timedelta(minutes=5)

    @api.model
    def _cron_process(self):
        """Do everything that is due for tracks; never raises."""
        engine = self._engine()
        engine._cron_open()
        engine._cron_sweep()

    # ------------------------------------------------------------------
    # The sweep
    # ------------------------------------------------------------------

    @api.model
    def _cron_sweep(self):
        """Catch what no hook saw: closings, vanished activities and vanished records.

        Of tracks that are running or paused, those compared longest ago first.
        """
        runs = self.search(
            [("state", "in", ("running", "paused"))],
            order="date_checked NULLS FIRST, id",
            limit=self._SWEEP_LIMIT,
        )
        ids = runs.ids
        self.env["ir.cron"]._commit_progress()
        for start in range(0, len(ids), self._SWEEP_BATCH):
            batch = self.browse(ids[start : start + self._SWEEP_BATCH])
            try:
                batch._lock_for_cron()._follow_records()
            except Exception as error:
                self._cron_rollback(error)
                # what is broken must not come first for ever
                batch._lock_for_cron().date_checked = fields.Datetime.now()
            if not self.env["ir.cron"]._commit_progress():
                break

    def _follow_records(self):
        """Compare these tracks with their records, and put right what differs.

        :return: those whose record exists
        """
        records_by_run = self._get_records()
        gone = self.filtered(
            lambda run: run.res_model in self.env and run not in records_by_run
        )
        gone.unlink()
        runs = self - gone
        for records in runs._get_records_by_model():
            closed = records._tracks_get_closed()
            before = {}
            for run in runs:
                if run.res_model == records._name:
                    before[run.res_id] = run.record_closed
            changed = [id_ for id_ in closed if bool(closed[id_]) != before[id_]]
            records.browse(changed)._tracks_follow_closing(before)
        # rule 10: a cascade in the database, which no hook sees
        self.env["track.run.line"].search(
            [
                ("run_id", "in", runs.ids),
                ("state", "=", "open"),
                ("activity_ids", "=", False),
            ]
        )._skip(self.env._("Its activity was deleted in the database."))
        runs.date_checked = fields.Datetime.now()
        return runs

    # ------------------------------------------------------------------
    # Opening what is due
    # ------------------------------------------------------------------

    @api.model
    def _cron_open(self):
        """Create the activities whose day has come (rule 19), and retry what failed."""
        # It is already tomorrow somewhere: the exact day is each company's own.
        horizon = fields.Date.today() + timedelta(days=1)
        planned = Domain("state", "=", "planned") & Domain(
            "date_planned", "<=", horizon
        )
        failed = Domain("state", "=", "failed") & Domain(
            "date_retry", "<=", fields.Datetime.now()
        )
        Task = self.env["track.run.line"]
        ids = (
            Task.search(planned, order="date_planned, id").ids
            + Task.search(failed, order="date_retry, id").ids
        )
        time_left = self.env["ir.cron"]._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), self._CRON_BATCH):
            if not time_left:
                break
            batch = Task.browse(ids[start : start + self._CRON_BATCH])
            try:
                batch._cron_open_batch()
            except Exception as error:
                self._cron_rollback(error)
                batch._cron_open_each()
            time_left = self.env["ir.cron"]._commit_progress(len(batch))

    # ------------------------------------------------------------------
    # Locks and rollbacks
    # ------------------------------------------------------------------

    def _lock_for_cron(self):
        """Lock these rows, those that somebody else holds left out.

        What is cached was read before the last commit, and is forgotten.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all(flush=False)
        if locked != self:
            self._cron_come_back()
        return locked

    @api.model
    def _lock_tasks(self, tasks):
        """Lock these tasks and their tracks; as :meth:`_lock_for_cron`."""
        locked = tasks.try_lock_for_update(allow_referencing=True)
        runs = locked.run_id
        free = runs.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all(flush=False)
        free_tasks = locked.filtered(lambda task: task.run_id in free)
        if free_tasks != tasks:
            self._cron_come_back()
        return free_tasks

    @api.model
    def _cron_come_back(self):
        """Run the cron again soon, for what somebody else holds now."""
        cron = self.env.ref("crm_tracks.ir_cron_tracks", raise_if_not_found=False)
        if cron:
            cron._trigger(fields.Datetime.now() + self._LOCKED_RETRY)

    @api.model
    def _cron_rollback(self, error):
        """Forget the batch that raised; a conflict with somebody else is ordinary."""
        self.env.cr.rollback()
        self.env.clear()
        if isinstance(error, psycopg2.OperationalError):
            _logger.info("Tracks: a batch met another transaction: %s", error)
        else:
            _logger.warning("Tracks: a batch failed.", exc_info=error)


class TrackRunLine(models.Model):
    """Tasks that could not be carried out, and when they are tried again (rule 29)."""

    _inherit = "track.run.line"

    # Hours until the next try; after the last one, a person is asked.
    _RETRY_PAUSES = (1, 2, 4, 8, 16)

    # the cron: what is to be tried again
    _retry_idx = models.Index(
        "(date_retry) WHERE state = 'failed' AND date_retry IS NOT NULL"
    )

    def _cron_open_batch(self):
        """Open those of these tasks that are due, and that nobody else holds."""
        tasks = self.env["track.run"]._lock_tasks(self)
        runs = tasks.run_id._follow_records()
        tasks = tasks.exists().filtered(lambda task: task.run_id in runs)
        tasks._filter_due()._open()
        self.env.flush_all()

    def _cron_open_each(self):
        """Open these tasks one by one, since one of them broke their batch."""
        for task in self:
            try:
                task._cron_open_batch()
                self.env["ir.cron"]._commit_progress()
            except psycopg2.OperationalError as error:
                self.env["track.run"]._cron_rollback(error)
                self.env["track.run"]._cron_come_back()
            except Exception as error:
                self.env["track.run"]._cron_rollback(error)
                task._cron_fail(error)
                self.env["ir.cron"]._commit_progress()

    def _cron_fail(self, error):
        """Record that this task broke, and when it is tried again.

        :param Exception error: why; people read what a ``UserError`` says, and the name
            of anything else
        """
        task = self.env["track.run"]._lock_tasks(self)
        if task.state not in ("planned", "failed"):
            return
        reason = str(error) if isinstance(error, UserError) else repr(error)
        attempts = task.attempts + 1
        is_last = attempts > len(self._RETRY_PAUSES)
        task.write(
            {
                "state": "failed",
                "error": reason,
                "attempts": attempts,
                "date_retry": not is_last
                and fields.Datetime.now()
                + timedelta(hours=self._RETRY_PAUSES[attempts - 1]),
            }
        )
        if is_last:
            task._report_failure()

    def _report_failure(self):
        """Say on the record that this task failed, and to whoever started the track."""
        self.ensure_one()
        run = self.run_id
        record = run._get_records().get(run)
        if record is None:
            return
        owner = record._tracks_get_owner()[record.id]
        user = run._get_first_assignable([run.user_id, owner], run.company_id)
        text = self.env._(
            "“%(task)s” of track %(track)s failed: %(reason)s Skip it, or put right "
            "what is wrong and try again.",
            task=self._get_label(),
            track=Markup("<b>%s</b>") % run.name,
            reason=self.error,
        )
        with never_failing(
            self.env, _logger, "The failure of %s could not be reported.", self
        ):
            run._log({run: Markup("<p>%s</p>") % text})
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Failed: %s", self._get_label()),
                note=Markup("<p>%s</p>") % text,
                user_id=user.id,
            )

    def action_retry(self):
        """Carry these failed tasks out now.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task has not failed, or its track is paused or held;
            or whatever is still wrong with it
        """
        self.check_access("write")
        tasks = self.sudo()
        for task in tasks:
            if task.state != "failed":
                raise UserError(self.env._("“%s” has not failed.", task._get_label()))
            if task.run_id._is_quiet():
                raise UserError(
                    self.env._(
                        "“%s” is paused or its record is closed: its tasks wait.",
                        task.run_id.name,
                    )
                )
        tasks._open()
        return True
