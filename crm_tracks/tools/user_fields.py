"""Fields of records that contain a user: ``user_id``, or ``team_id.user_id``."""

# A user field of the record, or of a record to which one of its fields leads.
_MAX_STEPS = 2


def find_user_field(model, path):
    """The fields along the path to a user field.

    :param model: a recordset of the record's model
    :param str path: field names with dots between them, or empty
    :return: list of ``Field``; None if the path does not lead to a user field, also
        because a field no longer exists
    """
    names = (path or "").split(".")
    if len(names) > _MAX_STEPS:
        return None
    fields = []
    for name in names:
        field = model._fields.get(name)
        if field is None or field.type != "many2one":
            return None
        fields.append(field)
        model = model.env[field.comodel_name]
    return fields if model._name == "res.users" else None


def get_field_user(record, path):
    """The user in this field of a record.

    :param record: one record, in sudo
    :param str path: as of :func:`find_user_field`
    :return: ``res.users``, empty if the field is empty or no longer exists
    """
    if find_user_field(record, path) is None:
        return record.env["res.users"]
    for name in path.split("."):
        record = record[name]
    return record


def describe_user_field(env, fields):
    """The labels of the fields along a path: “Sales Team ➜ Team Leader”.

    :param fields: list as of :func:`find_user_field`
    :return: str
    """
    return " ➜ ".join(field._description_string(env) for field in fields)
