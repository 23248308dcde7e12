"""The fields that the web client reads for a view."""

from odoo.tests.form import get_static_context


def get_fields_spec(arch, model):
    """The specification with which the web client reads the fields of a view.

    As ``getFieldsSpec`` in web/static/src/model/relational_model/utils.js, without the
    additional fields of widgets.

    :param arch: the view, an lxml element
    :param model: the model of the view
    :return: dict, as for ``web_read``
    """
    spec = {}
    level = arch.xpath("count(ancestor::field)")
    for node in arch.xpath(f".//field[count(ancestor::field) = {level}]"):
        name, field = node.get("name"), model._fields[node.get("name")]
        visible = node.get("invisible") not in ("1", "True")
        field_spec = spec.setdefault(name, {})
        if field.type in ("many2one", "reference"):
            subspec = field_spec.setdefault("fields", {})
            if visible:
                subspec["display_name"] = {}
        elif field.type in ("one2many", "many2many") and visible:
            comodel = model.env[field.comodel_name]
            field_spec["fields"] = _get_lines_spec(node, comodel)
            field_spec["context"] = get_static_context(node.get("context", "{}"))
            field_spec["limit"] = 40
    return spec


def _get_lines_spec(node, comodel):
    """As :func:`get_fields_spec`, for the lines of a field."""
    for kind in node.get("mode", "list,kanban").split(","):
        for subview in node.findall(kind):
            return get_fields_spec(subview, comodel)
    return {name: {} for name in ("display_name", "color") if name in comodel._fields}
