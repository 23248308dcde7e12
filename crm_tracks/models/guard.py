from itertools import chain

from odoo import api, models
from odoo.api import NewId
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..tools.dates import read_day

# As much as PostgreSQL keeps in an id.
_MAX_ID = 2**31 - 1


class Base(models.AbstractModel):
    """What a caller names proves nothing: it is read with the caller's own rights.

    An onchange computes on records that are not saved, from whatever values it was
    sent, and much of it is computed in sudo: related fields, stored ones, names of many
    to one fields. Whoever named a hidden record there would be told about it; and it is
    not enough that a compute leaves sudo out, for what was once read in sudo is in the
    cache that all share. So what a caller types in passes :meth:`_tracks_take_typed`,
    with its rows and rows of rows, and so do the defaults of a context.

    Models of tracks refuse whatever their caller may not read; all others, records of
    the models of tracks.
    """

    _inherit = "base"

    # Set on the models of tracks (``track.guard``).
    _TRACKS_GUARDED = False

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if self.env.user._is_superuser():
            return defaults
        # A context is no statement of the user, who may have come with one that was
        # meant for another form: what they may not read is left out.
        result = {}
        for name, value in defaults.items():
            try:
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
        """What an unsaved record takes over of the values that a caller sent.

        :param dict values: in the format of ``new``
        :return: dict, the values to take
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
        """Whether a form takes this value at all.

        What a model refuses in a write says nothing in a form either.

        :param str name: of the field
        """
        return True

    def _tracks_take_value(self, field, value):
        """The same for the values of other records in a value: of rows, saved and new,
        or of the record in a many to one field."""
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

        What these records name already may be named again.

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
        """Those of these ids whose record the user may not read, or that are none.

        :param ids: what a caller sent as ids
        :return: set
        """
        if not ids:
            return set()
        real = {id_ for id_ in ids if type(id_) is int and 0 < id_ <= _MAX_ID}
        hidden = set(ids) - real
        if not real:
            return hidden
        records = self.browse(real)
        if not self.has_access("read"):
            return hidden | real
        # archived and deleted ones are found by no rule, and refused by others
        readable = records.exists()._filtered_access("read")
        return hidden | (real - set(readable._ids))

    def _tracks_get(self, name):
        """The ids that this field holds on all of these records, as they are stored."""
        # sudo: what is there already is no news
        stored = [set(record[name]._ids) for record in self._origin.sudo()]
        return set.intersection(*stored) if stored else set()


def _get_named(field, value):
    """The ids in a value for a relational field.

    :param value: in the format of ``write``, or of ``new``
    :return: set of what stands where ids belong, as a caller sent it
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
    # a new row is false, and nothing that anybody could hide; one of a saved record is
    # what its record is
    named = [id_.origin if isinstance(id_, NewId) else id_ for id_ in named]
    return {id_ if isinstance(id_, int | str) else repr(id_) for id_ in named if id_}


class TrackGuard(models.AbstractModel):
    """What the models of tracks have in common: nobody names in them what they may not
    read, in what they save or type in."""

    _name = "track.guard"
    _description = "Guard of the Models of Tracks"

    _TRACKS_GUARDED = True
    # What a model refuses itself when it is saved, in words that say more.
    _TRACKS_CHECKED_FIELDS = frozenset()
    # Whether the engine creates the records of this model, by the model's own defaults.
    _TRACKS_OWN_DEFAULTS = False

    @api.model
    def default_get(self, fields):
        if not (self._TRACKS_OWN_DEFAULTS and self.env.su):
            return super().default_get(fields)
        # What people save for themselves (ir.default, which every user may write) and
        # what a context says is not for the engine.
        found = [self._fields[name] for name in fields if name in self._fields]
        return {field.name: field.default(self) for field in found if field.default}

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
