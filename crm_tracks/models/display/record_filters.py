from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...tools.calculated import CalculatedMany2one
from ...tools.states import NOT_ENDED


class MailActivityMixin(models.AbstractModel):
    """Filters and a grouping of records by their tracks, for any search view.

    Each is a subquery on the tracks of the model, so that a search reads no list of
    ids. Readers of a record may read its tracks, so the access is not checked again.
    """

    _inherit = "mail.activity.mixin"

    is_on_track = fields.Boolean(
        string="On a Track",
        compute="_compute_is_on_track",
        search="_search_is_on_track",
        groups="base.group_user",
        help="A track of the record has neither ended nor been stopped.",
    )
    is_track_late = fields.Boolean(
        string="Late on a Track",
        compute="_compute_is_track_late",
        search="_search_is_track_late",
        groups="base.group_user",
        help="An open task of a track of the record is past its due date.",
    )
    track_latest_template_id = CalculatedMany2one(
        "track.template",
        string="Latest Track Template",
        compute="_compute_track_latest_template_id",
        sql="_tracks_get_template_sql",
        search="_search_track_latest_template_id",
        groups="base.group_user",
        help="Template of the latest track that has neither ended nor been stopped.",
    )

    @api.depends("track_run_ids.state")
    def _compute_is_on_track(self):
        found = self._tracks_find([("is_on_track", "=", True)])
        for record in self:
            record.is_on_track = record._origin in found

    @api.model
    def _search_is_on_track(self, operator, value):
        return self._tracks_get_flag_domain(
            Domain("state", "in", NOT_ENDED), operator, value
        )

    @api.depends(
        "track_run_ids.state",
        "track_run_ids.held",
        "track_run_ids.line_ids.state",
        "track_run_ids.line_ids.date_deadline",
    )
    @api.depends_context("uid", "company")
    def _compute_is_track_late(self):
        found = self._tracks_find([("is_track_late", "=", True)])
        for record in self:
            record.is_track_late = record._origin in found

    @api.model
    def _search_is_track_late(self, operator, value):
        late = Domain("line_ids", "any!", [("is_late", "=", True)])
        return self._tracks_get_flag_domain(late, operator, value)

    @api.model
    def _tracks_get_flag_domain(self, domain, operator, value):
        """The domain of a search on a boolean field that is true for these tracks.

        :param domain: the ``Domain`` of the tracks
        """
        with_track = Domain.FALSE
        if self.env["track.run"]._may_have_tracks(self._name):
            with_track = Domain("track_run_ids", "any!", domain)
        return self.env["track.run.line"]._get_flag_domain(with_track, operator, value)

    def _tracks_find(self, domain):
        """The ones of these records that match, archived ones included."""
        records = self.browse().with_context(active_test=False)
        ids = self._origin.ids
        if not ids or not self.env["track.run"]._may_have_tracks(self._name):
            return records
        return records.search(Domain("id", "in", ids) & Domain(domain))

    # ------------------------------------------------------------------
    # The template of the latest track
    # ------------------------------------------------------------------

    @api.depends("track_run_ids.state", "track_run_ids.template_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_track_latest_template_id(self):
        templates = {}
        records = self._origin
        if records and self.env["track.run"]._may_have_tracks(self._name):
            rows = records._tracks_get_readable_query().select(
                SQL.identifier(self._table, "id"),
                self._tracks_get_template_sql(self._table),
            )
            templates = dict(self.env.execute_query(rows))
        for record in self:
            record.track_latest_template_id = templates.get(record._origin.id)

    @api.model
    def _search_track_latest_template_id(self, operator, value):
        # names were replaced by “any” before
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        has_none = operator == "in" and False in value
        if not self.env["track.run"]._may_have_tracks(self._name):
            return Domain(has_none)
        if isinstance(value, Query):
            found = value
        else:
            domain = Domain("id", "in", list(value)) if operator == "in" else value
            templates = self.env["track.template"].with_context(active_test=False)
            found = templates._search(domain)

        def to_sql(model, alias, _query):
            template = model._tracks_get_template_sql(alias)
            is_found = SQL("COALESCE(%s IN %s, FALSE)", template, found.subselect())
            return (
                SQL("(%s OR %s IS NULL)", is_found, template) if has_none else is_found
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _tracks_get_template_sql(self, alias):
        """The template of the latest track of a record that has not ended.

        Templates that the user may not read, of other companies, are left out.

        :param str alias: of the table of this model
        :return: ``SQL``, a subquery
        """
        Run = self.env["track.run"].sudo()  # readers of a record may read its tracks
        templates = self.env["track.template"].with_context(active_test=False)
        query = Run._search(
            Domain("res_model", "=", self._name)
            & Domain("state", "in", NOT_ENDED)
            & Domain("template_id", "in", templates._search([])),
            order="id DESC",
            limit=1,
        )
        fnames = ("res_id", "template_id")
        res_id, template_id = (
            SQL.identifier(Run._table, name, to_flush=Run._fields[name])
            for name in fnames
        )
        query.add_where(SQL("%s = %s", res_id, SQL.identifier(alias, "id")))
        return query.subselect(template_id)
