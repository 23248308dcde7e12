from datetime import timedelta

from markupsafe import Markup, escape

from odoo import Command, api, fields, models

from ...tools.dates import WorkingDays, check_day, get_today


class TrackTemplate(models.Model):
    """The description of a template for its author: sentences and a timeline.

    The timeline uses the methods that date tracks, with a date entered by the author.
    """

    _inherit = "track.template"

    # Fields of a task that depend on its neighbours and are shown in its row.
    _SHOWN_OF_TASKS = (
        "sentence",
        "task_text",
        "due_text",
        "responsible_text",
        "possible_delay_from",
        "possible_responsible",
    )
    # In a longer timeline, a day is too narrow to be marked as a day off.
    _DAYS_OFF_SHOWN = timedelta(days=92)

    preview_date = fields.Date(
        compute="_compute_preview_date",
        readonly=False,
        exportable=False,
        help="Start date, or end date, of the preview.",
    )
    timeline = fields.Json(
        compute="_compute_timeline", help="The tasks along the days of the preview."
    )

    @api.depends("direction")
    def _compute_preview_date(self):
        for template in self:
            company = template.company_id or self.env.company
            day = get_today(self.env, company)
            if template.direction == "end":
                # the first end date for which no task is late already
                days = WorkingDays(company)
                day = max(
                    (
                        line._get_first_end(day, days)
                        for line in template.line_ids
                        if line._is_delay_usable()
                    ),
                    default=day,
                )
            template.preview_date = day

    @api.depends(
        "preview_date",
        "company_id",
        "day_off",
        "line_ids.sequence",
        "line_ids.summary",
        "line_ids.activity_type_id",
        "line_ids.action_text",
        "line_ids.delay_count",
        "line_ids.delay_unit",
        "line_ids.delay_from",
    )
    @api.depends_context("lang", "uid")
    def _compute_timeline(self):
        for template in self:
            template.timeline = template._get_timeline()

    def onchange(self, values, field_names, fields_spec):
        """Also return what is shown of all tasks when one of them was changed.

        The standard onchange returns the values that differ after the onchange methods.
        The texts of the neighbours of a changed, moved or removed task differ before
        already, so they would not be returned.
        """
        result = super().onchange(values, field_names, fields_spec)
        spec = fields_spec.get("line_ids", {}).get("fields", {})
        names = [name for name in self._SHOWN_OF_TASKS if name in spec]
        if "line_ids" in field_names and names:
            typed_in = {key: values[key] for key in values if key in fields_spec}
            # without the texts that the form sends, which would count as given
            typed_in["line_ids"] = [
                (*row[:2], {k: v for k, v in row[2].items() if k not in names})
                if row[0] in (Command.CREATE, Command.UPDATE) and row[2]
                else row
                for row in values["line_ids"] or ()
            ]
            template = self.new(
                {"preview_date": self.preview_date, **typed_in}, origin=self
            )
            result.setdefault("value", {}).setdefault("line_ids", []).extend(
                Command.update(
                    line.id.origin or line.id.ref or 0,
                    {name: line[name] for name in names},
                )
                for line in template.line_ids
            )
        return result

    def _get_timeline(self):
        """The data of the timeline: the tasks along the days of a track.

        :raise UserError: when the date of the preview lies outside of the calendar
        :return: dict, dates as ISO strings: ``day`` on which the track would start or
            end, ``days_off`` among the days shown, and ``tasks``, a list of dicts:
            ``label``, its ``day`` (False for one that cannot be dated), ``since`` which
            day it counts, whether it ``waits`` for the one before, whether it was
            ``moved`` from a day off, and whether it falls on a day ``off``; False
            without a date or tasks
        """
        self.ensure_one()
        if not self.preview_date or not self.line_ids:
            return False
        check_day(self.env, self.preview_date)
        days = WorkingDays(self.company_id or self.env.company)
        dates = self._get_earliest_dates(days)
        tasks, previous = [], None
        for line, day in dates.items():
            waits = bool(day and previous and line.delay_from == "previous")
            since = previous if waits else self.preview_date
            tasks.append(
                {
                    "label": line._get_label(),
                    "day": fields.Date.to_string(day) or False,
                    "since": fields.Date.to_string(since),
                    "waits": waits,
                    "moved": bool(day) and day != line._get_counted_day(since, days),
                    "off": bool(day)
                    and not line._is_automated()
                    and not days.is_working(day),
                }
            )
            previous = day
        shown = [self.preview_date, *filter(None, dates.values())]
        return {
            "day": fields.Date.to_string(self.preview_date),
            "days_off": self._get_days_off(min(shown), max(shown), days),
            "tasks": tasks,
        }

    def _get_days_off(self, first, last, working_days):
        """The days off in a period, as ISO strings; empty if the period is too long."""
        if last - first > self._DAYS_OFF_SHOWN:
            return []
        days = (first + timedelta(number) for number in range((last - first).days + 1))
        return [
            fields.Date.to_string(day)
            for day in days
            if not working_days.is_working(day)
        ]

    def _get_earliest_dates(self, working_days):
        """When each task would be due if a track started, or ended, on that date.

        Dates are calculated as for a new track (``track.run._plan_dates``). A task that
        waits counts from the previous one as if that were done on its due date.

        :return: dict, a ``date`` for each ``track.line``, in their order; None for one
            that cannot be dated, and for those that wait for it
        """
        self.ensure_one()
        lines = self.line_ids[:1]._get_siblings()
        end_date = self.direction == "end" and self.preview_date or None
        dates, previous = {}, None
        for line in lines:
            day, counted = None, self.preview_date
            if counted and line._is_delay_usable():
                day = line._get_day_if_valid(
                    counted, end_date, working_days, previous if dates else counted
                )
            dates[line] = previous = day
        return dates


