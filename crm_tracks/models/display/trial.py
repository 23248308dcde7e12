from odoo import models
from odoo.exceptions import UserError

from ...tools.dates import parse_day
from ..guard import MAX_ID


class TrackTemplate(models.Model):
    """Trying a template on a record, without creating anything."""

    _inherit = "track.template"

    # What a preview tells other programs of a task; the rest is for the dialogs.
    _PREVIEW_KEYS = (
        "id",
        "summary",
        "automated",
        "action",
        "date",
        "due",
        "waits",
        "earliest",
        "assignee",
        "user_id",
        "condition",
        "options",
        "warnings",
    )

    def preview(self, res_model, res_id, start_date=None, end_date=None):
        """Every task that this template would create on a record; nothing is created.

        Users, values and conditions are named as far as the caller may read them.
        Over RPC, dates are ISO strings, and ``False`` stands for None::

            template.preview("crm.lead", lead.id)
            execute_kw(db, uid, key, "track.template", "preview", [[3], "crm.lead", 7])

        :param str res_model: the model of the record
        :param int res_id: the id of the record
        :param start_date: ``date``; None for today, in the user's time zone
        :param end_date: ``date``; required by templates that count back from it, unless
            they are dated by a field with a value; ignored by others
        :return: list of dicts, one for each task, in their order:

            * ``id`` of the template's task, and its ``summary``
            * ``automated``: whether Odoo runs the task, and ``action``: what it does
            * ``date``: when it is due, as an ISO string; False if it ``waits``
            * ``due``: the date, or what the task waits for, in words; ``earliest``: the
              earliest date of a task that waits, in words
            * ``assignee``: who would be assigned, in words; ``user_id``: the id of this
              user, or False if the user is not known yet, or hidden from the caller
            * ``condition``: False, or a dict with ``text``, the condition in words,
              ``state`` (``met``, ``not_met``, ``hidden`` from the caller, ``broken``),
              and ``now``, the state in words
            * ``options``: list of phrases: what the task requires, and its outcomes
            * ``warnings``: list of phrases; those of the first task begin with what
              prevents that the template is applied to the record
        :raise AccessError: when the caller may not read the template or the record
        :raise UserError: when the template does not apply to the model, when the record
            does not exist, or when the dates are not valid
        """
        if len(self) > 1:
            raise UserError(self.env._("A preview is of one template. Select one."))
        template = self.env["mail.activity.mixin"]._tracks_check_template(self)
        record = self._check_trial_record(res_model, res_id)
        warnings, rows = template._preview_on(record, start_date, end_date)
        rows[0]["warnings"] = warnings + rows[0]["warnings"]
        return [{key: row[key] for key in self._PREVIEW_KEYS} for row in rows]

    def _check_trial_record(self, res_model, res_id):
        """The record that a caller named, if the user may read it.

        :raise AccessError: when the user may not
        :raise UserError: when there is no such record, or it cannot have tracks
        """
        model = self.env["track.run"]._check_can_have_tracks(res_model)
        if type(res_id) is not int or not 0 < res_id <= MAX_ID:
            raise UserError(
                self.env._(
                    "“%(value)s” is not a record of %(model)s. Select a record.",
                    value=res_id,
                    model=self.env["ir.model"]._get(model._name).sudo().name,
                )
            )
        record = model.browse(res_id)
        record._tracks_check_exist()
        record.check_access("read")
        return record

    def _preview_on(self, record, start_date, end_date):
        """Preview this template on a record, with dates as a caller passed them.

        :param record: one record that the user may read
        :return: (list of phrases, as of :meth:`_get_trial_warnings`; list of dicts, as
            of :meth:`_get_preview_rows`)
        :raise UserError: as of :meth:`preview`
        """
        self.ensure_one()
        start_date = parse_day(self.env, start_date, self.env._("Start Date"))
        end_date = parse_day(self.env, end_date, self.env._("End Date"))
        self._check_suitable(record, end_date)
        if start_date and end_date and end_date < start_date:
            raise UserError(
                self.env._(
                    "The end date %(end)s lies before the start date %(start)s. Enter "
                    "a later end date.",
                    start=start_date.isoformat(),
                    end=end_date.isoformat(),
                )
            )
        previews = self.env["track.run"]._preview(
            self, record, start_date=start_date, end_date=end_date
        )
        rows = self._get_preview_rows(previews, record)
        day = self._get_given_day(start_date, end_date)
        return self._get_trial_warnings(record, day), rows

    def _get_trial_warnings(self, record, day):
        """What prevents that this template is applied to a record, and whether it runs
        there already.

        :param date day: from which the track is to count, or None
        :return: list of phrases
        """
        reasons = list(self._get_obstacles(record, day).values())
        if not self.active:
            reasons.insert(0, self.env._("The template is archived"))
        texts = [
            self.env._("Cannot be applied to this record now: %s", reason)
            for reason in reasons
        ]
        if not self.one_per_record and self._get_running_ids(record):
            texts.append(
                self.env._("A track of this template is already running on this record")
            )
        return texts

    def action_open_trial(self):
        """Open the dialog that tries this template on a record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_trial_action"
        )
        action["context"] = {"default_template_id": self.id}
        return action
