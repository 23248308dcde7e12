{
    "name": "Tracks: examples",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Automation rules that start tracks: sales, invoices, events",
    "author": "Tracks for Odoo",
    "website": "https://github.com/OCA/crm",
    "license": "LGPL-3",
    "depends": ["crm_tracks", "base_automation", "account", "event"],
    "demo": [
        "demo/sales_demo.xml",
        "demo/event_demo.xml",
        "demo/missed_payments_demo.xml",
    ],
}
