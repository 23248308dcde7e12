from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_tracks.tests.common import PatientHttpCase

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestPortalRights(HelpdeskCase):
    """Customers cannot read the tracks on their tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first_level.track_template_ids = cls.template
        cls.category.track_template_ids = cls.template
        cls.ticket = cls.make_ticket(
            partner_id=cls.portal.partner_id.id, category_id=cls.category.id
        )
        cls.mine = cls.ticket.with_user(cls.portal)

    def test_the_customer_reads_the_ticket_but_no_field_of_tracks(self):
        self.assertEqual(self.mine.name, "Printer on fire")
        self.assertTrue(self.ticket.track_run_ids)
        fields = self.mine.fields_get()
        ours = [name for name in self.ticket._fields if name.startswith("track_")]
        self.assertIn("track_run_ids", ours)
        for name in ours:
            with self.subTest(field=name):
                self.assertNotIn(name, fields)
                with self.assertRaises(AccessError):
                    self.mine.read([name])
                with self.assertRaises(AccessError):
                    self.mine.search([(name, "!=", False)])

    def test_the_customer_does_not_read_what_a_team_or_category_chooses(self):
        for choice in (self.first_level, self.category):
            mine = choice.with_user(self.portal)
            self.assertTrue(mine.name)
            for name in ("track_template_ids", "available_track_template_ids"):
                with self.subTest(model=choice._name, field=name):
                    self.assertNotIn(name, mine.fields_get())
                    with self.assertRaises(AccessError):
                        mine.read([name])
            with self.assertRaises(AccessError):
                mine.search([("track_template_ids.name", "like", "Support")])

    def test_the_customer_finds_no_track_task_template_or_activity(self):
        for name in (
            "track.run",
            "track.run.line",
            "track.template",
            "track.line",
            "mail.activity",
        ):
            with self.subTest(model=name), self.assertRaises(AccessError):
                self.env[name].with_user(self.portal).search([])

    def test_the_customer_starts_nothing_and_reads_no_tab(self):
        with self.assertRaises(AccessError):
            self.mine.tracks_apply(self.template.id)
        with self.assertRaises(AccessError):
            self.env["track.run"].with_user(self.portal).get_tab_data(
                "helpdesk.ticket", self.ticket.id
            )


@tagged("post_install", "-at_install")
class TestPortalPages(PatientHttpCase):
    """A ticket from the portal's form to its page, while its team starts a track."""

    def setUp(self):
        super().setUp()
        self.customer = new_test_user(
            self.env,
            login="tracks_customer",
            password="tracks_customer",
            groups="base.group_portal",
            email="customer@tracks.example",
        )
        self.template = self.env["track.template"].create(
            {
                "name": "Secret support track",
                "line_ids": [(0, 0, {"summary": "Secret first step"})],
            }
        )
        self.category = self.env["helpdesk.ticket.category"].create(
            {"name": "Printers", "track_template_ids": [(6, 0, self.template.ids)]}
        )

    def submit(self):
        self.authenticate("tracks_customer", "tracks_customer")
        response = self.url_open(
            "/submitted/ticket",
            data={
                "category": self.category.id,
                "csrf_token": http.Request.csrf_token(self),
                "subject": "Printer on fire",
                "description": "It burns.",
            },
        )
        self.assertEqual(response.status_code, 200)
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.partner_id, self.customer.partner_id)
        return ticket, response.text

    def assertNothingOfTracks(self, text):
        self.assertIn("Printer on fire", text)
        for word in ("Secret support track", "Secret first step", "did not start"):
            self.assertNotIn(word, text)

    def get_messages(self, ticket):
        """The messages that the chatter of the portal page loads."""
        return self.make_jsonrpc_request(
            "/mail/thread/messages",
            {"thread_model": "helpdesk.ticket", "thread_id": ticket.id},
        )

    def test_the_form_starts_the_track_and_the_page_shows_nothing_of_it(self):
        ticket, page = self.submit()
        track = ticket.track_run_ids
        self.assertEqual(track.template_id, self.template)
        self.assertTrue(track.user_id._is_internal())
        self.assertNothingOfTracks(page)
        self.assertNothingOfTracks(self.url_open("/my/tickets").text)
        self.assertNotIn("Secret", str(self.get_messages(ticket)))

    def test_what_was_done_for_the_customer_does_not_show(self):
        ticket, _page = self.submit()
        task = ticket.track_run_ids.line_ids
        task.activity_id.with_user(task.user_id).action_feedback("Secret feedback")
        self.assertIn("Secret feedback", "".join(ticket.message_ids.mapped("body")))
        self.assertNothingOfTracks(self.url_open(f"/my/ticket/{ticket.id}").text)
        self.assertNotIn("Secret", str(self.get_messages(ticket)))

    def post(self, ticket, **values):
        """Post a message as the page of the ticket does."""
        data = {"body": "It burns again.", **values}
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": ticket.id,
                "post_data": data,
            },
        )

    def test_a_message_of_the_customer_is_an_answer(self):
        self.template.on_reply = "pause"
        ticket, _page = self.submit()
        track = ticket.track_run_ids
        self.assertEqual(track.state, "running", "the ticket itself is no answer")
        self.post(ticket, message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertEqual(track.state, "paused")
        note = ticket.message_ids.filtered(lambda message: "paused" in message.body)
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))
        self.assertNotIn("Secret", str(self.get_messages(ticket)))

    def test_what_prevents_it_does_not_show_either(self):
        self.template.active = False
        ticket, page = self.submit()
        self.assertFalse(ticket.track_run_ids)
        self.assertIn("did not start", "".join(ticket.message_ids.mapped("body")))
        self.assertNothingOfTracks(page)
        self.assertNotIn("did not start", str(self.get_messages(ticket)))

    def test_the_customer_closes_the_ticket_and_its_activities_are_muted(self):
        ticket, _page = self.submit()
        activity = ticket.track_run_ids.line_ids.activity_id
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.url_open(f"/ticket/close?ticket_id={ticket.id}&stage_id={stage.id}")
        self.assertEqual(ticket.stage_id, stage)
        self.assertTrue(ticket.track_run_ids.held)
        self.assertTrue(activity.muted)
