from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS

from ...tools.dates import get_zone
from ...tools.deferral import defer
from ...tools.field_values import (
    RELATIONS,
    format_setting,
    is_settable,
    may_be_shown,
    parse_ids,
    prepare_value,
)


class TrackLineUpdate(models.Model):
    """One field that an ``update`` task of a template sets on the record.

    The value is kept as one text (``tools/field_values.py``). What a record is set to
    is known by its id, which means nothing in another database: ``value_external_id``
    is the same by external ids, for export and import.

    What is set is set with the rights of whoever starts a track, so whoever saves it
    must have the right to write it: on the model that the template is for then, which
    is kept (``allowed_model``). On records of another model nothing is set.
    """

    _name = "track.line.update"
    _description = "Field Set by a Track Template Task"
    _inherit = ["track.guard"]
    _order = "line_id, sequence, id"

    line_id = fields.Many2one(
        "track.line", string="Task", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    model_name = fields.Char(related="line_id.target_model")
    field_name = fields.Char(string="Field", required=True)
    operation = fields.Selection(
        [
            ("set", "Set to"),
            ("add", "Add"),
            ("remove", "Remove"),
            ("clear", "Clear"),
        ],
        default="set",
        required=True,
        help="Add and Remove are for fields with many values, as tags are.",
    )
    # written by who may write templates; others get it in words, without what they may
    # not read
    value = fields.Char(
        groups="crm_tracks.group_track_manager",
        help="A choice's key, ids with commas between them, true or false; for a day, "
        "the number of days after the one on which the task runs.",
    )
    value_external_id = fields.Char(
        string="Value by External ID",
        compute="_compute_value_external_id",
        readonly=False,
        groups="crm_tracks.group_track_manager",
        help="The value for other databases: records by their external ids.",
    )
    text = fields.Char(string="In Words", compute="_compute_text")
    # written by the checks alone
    allowed_model = fields.Char(
        string="Allowed For",
        readonly=True,
        copy=False,
        groups=NO_ACCESS,
        help="The model of which an author with the right to do so let it be set.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        if not self.env.su:
            self.browse()._tracks_check_named(vals_list)
        updates = super().create(
            [
                self._take_external_ids(
                    vals,
                    self.env["track.line"].browse(vals.get("line_id")),
                    vals.get("field_name"),
                )
                for vals in vals_list
            ]
        )
        updates._check_author()
        return updates

    def write(self, vals):
        if vals.keys() == {"allowed_model"}:
            return super().write(vals)  # by _allow_for, and refused to others
        self.check_access("write")
        for (line, field_name), updates in self.grouped(
            lambda update: (update.line_id, update.field_name)
        ).items():
            super(TrackLineUpdate, updates).write(
                self._take_external_ids(vals, line, vals.get("field_name", field_name))
            )
        if "line_id" in vals:
            # by the record rules, as they are after the write: no other company's
            self.check_access("write")
        if {"field_name", "operation", "value", "value_external_id"} & vals.keys():
            # what it is set to now has no meaning on another model yet
            self._allow_for(False)
        self._check_author()
        return True

    @api.depends("field_name", "operation", "value", "model_name")
    @api.depends_context("lang", "uid")
    def _compute_text(self):
        for update in self:
            model = update._get_model()
            name = update.field_name
            is_shown = (
                model is not None
                and name
                and (
                    name not in model._fields
                    or may_be_shown(model, model._fields[name])
                )
            )
            # sudo: in words, and by what the reader may see of the field
            value = update.sudo().value
            update.text = is_shown and format_setting(
                model, name, update.operation, value
            )

    @api.depends("field_name", "value", "model_name")
    def _compute_value_external_id(self):
        for update in self:
            records = update._get_value_records()
            xml_ids = records.get_external_id().values() if records else ()
            update.value_external_id = (
                ",".join(xml_ids) if xml_ids and all(xml_ids) else update.value
            )

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        if ["value_external_id"] in fields:
            self._name_values()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _name_values(self):
        """Give external ids to what these set, where it has none, as an export does."""
        names = []
        for update in self:
            records = update._get_value_records() or ()
            known = records and records.get_external_id()
            names += [
                {
                    "xml_id": "__export__.%s_%s_%s"
                    % (record._table, record.id, uuid4().hex[:8]),
                    "record": record,
                    "noupdate": True,
                }
                for record in records
                if not known[record.id]
            ]
        # sudo: as in Odoo's own export, whoever exports names what they export
        self.env["ir.model.data"].sudo()._update_xmlids(names)
        self.invalidate_recordset(["value_external_id"])

    @api.model
    def _take_external_ids(self, vals, line, field_name):
        """These values with the records' ids in the place of their external ids.

        :param line: the ``track.line`` that sets it
        :param str field_name: which is set
        :return: a new dict, without ``value_external_id``
        :raise UserError: when one of them is unknown here
        """
        vals = dict(vals)
        text = vals.pop("value_external_id", None)
        if text is None:
            return vals
        model = line._get_target_model()
        field = model._fields.get(field_name) if model is not None else None
        if field is not None and field.type in RELATIONS and text:
            text = ",".join(
                self._get_id(xml_id.strip(), field) for xml_id in text.split(",")
            )
        return {**vals, "value": text}

    @api.model
    def _get_id(self, xml_id, field):
        """The id of the record with this external id, as a str; ids stay as they are.

        :raise UserError: when there is none, of the field's model
        """
        if xml_id.isdigit():
            return xml_id
        record = "." in xml_id and self.env.ref(xml_id, raise_if_not_found=False)
        if not record or record._name != field.comodel_name:
            raise UserError(
                self.env._(
                    "“%(xml_id)s” is no external id of a value for “%(field)s”.",
                    xml_id=xml_id,
                    field=field._description_string(self.env),
                )
            )
        return str(record.id)

    def _get_template(self):
        """The template that this belongs to."""
        return self.line_id.template_id

    def _get_model(self):
        self.ensure_one()
        return self.line_id._get_target_model()

    def _get_value_records(self):
        """The records that the value names; None where it names none."""
        model = self._get_model()
        field = model is not None and model._fields.get(self.field_name)
        if not field or field.type not in RELATIONS:
            return None
        try:
            return self.env[field.comodel_name].browse(parse_ids(self.value)).exists()
        except ValueError:
            return None

    @api.constrains("field_name", "operation", "value", "line_id")
    def _check_saved_fit(self):
        self.line_id._check_fit()

    def _check_value(self):
        """Refuse a value that the field cannot have.

        :raise ValidationError: in a sentence that names the template and the field
        """
        for update in self:
            model = update._get_model()
            if model is None:
                continue  # said of the task itself (track.line._get_incompatibility)
            zone = get_zone(self.env, self.env.company)
            try:
                prepare_value(
                    model, update.field_name, update.operation, update.value, zone
                )
            except UserError as error:
                raise ValidationError(
                    self.env._(
                        "“%(template)s”: %(problem)s",
                        template=update.line_id.template_id.name,
                        problem=error,
                    )
                ) from error

    # ------------------------------------------------------------------
    # What its author may
    # ------------------------------------------------------------------

    def _check_author(self):
        """Refuse a field that its author may not write, and what they may not read.

        What passes is allowed for the model that the template is for now. At the end of
        a save, if the template is being written.

        :raise ValidationError: in a sentence that names the field
        """
        for update in self - defer(self, "_check_author"):
            model = update._get_model()
            field = model is not None and model._fields.get(update.field_name)
            if field and is_settable(field):
                update._check_meaning(model, field)
                if not self.env.su:
                    update._check_rights(model, field)
                update._allow_for(model._name)

    def _allow_for(self, model_name):
        """Keep the model for which these are allowed; False for none."""
        # sudo: nobody but this class writes it
        others = self.sudo().filtered(lambda each: each.allowed_model != model_name)
        if others:
            others.write({"allowed_model": model_name})

    def _check_meaning(self, model, field):
        """Refuse a value that was chosen for another model, where it meant another.

        :param model: an empty recordset of the model that the template is for now
        :param field: its field that is set
        """
        known = self.env.get(self.sudo().allowed_model or "")
        before = known is not None and known._fields.get(field.name)
        if before and (before.type, before.comodel_name) != (
            field.type,
            field.comodel_name,
        ):
            raise ValidationError(
                self.env._(
                    "The value for “%(field)s” in “%(template)s” was selected for "
                    "another model. Select a value of %(model)s.",
                    field=field._description_string(self.env),
                    template=self.line_id.template_id.name,
                    model=self.env["ir.model"]._get(model._name).sudo().name,
                )
            )

    def _check_rights(self, model, field):
        """Refuse a field that the user may not write, and a value they may not read.

        :param model: an empty recordset of the model that the template is for
        :param field: its field that is set
        """
        may_write = model.has_access("write") and model._has_field_access(
            field, "write"
        )
        if not may_write:
            raise ValidationError(
                self.env._(
                    "You may not write “%(field)s” of %(model)s, so no task of "
                    "yours may: choose another field.",
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(model._name).sudo().name,
                )
            )
        records = self._get_value_records()
        if records and records._filtered_access("read") != records:
            raise ValidationError(
                self.env._(
                    "You may not read what “%s” is to be set to: choose another value.",
                    field._description_string(self.env),
                )
            )
