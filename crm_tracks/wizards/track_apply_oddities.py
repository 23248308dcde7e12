from datetime import date

from odoo import models
from odoo.tools import format_date

from ..tools.absences import Absences
from ..tools.dates import WorkingDays, get_today


class TrackApply(models.TransientModel):
    """What is odd about the tasks that would be made: allowed, but worth a look."""

    _inherit = "track.apply"

    def _get_oddities(self, previews, visible):
        """What is odd about each of these tasks.

        :param previews: ``TaskPreview`` of the tasks
        :param visible: the ``res.users`` whom the person may see, in sudo; of others
            nothing is said
        :return: dict, a list of str for each id of a template's task
        """
        days = {day for preview in previews for day, _company in preview.dates}
        absences = Absences(visible, days)
        calendars = {}
        blind = self._get_blind(previews, visible)
        return {
            preview.line.id: [
                *self._get_odd_days(preview, calendars),
                *self._get_automation_oddities(preview, calendars),
                *self._get_absences(preview, visible, absences),
                *self._get_blindness(preview, visible, blind),
            ]
            for preview in previews
        }

    def _get_odd_days(self, preview, calendars):
        """Whether a task is due in the past, or is a person's on a day off.

        :param preview: its ``TaskPreview``
        :param dict calendars: (today, :class:`WorkingDays`) of companies seen so far
        """
        for _day, company in preview.dates:
            if company not in calendars:
                calendars[company] = get_today(self.env, company), WorkingDays(company)
        texts = []
        if any(day < calendars[company][0] for day, company in preview.dates):
            texts.append(self.env._("in the past"))
        if not preview.line._is_automated() and any(
            not calendars[company][1].is_working(day) for day, company in preview.dates
        ):
            texts.append(self.env._("on a day off"))
        return texts

    def _get_automation_oddities(self, preview, calendars):
        """Whether an automated task would come too late, or lacks what it needs.

        :param dict calendars: as of :meth:`_get_odd_days`
        """
        line = preview.line
        if not line._is_automated():
            return []
        texts = []
        last_days = self.env["track.run"]._MAX_LATE
        if any(
            (calendars[company][0] - day).days > last_days
            for day, company in preview.dates
        ):
            texts.append(self.env._("too late to run automatically"))
        if line._lacks_target():
            texts.append(self.env._("what it needs was deleted"))
        return texts

    def _get_absences(self, preview, visible, absences):
        """Who of a task's assignees is away when it is due.

        :param Absences absences: of all of them
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

    def _get_blind(self, previews, visible):
        """The records that each assignee cannot see; asked once a person.

        :return: dict of sets of record ids
        """
        wanted = {}
        for preview in previews:
            for user, ids in preview.assignees.items():
                if user in visible:
                    wanted.setdefault(user, set()).update(ids)
        blind = {}
        for user, ids in wanted.items():
            # sudo(False): whether they see it with their own rights, in any of their
            # companies, is asked, and nothing of the record is read
            records = (
                self.env[self.res_model]
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
                .browse(ids)
            )
            blind[user] = ids - set(records._filtered_access("read")._ids)
        return blind

    def _get_blindness(self, preview, visible, blind):
        """Who of a task's assignees cannot see the record, or some of them."""
        texts = []
        for user, ids in preview.assignees.items():
            count = len(blind[user].intersection(ids)) if user in visible else 0
            if count and len(self.res_ids) == 1:
                texts.append(self.env._("%s cannot see the record", user.name))
            elif count == len(ids) > 1:
                texts.append(
                    self.env._(
                        "%(user)s cannot see any of %(all)s records",
                        user=user.name,
                        all=count,
                    )
                )
            elif count:
                texts.append(
                    self.env._(
                        "%(user)s cannot see %(count)s of %(all)s records",
                        user=user.name,
                        count=count,
                        all=len(ids),
                    )
                )
        return texts
