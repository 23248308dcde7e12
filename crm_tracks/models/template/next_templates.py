from odoo import api, fields, models
from odoo.tools import SQL


class TrackTemplate(models.Model):
    """What comes next: the templates that are offered when a track is done.

    Tracks do not copy them. A change is therefore offered on tracks that have started,
    or have ended, too.
    """

    _inherit = "track.template"

    next_template_ids = fields.Many2many(
        "track.template",
        "track_template_next_rel",
        "template_id",
        "next_template_id",
        string="Next Templates",
        help="Templates that users can start with one click when a track of this "
        "template is done. Each user is offered those that the user can apply to the "
        "record.",
    )

    @api.model
    def _get_ids_with_next(self):
        """The templates after which others are offered, by the common cache.

        Tracks of other templates cost no query when they are done.

        :return: frozenset of ids; it may include templates whose next ones were deleted
        """
        return self.env["track.run"]._get_kept(
            ("templates with next ones",), self._read_ids_with_next
        )

    @api.model
    def _read_ids_with_next(self):
        query = SQL("SELECT DISTINCT template_id FROM track_template_next_rel")
        return frozenset(id_ for (id_,) in self.env.execute_query(query))

    @api.model
    def _forget_next_templates(self, vals_list):
        """Clear the cache before these values are saved, if they change it."""
        if any("next_template_ids" in vals for vals in vals_list):
            self.env["track.run"]._forget_what_is_kept()
