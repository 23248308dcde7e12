from odoo import api, models


def _leave_out(found, names):
    """Let custom filters and groups offer none of these fields.

    :param dict found: what ``fields_get`` found, by the names of the fields
    :param names: of fields
    :return: the same dict, with other attributes of these fields
    """
    for name in names & found.keys():
        field = found[name]
        for attribute in {"searchable", "groupable"} & field.keys():
            field[attribute] = False
    return found


class TrackRun(models.Model):
    """The fields that custom filters and groups of tracks offer."""

    _inherit = "track.run"

    # Fields for the engine. A domain can still use them.
    _NOT_OFFERED = frozenset(
        (
            "date_checked",
            "generation",
            "origin_id",
            "record_closed",
            "res_id",
            "res_model",
        )
    )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        found = super().fields_get(allfields, attributes)
        return _leave_out(found, self._NOT_OFFERED)


class TrackRunLine(models.Model):
    """The fields that custom filters and groups of tasks offer."""

    _inherit = "track.run.line"

    # Fields for the engine. A domain can still use them.
    _NOT_OFFERED = frozenset(
        (
            "activity_ids",
            "attempts",
            "date_hour",
            "date_placed",
            "date_planned",
            "date_retry",
            "date_turn",
            "done_rank",
            "follows_owner",
            "icon",
            "repeats_id",
            "required_fields",
            "res_model",
            "sequence",
            "skipped_by_id",
        )
    )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        found = super().fields_get(allfields, attributes)
        return _leave_out(found, self._NOT_OFFERED)