class TrackLine(models.Model):
    _inherit = "track.line"

    _OPTIONS_TEXT = Markup('<div class="small text-muted">%s</div>')

    sentence = fields.Html(
        string="Task Description",
        compute="_compute_sentence",
        sanitize=False,  # composed of escaped texts
        help="Due date, task and assignee.",
    )
    # the parts of the sentence, for the columns of the form
    task_text = fields.Html(
        string="Task and Options",
        compute="_compute_sentence",
        sanitize=False,  # composed of escaped texts
        exportable=False,
    )
    due_text = fields.Html(
        string="Due Date Description",
        compute="_compute_sentence",
        sanitize=False,  # composed of escaped texts
        exportable=False,
    )
    responsible_text = fields.Html(
        string="Responsible Description",
        compute="_compute_sentence",
        sanitize=False,  # composed of escaped texts
        exportable=False,
    )
    type_text = fields.Char(
        string="Type Description", compute="_compute_type_text", exportable=False
    )

    @api.depends_context("lang", "uid")
    @api.depends(
        "delay_unit",
        "delay_from",
        "delay_count",
        "responsible_type",
        "responsible_id",
        "responsible_field",
        "responsible_role_id",
        "responsible_team_id",
        "outcome_ids.sequence",
        "outcome_ids.name",
        "outcome_ids.effect",
        "outcome_ids.delay_count",
        "outcome_ids.delay_unit",
        "outcome_ids.again_max",
        "outcome_ids.target_line_id",
        "condition",
        "condition_else",
        "require_feedback",
        "required_fields",
        "template_id.res_model_ids",
        "template_id.day_off",
        "template_id.line_ids.sequence",
        "template_id.line_ids.summary",
        "template_id.line_ids.activity_type_id",
        "template_id.line_ids.action_text",
    )
    def _compute_sentence(self):
        before = self._get_ones_before()
        with self._naming_together():
            for line in self:
                line._describe(before[line])

    def _describe(self, previous):
        """Set the sentence that describes this task, and its parts.

        :param previous: as of :meth:`_get_when_text`
        """
        when = escape(self._get_when_text(previous))
        task = escape(self._get_label())
        who = escape(self._get_responsible_text(previous, in_html=True))
        options = Markup(" · ").join(self._get_option_texts())
        sentence = self.env._(
            "%(when)s · %(task)s · %(who)s", when=when, task=task, who=who
        )
        self.sentence = Markup(" · ").join(filter(None, [sentence, options]))
        self.due_text = when
        self.responsible_text = who
        self.task_text = task + (options and self._OPTIONS_TEXT % options)

    @api.depends("action", "activity_type_id.name")
    @api.depends_context("lang")
    def _compute_type_text(self):
        for line in self:
            line.type_text = (
                line._get_action_label()
                if line._is_automated()
                else line.activity_type_id.name
            )

    def _get_when_text(self, previous):
        """Describe when this task is due: “Day 2”, “2 weeks after …”.

        :param previous: the ``track.line`` before it, or None
        :return: str, which is ``Markup`` where it names that task
        """
        self.ensure_one()
        if self.delay_from == "start" and self.delay_unit == "days":
            return self._add_day_off_text(self.env._("Day %s", self.delay_count))
        if self.delay_unit == "weekdays" and not self.delay_count:
            if self.delay_from == "start":
                return self.env._("First working day")
            if self.delay_from == "end":
                return self.env._("Last working day")
        return self._get_delay_text(previous, in_html=True)

    def _get_first_end(self, day, working_days):
        """The first end date from which this task, counted back, is not due earlier.

        :param date day: the first day on which the task may be due
        :param WorkingDays working_days: of the company
        :return: ``date``
        """
        end = self._shift(day, working_days)
        # Counting back from there may end earlier: at the end of a month, and where a
        # day off is avoided.
        is_end = self.delay_from == "end"
        while is_end and self._get_day(None, end, working_days) < day:
            end += timedelta(days=1)
        return end

    def _is_delay_usable(self):
        """Whether the delay, which may be unsaved, can be used in calculations."""
        return 0 <= self.delay_count <= self._MAX_DELAY
