from . import (
    calendar_feed,
    mail_activity,
    morning_mail,
    res_config_settings,
    res_users,
)
