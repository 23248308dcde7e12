from unittest.mock import patch

from odoo.tests import tagged

from ..models.record import replies
from .common import QUERIES, TracksCase, tagged_test

PERSON = "Ada Lovelace <ada@customer.example>"

REPLY = """\
Return-Path: {return_path}
Received: from mail.customer.example by odoo.example with ESMTPS; {date}
MIME-Version: 1.0
From: {sender}
To: {to}
Subject: {subject}
Date: {date}
Message-ID: <{number}.reply@customer.example>
{headers}Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 8bit

{body}
"""

BOUNCE_TYPE = (
    'Content-Type: multipart/report; report-type=delivery-status; boundary="A"\n'
)
BOUNCE = """\
--A
Content-Type: text/plain

This is the mail system at host mail.customer.example.

--A
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.customer.example

Final-Recipient: rfc822; ada@customer.example
Action: failed
Status: 5.1.1

--A
Content-Type: message/rfc822

Message-ID: {message_id}
To: ada@customer.example
Subject: Offer

How is our offer?
--A--
"""

# Headers as these programs set them.
PERSONS = {
    "Gmail": "X-Gm-Message-State: AOJu0Yz\nX-Received: by 2002:a05:6512\n",
    "Outlook": "Thread-Topic: Offer\nX-MS-Has-Attach:\nX-Originating-IP: [192.0.2.7]\n"
    "X-MS-TNEF-Correlator:\n",
    "a help desk": "X-Auto-Response-Suppress: All\nAuto-Submitted: no\n",
    "a comment behind no": "Auto-Submitted: no (written by Ada)\n",
    "a list that people write to": "Precedence: list\n"
    "List-Id: <sales.customer.example>\n"
    "List-Unsubscribe: <mailto:leave@customer.example>\n",
    "a priority": "Precedence: first-class\nX-Priority: 1\n",
}
PROGRAMS = {
    "Exchange": "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
    "X-MS-Exchange-Inbox-Rules-Loop: ada@customer.example\n",
    "Exchange Online": "Auto-Submitted: auto-generated\n"
    "X-MS-Exchange-Parent-Message-Id: <1@odoo.example>\n"
    "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n",
    "Gmail": "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied\n",
    "Gmail without the standard": "X-Autoreply: yes\n",
    "Lotus Notes": "X-Mailer: Lotus Domino Release 9.0.1\n"
    "Auto-Submitted: auto-generated\nX-MIMETrack: Serialize by Router on MAIL01\n",
    "vacation of Sieve": 'Auto-Submitted: auto-replied (vacation)\nX-Sieve: "3.0"\n',
    "parameters": "Auto-Submitted: auto-replied; owner-email=ada@customer.example\n",
    "upper case": "AUTO-SUBMITTED: Auto-Replied\n",
    "a second header": "Auto-Submitted: no\nAuto-Submitted: auto-notified\n",
    "cPanel": "X-Autorespond: Offer\nX-Precedence: auto_reply\n",
    "an old responder": "Precedence: auto_reply\n",
    "junk": "Precedence: Junk\n",
    "a newsletter": "Precedence: bulk\nList-Id: News <news.customer.example>\n"
    "List-Unsubscribe: <https://customer.example/leave>\n",
}


def post_plainly(record, message, values):
    """Odoo's method, without that of Tracks."""
    return super(replies.MailThread, record)._message_post_after_hook(message, values)


