import logging
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.never_failing import CONFLICTS
from ...tools.states import NOT_ENDED
from ..run.gate import Answer

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """What the hourly cron does for tracks (SPEC, section 5).

    1. :meth:`_cron_sweep` compares a bounded number of tracks with their records.
    2. :meth:`_cron_begin` creates the activities whose day has come, runs the automated
       tasks that are due, and tries again what failed.

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
    # Odoo runs the cron again at once while there are some not compared for this long.
    _SWEEP_PAUSE = timedelta(minutes=30)
    # When to come back for what somebody else held.
    _LOCKED_RETRY = timedelta(minutes=5)

    @api.model
    def _cron_process(self):
        """Do everything that is due for tracks; never raises."""
        engine = self._engine()
        left = engine._cron_begin()
        engine._cron_sweep(left)

    # ------------------------------------------------------------------
    # The sweep
    # ------------------------------------------------------------------

    @api.model
    def _cron_sweep(self, left=0):
        """Catch what no hook saw: closings, vanished activities and vanished records.

        Of tracks that are running or paused, those compared longest ago first. Where
        that leaves some, Odoo is told, and runs the cron again as it has the time: each
        track is due once in a while only, and a run that gets nowhere asks for none.

        :param int left: how many tasks are still to be opened
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
            time_left = self._cron_commit(
                lambda batch=batch: batch._lock_for_cron()._follow_records(),
                lambda _error, batch=batch: batch._cron_follow_each(),
            )
            if not time_left:
                break
        compared = Domain("id", "in", ids) & Domain("date_checked", ">=", start)
        if self.search_count(compared, limit=1):
            due = Domain("date_checked", "=", False) | Domain(
                "date_checked", "<", start - self._SWEEP_PAUSE
            )
            left += self.search_count(unfinished & due, limit=self._SWEEP_LIMIT)
            self.env["ir.cron"]._commit_progress(len(ids), remaining=left)

    def _cron_follow_each(self):
        """Compare these tracks one by one, since one of them broke their batch."""
        for run in self:
            self._cron_commit(
                lambda run=run: run._lock_for_cron()._follow_records(),
                # what is broken must not come first for ever
                lambda error, run=run: error and run._mark_as_checked(),
            )

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
        with runs._causing():
            runs._follow_existing_records()
            # with what waits for the commit: the tracking of values, say
            self.env.cr.flush()
        runs._mark_as_checked()
        return runs

    def _follow_existing_records(self):
        """Put right what differs from the records of these tracks."""
        for records in self._get_records_by_model():
            closed = records._tracks_get_closed()
            before = {}
            for run in self:
                if run.res_model == records._name:
                    before[run.res_id] = run.record_closed
            changed = [id_ for id_ in closed if bool(closed[id_]) != before[id_]]
            records.browse(changed)._tracks_follow_closing(before)
        # rule 10: a cascade in the database, which no hook sees
        self.env["track.run.line"].search(
            [
                ("run_id", "in", self.ids),
                ("state", "=", "open"),
                ("activity_ids", "=", False),
            ]
        )._skip(self.env._("The activity was deleted in the database."))

    def _mark_as_checked(self):
        """Write when these tracks were compared, which forces a conflict as well."""
        if self:
            self.flush_recordset()
            # by SQL: within a second, the ORM would leave the same moment out
            query = "UPDATE track_run SET date_checked = %s WHERE id IN %s"
            self.env.cr.execute(query, [fields.Datetime.now(), self._ids])
            self.invalidate_recordset(["date_checked"])

    # ------------------------------------------------------------------
    # Opening what is due
    # ------------------------------------------------------------------

    @api.model
    def _cron_begin(self):
        """Create the activities whose day has come (rule 19), run the automated tasks
        that are due (rule 32), and retry what failed.

        :return: how many of them there was no time for
        """
        # It is already tomorrow somewhere: the exact day is each company's own.
        horizon = fields.Date.today() + timedelta(days=1)
        planned = Domain("state", "=", "planned") & Domain(
            "date_planned", "<=", horizon
        )
        failed = Domain("state", "=", "failed") & Domain(
            "date_retry", "<=", fields.Datetime.now()
        )
        Task = self.env["track.run.line"]
        names = ["action", "run_id", "sequence", "date_deadline"]
        due = Task.search_fetch(planned, names, order="date_planned, id")
        due += Task.search_fetch(failed, names, order="date_retry, id")
        batches = [Task.browse(ids) for ids in due._split_for_cron(self._CRON_BATCH)]
        left = len(due)
        time_left = self.env["ir.cron"]._commit_progress(remaining=left)
        for batch in batches:
            if not time_left:
                break
            time_left = self._cron_commit(
                batch._cron_begin_batch,
                lambda _error, batch=batch: batch._cron_begin_each(),
                processed=len(batch),
            )
            left -= len(batch)
        return left

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
        self._trigger_cron(fields.Datetime.now() + self._LOCKED_RETRY)

    @api.model
    def _trigger_cron(self, moment=None):
        """Run the cron at this moment (``datetime``), None for as soon as it can.

        An administrator may have deleted the scheduled action: that stops no work.
        """
        cron = self.env.ref("crm_tracks.ir_cron_tracks", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(moment)

    @api.model
    def _cron_commit(self, work, otherwise=None, processed=0):
        """Do some work and commit it; never raises.

        What a commit begins with (messages, pending writes) belongs to the work.

        :param work: a function
        :param otherwise: what is done instead if the work raises: a function of the
            exception, or None if it meets another transaction, for which the cron comes
            back soon
        :param int processed: how many of the cron's items that was
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
                # people read it on the task; it is nothing of the administrator's
                _logger.info("Tracks: the cron could not go on: %s", raised)
            else:
                _logger.warning("Tracks: the cron failed.", exc_info=raised)
        if otherwise:
            return self._cron_commit(lambda: otherwise(error), processed=processed)
        return progress._commit_progress(processed)

    def _force_conflict(self):
        """Write to these tracks, so that whoever changes them right now conflicts.

        Of two transactions that do not see one another the second is started over: what
        one opens, the other mutes or gives to a new owner.
        """
        if self:
            self.flush_recordset()
            # as it is: the ORM would leave out a value that has not changed
            query = "UPDATE track_run SET id = id WHERE id IN %s"
            self.env.cr.execute(query, [self._ids])


class TrackRunLine(models.Model):
    """What the cron does for a batch of tasks; what failed: ``automation/retry.py``."""

    _inherit = "track.run.line"

    def _split_for_cron(self, size):
        """The ids of these tasks in batches of the same action.

        Activities come first, then the first automated task of each track, the second,
        and so on: in a track they run in its order. What goes wrong in a batch is taken
        back and done one by one; server actions, which may reach out of the database,
        are so from the start.

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
        """Open those of these tasks that are due, and that nobody else holds."""
        tasks = self.env["track.run"]._lock_tasks(self)
        tasks.run_id._follow_records()
        tasks._cron_begin_due()

    def _cron_begin_due(self):
        tasks = self.exists()
        tasks.run_id._force_conflict()
        with tasks.run_id._causing():
            tasks._begin_due()
            self.env.cr.flush()

    def _begin_due(self):
        answers = self._ask_gate()
        answers[Answer.FAIL]._fail_late()
        answers[Answer.EXECUTE]._execute()
        answers[Answer.OPEN]._assign()

    def _cron_begin_each(self):
        """Open these tasks one by one, since one of them broke their batch."""
        self.run_id._cron_follow_each()
        for task in self.exists():
            self.env["track.run"]._cron_commit(
                lambda task=task: task.env["track.run"]
                ._lock_tasks(task)
                ._cron_begin_due(),
                task._cron_fail,
            )
