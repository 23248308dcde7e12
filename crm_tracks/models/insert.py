from collections import defaultdict
from itertools import repeat

from psycopg2.extensions import AsIs

from odoo import api, models
from odoo.tools.misc import clean_context

# The types whose values do not depend on the other values of their record.
_PLAIN_TYPES = frozenset(
    (
        "boolean",
        "char",
        "date",
        "datetime",
        "float",
        "html",
        "integer",
        "json",
        "many2one",
        "many2one_reference",
        "selection",
        "text",
    )
)
# The types whose values are rows of other tables.
_LINK_TYPES = ("many2many", "one2many")
_DEFAULT = AsIs("DEFAULT")


class _Complete(dict):
    """The values of a new record, with their defaults."""


class TrackInsertMixin(models.AbstractModel):
    """Creates many records of the same kind in less time.

    Applying a template creates the same few tasks for each of many records. Odoo finds
    the defaults of each new record, and converts and caches it value by value; here,
    defaults that records share are found once, each value that several records share is
    converted once, and each field is cached once for all records. What is created,
    computed, checked and overridden is the same.
    """

    _name = "track.insert.mixin"
    _description = "Creation of Many Records"

    @api.model
    def _prepare_create_values(self, vals_list):
        if self._are_created_together(vals_list):
            vals_list = self._complete_together(vals_list)
        return super()._prepare_create_values(vals_list)

    @api.model
    def _complete_together(self, vals_list):
        """Add the default values to these values.

        Defaults depend on which fields have a value. If the first two records with the
        same fields get the same ones, so do the others; a number of a sequence, for
        example, differs.

        :param list vals_list: dicts of values by name
        :return: list of ``_Complete``
        """
        found, result = defaultdict(list), []
        for vals in vals_list:
            defaults = found[tuple(vals)]
            if len(defaults) == 2 and defaults[0] == defaults[1]:
                result.append(_Complete(defaults[0] | vals))
                continue
            values = self._add_missing_default_values(vals)
            result.append(_Complete(values))
            if len(defaults) < 2:
                defaults.append({k: v for k, v in values.items() if k not in vals})
        return result

    @api.model
    def _add_missing_default_values(self, values):
        if isinstance(values, _Complete):
            return values
        return super()._add_missing_default_values(values)

    @api.model
    def _create(self, data_list):
        rows = [data["stored"] for data in data_list]
        if not self._are_created_together(rows):
            return super()._create(data_list)
        names = {}.fromkeys(name for row in rows for name in row)
        links = [name for name in names if self._fields[name].type in _LINK_TYPES]
        fields_ = [self._fields[name] for name in names if name not in links]
        if not all(map(self._is_plain, fields_)):
            return super()._create(data_list)
        records = self.browse(self._insert_rows(fields_, rows))
        records._cache_rows(fields_, rows)
        for data, record in zip(data_list, records, strict=True):
            data["record"] = record
        protected = [(data["protected"], data["record"]) for data in data_list]
        with self.env.protecting(protected):
            records.modified(self._fields, create=True)
            records._create_links(links, rows)
        records._validate_fields(names)
        records.check_access("create")
        return records

    @api.model
    def _are_created_together(self, rows):
        """Whether these rows are created by this mixin, if all their values are plain.

        :param list rows: dicts of values by name
        """
        return len(rows) > 1 and not self._parent_store

    @api.model
    def _is_plain(self, field):
        """Whether the values of this field can be converted independently."""
        return (
            field.type in _PLAIN_TYPES
            and field.column_type
            and not field.company_dependent
            and not field.translate
        )

    @api.model
    def _insert_rows(self, fields_, rows):
        """Insert these rows.

        :param list fields_: the ``Field`` that the rows have
        :param list rows: dicts of values by name, in the format of ``create``
        :return: list of ids, in the order of the rows
        """
        columns = [
            _convert(field.name, rows, field.convert_to_column_insert, self, _DEFAULT)
            for field in fields_
        ]
        names = ", ".join(f'"{field.name}"' for field in fields_)
        found = self.env.cr.execute_values(
            f'INSERT INTO "{self._table}" ({names}) VALUES %s RETURNING id',
            list(zip(*columns, strict=True)),
            page_size=1000,
            fetch=True,
        )
        return [id_ for (id_,) in found]

    def _cache_rows(self, fields_, rows):
        """Cache the values of these new records.

        The parameters are those of :meth:`_insert_rows`. Values that are stored in the
        records from which these inherit are computed again.
        """
        given = {*fields_, self._fields["id"]}
        for field in self._fields.values():
            if field.store and field not in given:
                empty = () if field.type in _LINK_TYPES else None
                field._insert_cache(self, repeat(empty))
        for field in fields_:
            if field.type == "html":
                continue  # read again, because it is sanitized when it is stored
            values = _convert(field.name, rows, field.convert_to_cache, self, None)
            field._insert_cache(self, values)
            if field.type in ("many2one", "many2one_reference"):
                self._cache_inverses(field, values)

    def _create_links(self, names, rows):
        """Create the values of these fields that are rows of other tables.

        :param list names: of fields
        :param list rows: as of :meth:`_are_created_together`
        """
        # as Odoo does: defaults of the context are for the records themselves
        env = self.env(context=clean_context(self.env.context))
        records = self.with_env(env)
        for name in names:
            values = [
                (record, row[name])
                for record, row in zip(records, rows, strict=True)
                if row.get(name)
            ]
            if values:
                self._fields[name].create(values)
                self.modified([name], create=True)

    def _cache_inverses(self, field, values):
        """Add these new records to what is cached of the inverse fields of a field."""
        ids_by_value = defaultdict(list)
        caches = [
            cache
            for inverse in self.pool.field_inverses[field]
            if (cache := inverse._get_cache(self.env))
        ]
        if not caches:
            return
        for id_, value in zip(self._ids, values, strict=True):
            if any(value in cache for cache in caches):
                ids_by_value[value].append(id_)
        for value, ids in ids_by_value.items():
            field._update_inverses(self.browse(ids), value)


def _convert(name, rows, convert, records, missing):
    """The values of a field in these rows, each different one converted once.

    :param function convert: of a value, and of records of the model
    :param missing: for rows without a value
    :return: list
    """
    known = {}  # texts by value, others by identity, as the rows keep their values
    result = []
    for row in rows:
        value = missing
        if name in row:
            given = row[name]
            key = (type(given), given) if isinstance(given, str) else id(given)
            if key not in known:
                known[key] = convert(given, records)
            value = known[key]
        result.append(value)
    return result
