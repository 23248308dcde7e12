from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.calculated import CalculatedSelection

_LEADS = "crm_tracks.track_leads_action"
_ARCHIVED = Domain("active", "=", False)
_NOT_ENDED = Domain("won_status", "not in", ("won", "lost"))
# The leads with each result, as CRM tells them apart.
_RESULTS = {
    "won": Domain("won_status", "=", "won"),
    "lost": Domain("won_status", "=", "lost"),
    "open": _NOT_ENDED & ~_ARCHIVED,
    "archived": _NOT_ENDED & _ARCHIVED,
}


class TrackTemplate(models.Model):
    """The results of the leads on which the tracks of a template ran.

    They take one grouped query, whatever the number of templates, tracks and leads. It
    counts the leads of tracks that the reader may see, which are those of leads that
    the reader may read. Several tracks of a template on one lead count once.
    """

    _inherit = "track.template"

    stat_leads_won = fields.Integer(string="Leads Won", compute="_compute_lead_results")
    stat_leads_lost = fields.Integer(
        string="Leads Lost", compute="_compute_lead_results"
    )
    stat_leads_open = fields.Integer(
        string="Leads Open", compute="_compute_lead_results"
    )
    stat_leads_decided = fields.Integer(
        string="Leads Won or Lost", compute="_compute_lead_results"
    )
    stat_win_rate = fields.Float(string="Win Rate", compute="_compute_lead_results")

    # no dependencies: otherwise each change of a lead would look for templates
    @api.depends_context("uid", "allowed_company_ids", "tracks_days")
    def _compute_lead_results(self):
        counts = self._count_leads()
        for template in self:
            of_template = counts.get(template._origin.id, {})
            won, lost = of_template.get("won", 0), of_template.get("lost", 0)
            template.stat_leads_won = won
            template.stat_leads_lost = lost
            template.stat_leads_open = of_template.get("open", 0)
            template.stat_leads_decided = won + lost
            template.stat_win_rate = won / (won + lost) if won + lost else 0

    def _get_lead_runs_domain(self):
        """The tracks on leads that run now or ended in the period, as a ``Domain``."""
        counted = Domain.OR(self._get_run_domains().values())
        return counted & Domain("res_model", "=", "crm.lead")

    def _count_leads(self):
        """Count the leads of these templates by their result.

        :return: dict by template id: dict of numbers by result
        """
        counts = {}
        if not self.ids:
            return counts
        self.env["track.run"].flush_model()
        query = self.env["track.run"]._search(self._get_lead_runs_domain())
        lead = query.join("track_run", "res_id", "crm_lead", "id", "lead")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT track_run.template_id, %(result)s, COUNT(DISTINCT %(lead)s)
                  FROM %(tables)s
                 WHERE %(where)s
                 GROUP BY 1, 2
                """,
                result=self.env["track.run.line"]._get_result_sql(lead),
                lead=SQL.identifier(lead, "id"),
                tables=query.from_clause,
                where=query.where_clause,
            )
        )
        for template_id, result, count in rows:
            counts.setdefault(template_id, {})[result] = count
        return counts

    # ------------------------------------------------------------------
    # The leads behind the figures
    # ------------------------------------------------------------------

    def action_view_leads_won(self):
        """Open the leads with tracks of these templates that were won."""
        return self._open_leads(self.env._("Won: %s"), _RESULTS["won"])

    def action_view_leads_lost(self):
        """Open the leads with tracks of these templates that were lost."""
        return self._open_leads(self.env._("Lost: %s"), _RESULTS["lost"])

    def action_view_leads_open(self):
        """Open the leads with tracks of these templates that are open."""
        return self._open_leads(self.env._("Open: %s"), _RESULTS["open"])

    def action_view_leads_decided(self):
        """Open the leads of which a share was won: those that were won or lost."""
        decided = _RESULTS["won"] | _RESULTS["lost"]
        return self._open_leads(self.env._("Won or Lost: %s"), decided)

    def _open_leads(self, title, domain):
        ran = Domain("track_run_ids", "any", self._get_lead_runs_domain())
        # lost leads are archived
        context = {"active_test": False, "create": False}
        return self._open_figure(_LEADS, title, ran & domain, context)


class TrackRunLine(models.Model):
    """The result of the lead on which the track of a task runs, for the analysis.

    Who may read a task may read the record of its track, and so this.
    """

    _inherit = "track.run.line"

    lead_result = CalculatedSelection(
        [
            ("won", "Won"),
            ("lost", "Lost"),
            ("open", "Open"),
            ("archived", "Archived"),
        ],
        compute="_compute_lead_result",
        sql="_get_lead_result_sql",
        search="_search_lead_result",
        help="Whether the lead or opportunity of the track was won or lost. Empty for "
        "tracks on other records.",
    )

    # no dependencies: otherwise each change of a lead would search for tasks
    def _compute_lead_result(self):
        on_leads = self.filtered(lambda task: task.res_model == "crm.lead")
        leads = self.env["crm.lead"].browse(on_leads.run_id.mapped("res_id")).exists()
        results = {
            lead.id: result
            for result, domain in _RESULTS.items()
            for lead in leads.filtered_domain(domain)
        }
        for task in self:
            task.lead_result = task in on_leads and results.get(task.run_id.res_id)

    @api.model
    def _search_lead_result(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = Domain.OR(_RESULTS[result] for result in value if result in _RESULTS)
        Lead = self.env["crm.lead"].with_context(active_test=False)
        # the access to tasks is that to their leads, and is checked by ``_search``
        leads = Lead._search(wanted, bypass_access=True)
        on_lead = Domain("res_model", "=", "crm.lead")
        found = Domain("run_id", "any!", on_lead & Domain("res_id", "in", leads))
        if False in value:
            found |= Domain("run_id", "any!", ~on_lead)
        return found

    @api.model
    def _get_lead_result_sql(self, alias):
        Run = self.env["track.run"].sudo()
        return SQL(
            """
            (SELECT %(result)s
               FROM track_run AS run JOIN crm_lead AS lead ON lead.id = %(lead)s
              WHERE run.id = %(run)s AND %(model)s = 'crm.lead')""",
            result=self._get_result_sql("lead"),
            lead=Run._field_to_sql("run", "res_id"),
            run=self._field_to_sql(alias, "run_id"),
            model=Run._field_to_sql("run", "res_model"),
        )

    @api.model
    def _get_result_sql(self, lead):
        """The result of a lead in SQL, as the domains of the results say it.

        :param str lead: the alias of the lead in a query
        :return: ``SQL``, an expression
        """
        Lead = self.env["crm.lead"].sudo()
        return SQL(
            """
            CASE WHEN %(status)s IN ('won', 'lost') THEN %(status)s
                 WHEN %(active)s THEN 'open' ELSE 'archived' END""",
            status=Lead._field_to_sql(lead, "won_status"),
            active=Lead._field_to_sql(lead, "active"),
        )
