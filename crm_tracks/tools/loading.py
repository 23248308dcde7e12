from odoo import SUPERUSER_ID


def is_loading_data(env):
    """Whether Odoo is loading the data of an addon, demo data say: nobody is told.

    Odoo does so as OdooBot, and says so by a context key, which RPC clients set, too.
    """
    return bool(env.context.get("install_mode")) and env.uid == SUPERUSER_ID
