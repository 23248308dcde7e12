from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext

from ...tools.dates import shift_day
from ...tools.words import format_delay, quote


class TrackTaskMixin(models.AbstractModel):
    """The common part of template tasks and track tasks: text, delay, responsible."""

    _name = "track.task.mixin"
    _description = "Track Task Mixin"
    _order = "sequence, id"
    _rec_names_search = ("summary", "activity_type_id.name")

    # 9,999 months are 833 years: a longer delay is a typing error.
    _MAX_DELAY = 9999
    # More tasks would make pages slow.
    _MAX_TASKS = 500

    sequence = fields.Integer(default=10)
    summary = fields.Char(
        translate=False,
        help="Placeholders are filled when the task begins: {customer}, {record}, "
        "{owner}, {starter}, {company}, {start}, {end}.",
    )
    note = fields.Html(sanitize_style=True)
    # Odoo runs all actions but the first (``task_actions.py``).
    action = fields.Selection(
        [
            ("activity", "Activity"),
            ("email", "Send an e-mail"),
            ("update", "Update the record"),
            ("server_action", "Run a server action"),
            ("track", "Start another track"),
        ],
        string="Task Type",
        default="activity",
        required=True,
    )
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict")
    delay_count = fields.Integer(
        string="Delay",
        default=0,
        help="Time between the day in “Counted From” and the due date.",
    )
    delay_unit = fields.Selection(
        [
            ("days", "days"),
            ("weekdays", "weekdays"),
            ("weeks", "weeks"),
            ("months", "months"),
        ],
        default="days",
        required=True,
        help="Weekdays are the working days of the company's schedule, without its "
        "public holidays.",
    )
    delay_from = fields.Selection(
        [
            ("start", "after the start"),
            ("previous", "after the previous task"),
            ("end", "before the end date"),
        ],
        string="Counted From",
        default="start",
        required=True,
    )
    number = fields.Integer(
        compute="_compute_number",
        exportable=False,
        help="Position of the task in its template or track.",
    )

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        """Propose the texts of the type, in place of those of another type.

        Texts that a user wrote stay. A form does not tell which type was selected
        before, so a text counts as proposed when it is that of any type.
        """
        types = self.env["mail.activity.type"].with_context(active_test=False)
        types = types.search(
            ["|", ("summary", "!=", False), ("default_note", "!=", False)]
        )
        if not self.summary or self.summary in types.mapped("summary"):
            self.summary = self.activity_type_id.summary
        notes = {html2plaintext(note) for note in types.mapped("default_note") if note}
        if html2plaintext(self.note or "") in notes | {""}:
            self.note = self.activity_type_id.default_note

    @api.constrains("delay_count")
    def _check_delay_count(self):
        for task in self:
            if task.delay_count < 0:
                raise ValidationError(
                    self.env._(
                        "The delay of “%(task)s” is negative. Enter 0 or more.",
                        task=task._get_label(),
                    )
                )
            if task.delay_count > self._MAX_DELAY:
                raise ValidationError(
                    self.env._(
                        "The delay of “%(task)s” is too long. Enter at most %(max)s.",
                        task=task._get_label(),
                        max=self._MAX_DELAY,
                    )
                )

    @api.constrains("summary", "activity_type_id", "action")
    def _check_summary(self):
        for task in self:
            if task._is_automated():
                continue  # its label is the description of its action
            if not (task.summary or "").strip() and not task.activity_type_id:
                raise ValidationError(
                    self.env._(
                        "Task %(number)s has neither a summary nor an activity type. "
                        "Enter a summary or select an activity type.",
                        number=task.number,
                    )
                )

    @api.depends("summary", "activity_type_id.name")
    @api.depends_context("lang", "uid")
    def _compute_display_name(self):
        for task in self:
            task.display_name = task._get_label()

    def _replace_note(self, note):
        """Write the same note with links to copies of its files."""
        self.note = note

    def _check_in_parent(self, parent, is_first=False):
        """Refuse this task if its template or track could never date or assign it.

        :param parent: the ``track.template`` or ``track.run``
        :param bool is_first: whether it is a template's first task, which has nothing
            to wait for
        :raise ValidationError: in a sentence that names the task and what to do
        """
        self.ensure_one()
        message = self._get_problem_in(parent, is_first)
        if message:
            values = {
                "number": self.number,
                "task": self._get_label(),
                "parent": parent.name,
            }
            raise ValidationError(message % values)

    def _get_problem_in(self, parent, is_first):
        """Why this task could never be dated or assigned; as :meth:`_check_in_parent`.

        :return: a sentence with ``%(number)s``, ``%(task)s`` and ``%(parent)s``, or
            None
        """
        place = (parent.direction, is_first)
        if self.delay_from not in self._get_possible_delay_from(*place):
            return self._get_problem_with_delay_from(parent.direction)
        if self.responsible_type not in self._get_possible_responsible(*place):
            return self.env._(
                "“%(task)s” in “%(parent)s” cannot have the same user as the previous "
                "task, because it does not wait for one. Select another responsible."
            )
        return None

    def _get_problem_with_delay_from(self, direction):
        """As :meth:`_get_problem_in`, for a “Counted From” that is not possible."""
        if direction == "end":
            return self.env._(
                "“%(parent)s” counts back from an end date. Set task %(number)s, "
                "“%(task)s”, to be due before that date."
            )
        if self.delay_from == "end":
            return self.env._(
                "“%(parent)s” counts forwards from its start, so task %(number)s, "
                "“%(task)s”, cannot be due before an end date. Count it from the "
                "start or from the previous task."
            )
        return self.env._(
            "“%(task)s” is the first task of “%(parent)s”, so it has no previous task "
            "to wait for. Count it from the start."
        )

    @api.model
    def _check_count(self, parent, count):
        """Refuse more tasks than a template or track can have.

        :param parent: the ``track.template`` or ``track.run``
        :param int count: of its tasks
        :raise ValidationError: in a sentence that names it and how many are allowed
        """
        if count > self._MAX_TASKS:
            raise ValidationError(
                self.env._(
                    "“%(parent)s” would have %(count)s tasks. Use several tracks with "
                    "at most %(max)s tasks each.",
                    parent=parent.name,
                    count=count,
                    max=self._MAX_TASKS,
                )
            )

    def _check_compatible(self, parent):
        """Refuse this task, which was saved, if it does not fit its template or track.

        :param parent: the ``track.template`` or ``track.run``
        :raise ValidationError: in a sentence that names the task and what to do
        """
        message = self._get_incompatibility(parent)
        if message:
            target = self._get_target()
            values = {
                "task": self._get_label(),
                "parent": parent.name,
                "template": parent.name,
                "target": target and target.display_name,
                "type": self.activity_type_id.name,
            }
            raise ValidationError(message % values)

    def _get_incompatibility(self, parent):
        """Why a record that this task refers to does not fit its template or track.

        A reference can become invalid after it was saved. This is checked on save, and
        later shown as a hint.

        :param parent: the ``track.template`` or ``track.run``
        :return: a sentence with ``%(task)s``, ``%(parent)s`` or ``%(template)s``,
            ``%(target)s`` and ``%(type)s``; or None
        """
        self.ensure_one()
        missing = self._get_missing_responsible()
        if missing:
            return missing
        if not self._is_type_applicable():
            return self.env._(
                "The activity type “%(type)s” of “%(task)s” is for one model only, "
                "and “%(parent)s” applies to others. Select another type."
            )
        return None

    def _get_parent(self):
        """The ``track.template`` or ``track.run`` whose options apply to this task."""
        raise NotImplementedError

    def _get_siblings(self):
        """All tasks of the same template or track, in their order."""
        raise NotImplementedError

    def _get_courses(self):
        """The complete task lists to which these tasks belong, each of them once.

        For computations on many tasks that depend on their neighbours: reading the list
        again for each task would be quadratic.

        :return: list of recordsets, as of :meth:`_get_siblings`
        """
        courses, known = [], set()
        for task in self:
            if task not in known:
                course = task._get_siblings()
                known.update(course, task)
                courses.append(course)
        return courses

    def _compute_number(self):
        numbers = {
            task: number
            for course in self._get_courses()
            for number, task in enumerate(course, start=1)
        }
        for task in self:
            task.number = numbers.get(task, 1)

    def _get_label(self):
        """The label of this task: its summary, else its action, type or number."""
        self.ensure_one()
        return (
            self._get_summary()
            or (self._is_automated() and self._get_action_text())
            or self.activity_type_id.name
            or self.env._("Task %s", self.number)
        )

    def _get_day(self, start_date, end_date, working_days, previous_date=None):
        """Calculate the due date, when a track starts, advances or is rescheduled.

        :param date start_date: when its track starts
        :param date end_date: when it ends, for tracks that count back
        :param WorkingDays working_days: of the track's company
        :param date previous_date: the day from which a task counts that waits for the
            previous one: on which that was finished, or the start where there is none
        :return: ``date``, or None for a task that still waits
        :raise UserError: when the day lies outside of the calendar
        """
        self.ensure_one()
        counted_from = {
            "start": start_date,
            "end": end_date,
            "previous": previous_date,
        }[self.delay_from]
        if not counted_from:
            return None
        day = self._get_counted_day(counted_from, working_days)
        return self._avoid_day_off(day, counted_from, end_date, working_days)

    def _get_day_if_valid(self, *args):
        """As :meth:`_get_day`; None, too, when the day lies outside of the calendar."""
        try:
            return self._get_day(*args)
        except UserError:
            return None

    def _get_counted_day(self, counted_from, working_days):
        """The due date by the delay alone, counted from this day."""
        return self._shift(counted_from, working_days, self.delay_from == "end")

    def _shift(self, day, working_days, backwards=False):
        """``day`` (``date``) plus this task's delay, or minus it when backwards."""
        return shift_day(
            self.env, day, self.delay_count, self.delay_unit, working_days, backwards
        )

    @api.model
    def _get_option_fields(self):
        """The fields that say more about a task, whatever its action.

        A track copies them from its template, an update brings their changes to running
        tracks, and a template that is created from a track copies them back.

        :return: tuple of field names
        """
        return (
            "condition",
            "condition_else",
            "require_feedback",
            "required_fields",
            "responsible_field",
            "responsible_role_id",
            "responsible_team_id",
        )

    def _prepare_option_vals(self):
        """The values of the options, for the task of a track or of a template.

        :return: dict
        """
        self.ensure_one()
        return self._convert_to_write(
            {name: self[name] for name in self._get_option_fields()}
        )

    def _get_option_texts(self):
        """Describe the options of this task, in the order in which they take effect.

        They are shown in the template's sentence, the preview and the Tracks tab.

        :return: list of str: short phrases, without those of options that are not used
        """
        self.ensure_one()
        texts = (
            self._get_condition_text(),
            self._get_requirements_text(),
            self._get_outcomes_text(),
        )
        return [text for text in texts if text]

    def _get_set_off_label(self, in_html=False):
        """The label of this task, set off from the sentence that contains it.

        :param bool in_html: emphasized instead of quoted
        :return: str, which is ``Markup`` in HTML
        """
        label = self._get_label()
        return Markup("<em>%s</em>") % label if in_html else quote(self.env, label)

    def _get_delay_text(self, previous=None, in_html=False):
        """Describe when this task is due: “2 weekdays after “Call the customer””.

        :param previous: the task it waits for, if any
        :param bool in_html: as of :meth:`_get_set_off_label`
        :return: str, which is ``Markup`` where it names a task in HTML
        """
        return self._add_day_off_text(self._get_span_text(previous, in_html))

    def _get_span_text(self, previous=None, in_html=False):
        """As :meth:`_get_delay_text`, without what happens on a day off."""
        self.ensure_one()
        count = self.delay_count
        after = previous and previous._get_set_off_label(in_html)
        span = format_delay(self.env, count, self.delay_unit)
        if self.delay_from == "end":
            if not count:
                return self.env._("On the end date")
            return self.env._("%s before the end", span)
        if self.delay_from == "previous" and after:
            if not count:
                return self.env._("Same day as %s", after)
            return self.env._("%(span)s after %(task)s", span=span, task=after)
        if not count:
            return self.env._("On the start date")
        return self.env._("%s after the start", span)
