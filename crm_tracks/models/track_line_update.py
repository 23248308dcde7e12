from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.dates import get_zone
from ..tools.field_values import (
    RELATIONS,
    format_setting,
    is_settable,
    parse_ids,
    prepare_value,
)


class TrackLineUpdate(models.Model):
    """One field that an ``update`` task of a template sets on the record.

    The value is kept as one text (``tools/field_values.py``). What a record is set to
    is known by its id, which means nothing in another database: ``value_external_id``
    is the same by external ids, for export and import.
    """

    _name = "track.line.update"
    _description = "Field Set by a Track Template Task"
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
    value = fields.Char(
        help="A choice's key, ids with commas between them, true or false; for a day, "
        "the number of days after the one on which the task runs."
    )
    value_external_id = fields.Char(
        string="Value by External ID",
        compute="_compute_value_external_id",
        inverse="_inverse_value_external_id",
        help="The value for other databases: records by their external ids.",
    )
    text = fields.Char(string="In Words", compute="_compute_text")

    @api.model_create_multi
    def create(self, vals_list):
        updates = super().create(vals_list)
        updates._check_author()
        return updates

    def write(self, vals):
        result = super().write(vals)
        self._check_author()
        return result

    @api.depends("field_name", "operation", "value", "model_name")
    @api.depends_context("lang")
    def _compute_text(self):
        for update in self:
            model = update._get_model()
            update.text = (
                model is not None
                and update.field_name
                and format_setting(
                    model, update.field_name, update.operation, update.value
                )
            )

    @api.depends("field_name", "value", "model_name")
    def _compute_value_external_id(self):
        for update in self:
            records = update._get_value_records()
            if records:
                # sudo: an export names what it names in sudo, too
                rows = records.sudo().export_data(["id"])["datas"]
                update.value_external_id = ",".join(xml_id for (xml_id,) in rows)
            else:
                update.value_external_id = update.value

    def _inverse_value_external_id(self):
        for update in self:
            update.value = update._parse_external_ids(update.value_external_id)

    def _parse_external_ids(self, value):
        """The value, as it is kept, of one that names records by external ids.

        :raise UserError: when one of them is unknown here
        """
        model = self._get_model()
        field = model is not None and model._fields.get(self.field_name)
        if not value or not field or field.type not in RELATIONS:
            return value
        ids = []
        for xml_id in value.split(","):
            if xml_id.strip().isdigit():
                ids.append(xml_id.strip())
                continue
            record = self.env.ref(xml_id.strip(), raise_if_not_found=False)
            if not record or record._name != field.comodel_name:
                raise UserError(
                    self.env._(
                        "“%(xml_id)s” is no external id of a value for “%(field)s”.",
                        xml_id=xml_id.strip(),
                        field=field._description_string(self.env),
                    )
                )
            ids.append(str(record.id))
        return ",".join(ids)

    def _get_model(self):
        self.ensure_one()
        return self.env.get(self.model_name) if self.model_name else None

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
    def _check_value(self):
        for update in self:
            model = update._get_model()
            if model is None:
                continue  # said of the task itself (_check_in_parent)
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

    def _check_author(self):
        """Refuse a field that its author may not write (rule 32)."""
        for update in self:
            model = update._get_model()
            field = model is not None and model._fields.get(update.field_name)
            if (
                self.env.su
                or not field
                or not is_settable(field)
                or model.has_access("write")
                and model._has_field_access(field, "write")
            ):
                continue
            raise ValidationError(
                self.env._(
                    "You may not write “%(field)s” of %(model)s, so no task of yours "
                    "may: choose another field.",
                    field=field._description_string(self.env),
                    model=self.env["ir.model"]._get(model._name).sudo().name,
                )
            )
