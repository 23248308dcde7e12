"""The system parameters that the addons read."""


def get_parameter(env, key):
    """A system parameter, whatever the rights of the user.

    :param str key: its key
    :return: str, empty without a value
    """
    # sudo: users may not read system parameters
    return env["ir.config_parameter"].sudo().get_param(key) or ""
