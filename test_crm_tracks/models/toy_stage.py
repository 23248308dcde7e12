from odoo import fields, models


class ToyStage(models.Model):
    """A stage with a flag that closes its tickets."""

    _name = "test.tracks.stage"
    _description = "Stage of a Toy Ticket"

    name = fields.Char(required=True)
    closed = fields.Boolean()

    def write(self, vals):
        if "closed" not in vals:
            return super().write(vals)
        tickets = self.env["test.tracks.ticket"].with_context(active_test=False)
        tickets = tickets.sudo().search([("stage_id", "in", self.ids)])
        with tickets._tracks_following():
            return super().write(vals)
