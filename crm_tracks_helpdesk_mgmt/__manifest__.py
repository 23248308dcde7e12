{
    "name": "Tracks on Tickets",
    "version": "19.0.1.0.0",
    "category": "After-Sales",
    "summary": "Tracks on the OCA's helpdesk tickets, started by team or category",
    "author": "Tracks for Odoo",
    "license": "AGPL-3",
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
    "depends": ["crm_tracks", "helpdesk_mgmt"],
    "data": [
        "views/track_template_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_team_views.xml",
        "views/helpdesk_ticket_category_views.xml",
    ],
    "demo": ["demo/helpdesk_tracks_demo.xml", "demo/offboarding_demo.xml"],
    "assets": {"web.assets_backend": ["crm_tracks_helpdesk_mgmt/static/src/**/*"]},
}
