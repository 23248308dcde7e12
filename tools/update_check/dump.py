"""The visible data of tracks: ``{section: {row: {field: value}}}``.

Read from fields and with the public methods of the web client, which do not change
between releases.
"""

import json

from world import READERS

from odoo.exceptions import AccessError

# Models of which all fields are dumped, stored or computed.
OURS = (
    "track.template",
    "track.line",
    "track.line.update",
    "track.run",
    "track.run.line",
    "mail.activity",
)
# Models of which stored fields and the fields of the addons are dumped.
OTHERS = (
    "crm.lead",
    "res.partner",
    "helpdesk.ticket",
    "helpdesk.ticket.team",
    "helpdesk.ticket.category",
    "calendar.event",
    "mail.message",
    "mail.notification",
    "mail.template",
    "base.automation",
    "ir.actions.server",
    "ir.filters",
    "ir.attachment",
)
# Models of which the records of the addons are dumped.
SETTINGS = {
    "ir.config_parameter": [("key", "=like", "crm_tracks%")],
    "ir.cron": [("code", "like", "_cron_process")],
    "ir.rule": [("model_id.model", "=like", "track.%")],
    "ir.model.access": [("model_id.model", "=like", "track.%")],
    "ir.model.data": [("model", "in", [*OURS, *OTHERS, "ir.cron", "ir.rule"])],
    "res.users": [],
}
# The update itself may change the last writer and date, which are also part of the URL
# of an image.
LEFT_OUT = {"write_uid", "write_date", "__last_update"}
OF_USERS = {"login", "active", "share", "group_ids", "company_ids", "notification_type"}


def make_dump(env, logins=READERS):
    """:param logins: of the users whose view is dumped"""
    seen = {}
    env = env(context={"lang": "en_US", "tz": "UTC", "active_test": False})
    for name in OURS:
        seen[name] = dump_records(env[name].search([]), set(env[name]._fields))
    for name in OTHERS:
        if name in env:
            seen[name] = dump_records(env[name].search([]), get_own_fields(env[name]))
    for name, domain in SETTINGS.items():
        seen[name] = dump_records(env[name].search(domain), get_own_fields(env[name]))
    for login in logins:
        user = env["res.users"].search([("login", "=", login)])
        seen.update(dump_sight(user))
    return json.loads(json.dumps(seen, default=str))


def get_own_fields(Model):
    """Stored fields and those of the addons; for users those about access."""
    if Model._name == "res.users":
        return OF_USERS
    return {
        field.name
        for field in Model._fields.values()
        if (field.store and field.type != "binary")
        or any(module.startswith("crm_tracks") for module in field._modules)
    }


def dump_records(records, names):
    """:return: dict of a dict of values for each record"""
    names = sorted(names - LEFT_OUT)
    return {
        str(values["id"]): values for values in records.sudo().read(names, load=None)
    }


# ---------------------------------------------------------------- as other users


def dump_sight(user):
    """The access rights of this user, and the data shown by the web client.

    :return: dict of sections, whose names contain the user
    """
    login = user.login
    env = (
        user.with_user(user)
        .with_context(active_test=True, allowed_company_ids=user.company_ids.ids)
        .env
    )
    return {
        f"rights of {login}": {name: dump_rights(env[name]) for name in OURS},
        f"tab for {login}": dump_tabs(env),
        f"activities of {login}": {
            model: {"view": attempt(dump_activity_view, env, model)}
            for model in ("crm.lead", "res.partner", "helpdesk.ticket")
        }
        | {"systray": {"groups": attempt(env["res.users"]._get_activity_groups)}},
        f"menus of {login}": {"menus": attempt(dump_menus, env)},
    }


def dump_activity_view(env, model):
    """The activity view of a model, without orders: within a day they are undefined."""
    view = env["mail.activity"].get_activity_data(model, [])
    return {
        **view,
        "activity_res_ids": sorted(view["activity_res_ids"]),
        "grouped_activities": {
            record: {
                kind: {
                    name: sorted(value, key=str) if isinstance(value, list) else value
                    for name, value in group.items()
                }
                for kind, group in by_type.items()
            }
            for record, by_type in view["grouped_activities"].items()
        },
    }


def dump_menus(env):
    """The visible menus of the addons, as a dict, so that menus can be added later."""
    menus = env["ir.ui.menu"].browse(env["ir.ui.menu"]._visible_menu_ids()).sudo()
    names = menus.get_external_id().values()
    return {name: True for name in names if "track" in name}


def dump_rights(Model):
    """The records that the user can find, read and change."""
    found = Model.sudo().with_context(active_test=False).search([])
    records = found.with_env(Model.env)

    def name_those_found():
        return [[each.id, each.display_name] for each in Model.search([])]

    def filter_those(operation):
        return records._filtered_access(operation).ids

    rights = {
        operation: attempt(filter_those, operation)
        for operation in ("read", "write", "unlink")
    }
    return {"found": attempt(name_those_found), **rights}


def dump_tabs(env):
    """The tracks tab of each record that has tracks."""
    groups = env["track.run"].sudo()._read_group([], ["res_model", "res_id"])
    return {
        f"{model} {id_}": {"tab": attempt(env["track.run"].get_tab_data, model, id_)}
        for model, id_ in groups
    }


def attempt(function, *args):
    """The result of a function, or its error."""
    try:
        return function(*args)
    except AccessError as error:
        return f"refused: {str(error).splitlines()[0]}"
