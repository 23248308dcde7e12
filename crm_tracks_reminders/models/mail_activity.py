from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_tracks.tools.record_names import get_names


class Reminder(NamedTuple):
    """What a user may know about an open activity.

    :param int activity_id: of ``mail.activity``
    :param str name: the summary, or else the type, or else a word for both
    :param str record: the name of the record; empty for an activity without a record
    :param str track: the name of the track; empty for an activity without a track
    :param date day: the due date
    :param str url: of the record, where a track is shown if there is one
    :param datetime modified: when the activity was written last, in UTC
    """

    activity_id: int
    name: str
    record: str
    track: str
    day: date
    url: str
    modified: datetime


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model
    def _get_reminder_domain(self, users):
        """The open activities of these users, without inactive ones."""
        return (
            Domain("user_id", "in", users.ids)
            & Domain("active", "=", True)
            & Domain("muted", "=", False)
        )

    def _get_reminders(self, user):
        """These activities as their user may know them.

        Activities on records that were deleted, or that the user may no longer read,
        are left out.

        :param user: the ``res.users``, in sudo, to whom all of them are assigned
        :return: list of :class:`Reminder`, in the order of the activities
        """
        env = user._get_track_reader()
        activities = self.with_env(env)._filtered_access("read")
        names = activities._get_reminder_records()
        base_url = user.get_base_url()
        return [
            Reminder(
                activity_id=activity.id,
                name=activity.display_name or env._("Activity"),
                record=names[activity.res_model][activity.res_id] or "",
                # sudo: who may read the record may read its tracks
                track=activity.sudo().track_run_line_id.run_id.name or "",
                day=activity.date_deadline,
                url=f"{base_url}{activity._get_reminder_path()}",
                modified=activity.write_date,
            )
            for activity in activities
            if names.get(activity.res_model, {}).get(activity.res_id) is not None
        ]

    def _get_reminder_records(self):
        """The names of the records of these activities, as their user may read them.

        :return: dict by model of dicts by id; None for a record that may not be read
        """
        names = {False: {False: ""}}  # activities without a record
        for name, activities in self.grouped("res_model").items():
            if name and name in self.env:
                ids = dict.fromkeys(activities.mapped("res_id"))
                names[name] = get_names(self.env[name], ids)
        return names

    def _get_reminder_path(self):
        """The address of the record of this activity, or else of the activity, without
        the server."""
        # sudo: as for the name of the track
        if run := self.sudo().track_run_line_id.run_id:
            return run._get_record_url()
        place = {"model": self.res_model, "res_id": self.res_id}
        if not self.res_model:
            place = {"model": self._name, "res_id": self.id}
        return f"/mail/view?{urlencode(place)}"
