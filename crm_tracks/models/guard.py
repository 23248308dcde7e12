from itertools import chain

from odoo import api, models, tools
from odoo.api import NewId
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..tools.dates import read_day

# The greatest id that PostgreSQL can store.
MAX_ID = 2**31 - 1


class Base(models.AbstractModel):
    """Records that a caller names are read with the rights of that caller.

    An onchange computes on unsaved records from the values that the client sent.
    Related fields, stored fields and names of many to one fields are computed in sudo,
    so a client that names a hidden record would get its data. A compute without sudo
    does not help, because all environments share one cache. Therefore the values of a
    client pass :meth:`_tracks_take_typed`, including nested rows, and so do the
    defaults of a context.

    Models of tracks refuse every record that the caller cannot read. Other models
    refuse records of the models of tracks.
    """

    _inherit = "base"

    # Set on the models of tracks (``track.guard``).
    _TRACKS_GUARDED = False

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if self.env.user._is_superuser():
            return defaults
        # A context is not entered by the user and may be meant for another form:
        # leave out the records that the user cannot read.
        result = {}
        for name, value in defaults.items():
            field = self._fields.get(name)
            try:
                if value and field and field.relational:
                    self._tracks_check_named([{name: value}])
            except AccessError:
                continue
            result[name] = value
        return result

    def onchange(self, values, field_names, fields_spec):
        if self.env.su:
            return super().onchange(values, field_names, fields_spec)
        values = self._tracks_take_typed(values)
        changed = [name for name in field_names if name in values]
        if field_names and not changed:
            return {"value": {}}
        return super().onchange(values, changed, fields_spec)

    def _tracks_take_typed(self, values):
        """Filter and check the values that a caller sent for an unsaved record.

        :param dict values: in the format of ``new``
        :return: dict, the values to use
        :raise AccessError: when they name a record that the caller may not read
        """
        values = {
            name: value for name, value in values.items() if self._tracks_is_typed(name)
        }
        self._tracks_check_named([values])
        return {
            name: self._tracks_take_value(self._fields[name], value)
            if name in self._fields and isinstance(value, dict | list | tuple)
            else value
            for name, value in values.items()
        }

    @api.model
    def _tracks_is_typed(self, name):
        """Whether the value of this field is used in a form.

        A value that the model refuses in a write is ignored in a form.

        :param str name: of the field
        """
        return True

    def _tracks_take_value(self, field, value):
        """Apply :meth:`_tracks_take_typed` to the records within a relational value:
        saved and new rows, or the record of a many to one field."""
        if not field.relational:
            return value
        comodel = self.env[field.comodel_name]
        if isinstance(value, dict):
            return comodel._tracks_take_typed_of(value.get("id"), value)
        rows = []
        for row in value:
            kind = row[0] if isinstance(row, list | tuple) and len(row) > 2 else None
            if kind in (Command.CREATE, Command.UPDATE) and isinstance(row[2], dict):
                known = kind == Command.UPDATE and row[1]
                row = (kind, row[1], comodel._tracks_take_typed_of(known, row[2]))
            rows.append(row)
        return rows

    @api.model
    def _tracks_take_typed_of(self, id_, values):
        record = self.browse(id_ if type(id_) is int else [])
        return record._tracks_take_typed(values)

    def _tracks_check_named(self, vals_list):
        """Refuse values that name a record which the user may not read.

        Records that are already stored in the field are allowed.

        :param vals_list: list of dicts, in the format of ``write``, or of ``new``
        :raise AccessError: in a sentence that names the field
        """
        for name in dict.fromkeys(chain.from_iterable(vals_list)):
            field = self._fields.get(name)
            if field is None or not field.relational:
                continue
            comodel = self.env[field.comodel_name].sudo(False)
            if not (self._TRACKS_GUARDED or comodel._TRACKS_GUARDED):
                continue
            named = set()
            for vals in vals_list:
                named |= _get_named(field, vals.get(name))
            if comodel._tracks_find_hidden(named) - self._tracks_get(name):
                raise AccessError(
                    self.env._(
                        "The record selected in “%s” does not exist, or you do not "
                        "have permission to read it. Select another one.",
                        field._description_string(self.env),
                    )
                )

    @api.model
    def _tracks_find_hidden(self, ids):
        """Find the ids whose record the user may not read or that are invalid.

        :param ids: the ids that a caller sent
        :return: set
        """
        if not ids:
            return set()
        real = {id_ for id_ in ids if type(id_) is int and 0 < id_ <= MAX_ID}
        hidden = set(ids) - real
        if not real:
            return hidden
        records = self.browse(real)
        if not self.has_access("read"):
            return hidden | real
        # record rules do not find deleted records: leave these out before the check
        readable = records.exists()._filtered_access("read")
        return hidden | (real - set(readable._ids))

    def _tracks_get(self, name):
        """The ids that this field holds on all of these records, as they are stored."""
        # sudo: the values are only compared, not shown
        stored = [set(record[name]._ids) for record in self._origin.sudo()]
        return set.intersection(*stored) if stored else set()


