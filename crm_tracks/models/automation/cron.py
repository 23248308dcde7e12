import logging
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools.never_failing import CONFLICTS
from ...tools.states import NOT_ENDED
from ..run.gate import Answer

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """The work of the hourly cron.

    1. :meth:`_cron_resume` resumes the tracks that were paused until today.
    2. :meth:`_cron_sweep` compares a bounded number of tracks with their records.
    3. :meth:`_cron_begin` creates the activities whose day has come, runs the automated
       tasks that are due, and tries again what failed.
    4. :meth:`_cron_attend` reminds assignees of late tasks, and escalates them
       (``reminders_cron.py``).
    5. :meth:`_cron_update` updates many tracks from their template (``update``).

    The work is done in batches with a commit after each. A batch begins by locking its
    rows, immediately after the previous commit, so that it reads the stored values, and
    skips rows that are locked by others. Each track of a batch is written, so that a
    concurrent transaction on the track conflicts and is retried by Odoo. No exception
    is raised: a cron that raises after it has reported progress is rerun immediately.
    """

    _inherit = "track.run"

    # How many tasks the cron begins between two commits.
    _CRON_BATCH = 500
    # In how many parts a batch is divided that failed.
    _CRON_PARTS = 10
    # How many tracks one run compares with their records, and how many at a time.
    _SWEEP_LIMIT = 5000
    _SWEEP_BATCH = 1000
    # Odoo reruns the cron while some tracks have not been compared for this long.
    _SWEEP_PAUSE = timedelta(minutes=30)
    # When to retry rows that were locked by others.
    _LOCKED_RETRY = timedelta(minutes=5)

    @api.model
    def _cron_process(self):
        """Do everything that is due for tracks; never raises."""
        engine = self._engine()
        left = engine._cron_resume()
        left += engine._cron_begin()
        left = engine._cron_attend(left)
        left += engine._cron_update()
        engine._cron_sweep(left)

    # ------------------------------------------------------------------
    # The sweep
    # ------------------------------------------------------------------

    @api.model
    def _cron_sweep(self, left=0):
        """Find changes that no hook noticed: closings, deleted activities and records.

        Unfinished tracks are compared, those checked longest ago first. If tracks are
        left, they are reported as remaining, and Odoo reruns the cron. Each track is
        due again only after a pause, and a run without progress reports none, so that
        the reruns end.

        :param int left: how many tasks have not begun yet
        """
        start = fields.Datetime.now()
        unfinished = Domain("state", "in", NOT_ENDED)
        runs = self.search(
            unfinished,
            order="date_checked NULLS FIRST, id",
            limit=self._SWEEP_LIMIT,
        )
        ids = runs.ids
        self.env["ir.cron"]._commit_progress(remaining=left)
        for first in range(0, len(ids), self._SWEEP_BATCH):
            batch = self.browse(ids[first : first + self._SWEEP_BATCH])
            time_left, _failed = batch._cron_follow()
            if not time_left:
                break
        compared = Domain("id", "in", ids) & Domain("date_checked", ">=", start)
        if self.search_count(compared, limit=1):
            due = Domain("date_checked", "=", False) | Domain(
                "date_checked", "<", start - self._SWEEP_PAUSE
            )
            left += self.search_count(unfinished & due, limit=self._SWEEP_LIMIT)
            self.env["ir.cron"]._commit_progress(len(ids), remaining=left)

    def _cron_follow(self):
        """Compare these tracks with their records, and commit; never raises.

        :return: (the seconds that are left for the cron, the tracks of which the
            comparison failed)
        """
        failed = []

        def fail(run, error):
            failed.append(run.id)
            if error:  # otherwise a broken track would always come first
                run._mark_as_checked()

        time_left = self._cron_in_parts(
            self, lambda runs: runs._lock_for_cron()._follow_records(), fail
        )
        return time_left, self.browse(failed)

    def _follow_records(self):
        """Compare these tracks with their records, and correct the differences.

        :return: those whose record exists
        """
        records_by_run = self._get_records()
        orphans = self.filtered(
            lambda run: run.res_model in self.env and run not in records_by_run
        )
        if orphans:
            orphans.unlink()
        runs = self - orphans
        with runs._causing():
            runs._follow_existing_records(records_by_run)
            # also pending precommit work, for example the tracking of values
            self.env.cr.flush()
        runs._mark_as_checked()
        return runs

    def _follow_existing_records(self, records_by_run):
        """Correct the differences between these tracks and their existing records.

        :param dict records_by_run: as of :meth:`_get_records`
        """
        for records in self._get_records_by_model(records_by_run):
            closed = records._tracks_get_closed()
            before = {}
            for run in self:
                if run.res_model == records._name:
                    before[run.res_id] = run.record_closed
            changed = [id_ for id_ in closed if bool(closed[id_]) != before[id_]]
            if changed:
                records.browse(changed)._tracks_follow_closing(before)
            records._tracks_follow_fields()
        # activities that were deleted by a cascade in the database
        without_activity = self.env["track.run.line"].search(
            [
                ("run_id", "in", self.ids),
                ("state", "=", "open"),
                ("activity_ids", "=", False),
            ]
        )
        if without_activity:
            without_activity._skip(
                self.env._("The activity was deleted in the database.")
            )

    def _mark_as_checked(self):
        """Store when these tracks were compared; the write also forces a conflict."""
        if self:
            self.flush_recordset()
            # by SQL: the ORM would skip the write if the second is the same
            query = "UPDATE track_run SET date_checked = %s WHERE id IN %s"
            self.env.cr.execute(query, [fields.Datetime.now(), self._ids])
            self.invalidate_recordset(["date_checked"])

    # ------------------------------------------------------------------
    # Beginning due tasks
    # ------------------------------------------------------------------

    @api.model
    def _cron_begin(self):
        """Create the activities whose day has come, run the automated tasks that are
        due, and retry failed tasks.

        :return: how many of them are left because the time was over
        """
        # In some time zones it is tomorrow already; the gate checks the exact day.
        horizon = fields.Date.today() + timedelta(days=1)
        now = fields.Datetime.now()
        planned = Domain("state", "=", "planned") & Domain(
            "date_planned", "<=", horizon
        )
        failed = Domain("state", "=", "failed") & Domain("date_retry", "<=", now)
        # without those that wait for their hour
        may_run = Domain("date_hour", "=", False) | Domain("date_hour", "<=", now)
        Task = self.env["track.run.line"]
        names = ["action", "run_id", "sequence", "date_deadline"]
        due = Task.search_fetch(planned & may_run, names, order="date_planned, id")
        due += Task.search_fetch(failed & may_run, names, order="date_retry, id")
        batches = [Task.browse(ids) for ids in due._split_for_cron(self._CRON_BATCH)]
        return self._cron_in_batches(
            batches,
            lambda batch: batch._cron_begin_batch(),
            lambda task, error: task._cron_begin_failed(error),
        )

    # ------------------------------------------------------------------
    # Locks and rollbacks
    # ------------------------------------------------------------------

    def _lock_for_cron(self):
        """Lock these rows, except those that are locked by others.

        Invalidate the cache, which was read before the last commit.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all(flush=False)
        if locked != self:
            self._cron_come_back()
        return locked

    @api.model
    def _lock_tasks(self, tasks):
        """Lock these tasks and their tracks, like :meth:`_lock_for_cron`."""
        locked = tasks.try_lock_for_update(allow_referencing=True)
        runs = locked.run_id
        free = runs.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all(flush=False)
        free_tasks = locked
        if free != runs:
            free_tasks = locked.filtered(lambda task: task.run_id in free)
        if free_tasks != tasks:
            self._cron_come_back()
        return free_tasks

    @api.model
    def _cron_come_back(self):
        """Run the cron again soon, for rows that are locked by others."""
        self._trigger_cron(fields.Datetime.now() + self._LOCKED_RETRY)

    @api.model
    def _trigger_cron(self, moment=None):
        """Run the cron at this moment (``datetime``); None for as soon as possible.

        An administrator may have deleted the scheduled action: this is not an error.
        """
        cron = self.env.ref("crm_tracks.ir_cron_tracks", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(moment)

    @api.model
    def _trigger_cron_as_collected(self):
        """Trigger the cron at the moments that ``_wake_cron`` collected."""
        moments = self.env.cr.precommit.data.pop("crm_tracks.wake_cron_at", ())
        for moment in moments:
            self._trigger_cron(moment)

    @api.model
    def _cron_in_batches(self, batches, process, fail):
        """Process batches of records, with a commit after each, until the time is over.

        :param list batches: recordsets
        :param process: as of :meth:`_cron_in_parts`
        :param fail: as of :meth:`_cron_in_parts`
        :return: how many of the records are left because the time was over
        """
        left = sum(len(batch) for batch in batches)
        time_left = self.env["ir.cron"]._commit_progress(remaining=left)
        for batch in batches:
            if not time_left:
                break
            time_left = self._cron_in_parts(batch, process, fail, len(batch))
            left -= len(batch)
        return left

    @api.model
    def _cron_in_parts(self, batch, process, fail, processed=0):
        """Process records and commit it; if that raises, process them in parts.

        The parts are divided likewise, so that a broken record among many is found with
        few rollbacks. Never raises.

        :param batch: a recordset
        :param process: a function of some of these records
        :param fail: a function of a record that failed alone, and of the exception, as
            in :meth:`_cron_commit`
        :param int processed: as in :meth:`_cron_commit`
        :return: the seconds that are left for the cron
        """

        def divide(error):
            if len(batch) == 1:
                fail(batch, error)
                return
            size = -(-len(batch) // self._CRON_PARTS)  # rounded up
            for ids in split_every(size, batch.ids):
                self._cron_in_parts(batch.browse(ids), process, fail)

        return self._cron_commit(lambda: process(batch), divide, processed)

    @api.model
    def _cron_commit(self, work, otherwise=None, processed=0):
        """Do some work and commit it; never raises.

        Precommit work (messages, pending writes) counts as part of the work.

        :param work: a function
        :param otherwise: a function to call if the work raises, with the exception, or
            with None after a conflict with another transaction, which is retried soon
        :param int processed: how many items of the cron this work processes
        :return: the seconds that are left for the cron
        """
        progress = self.env["ir.cron"]
        try:
            work()
            return progress._commit_progress(processed)
        except Exception as raised:
            self.env.cr.rollback()
            self.env.clear()
            error = raised
            if isinstance(raised, CONFLICTS):
                _logger.info("Tracks: the cron met another transaction: %s", raised)
                self._cron_come_back()
                error = None
            elif isinstance(raised, UserError):
                # users read it on the task; it does not concern the administrator
                _logger.info("Tracks: the cron could not go on: %s", raised)
            else:
                _logger.warning("Tracks: the cron failed.", exc_info=raised)
        if otherwise:
            return self._cron_commit(lambda: otherwise(error), processed=processed)
        return progress._commit_progress(processed)

    def _force_conflict(self):
        """Write to these tracks, so that concurrent changes of them conflict.

        Odoo retries the second of two concurrent transactions. Otherwise, one could
        open a task while the other mutes it or assigns it to a new owner.
        """
        if self:
            self.flush_recordset()
            # by SQL: the ORM would skip a value that has not changed
            query = "UPDATE track_run SET id = id WHERE id IN %s"
            self.env.cr.execute(query, [self._ids])


class TrackRunLine(models.Model):
    """Batches of tasks for the cron; failures are in ``automation/retry.py``."""

    _inherit = "track.run.line"

    def _split_for_cron(self, size):
        """The ids of these tasks in batches of the same action.

        Activities come first, then the first automated task of each track, the second,
        and so on, so that the tasks of a track run in their order. A batch that fails
        is rolled back and done again, in parts. Server actions may have effects outside
        of the database, so they always run one by one.

        :param int size: how many at most
        :return: list of lists
        """
        activities = self.filtered(lambda task: not task._is_automated())
        groups = {(0, "activity"): activities.ids}
        place = Counter()
        for task in (self - activities).sorted(
            lambda task: (task.date_deadline, task.sequence, task.id)
        ):
            place[task.run_id] += 1
            groups.setdefault((place[task.run_id], task.action), []).append(task.id)
        batches = []
        for (_place, action), ids in sorted(groups.items()):
            step = 1 if action == "server_action" else size
            batches += [ids[start : start + step] for start in range(0, len(ids), step)]
        return batches

    def _cron_begin_batch(self):
        """Begin those of these tasks that are due, and not locked by others."""
        tasks = self.env["track.run"]._lock_tasks(self)
        followed = tasks.run_id._follow_records()
        tasks._cron_begin_due(written=followed)

    def _cron_begin_due(self, written=None):
        """Begin those of these tasks that are due, and that still exist.

        :param written: the ``track.run`` to which this transaction has written; None if
            there are none
        """
        tasks = self.exists()
        runs = tasks.run_id
        (runs - written if written else runs)._force_conflict()
        with tasks.run_id._causing():
            tasks._begin_due()
            self.env.cr.flush()

    def _begin_due(self):
        answers, skipping = self._begin_now()
        if later := answers[Answer.WAIT_FOR_HOUR]:
            later._wait_for_hour()
        if skipped := answers[Answer.SKIP]:
            skipped._skip_late()
        if failed := answers[Answer.FAIL]:
            failed._fail_late()
        answers[Answer.EXECUTE]._execute()
        answers[Answer.OPEN]._assign()
        if skipping:
            skipping._advance()

    def _cron_begin_failed(self, error):
        """Record that this task failed; if the comparison of its track did, begin it.

        Otherwise it is not begun again in this run: a server action may have had
        effects outside of the database.

        :param Exception error: as in :meth:`_cron_fail`
        """
        runs = self.exists().run_id
        _time_left, failed = runs._cron_follow()
        task = self.exists()
        if failed:
            runs._cron_commit(
                lambda: runs._lock_tasks(task)._cron_begin_due(), task._cron_fail
            )
        elif task:
            task._cron_fail(error)
