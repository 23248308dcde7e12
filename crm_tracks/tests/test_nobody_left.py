from unittest.mock import patch

from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestNobodyLeft(TracksCase):
    """If no user can take over the tasks, the note says so."""

    def leave(self, *found):
        """The seller leaves; each of these users takes over one task."""
        lead = self.make_leads(2)[0]
        for number, _user in enumerate(found):
            template = self.make_chain(f"Task {number}")
            lead.with_user(self.seller).tracks_apply(template)
        lead.invalidate_recordset()
        users = iter(found)
        with patch.object(
            type(self.env["track.run"]),
            "_get_first_assignable",
            lambda *_args: next(users),
        ):
            self.seller.action_archive()
        return lead.message_ids[0].body

    def test_where_nobody_is_found_the_note_says_that(self):
        nobody = self.env["res.users"]
        self.assertEqual(
            self.leave(nobody),
            "<p>Seller left. No assignee was found for their tasks on this record. Set "
            "an owner and assign the tasks.</p>",
        )

    def test_where_somebody_is_found_for_some_the_note_says_both(self):
        nobody = self.env["res.users"]
        body = self.leave(self.manager, nobody)
        self.assertIn(
            "Their tasks on this record were reassigned to Manager. No assignee was "
            "found for some",
            body,
        )
        self.assertNotIn("?", body)

    def test_where_somebody_is_found_the_note_names_them(self):
        body = self.leave(self.manager, self.seller_2)
        self.assertIn(
            "Their tasks on this record were reassigned to Manager, Seller 2.", body
        )
