{
    "name": "Tracks: Reminders",
    "version": "19.0.1.0.0",
    "category": "Productivity",
    "summary": "Activities of the day by e-mail each morning, and in a calendar",
    "author": "Tracks for Odoo",
    "website": "https://github.com/OCA/crm",
    "license": "LGPL-3",
    "uninstall_hook": "uninstall_hook",
    "depends": ["mail", "crm_tracks"],
    "external_dependencies": {"python": ["vobject"]},
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "data/mail_templates.xml",
        "wizards/track_calendar_address_views.xml",
        "views/res_users_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "demo": ["demo/res_users_demo.xml"],
    "assets": {
        "web.assets_tests": ["crm_tracks_reminders/static/tests/tours/**/*"],
    },
}
