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
from ...tools.record_names import find_existing


class TrackLineUpdate(models.Model):
    """One field that an ``update`` task of a template sets on the record.

    The value is stored as a text (``tools/field_values.py``). A text with ids has no
    meaning in another database: ``value_external_id`` has external ids instead, for
    export and import.

    The field is set with the rights of the starter of a track, so the author must have
    the right to write it too, on the model of the template at that time. This model is
    stored in ``allowed_model``. On records of another model, the field is not set.
    """

    _name = "track.line.update"
    _description = "Template Task Field"
    _inherit = ["track.guard"]
    _order = "line_id, sequence, id"

    # Fields that decide whether a value fits its task.
    _FIT_FIELDS = frozenset(
        ("line_id", "field_name", "operation", "value", "value_external_id")
    )

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
        help="Add and Remove are for fields with several values, for example tags.",
    )
    # Only for users who may write templates, and only the values of fields that they
    # may read; others read ``text``.
    value = fields.Char(
        compute="_compute_value",
        inverse="_inverse_value",
        groups="crm_tracks.group_track_manager",
        help="Enter the value. For a date, enter the number of days after the day of "
        "the task.",
    )
    stored_value = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    value_external_id = fields.Char(
        string="Value by External ID",
        compute="_compute_value_external_id",
        readonly=False,
        groups="crm_tracks.group_track_manager",
        help="The value for export and import, with external IDs for records.",
    )
    text = fields.Char(string="Description", compute="_compute_text")
    # only written by the checks
    allowed_model = fields.Char(
        string="Allowed For",
        readonly=True,
        copy=False,
        groups=NO_ACCESS,
        help="Model for which an author with permission selected the field.",
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
        # no constraint, for the ORM calls those before the inverse of ``value``
        updates.line_id._check_fit()
        updates._check_author()
        return updates

    def write(self, vals):
        if vals.keys() <= {"allowed_model", "stored_value"}:
            return super().write(vals)  # by this class, and refused to others
        self.check_access("write")
        hidden = self.browse()
        if {"line_id", "field_name"} & vals.keys():
            hidden = self.filtered(lambda update: not update._may_show_value())
        for (line, field_name), updates in self.grouped(
            lambda update: (update.line_id, update.field_name)
        ).items():
            super(TrackLineUpdate, updates).write(
                self._take_external_ids(vals, line, vals.get("field_name", field_name))
            )
        if hidden and not {"value", "value_external_id"} & vals.keys():
            # sudo: what the user may not read is not taken over for another field
            hidden.sudo().stored_value = False
        if "line_id" in vals:
            # by the record rules after the write: the task may be another company's
            self.check_access("write")
        if {"field_name", "operation", "value", "value_external_id"} & vals.keys():
            # the new value was not checked for a model yet
            self._allow_for(False)
        if self._FIT_FIELDS & vals.keys():
            self.line_id._check_fit()
        self._check_author()
        return True

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for update, vals in zip(self, vals_list, strict=True):
            if "value" not in (default or {}):
                # by what its reader may read: everybody may call this
                vals["value"] = update.value
        return vals_list

    def _get_value(self):
        """The value, whoever may read it; of a record that is typed in, what is typed.

        What becomes of it is shown by what each reader may see of the field.
        """
        # sudo: closed to people
        return self.sudo().stored_value if self.id else self.value

    @api.depends("stored_value", "field_name", "model_name")
    @api.depends_context("uid")
    def _compute_value(self):
        for update in self:
            update.value = update._may_show_value() and update.sudo().stored_value

    def _may_show_value(self):
        """Whether the user may read the value, by the field that it is stored for.

        Another field that is typed in opens no value of the stored one.
        """
        self.ensure_one()
        for update in (self, self._origin) if not self.env.su else ():
            field = update._get_field() if update else None
            if field and not may_be_shown(update._get_model(), field):
                return False
        return True

    def _inverse_value(self):
        for update in self:
            # sudo: who may write it was checked
            update.sudo().stored_value = update.value

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
            update.text = is_shown and format_setting(
                model, name, update.operation, update._get_value()
            )

    @api.depends("field_name", "value", "model_name")
    def _compute_value_external_id(self):
        for update in self:
            records = update.value and update._get_value_records()
            xml_ids = records.get_external_id().values() if records else ()
            update.value_external_id = (
                ",".join(xml_ids) if xml_ids and all(xml_ids) else update.value
            )

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        if ["value_external_id"] in fields:
            self._name_values()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _name_values(self):
        """Create missing external ids of the values, as an export does."""
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
        # sudo: as in Odoo's own export, every exporting user may create external ids
        self.env["ir.model.data"].sudo()._update_xmlids(names)
        self.invalidate_recordset(["value_external_id"])

    @api.model
    def _take_external_ids(self, vals, line, field_name):
        """Replace the external ids in these values by ids.

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
                    "“%(xml_id)s” is not an external ID of a value for “%(field)s”. "
                    "Enter another one.",
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

    def _get_field(self):
        """The field that is set; None if the model has none of this name."""
        model = self._get_model()
        return None if model is None else model._fields.get(self.field_name)

    def _get_value_records(self):
        """The records that the value names; None where it names none."""
        field = self._get_field()
        if not field or field.type not in RELATIONS:
            return None
        try:
            return find_existing(
                self.env[field.comodel_name], parse_ids(self._get_value())
            )
        except ValueError:
            return None

    def _check_value(self):
        """Refuse a value that the field cannot have.

        :raise ValidationError: in a sentence that names the template and the field
        """
        for update in self:
            model = update._get_model()
            if model is None:
                continue  # refused by track.line._get_incompatibility
            zone = get_zone(self.env, self.env.company)
            try:
                prepare_value(
                    model,
                    update.field_name,
                    update.operation,
                    update._get_value(),
                    zone,
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
    # The rights of its author
    # ------------------------------------------------------------------

    def _check_author(self):
        """Refuse a field that the author may not write, or a value they may not read.

        If it passes, the current model of the template is stored as allowed. Deferred
        to the end of a save if the template is being written.

        :raise ValidationError: in a sentence that names the field
        """
        for update in self - defer(self, "_check_author"):
            model, field = update._get_model(), update._get_field()
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
        """Refuse a value that was selected for a field of another type or comodel.

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
                    "You do not have permission to change “%(field)s” of %(model)s. "
                    "Select another field.",
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(model._name).sudo().name,
                )
            )
        records = self._get_value_records()
        if records and records._filtered_access("read") != records:
            raise ValidationError(
                self.env._(
                    "You do not have permission to read the value of “%s”. Select "
                    "another value.",
                    field._description_string(self.env),
                )
            )
