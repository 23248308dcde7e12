{
    "name": "Tracks: Public Holidays",
    "version": "19.0.1.0.0",
    "category": "Productivity",
    "summary": "Tracks leave out the days of the OCA's lists of public holidays",
    "author": "Tracks for Odoo",
    "website": "https://github.com/OCA/calendar",
    "license": "AGPL-3",
    "auto_install": True,
    "depends": ["crm_tracks", "calendar_public_holiday"],
}
