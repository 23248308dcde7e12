from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.actions import Action
from ...tools.dates import TodayByCompany
from ...tools.states import UNFINISHED

# How many days that were left out are named one by one.
_MAX_NAMED = 12


class TrackRunLine(models.Model):
    """The automated task that starts the next track of a series.

    A track gets it when it starts (``run/series.py``); it cannot be added by hand, nor
    to a template. It is executed like all automated tasks, with the rights of the
    starter, who is that of the next track, too. It is never too late: however long it
    took, it starts one track, and names the days that are left out.
    """

    _inherit = "track.run.line"

    action = fields.Selection(
        selection_add=[("repeat", "Start the next track")],
        # the tasks go with their tracks when the addon is uninstalled
        ondelete={"repeat": lambda tasks: None},
    )

    @api.model
    def _get_actions(self):
        repeat = Action("fa-repeat", expires=False)
        return {**super()._get_actions(), "repeat": repeat}

    def _execute_repeat(self, records):
        """Complete these tasks, and with them their tracks, and start the next ones.

        The next track begins a new chain of causes: days have passed since its
        predecessor started, so a series may go on for ever.
        """
        by_task = dict(zip(self, records, strict=True))
        self._complete(done_by=self.run_id.user_id[:1])
        for run in self.run_id:
            run.series_ref = run._get_series_ref()
        # only one track of a series may run: the database refuses a second one
        self.env.flush_all()
        results = {}
        with self.env["track.run"]._causing_nothing():
            for (template, start, end), left_out in self._group_by_next().items():
                links = {
                    by_task[task].id: task.run_id._prepare_series_vals(end or start)
                    for task in left_out
                }
                runs = records.browse(links)._tracks_apply_chosen(
                    template, start, end, links=links
                )
                for task, run in zip(left_out, runs, strict=True):
                    results[task.id] = task._prepare_repeat_result(run, left_out[task])
        return results

    def _group_by_next(self):
        """Group these tasks by the template and the dates of the track that they start.

        :return: dict by (``track.template``, start date, end date) of dicts by task of
            the days that are left out
        """
        groups = defaultdict(dict)
        todays = TodayByCompany(self.env)
        for task in self:
            run = task.run_id
            *dates, left_out = run._get_next_dates(
                task.date_deadline, todays[run.company_id]
            )
            groups[run.template_id, *dates][task] = left_out
        return groups

    @api.model
    def _prepare_repeat_result(self, run, left_out):
        """The result of a task that started a track.

        :param run: the ``track.run`` that was started
        :param list left_out: the days that were left out
        """
        days = [fields.Date.to_string(day) for day in left_out]
        if len(days) > _MAX_NAMED:
            days = [days[0], days[-1]]
        run = run.sudo()  # the starter may not see the record any more
        return {
            "model": "track.run",
            "id": run.id,
            "name": run.name,
            "day": fields.Date.to_string(run.end_date or run.start_date),
            "left_out": days,
            "left_out_count": len(left_out),
        }

    def _get_repeat_result_text(self):
        """Describe which track this task started, and which days were left out."""
        result = self._get_result()
        days = [
            format_date(self.env, fields.Date.to_date(day))
            for day in (result["day"], *result["left_out"])
        ]
        values = {"track": result["name"], "day": days.pop(0)}
        if self.delay_from == "end":
            text = self.env._("“%(track)s” was started until %(day)s.", **values)
        else:
            text = self.env._("“%(track)s” was started as of %(day)s.", **values)
        if not days:
            return text
        if result["left_out_count"] > len(days):
            named = self.env._(
                "Left out: %(count)s days from %(first)s to %(last)s.",
                count=result["left_out_count"],
                first=days[0],
                last=days[-1],
            )
        else:
            named = self.env._("Left out: %s.", ", ".join(days))
        return f"{text} {named}"

    def _end_series_without_template(self):
        """Skip those of these tasks whose template was archived or deleted."""
        ending = self.filtered(
            lambda task: task.state in UNFINISHED
            and task._is_series_task()
            and not task.run_id.template_id.active
        )
        groups = ending.grouped(
            lambda task: (task.run_id.user_id, bool(task.run_id.template_id))
        )
        for (starter, is_archived), tasks in groups.items():
            tasks = tasks._in_language_of(starter)
            reason = (
                tasks.env._("The series ended, because its template was archived.")
                if is_archived
                else tasks.env._("The series ended, because its template was deleted.")
            )
            tasks.run_id._log_with_reason(
                tasks.env._("The series of track %s was ended."),
                tasks.env._("The series of track %(track)s was ended: %(reason)s"),
                reason,
            )
            tasks._skip(reason)