def _get_named(field, value):
    """The ids in a value for a relational field.

    :param value: in the format of ``write``, or of ``new``
    :return: set of the values in the place of ids, as the caller sent them
    """
    # a recordset comes from the code, never from a caller
    if not value or isinstance(value, models.BaseModel):
        return set()
    if field.type == "many2one":
        if isinstance(value, dict):
            value = value.get("id")
        elif isinstance(value, tuple):
            value = value[0]
        named = [value]
    else:
        named = []
        for command in value if isinstance(value, list | tuple) else ():
            if not isinstance(command, list | tuple):
                named.append(command)
            elif command and command[0] in (Command.UPDATE, Command.LINK):
                named.append(command[1])
            elif command and command[0] == Command.SET:
                named += command[2] or ()
    # a new row is false and names no record; the row of a saved record counts as that
    # record
    named = [id_.origin if isinstance(id_, NewId) else id_ for id_ in named]
    return {id_ if isinstance(id_, int | str) else repr(id_) for id_ in named if id_}


class TrackGuard(models.AbstractModel):
    """Access checks of the models of tracks: users cannot save or enter a reference to
    a record that they cannot read."""

    _name = "track.guard"
    _description = "Track Access Guard"

    _TRACKS_GUARDED = True
    # Fields that the model checks itself on save, with a more specific error.
    _TRACKS_CHECKED_FIELDS = frozenset()
    # Whether the engine creates the records of this model, by the model's own defaults.
    # By "always" also where a user asks for them, as the user creates none.
    _TRACKS_OWN_DEFAULTS = False

    @api.model
    def default_get(self, fields):
        if not self._has_own_defaults():
            return super().default_get(fields)
        return self._get_own_defaults(set(self._fields) - set(fields))

    @api.model
    def _add_missing_default_values(self, values):
        if not self._has_own_defaults():
            return super()._add_missing_default_values(values)
        return self._get_own_defaults(values) | values

    @api.model
    def _has_own_defaults(self):
        """Whether the engine ignores the defaults of users (ir.default) and of a
        context."""
        is_own = self._TRACKS_OWN_DEFAULTS
        return is_own == "always" or bool(is_own and self.env.su)

    @api.model
    def _get_own_defaults(self, given):
        """The values of the fields of this model that have a default.

        :param given: a container of the names of fields that are left out
        :return: dict by name
        """
        return {
            field.name: field.default(self)
            for field in self._get_fields_with_default()
            if field.name not in given
        }

    @api.model
    @tools.ormcache()
    def _get_fields_with_default(self):
        """The fields of this model that have a default; found once, not for each row.

        :return: tuple
        """
        return tuple(field for field in self._fields.values() if field.default)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self.browse()._tracks_check_saved(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._tracks_check_saved([vals])
        return super().write(vals)

    def _tracks_check_saved(self, vals_list):
        names = self._TRACKS_CHECKED_FIELDS
        self._tracks_check_named(
            [
                {name: value for name, value in vals.items() if name not in names}
                for vals in vals_list
            ]
        )
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if field and field.type == "date" and isinstance(value, str):
                    # the ORM reads the first ten characters, whatever comes after them
                    read_day(self.env, value, field._description_string(self.env))
