from odoo import SUPERUSER_ID


def is_loading_data(env):
    """Whether Odoo is loading data of an addon (demo data), without notifications.

    Odoo does this as OdooBot with a context key. The user is checked as well, because
    RPC clients can set the key.
    """
    return bool(env.context.get("install_mode")) and env.uid == SUPERUSER_ID