class ReplyCase(TracksCase):
    """Tracks that follow answers, and raw e-mails that arrive at the gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.number = 0
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ada Lovelace", "email": "ada@customer.example"}
        )

    def start(self, on_reply, count=1, lead_values=None, **values):
        """Start tracks with an open, a planned and a waiting task on new leads."""
        template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 3},
            {"summary": "Later", "delay_count": 20},
            {"summary": "Thank", "delay_count": 1, "delay_from": "previous"},
            on_reply=on_reply,
            **{"activity_creation": "ahead", "ahead_days": 7, **values},
        )
        leads = self.make_leads(
            count, partner_id=self.customer.id, **(lead_values or {})
        )
        return leads.with_user(self.seller).tracks_apply(template).sudo()

    def write_to_customer(self, lead):
        """The message of the seller that the customer answers."""
        return lead.with_user(self.seller).message_post(
            body="How is our offer?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )

    def make_mail(self, answered=None, headers="", **values):
        """A raw e-mail, which answers this message."""
        type(self).number += 1
        if answered:
            headers = (
                f"In-Reply-To: {answered.message_id}\n"
                f"References: {answered.message_id}\n{headers}"
            )
        values = {
            "sender": PERSON,
            "to": "sales@odoo.example",
            "subject": "Re: Offer",
            "date": "Wed, 04 Mar 2026 11:00:00 +0100",
            "return_path": "<ada@customer.example>",
            "number": self.number,
            "body": "Dear Seller, call me tomorrow. Grüße, Ada",
            **values,
        }
        return REPLY.format(headers=headers, **values)

    def deliver(self, mail, model=None):
        """Let an e-mail arrive at the gateway, as a mail server or fetchmail does."""
        return self.env["mail.thread"].message_process(model, mail)

    def answer(self, lead, headers="", **values):
        """Let an e-mail arrive that answers the seller."""
        answered = self.write_to_customer(lead)
        messages = lead.message_ids
        self.deliver(self.make_mail(answered, headers, **values))
        arrived = lead.message_ids - messages
        return arrived.filtered(lambda message: message.message_type == "email")

    def get_lead(self, run):
        return self.env["crm.lead"].browse(run.res_id)


@tagged("post_install", "-at_install")
class TestReplies(ReplyCase):
    """What counts as an answer of the customer."""

    def test_a_reply_of_a_person_stops_the_track(self):
        for name, headers in PERSONS.items():
            with self.subTest(program=name):
                run = self.start("stop")
                message = self.answer(self.get_lead(run), headers)
                self.assertEqual(message.author_id, self.customer)
                self.assertEqual(run.state, "stopped")
                self.assertEqual(run.stop_reason, "Ada Lovelace answered")

    def test_an_automatic_reply_changes_nothing(self):
        for name, headers in PROGRAMS.items():
            with self.subTest(program=name):
                run = self.start("stop")
                message = self.answer(self.get_lead(run), headers)
                self.assertEqual(len(message), 1, "the e-mail is in the chatter")
                self.assertEqual(run.state, "running")

    def test_an_empty_envelope_sender_is_automatic(self):
        for return_path in ("<>", "", "< >", "<MAILER-DAEMON>"):
            with self.subTest(return_path=return_path):
                run = self.start("stop")
                lead = self.get_lead(run)
                message = self.answer(lead, return_path=return_path)
                self.assertTrue(message)
                self.assertEqual(run.state, "running")

    def test_a_mail_without_a_return_path_is_of_a_person(self):
        run = self.start("stop")
        mail = self.make_mail(self.write_to_customer(self.get_lead(run)))
        self.deliver(mail.partition("\n")[2])
        self.assertEqual(run.state, "stopped")

    def test_a_bounce_changes_nothing(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        answered = self.write_to_customer(lead)
        for number, sender in enumerate(
            (
                "Mail Delivery System <MAILER-DAEMON@customer.example>",
                "postmaster@customer.example",
            )
        ):
            mail = self.make_mail(
                answered,
                sender=sender,
                # some servers rewrite the empty sender
                return_path=("<>", "<postmaster@customer.example>")[number],
                subject="Undelivered Mail Returned to Sender",
                body=BOUNCE.format(message_id=answered.message_id),
            )
            plain = 'Content-Type: text/plain; charset="UTF-8"\n'
            self.deliver(mail.replace(plain, BOUNCE_TYPE, 1))
            self.assertEqual(run.state, "running")

    def test_a_mail_of_a_colleague_is_no_answer(self):
        run = self.start("stop")
        message = self.answer(
            self.get_lead(run),
            sender="Seller 2 <seller_2@tracks.example>",
            return_path="<seller_2@tracks.example>",
        )
        self.assertEqual(message.author_id, self.seller_2.partner_id)
        self.assertEqual(run.state, "running")

    def test_a_mail_of_somebody_unknown_is_an_answer(self):
        run = self.start("stop")
        message = self.answer(
            self.get_lead(run),
            sender="Charles <charles@elsewhere.example>",
            return_path="<charles@elsewhere.example>",
        )
        self.assertFalse(message.author_id)
        self.assertEqual(run.stop_reason, "Charles answered")

    def test_the_reply_to_an_internal_note_is_none(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        note = lead.with_user(self.seller).message_post(
            body="See below", partner_ids=self.customer.ids
        )
        self.deliver(self.make_mail(note))
        self.assertEqual(lead.message_ids[0].subtype_id.internal, True)
        self.assertEqual(run.state, "running")

    def test_only_what_the_customer_could_write_counts(self):
        comment = {"subtype_xmlid": "mail.mt_comment"}
        for name, values in {
            "a note": {"message_type": "comment", "subtype_xmlid": "mail.mt_note"},
            "a notification": {"message_type": "notification", **comment},
            "an automatic comment": {"message_type": "auto_comment", **comment},
            "out of office": {"message_type": "out_of_office", **comment},
            "employees only": {
                "message_type": "comment",
                "is_internal": True,
                **comment,
            },
        }.items():
            with self.subTest(message=name):
                run = self.start("stop")
                lead = self.get_lead(run)
                values = {"author_id": self.customer.id, "body": "Hello", **values}
                lead.message_post(**values)
                self.assertEqual(run.state, "running")

    def test_a_message_of_a_portal_user_is_an_answer(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        lead.with_user(self.portal).sudo().message_post(
            body="Please wait",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(run.stop_reason, "Portal User answered")

    def test_a_message_of_a_seller_is_none(self):
        run = self.start("stop")
        self.write_to_customer(self.get_lead(run))
        self.assertEqual(run.state, "running")

    def test_the_mail_that_made_the_record_is_none(self):
        template = self.make_chain("Call", on_reply="stop")
        started = []
        Lead = type(self.env["crm.lead"])
        create = Lead.create

        def create_and_start(records, vals_list):
            leads = create(records, vals_list)
            started.extend(leads.sudo().tracks_apply(template))
            return leads

        # another one listens already
        self.start("stop")
        with patch.object(Lead, "create", create_and_start):
            mail = self.make_mail(subject="A question")
            lead = self.env["crm.lead"].browse(self.deliver(mail, "crm.lead"))
        [run] = started
        self.assertEqual(lead.track_run_ids, run)
        self.assertEqual(lead.message_ids[0].message_type, "email")
        self.assertEqual(run.state, "running")
        # the next one is an answer
        self.answer(lead)
        self.assertEqual(run.state, "stopped")

    def test_a_track_that_the_mail_started_takes_it_for_no_answer(self):
        template = self.make_chain("Call", on_reply="stop")
        lead = self.make_leads()
        answered = self.write_to_customer(lead)
        Lead = type(self.env["crm.lead"])
        update = Lead.message_update

        def update_and_start(record, *args, **kwargs):
            record.sudo().tracks_apply(template)
            return update(record, *args, **kwargs)

        with patch.object(Lead, "message_update", update_and_start):
            self.deliver(self.make_mail(answered))
        self.assertEqual(lead.track_run_ids.state, "running")

    def test_two_mails_in_one_transaction_are_looked_at_each(self):
        automatic = "Auto-Submitted: auto-replied\n"
        for first, second in ((automatic, ""), ("", automatic)):
            run = self.start("pause")
            lead = self.get_lead(run)
            states = []
            for headers in (first, second):
                self.answer(lead, headers)
                states.append(run.state)
                run.filtered(lambda run: run.state == "paused").action_resume()
            self.assertEqual(
                states, ["running" if each else "paused" for each in (first, second)]
            )

    def test_the_mark_of_an_automatic_mail_does_not_outlast_its_failure(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        answered = self.write_to_customer(lead)
        Lead = type(self.env["crm.lead"])
        with (
            patch.object(Lead, "message_update", side_effect=ValueError),
            self.assertRaises(ValueError),
            self.env.cr.savepoint(),
        ):
            self.deliver(self.make_mail(answered, "Auto-Submitted: auto-replied\n"))
        lead.message_post(
            body="By another door",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(run.state, "stopped")

    def test_one_mail_by_two_addresses_is_one_answer(self):
        run = self.start("bring_forward")
        lead = self.get_lead(run)
        domain = self.env["mail.alias.domain"].create({"name": "odoo.example"})
        self.env["mail.alias"].create(
            [
                {
                    "alias_name": name,
                    "alias_domain_id": domain.id,
                    "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "alias_force_thread_id": lead.id,
                    "alias_contact": "everyone",
                }
                for name in ("offer-1", "offer-2")
            ]
        )
        before = len(lead.message_ids.filtered(lambda m: m.message_type == "email"))
        follow = type(run)._bring_forward
        calls = []

        def count(runs, author):
            calls.extend(runs.ids)
            return follow(runs, author)

        with patch.object(type(run), "_bring_forward", count):
            self.deliver(
                self.make_mail(to="offer-1@odoo.example, offer-2@odoo.example")
            )
        after = len(lead.message_ids.filtered(lambda m: m.message_type == "email"))
        self.assertEqual(after - before, 2, "Odoo posts it twice")
        self.assertEqual(calls, run.ids)

    def test_a_track_on_hold_or_ended_changes_nothing(self):
        for action in ("action_pause", "action_stop", "lose"):
            with self.subTest(action=action):
                run = self.start("stop")
                lead = self.get_lead(run)
                lead.action_set_lost() if action == "lose" else getattr(run, action)()
                state = run.state
                self.answer(lead)
                self.assertEqual(run.state, state)
                self.assertNotEqual(run.stop_reason, "Ada Lovelace answered")
        # resumed, it follows the next one
        run = self.start("stop")
        run.action_pause()
        run.action_resume()
        self.answer(self.get_lead(run))
        self.assertEqual(run.state, "stopped")

    def test_forged_contexts_make_and_prevent_no_answer(self):
        keys = {
            "crm_tracks.incoming_mail": True,
            "crm_tracks_incoming_mail": {"is_automatic": True},
            "crm_tracks_skip": True,
            "mail_activity_automation_skip": True,
            "install_mode": True,
            "default_on_reply": "stop",
            "__action_done": {},
        }
        run = self.start("stop")
        quiet = self.start(False)
        for each in (run, quiet):
            self.get_lead(each).with_user(self.portal).sudo().with_context(
                **keys
            ).message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(run.state, "stopped")
        self.assertEqual(quiet.state, "running")

    @tagged_test(QUERIES)
    def test_where_no_template_listens_a_mail_costs_no_query_more(self):
        for on_reply in (False, "ignore"):
            runs = self.start(on_reply, count=4)
            counts = []
            for number, run in enumerate(runs):
                mail = self.make_mail(self.write_to_customer(self.get_lead(run)))
                deliver = lambda mail=mail: self.deliver(mail)  # noqa: E731
                if number % 2:
                    counts.append(self.count_queries(deliver))
                    continue
                with patch.object(
                    replies.MailThread, "_message_post_after_hook", post_plainly
                ):
                    counts.append(self.count_queries(deliver))
            self.assertEqual(counts[3], counts[2])

    @tagged_test(QUERIES)
    def test_where_another_model_listens_a_mail_costs_no_query_more(self):
        self.start("stop")
        partners = self.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(3)]
        )
        post = lambda partner: partner.message_post(  # noqa: E731
            body="Hello",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        post(partners[0])
        count = self.count_queries(lambda: post(partners[1]))
        with patch.object(
            replies.MailThread, "_message_post_after_hook", lambda *args: None
        ):
            self.assertEqual(count, self.count_queries(lambda: post(partners[2])))

    def test_a_template_that_begins_to_listen_is_noticed(self):
        run = self.start(False)
        lead = self.get_lead(run)
        self.answer(lead)
        self.assertFalse(self.env["track.run"]._awaits_replies("crm.lead"))
        run.template_id.on_reply = "stop"
        self.answer(lead)
        self.assertEqual(run.state, "running", "it has its own copy")
        second = lead.with_user(self.seller).tracks_apply(run.template_id).sudo()
        self.answer(lead)
        self.assertEqual(second.state, "stopped")
        run.on_reply = "pause"
        self.answer(lead)
        self.assertEqual(run.state, "paused")
