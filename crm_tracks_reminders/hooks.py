from .models.calendar_feed import SCOPE


def uninstall_hook(env):
    """Delete the addresses of calendars, which would open them again after another
    installation, and the default of the morning mail."""
    env["res.users.apikeys"].search([("scope", "=", SCOPE)]).unlink()
    env["ir.config_parameter"].search(
        [("key", "=", "crm_tracks_reminders.digest")]
    ).unlink()
