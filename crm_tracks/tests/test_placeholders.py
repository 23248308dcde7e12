from unittest.mock import patch

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from ..tools.placeholders import WORDS
from .common import QUERIES, TracksCase, tagged_test


class PlaceholdersCase(TracksCase):
    """A customer, and an opportunity of that customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer("Blue & Co")
        cls.lead = cls.make_leads(name="Office <fit-out>", partner_id=cls.customer.id)

    @classmethod
    def make_customer(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, **values})

    def start(self, *tasks, lead=None, user=None, **values):
        """Start a track of these tasks as the seller.

        :param tasks: dicts of ``track.line`` values, or summaries of tasks of which
            each follows the previous one
        :return: ``track.run.line``, in sudo and in their order
        """
        tasks = [
            {"summary": task, "delay_from": "previous" if number else "start"}
            if isinstance(task, str)
            else task
            for number, task in enumerate(tasks)
        ]
        end_date = values.pop("end_date", None)
        template = self.make_template(*tasks, **values)
        lead = (lead or self.lead).with_user(user or self.seller)
        return lead.tracks_apply(template, end_date=end_date).sudo().line_ids.sorted()


@tagged("post_install", "-at_install")
class TestPlaceholders(PlaceholdersCase):
    """Placeholders in the texts of tasks are filled when the tasks begin."""

    # ------------------------------------------------------------------
    # The values
    # ------------------------------------------------------------------

    def test_they_are_filled_when_the_activity_is_created(self):
        call, visit = self.start("Call {customer}", "Visit {customer}: {record}")
        self.assertEqual(call.summary, "Call Blue & Co")
        self.assertActivityFollows(call)
        self.assertEqual(visit.summary, "Visit {customer}: {record}")
        self.tick(call.run_id, "Call Blue & Co")
        self.assertEqual(visit.summary, "Visit Blue & Co: Office <fit-out>")
        self.assertActivityFollows(visit)
        self.assertFalse(visit.text_manual)

    def test_every_word_has_a_value(self):
        self.lead.company_id = self.company
        text = " | ".join(f"{{{word}}}" for word in WORDS)
        [task] = self.start(
            {"summary": text, "delay_from": "end"},
            user=self.seller_all,
            direction="end",
            end_date="2026-03-31",
        )
        self.assertEqual(
            task.summary,
            f"Blue & Co | Office <fit-out> | Seller | Seller All | {self.company.name}"
            " | 03/04/2026 | 03/31/2026",
        )

    def test_a_value_that_is_missing_is_empty(self):
        self.lead.user_id = False
        [task] = self.start("Ask {owner} first", user=self.seller_all)
        self.assertEqual(task.summary, "Ask  first")

    def test_the_customer_is_found_as_odoo_finds_it(self):
        company = self.make_customer("Green", is_company=True)
        contact = self.make_customer("Ann", parent_id=company.id)
        for values, expected in (
            ({"partner_id": contact.id}, "Green, Ann"),
            ({"partner_id": False, "partner_name": "Red"}, "Red"),
            ({"partner_id": False, "contact_name": "Bob"}, "Bob"),
            (
                {"partner_id": False, "partner_name": "Red", "contact_name": "Bob"},
                "Red, Bob",
            ),
            ({"partner_id": False}, "Fit-out"),
        ):
            with self.subTest(values=values):
                lead = self.make_leads(name="Fit-out", **values)
                lead.write({"partner_name": False, "contact_name": False, **values})
                [task] = self.start("Call {customer}", lead=lead)
                self.assertEqual(task.summary, f"Call {expected}")

    def test_a_contact_is_its_own_customer(self):
        [task] = self.start("Call {customer}", lead=self.customer, user=self.seller_all)
        self.assertEqual(task.summary, "Call Blue & Co")

    def test_a_customer_in_a_restricted_field_is_not_named(self):
        self.lead.write({"partner_name": False, "contact_name": False})
        field = self.lead._fields["partner_id"]
        with patch.object(field, "groups", "base.group_system"):
            [task] = self.start("Call {customer}")
        self.assertEqual(task.summary, "Call Office <fit-out>")

    def test_dates_are_those_of_the_assignees_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.seller_2.lang = "fr_FR"
        tasks = self.start(
            {"summary": "Since {start}"},
            {
                "summary": "Depuis le {start}",
                "responsible_type": "user",
                "responsible_id": self.seller_2.id,
            },
        )
        self.assertEqual(
            tasks.mapped("summary"), ["Since 03/04/2026", "Depuis le 04/03/2026"]
        )

    def test_names_are_not_filled_again(self):
        self.customer.name = "{company} {0.__class__}"
        self.lead.name = "{customer}"
        call, _visit = self.start("{customer}: {record}", "Visit")
        self.assertEqual(call.summary, "{company} {0.__class__}: {customer}")
        self.assertEqual(call.display_name, call.summary)
        self.tick(call.run_id, call.summary)
        call.with_user(self.seller).action_reopen()
        self.assertActivityFollows(call)
        self.assertEqual(call.summary, "{company} {0.__class__}: {customer}")

    def test_the_context_of_a_caller_changes_no_value(self):
        self.customer.write({"street": "Secret Street 1", "email": "a@b.example"})
        template = self.make_chain("Call {customer}")
        lead = self.lead.with_user(self.seller).with_context(
            show_address=True, show_email=True, formatted_display_name=True
        )
        run = lead.tracks_apply(template)
        self.assertEqual(run.sudo().line_ids.summary, "Call Blue & Co")

    def test_names_that_no_text_can_contain(self):
        self.customer.name = "Blue\n\x0b\x01\uffff Co"
        [task] = self.start({"summary": "{customer}", "note": "<p>{customer}</p>"})
        self.assertEqual(task.summary, "Blue Co")
        self.assertEqual(task.note, "<p>Blue Co</p>")

    # ------------------------------------------------------------------
    # Notes
    # ------------------------------------------------------------------

    def test_values_in_notes_are_escaped(self):
        self.customer.name = "<img src=x onerror=alert(1)> & {record}"
        [task] = self.start({"summary": "Call", "note": "<p>Ask {customer}</p>"})
        self.assertEqual(
            task.note,
            "<p>Ask &lt;img src=x onerror=alert(1)&gt; &amp; {record}</p>",
        )
        self.assertEqual(task.activity_id.note, task.note)

    def test_tags_may_split_a_placeholder(self):
        for note, expected in (
            ("<p>{<b>customer</b>}</p>", "<p>Blue &amp; Co<b></b></p>"),
            ("<p>a {cust<b>omer} b</b></p>", "<p>a Blue &amp; Co<b> b</b></p>"),
            (
                "<p>{owner}</p><p>{record}{owner}</p>",
                "<p>Seller</p><p>Office &lt;fit-out&gt;Seller</p>",
            ),
            ("{owner} <b>{owner}</b>", "<p>Seller <b>Seller</b></p>"),
            # on two lines, it is none
            ("<p>{cust</p><p>omer}</p>", "<p>{cust</p><p>omer}</p>"),
            ("<p>{cust<br>omer}</p>", "<p>{cust<br>omer}</p>"),
        ):
            with self.subTest(note=note):
                [task] = self.start({"summary": "Call", "note": note})
                self.assertEqual(task.note, expected)
                self.assertEqual(task.activity_id.note, expected)

    def test_only_text_is_filled(self):
        note = (
            '<p style="color: red" title="{customer}">{a: 1} '
            '<a href="/x?q={owner}">x</a> {owner} {} {0} {"a": {}}</p>'
        )
        [task] = self.start({"summary": "Call", "note": note})
        self.assertIn('title="{customer}"', task.note)
        self.assertIn("q={owner}", task.note.replace("%7B", "{").replace("%7D", "}"))
        self.assertIn("{a: 1} <a", task.note)
        self.assertIn('</a> Seller {} {0} {"a": {}}', task.note)
        self.assertEqual(task.activity_id.note, task.note)

    # ------------------------------------------------------------------
    # While a task waits
    # ------------------------------------------------------------------

    def read_tab(self, user=None):
        user = user or self.seller
        data = self.env["track.run"].with_user(user).with_context(lang=user.lang)
        [run] = data.get_tab_data("crm.lead", self.lead.id)["runs"]
        return run["tasks"]

    def test_the_tab_fills_them_and_lets_users_edit_the_placeholders(self):
        note = "<p>Ask {customer}</p>"
        self.start(
            {"summary": "Call {customer}"},
            {"summary": "Visit {customer}", "note": note, "delay_from": "previous"},
            {"summary": "Offer", "note": "<p>Kindly</p>", "delay_from": "previous"},
        )
        call, visit, offer = self.read_tab()
        self.assertEqual(
            [(task["label"], task["summary"]) for task in (call, visit, offer)],
            [
                ("Call Blue & Co", "Call Blue & Co"),
                ("Visit Blue & Co", "Visit {customer}"),
                ("Offer", "Offer"),
            ],
        )
        self.assertEqual(visit["note"], "<p>Ask Blue &amp; Co</p>")
        self.assertIsInstance(visit["note"], Markup)
        self.assertEqual(visit["note_source"], note)
        self.assertFalse(offer["note_source"])
        self.assertEqual(offer["due_text"], "Same day as “Visit Blue & Co”")

    def test_the_tab_and_lists_fill_them_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.seller_all.lang = "fr_FR"
        _call, visit = self.start("Call", "Visit after {start}")
        self.assertEqual(self.read_tab()[1]["label"], "Visit after 03/04/2026")
        tab = self.read_tab(self.seller_all)
        self.assertEqual(tab[1]["label"], "Visit after 04/03/2026")
        names = [
            visit.with_user(user).with_context(lang=user.lang).display_name
            for user in (self.seller, self.seller_all)
        ]
        self.assertEqual(names, ["Visit after 03/04/2026", "Visit after 04/03/2026"])

    def test_a_skipped_or_stopped_task_shows_them_filled(self):
        _call, visit, offer = self.start("Call", "Visit {customer}", "Offer {record}")
        visit.with_user(self.seller).action_skip()
        visit.run_id.with_user(self.seller).action_stop()
        self.assertEqual(visit.display_name, "Visit Blue & Co")
        self.assertEqual(offer.display_name, "Offer Office <fit-out>")

    def test_a_withdrawn_task_gets_its_placeholders_back(self):
        call, visit = self.start(
            {"summary": "Call"},
            {
                "summary": "Visit {customer}",
                "note": "<p>{customer}</p>",
                "delay_from": "previous",
            },
        )
        self.tick(call.run_id, "Call")
        self.assertEqual(visit.summary, "Visit Blue & Co")
        call.with_user(self.seller).action_reopen()
        self.assertEqual(visit.state, "waiting")
        self.assertEqual(visit.summary, "Visit {customer}")
        self.lead.partner_id = self.make_customer("Green")
        self.tick(call.run_id, "Call")
        self.assertEqual(visit.summary, "Visit Green")
        self.assertEqual(visit.note, "<p>Green</p>")
        self.assertActivityFollows(visit)

    def test_the_customer_counts_who_is_there_when_the_task_begins(self):
        """Also if names were read before, in the same transaction."""
        call, visit = self.start("Call", "Visit {customer} for {record}")
        self.assertEqual(visit.display_name, "Visit Blue & Co for Office <fit-out>")
        self.lead.write({"partner_id": self.make_customer("Green").id, "name": "New"})
        call.activity_id.with_user(self.seller).action_done()
        self.assertEqual(visit.summary, "Visit Green for New")

    def test_a_task_that_has_begun_stays_as_it_is(self):
        [task] = self.start("Call {customer}")
        self.lead.partner_id = self.make_customer("Green")
        task.with_user(self.seller).write({"user_id": self.seller_2.id})
        self.assertEqual(task.activity_id.summary, "Call Blue & Co")
        self.assertEqual(task.display_name, "Call Blue & Co")

    # ------------------------------------------------------------------
    # Tasks without an activity
    # ------------------------------------------------------------------

    def test_a_task_that_is_done_ahead_keeps_what_was_filled(self):
        _call, visit = self.start("Call", "Visit {customer}")
        visit.with_user(self.seller).action_done()
        self.assertEqual(visit.summary, "Visit Blue & Co")
        self.lead.partner_id = self.make_customer("Green")
        self.assertEqual(visit.display_name, "Visit Blue & Co")

    def test_a_task_that_was_done_ahead_and_waits_again_is_filled_again(self):
        call, visit = self.start("Call", "Visit {customer}")
        visit.with_user(self.seller).action_done()
        visit.with_user(self.seller).action_reopen()
        self.lead.partner_id = self.make_customer("Green")
        self.assertEqual((visit.state, visit.display_name), ("waiting", "Visit Green"))
        self.tick(call.run_id, "Call")
        self.assertEqual(visit.summary, "Visit Green")

    def test_a_task_whose_activity_was_deleted_is_filled_again(self):
        [call] = self.start("Call {customer}")
        call.activity_id.unlink()
        self.assertEqual((call.state, call.summary), ("skipped", "Call Blue & Co"))
        self.lead.partner_id = self.make_customer("Green")
        call.with_user(self.seller).action_reopen()
        self.assertEqual((call.state, call.summary), ("open", "Call Green"))
        self.assertActivityFollows(call)

    def test_an_automated_task_keeps_what_was_filled(self):
        [task] = self.start(
            {
                "summary": "Rate {customer}",
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "priority", "value": "2"})
                ],
            },
            res_model_ids=[Command.link(self.env["ir.model"]._get_id("crm.lead"))],
        )
        [shown] = self.read_tab()
        self.assertEqual(shown["label"], "Rate Blue & Co")
        self.run_cron()
        self.assertEqual((task.state, task.summary), ("done", "Rate Blue & Co"))
        bodies = " ".join(self.lead.message_ids.mapped("body"))
        self.assertIn("Rate Blue &amp; Co", bodies)

    # ------------------------------------------------------------------
    # Copies of a task
    # ------------------------------------------------------------------

    def test_a_repetition_is_filled_anew(self):
        [call] = self.start(
            {
                "summary": "Call {customer}",
                "note": "<p>{customer}</p>",
                "outcome_ids": [
                    Command.create({"name": "No answer", "effect": "again"})
                ],
            }
        )
        self.lead.partner_id = self.make_customer("Green")
        call.with_user(self.seller).action_done(outcome="No answer")
        again = call.run_id.line_ids - call
        self.assertEqual(
            (call.summary, call.note), ("Call Blue & Co", "<p>Blue &amp; Co</p>")
        )
        self.assertEqual((again.summary, again.note), ("Call Green", "<p>Green</p>"))

    def test_a_template_of_a_track_has_the_placeholders(self):
        tasks = self.start(
            {"summary": "Call {customer}", "note": "<p>{record}</p>"},
            {"summary": "Visit {customer}", "note": "<p>{record}</p>"},
            {"summary": "Ask {customer}", "note": "<p>{record}</p>"},
            {"summary": "Offer {customer}", "delay_from": "previous"},
        )
        _call, visit, ask, _offer = tasks
        visit.with_user(self.seller).summary = "Visit Blue & Co on foot"
        ask.activity_id.with_user(self.seller).summary = "Ask {nobody}"
        ask.with_user(self.seller).action_done()
        action = tasks.run_id.with_user(self.manager).action_make_template()
        lines = self.env["track.template"].browse(action["res_id"]).line_ids.sorted()
        self.assertEqual(
            [(line.summary, line.note or "") for line in lines],
            [
                ("Call {customer}", "<p>{record}</p>"),
                ("Visit Blue & Co on foot", "<p>{record}</p>"),
                # a finished task cannot be corrected, so it is copied as it is
                ("Ask {nobody}", "<p>{record}</p>"),
                ("Offer {customer}", ""),
            ],
        )

    # ------------------------------------------------------------------
    # What users write in a track
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_task_that_a_user_adds_is_filled(self):
        call, *_others = self.start("Call")
        added = self.env["track.run.line"].create(
            [
                {
                    "run_id": call.run_id.id,
                    "summary": "Visit {customer}",
                    "delay_from": delay_from,
                }
                for delay_from in ("start", "previous")
            ]
        )
        self.assertEqual(
            [(task.state, task.summary) for task in added],
            [("open", "Visit Blue & Co"), ("waiting", "Visit {customer}")],
        )
        self.assertActivityFollows(added[0])

    def test_an_open_task_that_a_user_edits_is_filled(self):
        call, visit = self.start(
            {"summary": "Call {customer}", "note": "<p>{owner}</p>"},
            {"summary": "Visit"},
        )
        (call + visit).with_user(self.seller).write({"summary": "Ask {customer}"})
        self.assertEqual(call.summary, "Ask Blue & Co")
        self.assertEqual(call.note, "<p>Seller</p>")
        self.assertActivityFollows(call)
        self.assertActivityFollows(visit)
        call.with_user(self.seller).note = "<p>{customer}</p>"
        self.assertEqual(call.activity_id.note, "<p>Blue &amp; Co</p>")
        self.assertEqual(call.summary, "Ask Blue & Co")

    @users("tracks_seller")
    def test_other_words_in_braces_are_refused(self):
        call, visit = self.start("Call", "Visit").with_user(self.env.user)
        known = "{customer}, {record}, {owner}, {starter}, {company}, {start}"
        hint = f"Use one of these, or remove the braces: {known}"
        for values, expected in (
            (
                {"summary": "Call {costumer}"},
                "{costumer} in “%s” is not a placeholder. " + hint,
            ),
            (
                {"note": "<p>Ask {cos<b>tumer</b>} and {owner}</p>"},
                "{costumer} in “%s” is not a placeholder. " + hint,
            ),
            # this track has no end date
            ({"summary": "{end}"}, "{end} in “%s” is not a placeholder. " + hint),
        ):
            for task in (call, visit):
                with self.subTest(values=values, task=task.summary):
                    with self.assertRaises(UserError) as caught:
                        task.write(values)
                    self.assertEqual(
                        str(caught.exception), expected % task.display_name
                    )
            with self.subTest(values=values, task="added"):
                with self.assertRaisesRegex(UserError, "is not a placeholder"):
                    call.create({"run_id": call.run_id.id, "summary": "New", **values})

    @users("tracks_seller")
    def test_braces_in_the_name_of_a_record_prevent_no_edit(self):
        self.lead.sudo().name = "Fit-out {phase two}"
        [task] = self.start("Call for {record}").with_user(self.env.user)
        task.summary = "Call for Fit-out {phase two} today"
        self.assertActivityFollows(task.sudo())
        with self.assertRaisesRegex(UserError, "{phase three}"):
            task.summary = "Call for {phase two} and {phase three}"

    def test_what_is_written_into_the_activity_is_left_alone(self):
        [task] = self.start("Call {customer}")
        task.activity_id.with_user(self.seller).summary = "{customer} and {others}"
        self.assertEqual(task.summary, "{customer} and {others}")
        self.assertEqual(task.display_name, "{customer} and {others}")

    def test_users_neither_read_nor_write_the_original_texts(self):
        [task] = self.start("Call {customer}").with_user(self.seller)
        for name in ("summary_source", "note_source"):
            with self.subTest(field=name):
                with self.assertRaises(AccessError):
                    task.read([name])
                with self.assertRaises(AccessError):
                    task.write({name: "x"})
        for name in ("customer_name", "owner_name"):
            with self.assertRaises(AccessError):
                task.run_id.read([name])

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def test_the_message_to_the_assignee_names_the_filled_task(self):
        self.start("Call {customer}", user=self.seller_all)
        self.env.cr.precommit.run()
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.seller.partner_id.ids)], limit=1
        )
        self.assertIn("Call Blue &amp; Co", message.body)

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    @tagged_test(QUERIES)
    @users("tracks_seller_all")
    def test_filling_costs_no_query_each(self):
        template = self.make_template(
            {
                "summary": "Call {customer} for {record}",
                "note": "<p>{owner} {starter} {company}</p>",
            },
            {"summary": "Visit {customer}", "note": "<p>{start}</p>"},
        )
        plain = self.make_template({"summary": "Call"}, {"summary": "Visit"})

        def measure(number, template):
            customers = [self.make_customer(f"C{each}").id for each in range(number)]
            leads = self.make_leads(number)
            for lead, customer in zip(leads, customers, strict=True):
                lead.partner_id = customer
            leads = leads.with_user(self.env.user)
            return self.count_queries(lambda: leads.tracks_apply(template))

        measure(5, template)  # fills the caches
        few = measure(5, template) - measure(5, plain)
        many = measure(60, template) - measure(60, plain)
        self.assertLessEqual(many, few + 2)

    @tagged_test(QUERIES)
    @users("tracks_seller_all")
    def test_a_list_of_tasks_costs_no_query_each(self):
        template = self.make_template(
            {"summary": "Call"},
            {"summary": "Visit {customer} {record}", "delay_from": "previous"},
        )
        ids = []
        for number in range(40):
            lead = self.make_leads(
                name=f"L{number}", partner_id=self.make_customer(f"C{number}").id
            )
            tasks = lead.with_user(self.env.user).tracks_apply(template).line_ids
            ids.append(tasks.sorted()[1].id)
        tasks = self.env["track.run.line"]

        def read(ids):
            return [
                values["display_name"]
                for values in tasks.browse(ids).read(["display_name"])
            ]

        self.assertEqual(read(ids[:2]), ["Visit C0 L0", "Visit C1 L1"])
        self.count_queries(lambda: read(ids[:2]))  # fills the caches
        few = self.count_queries(lambda: read(ids[:2]))
        self.assertEqual(self.count_queries(lambda: read(ids)), few)

    @tagged_test(QUERIES)
    @users("tracks_seller_all")
    def test_tasks_without_placeholders_cost_not_one_query_more(self):
        """Compared with the same calls without the hooks of placeholders."""
        template = self.make_chain("Write", "Call", "Meet").with_env(self.env)
        cls = self.registry["track.run.line"]
        run_cls = self.registry["track.run"]

        def measure():
            leads = self.make_leads(4).with_env(self.env)
            counts, made = {}, []
            counts["start"] = self.count_queries(
                lambda: made.append(leads.tracks_apply(template).ids)
            )
            runs = self.env["track.run"].browse(made[0])
            tasks = runs.line_ids
            for name, call in (
                ("tab", lambda: runs.get_tab_data("crm.lead", leads[0].id)),
                ("list", lambda: tasks.read(["display_name"])),
                ("edit", lambda: tasks.write({"summary": "New", "note": "<p>x</p>"})),
                ("activity", lambda: tasks.activity_ids.write({"summary": "Other"})),
                ("ahead", lambda: tasks[2].action_done()),
                ("complete", lambda: tasks[0::3].action_done()),
                ("reopen", lambda: tasks[0::3].action_reopen()),
                ("activities", lambda: tasks[0::3].activity_ids.action_feedback()),
                ("skip", lambda: tasks[4::3].action_skip()),
                ("reopen skipped", lambda: tasks[4::3].action_reopen()),
            ):
                counts[name] = self.count_queries(call)
            dialog = self.env["track.apply"].create(
                {
                    "res_model": "crm.lead",
                    "res_ids": leads.ids,
                    "template_id": template.id,
                }
            )
            counts["preview"] = self.count_queries(lambda: dialog.preview)
            return counts

        measure()  # fills the caches
        with_hooks = measure()
        nothing = self.env["track.run.line"].sudo()
        with (
            patch.object(cls, "_fill_placeholders", lambda self, *args: nothing),
            patch.object(cls, "_restore_placeholders", lambda self: None),
            patch.object(cls, "_check_placeholders", lambda self, *args, **kw: None),
            patch.object(cls, "_prepare_source_vals", lambda self, *args, **kw: {}),
            patch.object(cls, "_get_original_texts", lambda self: {}),
            patch.object(
                cls, "_get_summary", lambda self: (self.summary or "").strip()
            ),
            patch.object(cls, "_get_note", lambda self: self.note),
            patch.object(run_cls, "_get_shown_values", lambda self, tasks: {}),
        ):
            without_hooks = measure()
        self.assertGreater(min(without_hooks.values()), 0)
        self.assertEqual(with_hooks, without_hooks)
