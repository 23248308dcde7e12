"""The names of records that descriptions contain, as their reader may know them.

A description of a condition or of a value names the records in it. Where many of them
are written at once, :func:`names_read` reads all names before.
"""

from collections import defaultdict
from contextlib import contextmanager

from .transaction import block_value, get_block_value

_KEY = "crm_tracks.record_names"
_EXISTING_KEY = "crm_tracks.existing_records"


def get_names(model, ids):
    """The names of records, as far as the user of the environment may read them.

    :param model: an empty recordset
    :param ids: the ids of records, some of which may have been deleted
    :return: dict by id, in their order: str, or None for a record that the user may not
        read; without deleted records
    """
    known = get_block_value(model.env, _KEY, {}).get(_get_key(model), {})
    if not known.keys() >= set(ids):
        known = _read(model, ids)
    return {id_: known[id_] for id_ in ids if known[id_] is not False}


@contextmanager
def names_read(env, wanted, planned=()):
    """Within the block, :func:`get_names` needs no query for these records.

    :param wanted: pairs of an empty recordset, in an environment of the transaction,
        and ids
    :param planned: pairs of an empty recordset, and names by the invented ids of
        records that do not exist yet
    """
    by_key = defaultdict(set)
    models = {}
    for model, ids in wanted:
        key = _get_key(model)
        models[key] = model
        by_key[key].update(ids)
    # what a block around this one has read is not read again
    names = dict(get_block_value(env, _KEY, {}))
    for key, ids in by_key.items():
        known = names.get(key, {})
        names[key] = {**known, **_read(models[key], ids - known.keys())}
    for model, invented in planned:
        key = _get_key(model)
        names[key] = {**names.get(key, {}), **invented}
    with block_value(env, _KEY, names):
        yield


def _get_key(model):
    """What decides about names: the model, and who reads them in which language."""
    context = model.env.context
    companies = tuple(context.get("allowed_company_ids") or ())
    return model._name, model.env.uid, model.env.su, context.get("lang"), companies


def _read(model, ids):
    """The names by id: None for those without access, and False for deleted ones."""
    if not ids:
        return {}
    records = model.browse(ids).exists()
    names = dict.fromkeys(ids, False) | dict.fromkeys(records._ids)
    for record in records._filtered_access("read"):
        # a record without a name has False, as if it did not exist
        names[record.id] = record.display_name or ""
    return names


def find_existing(model, ids):
    """The records with these ids that exist.

    :param model: a recordset in the environment of the result
    :param ids: list of ids
    """
    records = model.browse(ids)
    known = get_block_value(model.env, _EXISTING_KEY, {}).get(model._name, ())
    return records if known and known >= set(ids) else records.exists()


@contextmanager
def existence_read(env, known):
    """Within the block, :func:`find_existing` needs no query for these records.

    :param known: recordsets, which were just read or created
    """
    existing = {records._name: set(records._ids) for records in known}
    with block_value(env, _EXISTING_KEY, existing):
        yield
