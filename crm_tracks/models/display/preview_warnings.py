from datetime import date

from odoo import models
from odoo.tools import format_date

from ...tools.absences import Absences
from ...tools.dates import WorkingDays, get_today
from ...tools.people import filter_readable


class TrackTemplate(models.Model):
    """The warnings about the tasks that would be created; none prevents applying."""

    _inherit = "track.template"

    def _get_preview_warnings(self, previews, visible, records, sight):
        """The warnings about each of these tasks.

        :param previews: ``TaskPreview`` of the tasks
        :param visible: the ``res.users`` whom the current user may read, in sudo; there
            are no warnings about others
        :param records: the records of these previews
        :param Sight sight: what the user may see of them
        :return: dict of lists of str, by the id of the template's task
        """
        days = {day for preview in previews for day, _company in preview.dates}
        absences = Absences(visible, days)
        calendars = {}
        inaccessible = self._get_inaccessible(previews, visible, records)
        return {
            preview.line.id: [
                *self._get_goal_warnings(preview, sight),
                *self._get_date_warnings(preview, calendars),
                *self._get_automation_warnings(preview, calendars),
                *self._get_absence_warnings(preview, visible, absences),
                *self._get_access_warnings(preview, visible, inaccessible, records),
            ]
            for preview in previews
        }

    def _get_goal_warnings(self, preview, sight):
        """Warn about a goal that is met before the first task begins."""
        goal = preview.goal
        state = self._get_condition_state(goal, sight)
        if state == "met":
            return [
                self.env._("The goal is met now, so the track ends before this task")
            ]
        if state == "partly":
            return [
                self.env._(
                    "The goal is met now on %(met)s of %(all)s records",
                    met=goal.count_met(),
                    all=len(goal.answers),
                )
            ]
        if state == "broken":
            return [self.env._("The goal can no longer be evaluated")]
        return []

    def _get_date_warnings(self, preview, calendars):
        """Warn about a task that is due in the past or on a day off.

        :param preview: its ``TaskPreview``
        :param dict calendars: a cache of (today, :class:`WorkingDays`) by company
        """
        for _day, company in preview.dates:
            if company not in calendars:
                calendars[company] = get_today(self.env, company), WorkingDays(company)
        texts = []
        if any(day < calendars[company][0] for day, company in preview.dates):
            texts.append(self.env._("Due in the past"))
        if not preview.line._is_automated() and any(
            not calendars[company][1].is_working(day) for day, company in preview.dates
        ):
            texts.append(self.env._("Due on a day off"))
        return texts

    def _get_automation_warnings(self, preview, calendars):
        """Warn about an automated task that is too late or lacks a required record.

        :param dict calendars: as of :meth:`_get_date_warnings`
        """
        line = preview.line
        if not line._is_automated():
            return []
        texts = []
        template = line.template_id
        if any(
            template._is_too_late(day, calendars[company][0])
            for day, company in preview.dates
        ):
            texts.append(
                self.env._("Too late, so it will be skipped")
                if template.on_late == "skip"
                else self.env._("Too late to run automatically")
            )
        if line._lacks_target():
            texts.append(self.env._("A required record was deleted"))
        return texts

    def _get_absence_warnings(self, preview, visible, absences):
        """Warn about assignees who are away on the due date.

        :param Absences absences: of all assignees
        """
        texts = []
        for user in preview.assignees:
            if user not in visible:
                continue
            ends = [absences.get_end(user, day) for day, _company in preview.dates]
            end = max(filter(None, ends), default=None)
            if end == date.max:
                texts.append(self.env._("%s is away", user.name))
            elif end:
                texts.append(
                    self.env._(
                        "%(user)s is away until %(day)s",
                        user=user.name,
                        day=format_date(self.env, end),
                    )
                )
        return texts

    def _get_inaccessible(self, previews, visible, records):
        """The records that each assignee cannot read; checked once for each user.

        :return: dict of sets of record ids
        """
        wanted = {}
        for preview in previews:
            for user, ids in preview.assignees.items():
                if user in visible:
                    wanted.setdefault(user, set()).update(ids)
        inaccessible = {}
        for user, ids in wanted.items():
            inaccessible[user] = ids - filter_readable(records.browse(ids), user)
        return inaccessible

    def _get_access_warnings(self, preview, visible, inaccessible, records):
        """Warn about assignees who cannot read all of the records."""
        texts = []
        for user, ids in preview.assignees.items():
            count = len(inaccessible[user].intersection(ids)) if user in visible else 0
            if count and len(records) == 1:
                texts.append(self.env._("%s cannot see the record", user.name))
            elif count == len(ids) > 1:
                texts.append(
                    self.env._(
                        "%(user)s cannot see any of the %(all)s records",
                        user=user.name,
                        all=count,
                    )
                )
            elif count:
                texts.append(
                    self.env._(
                        "%(user)s cannot see %(count)s of the %(all)s records",
                        user=user.name,
                        count=count,
                        all=len(ids),
                    )
                )
        return texts
