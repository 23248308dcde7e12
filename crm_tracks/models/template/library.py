from markupsafe import Markup

from odoo import Command, api, models
from odoo.tools import html2plaintext

from ...tools.library import LIBRARY


class TrackTemplate(models.Model):
    """Templates created from the starter library (``tools/library.py``).

    A template that was created from the library has an external id. Creating it again
    returns the existing template, unless that was changed or deleted.
    """

    _inherit = "track.template"

    @api.model
    def _get_from_library(self, key):
        """The unchanged template that was created from this entry of the library.

        :param str key: of ``LIBRARY``
        :return: ``track.template``, archived ones too; empty when there is none
        """
        template = self._get_made_of_library(key)
        return template if template._is_as_in_library(key) else self.browse()

    @api.model
    def _get_made_of_library(self, key):
        """The template that was created from this entry of the library, or empty.

        :param str key: of ``LIBRARY``
        :return: ``track.template``, archived ones too; empty when there is none
        """
        template = self.env.ref(f"crm_tracks.template_{key}", raise_if_not_found=False)
        if template is None or not template.has_access("read"):
            return self.browse()
        return template

    def _is_as_in_library(self, key):
        """Whether this template, which may be empty, was not changed since."""
        if not self:
            return False
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        as_it_is = self._get_library_fingerprint()
        for code in languages:
            values = self.with_context(lang=code)._prepare_library_vals(key)
            if self.new(values)._get_library_fingerprint() == as_it_is:
                return True
        return False

    @api.model
    def _make_from_library(self, keys=None):
        """Create templates from these entries, unless unchanged ones exist.

        :param keys: of ``LIBRARY``; None for all of them
        :return: ``track.template``, one for each key, active
        :raise AccessError: when the user may not write templates
        """
        self.browse().check_access("create")
        templates = self.browse()
        for key in LIBRARY if keys is None else keys:
            template = self._get_from_library(key)
            if not template:
                template = self.create(self._prepare_library_vals(key))
                template._name_library_copy(key)
            elif not template.active:
                template.active = True
            templates += template
        return templates

    def _name_library_copy(self, key):
        """Give this template and its tasks the external ids of the library."""
        lines = zip(self.line_ids.sorted(), LIBRARY[key].tasks, strict=True)
        # sudo: users cannot write external ids; these belong to the library
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {"xml_id": f"crm_tracks.{name}", "record": record, "noupdate": True}
                for name, record in (
                    (f"template_{key}", self),
                    *((f"line_{task.key}", line) for line, task in lines),
                )
            ]
        )

    @api.model
    def _prepare_library_vals(self, key):
        """The values of a template of the library, in the user's language."""
        definition = LIBRARY[key]
        return {
            "name": self.env._(definition.name),
            "direction": definition.direction,
            "company_id": False,
            "res_model_ids": [
                Command.link(self.env["ir.model"]._get_id(model))
                for model in definition.models
            ],
            "line_ids": [
                Command.create(
                    {"sequence": 10 * number, **self._prepare_task_vals(task)}
                )
                for number, task in enumerate(definition.tasks, start=1)
            ],
            **definition.values,
        }

    @api.model
    def _prepare_task_vals(self, task):
        count, unit, delay_from = task.when.split()
        activity_type = self.env.ref(
            f"mail.mail_activity_data_{task.kind}", raise_if_not_found=False
        )
        return {
            "summary": self.env._(task.summary),
            "note": task.note and Markup("<p>%s</p>") % self.env._(task.note),
            "activity_type_id": activity_type and activity_type.id,
            "delay_count": int(count),
            "delay_unit": unit,
            "delay_from": delay_from,
            "responsible_type": task.responsible_type,
        }

    def _get_library_fingerprint(self):
        """The values that are compared with the library; the sequence and whether the
        template is archived do not count."""
        self.ensure_one()
        return (
            self.name,
            *self.sudo()._prepare_option_vals().values(),
            self.company_id.id,
            set(self.sudo().res_model_ids.mapped("model")),
            [
                (
                    line.summary,
                    # stored HTML encodes some characters in another way
                    html2plaintext(line.note or "", include_references=False),
                    line.activity_type_id._origin.id,
                    line.action,
                    line.delay_count,
                    line.delay_unit,
                    line.delay_from,
                    line.responsible_type,
                    line.responsible_id._origin.id,
                    *(line.sudo()[name] for name in line._get_option_fields()),
                    line._get_outcomes_text(),
                )
                for line in self.line_ids.sorted(
                    lambda line: (line.sequence, line._origin.id or 0)
                )
            ],
        )
