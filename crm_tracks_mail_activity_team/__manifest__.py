{
    "name": "Tracks for Activity Teams",
    "version": "19.0.1.0.0",
    "category": "Productivity",
    "summary": "The OCA's teams of activities on the tasks of tracks",
    "author": "Tracks for Odoo",
    "website": "https://github.com/OCA/mail",
    "license": "AGPL-3",
    "auto_install": True,
    "depends": ["crm_tracks", "mail_activity_team"],
    "data": ["views/track_template_views.xml"],
}
