from odoo import api, fields, models

from ...tools.optional_integer import OptionalInteger

DIRECTIONS = [
    ("start", "Forwards from start date"),
    ("end", "Back from end date"),
]


class TrackOptionsMixin(models.AbstractModel):
    """The options of a template, which a track copies when it starts.

    Later changes of the template do not affect running tracks. An option is a field of
    this model, and is named in ``_OPTION_FIELDS``: it is then copied to tracks, and
    back to a template that is created from a track.
    """

    _name = "track.options.mixin"
    _description = "Track Options Mixin"

    _OPTION_FIELDS = (
        "direction",
        "date_field",
        "one_per_record",
        "activity_creation",
        "ahead_days",
        "on_close",
        "on_reopen",
        "on_reply",
        "remind_days",
        "escalate_days",
        "escalate_to",
        "escalate_user_id",
        "escalate_how",
        "goal",
        "day_off",
        "absence",
        "late_days",
        "on_late",
        "run_hour",
        "repeat_every",
        "repeat_unit",
    )

    direction = fields.Selection(
        DIRECTIONS,
        string="Calculate Dates",
        default="start",
        required=True,
    )
    one_per_record = fields.Boolean(
        string="Only One per Record",
        help="Do not allow a second running track of this template on the same record.",
    )
    activity_creation = fields.Selection(
        [
            ("at_once", "At once"),
            ("ahead", "Days before due date"),
        ],
        string="Create Activities",
        default="at_once",
        required=True,
    )
    ahead_days = fields.Integer(string="Days Ahead", default=7)
    on_close = fields.Selection(
        [
            ("mute", "Put track on hold"),
            ("continue", "Continue track"),
        ],
        string="When Record Is Closed",
        default="mute",
        required=True,
    )
    on_reopen = fields.Selection(
        [
            ("keep", "Keep dates"),
            ("shift", "Move dates"),
        ],
        string="When Record Is Reopened",
        help="What happens to the dates of a track that was on hold. “Move dates” adds "
        "the days since it became inactive to its start date and to the dates of its "
        "unfinished tasks. Dates set by users and those of meetings stay, as do those "
        "of tracks that count back from an end date. If empty, dates are kept.",
    )
    on_reply = fields.Selection(
        [
            ("ignore", "Do nothing"),
            ("stop", "Stop the track"),
            ("pause", "Pause the track"),
            ("bring_forward", "Bring tasks forward"),
        ],
        string="When the Customer Answers",
        help="What happens to the track when a person who is no internal user sends an "
        "e-mail or a message in the portal to the record. Out-of-office replies and "
        "other automatic e-mails do not count. “Bring tasks forward” makes open and "
        "planned tasks due on that day, except those with a meeting. If empty, nothing "
        "happens.",
    )
    remind_days = OptionalInteger(
        string="Remind After (Days)",
        help="Working days after the due date, after which assignees get a message "
        "about their late tasks. Days on which the assignee is away do not count. If "
        "empty, nobody is reminded.",
    )
    escalate_days = OptionalInteger(
        string="Escalate After (Days)",
        help="Working days after the due date, after which late tasks are escalated. "
        "Days on which the assignee is away do not count. If empty, no task is "
        "escalated.",
    )
    escalate_to = fields.Selection(
        [
            ("leader", "Team leader"),
            ("user", "Specific user"),
        ],
        help="Team leader: of the team of the record, otherwise of a team of the "
        "assignee, otherwise a Tracks administrator. A user who cannot see the record, "
        "or does not work in its company, is replaced by the next of them. If empty, "
        "the team leader.",
    )
    escalate_user_id = fields.Many2one(
        "res.users",
        string="Escalate to User",
        index="btree_not_null",
        ondelete="set null",
        domain=[("share", "=", False)],
    )
    escalate_how = fields.Selection(
        [
            ("tell", "Notify"),
            ("give", "Reassign the task"),
        ],
        string="When Escalated",
        help="Whether the other user gets a message about the late task, or is "
        "assigned the task. If empty, the other user gets a message.",
    )
    day_off = fields.Selection(
        [
            ("keep", "Keep the due date"),
            ("after", "Next working day"),
            ("before", "Last working day before"),
        ],
        string="Due on Days Off",
        help="Where a due date moves that falls on a day off of the company's working "
        "schedule. It moves neither before the day from which it counts nor after the "
        "end date: then it moves in the other direction. Delays in weekdays and dates "
        "set by users do not move. If empty, due dates are kept.",
    )
    late_days = OptionalInteger(
        string="Late After (Days)",
        help="Automated tasks that are due longer ago are too late. If empty, 7 days. "
        "With 0, tasks are too late from the day after the due date on. To run them "
        "however late they are, set “When Late” to “Run”.",
    )
    on_late = fields.Selection(
        [
            ("ask", "Ask the starter"),
            ("run", "Run"),
            ("skip", "Skip"),
        ],
        string="When Late",
        help="What happens to automated tasks that are too late, for example because "
        "the track was on hold. If empty, the starter is asked: the task fails and "
        "waits for a decision.",
    )
    run_hour = OptionalInteger(
        string="Not Before (Hour)",
        help="Hour from 0 to 23 in the time zone of the company's working schedule. "
        "Automated tasks do not run earlier on any day. If empty or 0, they run at any "
        "hour.",
    )

    options_text = fields.Char(
        string="Options",
        compute="_compute_options_text",
        help="Description of the options in use.",
    )

    @api.depends(lambda self: self._OPTION_FIELDS)
    @api.depends_context("lang", "uid")
    def _compute_options_text(self):
        for record in self:
            record.options_text = " · ".join(record._get_option_texts())

    def _prepare_option_vals(self):
        """The values of the options, for a track or for a template.

        :return: dict
        """
        self.ensure_one()
        return self._convert_to_write(
            {name: self[name] for name in self._OPTION_FIELDS}
        )

    def _get_option_texts(self):
        """Describe the options that differ from a plain template's, in their order.

        Each is a method that returns one sentence without a full stop, or a false value
        if the option is not used. They are shown on the template's and track's form.

        :return: list of str
        """
        self.ensure_one()
        texts = (
            self._get_date_field_text(),
            self._get_goal_text(),
            self._get_reply_text(),
            self._get_reopening_text(),
            self._get_reminder_text(),
            self._get_escalation_text(),
            self._get_day_off_text(),
            self._get_absence_text(),
            self._get_late_text(),
            self._get_run_hour_text(),
            self._get_repeat_text(),
        )
        return [text for text in texts if text]
