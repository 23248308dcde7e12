from markupsafe import Markup

from odoo import api, fields, models

from ..tools.states import NOT_ENDED


class TrackApply(models.TransientModel):
    """The records to which the dialog applies a template, and those that it leaves out.

    Records to which the template cannot be applied are left out. In bulk, users can
    leave out more: those on which it is running, and closed ones. The dialog lists them
    with the reason.
    """

    _inherit = "track.apply"

    leave_out_running = fields.Boolean()
    leave_out_closed = fields.Boolean()
    running_count = fields.Integer("Running", compute="_compute_warning")
    closed_count = fields.Integer("Closed", compute="_compute_warning")
    applicable_count = fields.Integer(compute="_compute_warning")
    warning = fields.Html(compute="_compute_warning")

    @api.depends(
        "template_id",
        "res_model",
        "res_ids",
        "start_date",
        "end_date",
        "leave_out_running",
        "leave_out_closed",
    )
    def _compute_warning(self):
        for wizard in self:
            records = wizard._get_records()
            wizard.applicable_count = len(records)
            wizard.running_count = wizard.closed_count = wizard.warning = False
            if not wizard.template_id:
                continue
            obstacles, running, closed = wizard._sort_records(records)
            running_on = records.browse(dict.fromkeys(running.mapped("res_id")))
            wizard.applicable_count -= len(obstacles)
            wizard.running_count = len(running_on)
            wizard.closed_count = len(closed)
            parts = wizard._format_left_out(obstacles)
            if running_on and not wizard.leave_out_running:
                parts.append(wizard._format_running(running, records & running_on))
            if closed and not wizard.leave_out_closed:
                parts.append(wizard._format_closed(closed))
            if parts:
                wizard.warning = Markup("<br/>").join(parts)

    def _get_obstacles(self, records):
        """The records that are left out, by the template or by choice of the user.

        :param records: the selected records
        :return: dict by record of reasons, as of ``track.template._get_obstacles``
        """
        return self._sort_records(records)[0]

    def _sort_records(self, records):
        """Find the records that are left out, and those that could be.

        :param records: the selected records
        :return: (dict as of :meth:`_get_obstacles`; the ``track.run`` of the template
            that have not ended on the records to which it can be applied; those of
            these records that are closed)
        """
        obstacles = self.template_id._get_obstacles(records, self._get_obstacle_day())
        possible = records.filtered(lambda record: record not in obstacles)
        running = self.env["track.run"].search(
            [
                ("template_id", "=", self.template_id.id),
                ("res_model", "=", self.res_model),
                ("res_id", "in", possible.ids),
                ("state", "in", NOT_ENDED),
            ]
        )
        # sudo: whether it is closed may depend on a stage
        by_id = possible.sudo()._tracks_get_closed()
        closed = possible.filtered(lambda record: by_id[record.id])
        if self.leave_out_running:
            running_on = set(running.mapped("res_id"))
            obstacles |= dict.fromkeys(
                possible.filtered(lambda record: record.id in running_on),
                self.env._("The template is already running there"),
            )
        if self.leave_out_closed:
            obstacles |= dict.fromkeys(closed, self.env._("The record is closed"))
        return obstacles, running, closed

    def _format_closed(self, closed):
        """The sentence that names the records that are closed."""
        names = self._format_names(closed)
        if len(closed) == 1:
            return self.env._("This record is closed: %s.", names)
        return self.env._("These records are closed: %s.", names)

    def _format_running(self, running, running_on):
        """The sentence that names the records on which the template is running.

        :param running: the ``track.run``
        :param running_on: their records
        :return: str
        """
        values = {
            "template": self.template_id.display_name,
            "records": self._format_names(running_on),
        }
        if len(running) == 1:
            return self.env._(
                "“%(template)s” is already running on %(records)s (%(progress)s done).",
                **values,
                progress=running.progress_text,
            )
        return self.env._("“%(template)s” is already running on %(records)s.", **values)

    def _format_left_out(self, obstacles):
        """A sentence for each reason why records are left out.

        :param dict obstacles: as from ``track.template._get_obstacles``
        :return: list of str
        """
        by_reason = {}
        for record, reason in obstacles.items():
            by_reason.setdefault(reason, []).append(record.id)
        records = self.env[self.res_model] if self.res_model else None
        return [
            self.env._(
                "Left out: %(records)s (%(reason)s).",
                reason=reason,
                records=self._format_names(records.browse(ids)._filtered_access("read"))
                or self._format_count(len(ids)),
            )
            for reason, ids in by_reason.items()
        ]
