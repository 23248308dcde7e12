import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.bus.models import ir_websocket

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestLive(TracksCase):
    """Open tabs are notified of changes: once, and only with read access."""

    def setUp(self):
        super().setUp()
        self.lead = self.make_leads()
        self.run_ = self.lead.with_user(self.seller).tracks_apply(
            self.make_chain("Write", "Call", "Meet")
        )
        self.end_transaction()

    def end_transaction(self):
        """Run the precommit hooks.

        :return: the notifications to tabs, as (channel, payload)
        """
        last = self.env["bus.bus"].sudo().search([], order="id desc", limit=1).id
        self.env.cr.flush()
        sent = self.env["bus.bus"].sudo().search([("id", ">", last)], order="id")
        result = []
        for notification in sent:
            message = json.loads(notification.message)
            if message["type"] == "crm_tracks/changed":
                result.append((json.loads(notification.channel), message["payload"]))
        return result

    def expected(self, *leads):
        return [
            (
                [self.env.cr.dbname, "crm.lead", lead.id, "crm_tracks"],
                {"model": "crm.lead", "id": lead.id},
            )
            for lead in leads
        ]

    def test_ticking_tells_the_record_once(self):
        self.tick(self.run_, "Write")
        self.assertEqual(self.end_transaction(), self.expected(self.lead))
        self.assertEqual(self.end_transaction(), [])

    def test_whatever_the_tab_shows_is_told(self):
        run = self.run_.with_user(self.seller)
        for what, change in {
            "rename": lambda: run.write({"name": "Renamed"}),
            "pause": run.action_pause,
            "resume": run.action_resume,
            "move": lambda: run.write({"start_date": "2026-03-06"}),
            "edit": lambda: run.line_ids[1].write({"summary": "Call twice"}),
            "edit in the chatter": lambda: run.line_ids[0].activity_id.write(
                {"summary": "Write twice"}
            ),
            "remove": lambda: run.line_ids[2].unlink(),
            "add": lambda: self.env["track.run.line"]
            .with_user(self.seller)
            .create({"run_id": run.id, "summary": "Ask"}),
            "lose": lambda: self.lead.with_user(self.seller).action_set_lost(),
            "stop": run.action_stop,
        }.items():
            with self.subTest(what=what):
                change()
                self.assertEqual(self.end_transaction(), self.expected(self.lead))

    def test_several_records_are_told_once_each(self):
        leads = self.make_leads(3)
        leads.with_user(self.seller).tracks_apply(self.make_chain("Write", "Call"))
        self.assertCountEqual(self.end_transaction(), self.expected(*leads))

    def test_merging_tells_where_the_track_was_and_where_it_is(self):
        other = self.make_leads()
        self.env["track.run"]._merge_into(self.lead, other)
        self.assertCountEqual(self.end_transaction(), self.expected(self.lead, other))

    def test_the_sweep_of_the_cron_and_other_writes_tell_nobody(self):
        self.run_.sudo().date_checked = "2026-03-04 10:00:00"
        self.lead.name = "Renamed"
        self.assertEqual(self.end_transaction(), [])

    def test_only_who_may_read_the_record_may_listen(self):
        asked = f"crm_tracks:crm.lead:{self.lead.id}"
        channel = (self.lead, "crm_tracks")
        for user, allowed in (
            (self.seller, True),
            (self.seller_all, True),
            (self.seller_2, False),
            (self.employee, False),
            (self.portal, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(channel in self.listen(user, asked), allowed)

    def test_nonsense_is_no_channel(self):
        before = self.listen(self.seller)
        for asked in (
            "crm_tracks:crm.lead:0",
            "crm_tracks:no.model:1",
            "crm_tracks:crm.lead:1x",
            f"crm_tracks:track.run:{self.run_.id}",
            f"x:crm_tracks:crm.lead:{self.lead.id}",
        ):
            with self.subTest(asked=asked):
                self.assertEqual(self.listen(self.seller, asked), before)

    def listen(self, user, *channels):
        """The tuple channels that the browser of this user subscribes to."""
        request = SimpleNamespace(session=SimpleNamespace(uid=user.id))
        with patch.object(ir_websocket, "request", request):
            channels = (
                self.env["ir.websocket"]
                .with_user(user)
                ._build_bus_channel_list(list(channels))
            )
        return [channel for channel in channels if isinstance(channel, tuple)]
