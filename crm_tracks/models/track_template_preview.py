from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.dates import WorkingDays, get_today


class TrackTemplate(models.Model):
    """A template as its author reads it: in sentences, and on the days of a calendar.

    The preview is the engine's own arithmetic, on a date that the author types in.
    """

    _inherit = "track.template"

    # What of a task depends on its neighbours, and is shown beside it.
    _SHOWN_OF_TASKS = ("sentence", "preview_day", "preview_hint")

    preview_date = fields.Date(
        compute="_compute_preview_date",
        readonly=False,
        help="Show the tasks as if a track started, or ended, on this day.",
    )

    @api.depends("direction")
    def _compute_preview_date(self):
        for template in self:
            company = template.company_id or self.env.company
            day = get_today(self.env, company)
            if template.direction == "end":
                # the first end date for which nothing would be late already
                days = WorkingDays(company)
                day = max(
                    (
                        line._shift(day, days)
                        for line in template.line_ids
                        if line._is_delay_usable()
                    ),
                    default=day,
                )
            template.preview_date = day

    def onchange(self, values, field_names, fields_spec):
        """As in every form; and a change of one task shows in the words of the others.

        A form is sent what differs from the values that it has just changed, as the
        server sees them. What a changed, moved or removed task does to its neighbours'
        words and days is there by then already, and would not be sent.
        """
        result = super().onchange(values, field_names, fields_spec)
        spec = fields_spec.get("line_ids", {}).get("fields", {})
        names = [name for name in self._SHOWN_OF_TASKS if name in spec]
        if "line_ids" in field_names and names:
            template = self.new({"preview_date": self.preview_date}, origin=self)
            typed_in = {key: values[key] for key in values if key in fields_spec}
            # without what the form shows of new tasks, which would count as given
            typed_in["line_ids"] = [
                (code, id_, vals and {k: v for k, v in vals.items() if k not in names})
                if code in (Command.CREATE, Command.UPDATE)
                else (code, id_, vals)
                for code, id_, vals in values["line_ids"] or ()
            ]
            template._update_cache(typed_in)
            result.setdefault("value", {}).setdefault("line_ids", []).extend(
                Command.update(
                    line.id.origin or line.id.ref or 0,
                    {name: line[name] for name in names},
                )
                for line in template.line_ids
            )
        return result

    def _get_preview_days(self):
        """When each task would be due if a track started, or ended, on that date.

        A task that waits counts from the one before, as if that were done on its day.

        :return: (``WorkingDays``, dict of ``date`` by ``track.line``, without those
            that cannot be dated)
        """
        self.ensure_one()
        working_days = WorkingDays(self.company_id or self.env.company)
        dates, previous = {}, None
        for line in self.line_ids[:1]._get_siblings():
            if not self.preview_date or not line._is_delay_usable():
                previous = None
                continue
            try:
                day = line._get_known_date(
                    self.preview_date, self.preview_date, working_days
                ) or line._shift(previous or self.preview_date, working_days)
            except UserError:  # outside of the calendar
                previous = None
                continue
            dates[line] = previous = day
        return working_days, dates


class TrackLine(models.Model):
    _inherit = "track.line"

    sentence = fields.Char(
        string="Task in Words",
        compute="_compute_sentence",
        help="When it is due, what is to be done, and by whom.",
    )
    preview_day = fields.Date(string="On", compute="_compute_preview")
    preview_hint = fields.Char(string="Remark", compute="_compute_preview")

    @api.depends_context("lang")
    @api.depends(
        "delay_text",
        "delay_unit",
        "delay_from",
        "delay_count",
        "summary",
        "activity_type_id",
        "responsible_type",
        "responsible_id",
    )
    def _compute_sentence(self):
        for line in self:
            line.sentence = self.env._(
                "%(when)s · %(task)s · %(who)s",
                when=line._get_when_text(),
                task=line._get_label(),
                who=line._get_responsible_text(),
            )

    def _get_when_text(self):
        """When this task is due, in the words of a plan: “Day 2”, “2 weeks after …”."""
        self.ensure_one()
        if self.delay_from == "start" and self.delay_unit == "days":
            return self.env._("Day %s", self.delay_count)
        if self.delay_unit == "weekdays" and not self.delay_count:
            if self.delay_from == "start":
                return self.env._("First working day")
            if self.delay_from == "end":
                return self.env._("Last working day")
        return self.delay_text

    def _get_responsible_text(self):
        """Who does this task, in words: “owner”, “whoever did “Call””, or a name."""
        self.ensure_one()
        if self.responsible_type == "user":
            # sudo: whoever reads the template reads whom it names
            return self.responsible_id.sudo().name or self.env._("a given user")
        if self.responsible_type == "previous":
            previous = self._get_one_before()
            return (
                self.env._("whoever did “%s”", previous._get_label())
                if previous
                else self.env._("whoever did the previous task")
            )
        if self.responsible_type == "starter":
            return self.env._("whoever starts the track")
        return self.env._("owner")

    @api.depends_context("lang")
    @api.depends(
        "delay_count",
        "delay_unit",
        "delay_from",
        "template_id.preview_date",
        "template_id.company_id",
        "template_id.line_ids.sequence",
        "template_id.line_ids.delay_count",
        "template_id.line_ids.delay_unit",
        "template_id.line_ids.delay_from",
    )
    def _compute_preview(self):
        self.preview_day = self.preview_hint = False
        for template, lines in self.grouped("template_id").items():
            if not template:
                continue
            working_days, dates = template._get_preview_days()
            for line in lines:
                day = dates.get(line)
                hints = [format_date(self.env, day, date_format="EEEE")] if day else []
                if day and line.delay_from == "previous":
                    hints.append(self.env._("at the earliest"))
                if day and not working_days.is_working(day):
                    hints.append(self.env._("a day off"))
                line.preview_day = day
                line.preview_hint = ", ".join(hints)

    def _is_delay_usable(self):
        """Whether a delay that somebody is typing can be counted with."""
        return 0 <= self.delay_count <= self._MAX_DELAY
