{
    "name": "Tracks on Merged Tickets",
    "version": "19.0.1.0.0",
    "category": "After-Sales",
    "summary": "Merged tickets of the OCA's helpdesk keep their tracks",
    "author": "Tracks for Odoo",
    "website": "https://github.com/OCA/helpdesk",
    "license": "AGPL-3",
    "auto_install": True,
    "depends": ["crm_tracks_helpdesk_mgmt", "helpdesk_mgmt_merge"],
}
