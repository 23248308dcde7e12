from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_access import AccessCase


@tagged("post_install", "-at_install")
class TestAccessFirst(AccessCase):
    """Who may not do it is refused before anything is read for it in sudo."""

    @contextmanager
    def assertNothingInSudo(self, model, *methods):
        """Within the block, none of these methods is called."""
        called = []
        with patch.multiple(
            self.registry[model],
            **{name: lambda *args, **kwargs: called.append(args) for name in methods},
        ):
            yield
        self.assertFalse(called)

    def test_a_write_that_is_refused_reads_no_track(self):
        lead = self.as_user(self.leads["own"], self.employee)
        for call in (
            lambda: lead.write({"active": False}),
            lambda: lead.write({"user_id": self.employee.id}),
            lambda: lead.action_set_lost(),
        ):
            with (
                self.assertNothingInSudo(
                    "crm.lead", "_tracks_filter_tracked", "_tracks_get_closed"
                ),
                self.assertRaises(AccessError),
            ):
                call()

    def test_a_deletion_that_is_refused_reads_no_track(self):
        lead = self.as_user(self.leads["own"], self.employee)
        with (
            self.assertNothingInSudo("crm.lead", "_tracks_search_runs"),
            self.assertRaises(AccessError),
        ):
            lead.unlink()

    def test_people_who_are_not_archived_keep_their_tasks(self):
        user = self.as_user(self.seller, self.employee)
        for call in (
            lambda: user.action_archive(),
            lambda: user.write({"active": False}),
            lambda: user.unlink(),
        ):
            with (
                self.assertNothingInSudo("res.users", "_tracks_hand_over"),
                self.assertRaises(AccessError),
            ):
                call()

    def test_models_that_are_not_deleted_keep_their_templates(self):
        model = self.env["ir.model"]._get("crm.lead").with_user(self.employee)
        with (
            self.assertNothingInSudo("ir.model", "_tracks_archive_templates"),
            self.assertRaises(AccessError),
        ):
            model.unlink()

    def test_tasks_of_others_are_not_rearranged(self):
        tasks = self.as_user(self.runs["other"].line_ids, self.seller)
        with (
            self.assertNothingInSudo("track.run", "_get_places"),
            self.assertRaises(AccessError),
        ):
            tasks.web_resequence({})
        run = self.as_user(self.runs["other"], self.seller)
        with (
            self.assertNothingInSudo("track.run", "_get_places"),
            self.assertRaises(AccessError),
        ):
            run.write({"line_ids": [Command.delete(tasks[-1:].id)]})
