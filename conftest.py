"""The tags that Odoo selects tests by are marks of pytest as well.

``./dev test -m crm_tracks_tours`` is ``--test-tags crm_tracks_tours`` of Odoo.
"""


def pytest_itemcollected(item):
    cls = getattr(item, "cls", None)
    if not hasattr(cls, "test_tags"):
        return
    for tag in cls(item.name).test_tags:
        if tag.startswith("crm_tracks_"):
            item.config.addinivalue_line(
                "markers", tag
            )  # known, so that none is warned of
            item.add_marker(tag)
