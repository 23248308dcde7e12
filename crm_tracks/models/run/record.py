from collections import defaultdict
from contextlib import contextmanager

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.transaction import block_value, get_block_value


class TrackRun(models.Model):
    """The record on which a track runs, and the notes that the track leaves there."""

    _inherit = "track.run"

    def _get_records(self):
        """The existing records of these tracks.

        :return: dict, a record (in sudo) for each track that has one
        """
        records = {}
        for model, runs in self.grouped("res_model").items():
            if model not in self.env:
                continue
            found = self.env[model].sudo().browse(set(runs.mapped("res_id"))).exists()
            by_id = {record.id: record for record in found}
            records.update(
                (run, by_id[run.res_id]) for run in runs if run.res_id in by_id
            )
        return records

    def _get_records_by_model(self, records=None):
        """The records of these tracks, in sudo, one recordset a model.

        :param dict records: as of :meth:`_get_records`, if they were read already
        """
        by_model = defaultdict(list)
        for record in (self._get_records() if records is None else records).values():
            by_model[record._name].append(record.id)
        return [
            self.env[name].sudo().browse(set(ids)) for name, ids in by_model.items()
        ]

    @api.model
    def _can_have_tracks(self, model):
        """Whether the records of this model can have tracks.

        Models that only show the activities of another record cannot: users, for
        example, show those of their contact.

        :param model: a recordset, or None
        """
        return (
            model is not None
            and not model._abstract
            and isinstance(model, self.pool["mail.activity.mixin"])
        )

    @api.model
    def _check_can_have_tracks(self, res_model):
        """The model that a caller named, if its records can have tracks.

        :param str res_model: the name of a model
        :return: an empty recordset
        :raise UserError: when there is no such model, or it has no activities
        """
        model = self.env.get(res_model) if isinstance(res_model, str) else None
        if not self._can_have_tracks(model):
            raise UserError(
                self.env._(
                    "“%s” does not support activities, so it cannot have tracks.",
                    res_model,
                )
            )
        return model

    @api.model
    def _get_record_companies(self, records):
        """The company of each record, empty if its model or the record has none.

        :param records: records of one model
        :return: dict of ``res.company``
        """
        field = records._fields.get("company_id")
        if field is None or field.comodel_name != "res.company":
            return dict.fromkeys(records, self.env["res.company"])
        return {record: record.sudo().company_id for record in records}

    # ------------------------------------------------------------------
    # Notes
    # ------------------------------------------------------------------

    def _log(self, texts):
        """Log one note for each track in the chatter of its record, notifying nobody.

        If an automation rule on messages starts tracks, this track is their cause.

        :param dict texts: for each track a text, or a list of texts, one for each
            paragraph; ``Markup`` for HTML
        """
        paragraphs_by_run = {
            run: text if isinstance(text, list) else [text]
            for run, text in texts.items()
        }
        together = get_block_value(self.env, "crm_tracks.notes", {})
        if self and together.keys() >= set(self._ids):
            for run in self:
                together[run.id] += paragraphs_by_run[run]
            return
        bodies = {}
        for run, record in self._get_records().items():
            paragraphs = paragraphs_by_run[run]
            body = Markup("").join(Markup("<p>%s</p>") % text for text in paragraphs)
            if record in bodies:
                body = bodies[record] + Markup("<br/>") + body
            bodies[record] = body
        with self._causing():
            self.env["mail.activity.mixin"]._tracks_log(bodies)

    @contextmanager
    def _logging_together(self):
        """Within the block, the notes of these tracks become one note for each track.

        It is logged at the end, with a paragraph for each of them.
        """
        together = {run_id: [] for run_id in self._ids}
        with block_value(self.env, "crm_tracks.notes", together):
            yield
        runs = self.filtered(lambda run: together[run.id])
        runs._log({run: together[run.id] for run in runs})

    def _log_for_each(self, text):
        """Log this note for each track.

        :param str text: with ``%s`` for the track's name
        """
        self._log({run: Markup(text) % run._get_name_in_bold() for run in self})

    def _log_with_reason(self, text, text_with_reason, reason):
        """Log for each track what was done to it, and why.

        :param str text: without a reason; with ``%s`` for the track's name
        :param str text_with_reason: with ``%(track)s`` and ``%(reason)s``
        :param str reason: None if there is none
        """
        if not reason:
            self._log_for_each(text)
            return
        text = Markup(text_with_reason)
        self._log(
            {
                run: text % {"track": run._get_name_in_bold(), "reason": reason}
                for run in self
            }
        )

    def _get_name_in_bold(self):
        """The name of this track, in bold for a note; ``Markup``."""
        return Markup("<b>%s</b>") % self.name


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    @api.model
    def _tracks_log(self, bodies):
        """Log a note on each of these records, as the user of the environment.

        Nobody is notified, and records without a chatter are left out.

        :param dict bodies: str or ``Markup`` for each record, of any models
        """
        by_model = defaultdict(dict)
        for record, body in bodies.items():
            if "message_ids" in record._fields:
                by_model[record._name][record.id] = body
        for model, notes in by_model.items():
            # sudo: the acting user need not see the record
            self.env[model].sudo().browse(notes)._message_log_batch(notes)
