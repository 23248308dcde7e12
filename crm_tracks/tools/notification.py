def notify(kind, message, next_action=None, **params):
    """An action that shows a notification, and goes on with another action.

    :param str kind: ``success``, or ``warning``, which stays until it is closed
    :param str message: the text
    :param dict next_action: the action after it; None closes a dialog
    :param params: others of the web client, such as ``title``
    :return: dict, the action
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "sticky": kind == "warning",
            "message": message,
            "next": next_action or {"type": "ir.actions.act_window_close"},
            **params,
        },
    }
