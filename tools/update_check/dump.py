"""What people see of tracks, as plain data: ``{section: {row: {field: value}}}``.

Read by fields and by the public methods that the web client calls, for these stay from
release to release.
"""

import json

from world import READERS

from odoo.exceptions import AccessError

# All fields of these, stored or computed.
OURS = (
    "track.template",
    "track.line",
    "track.line.update",
    "track.run",
    "track.run.line",
    "mail.activity",
)
# What is stored of these, and the fields that our addons add.
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
# Of these, what our addons have made, or what names them.
SETTINGS = {
    "ir.config_parameter": [("key", "=like", "crm_tracks%")],
    "ir.cron": [("code", "like", "_cron_process")],
    "ir.rule": [("model_id.model", "=like", "track.%")],
    "ir.model.access": [("model_id.model", "=like", "track.%")],
    "ir.model.data": [("model", "in", [*OURS, *OTHERS, "ir.cron", "ir.rule"])],
    "res.users": [],
}
# Who wrote last, and when, is the update itself, where it writes at all; a picture's
# address contains that.
LEFT_OUT = {"write_uid", "write_date", "__last_update"}
OF_USERS = {"login", "active", "share", "group_ids", "company_ids", "notification_type"}


def make_dump(env, logins=READERS):
    """:param logins: as whom to look"""
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
    """The fields that are stored, or our addons' own; of users those on rights."""
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


# ---------------------------------------------------------------- as other people


def dump_sight(user):
    """What this user can read and change, and what the web client shows to them.

    :return: dict of sections, whose names contain the user's
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
    """The activity view of a model. Records of one day come in any order."""
    view = env["mail.activity"].get_activity_data(model, [])
    return {**view, "activity_res_ids": sorted(view["activity_res_ids"])}


def dump_menus(env):
    """Our menus that are offered; a dict, for there may be more of them later."""
    menus = env["ir.ui.menu"].browse(env["ir.ui.menu"]._visible_menu_ids()).sudo()
    names = menus.get_external_id().values()
    return {name: True for name in names if "track" in name}


def dump_rights(Model):
    """Which records the user finds, reads, and may change."""
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
    """What a function returns, or the refusal that its caller would read."""
    try:
        return function(*args)
    except AccessError as error:
        return f"refused: {str(error).splitlines()[0]}"
