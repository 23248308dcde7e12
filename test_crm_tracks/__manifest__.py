{
    "name": "Tracks: tests",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "summary": "Toy models that the tests of Tracks need",
    "author": "Tracks for Odoo",
    "website": "https://github.com/OCA/crm",
    "license": "LGPL-3",
    "depends": ["crm_tracks", "event", "project"],
    "data": [
        "security/ir.model.access.csv",
        "views/toy_ticket_views.xml",
    ],
    "assets": {"web.assets_tests": ["test_crm_tracks/static/tests/tours/**/*"]},
}
