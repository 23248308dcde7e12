from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.dates import get_today


class TrackRunLine(models.Model):
    """Filters of tasks: late, inactive, waiting for others, first one left undone.

    Each is a search on stored columns, so that a list reads no more rows than it shows.
    ``_search`` checks the access once, so the joins here skip it (``any!``).
    """

    _inherit = "track.run.line"

    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="The task is open, and its due date has passed.",
    )
    is_muted = fields.Boolean(
        string="Inactive",
        compute="_compute_is_muted",
        search="_search_is_muted",
        help="The activity is hidden from activity lists while the track is on hold.",
    )
    waits_for_others = fields.Boolean(
        string="Waiting for Others",
        compute="_compute_waits_for_others",
        search="_search_waits_for_others",
        help="The task is open and assigned to another user, in a track that you "
        "started or on a record that you own.",
    )
    stopped_here = fields.Boolean(
        compute="_compute_stopped_here",
        search="_search_stopped_here",
        help="The track was stopped when this was its first unfinished task.",
    )

    # for open tasks by day, of all users, and the tasks at which tracks are late
    _standing_idx = models.Index(
        "(date_deadline, run_id) WHERE state IN ('open', 'failed')"
    )

    @api.depends("state", "date_deadline", "run_id.state", "run_id.held")
    def _compute_is_late(self):
        today = get_today(self.env, self.env.company)
        for task in self:
            task.is_late = (
                task.state == "open"
                and bool(task.date_deadline)
                and task.date_deadline < today
                and not task.run_id._is_suspended()
            )

    @api.model
    def _search_is_late(self, operator, value):
        today = get_today(self.env, self.env.company)
        late = Domain("state", "=", "open") & Domain("date_deadline", "<", today)
        return self._get_flag_domain(
            late & ~self._get_suspended_domain(), operator, value
        )

    @api.depends("state", "run_id.state", "run_id.held")
    def _compute_is_muted(self):
        for task in self:
            task.is_muted = task.state == "open" and task.run_id._is_suspended()

    @api.model
    def _search_is_muted(self, operator, value):
        muted = Domain("state", "=", "open") & self._get_suspended_domain()
        return self._get_flag_domain(muted, operator, value)

    @api.depends("state", "user_id", "run_id.user_id", "run_id.state", "run_id.held")
    @api.depends_context("uid")
    def _compute_waits_for_others(self):
        domain = Domain("id", "in", self.ids) & Domain("waits_for_others", "=", True)
        found = self.search(domain) if self.ids else self.browse()
        for task in self:
            task.waits_for_others = task._origin in found

    @api.model
    def _search_waits_for_others(self, operator, value):
        mine = Domain("user_id", "=", self.env.uid)
        for model in self.env["track.run"]._get_readable_models():
            owner = model._fields.get("user_id")
            if (
                owner
                and owner.store
                and owner.comodel_name == "res.users"
                and model._has_field_access(owner, "read")
            ):
                records = model._search([("user_id", "=", self.env.uid)])
                mine |= Domain("res_model", "=", model._name) & Domain(
                    "res_id", "in", records
                )
        waits = (
            Domain("state", "=", "open")
            & Domain("user_id", "!=", self.env.uid)
            & Domain("run_id", "any!", mine)
            & ~self._get_suspended_domain()
        )
        return self._get_flag_domain(waits, operator, value)

    @api.depends("run_id.line_ids.state", "run_id.line_ids.sequence", "run_id.state")
    def _compute_stopped_here(self):
        for task in self:
            cancelled = task._get_siblings().filtered(
                lambda sibling: sibling.state == "cancelled"
            )
            is_stopped = task.run_id.state == "stopped"
            task.stopped_here = is_stopped and task == cancelled[:1]

    @api.model
    def _search_stopped_here(self, operator, value):
        is_first = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """
                %(id)s = (SELECT id FROM track_run_line AS first
                           WHERE %(run_of_first)s = %(run)s AND %(state)s = 'cancelled'
                           ORDER BY %(sequence)s, id LIMIT 1)""",
                id=SQL.identifier(alias, "id"),
                run=model._field_to_sql(alias, "run_id"),
                run_of_first=model._field_to_sql("first", "run_id"),
                state=model._field_to_sql("first", "state"),
                sequence=model._field_to_sql("first", "sequence"),
            )
        )
        stopped = Domain("run_id", "any!", Domain("state", "=", "stopped"))
        here = Domain("state", "=", "cancelled") & stopped & is_first
        return self._get_flag_domain(here, operator, value)

    @api.model
    def _get_suspended_domain(self):
        """The tasks of tracks that are paused or held."""
        suspended = Domain("state", "=", "paused") | Domain("held", "=", True)
        return Domain("run_id", "any!", suspended)

    @api.model
    def _get_flag_domain(self, domain, operator, value):
        """The domain of a search on a boolean field that is true for this domain."""
        if operator != "in":
            return NotImplemented
        if set(value) == {True}:
            return domain
        return ~domain if set(value) == {False} else Domain.TRUE
