from lxml import html

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged, users

from ..tools.placeholders import WORDS, CopiedText, fill_html, fill_text, find_in_braces
from .common import QUERIES, tagged_test
from .test_placeholders import PlaceholdersCase

KNOWN = "{customer}, {record}, {owner}, {starter}, {company}, {start}"


@tagged("post_install", "-at_install")
class TestPlaceholderTexts(BaseCase):
    """Which words in braces are found in texts, and how they are replaced."""

    def test_words_in_braces_are_found(self):
        for text, expected in (
            ("", []),
            (None, []),
            ("{customer} {owner} {customer}", ["{customer}", "{owner}"]),
            ("{costumer}", ["{costumer}"]),
            ("{Customer} { customer }", ["{Customer}", "{ customer }"]),
            ("{customer name} {customer.name}", ["{customer name}", "{customer.name}"]),
            ("{{ object.name }} ${name}", ["{ object.name }", "{name}"]),
            ("{größe} {__class__}", ["{größe}", "{__class__}"]),
            ('{} {0} { } {1.x} {"a": 1} {a: b} {a, b} {a', []),
            ("{\n}", []),
        ):
            with self.subTest(text=text):
                self.assertEqual(find_in_braces(text), expected)

    def test_in_html_only_in_text(self):
        for text, expected in (
            ('<p title="{title}" style="a{b}">{word}</p>', ["{word}"]),
            ("<p>{wo<b>rd</b>}</p>", ["{word}"]),
            ("<p>{wo</p><p>rd}</p>", []),
            ("<style>p {color}</style><p>x</p>", []),
            ("<p>x<!-- {comment} -->{tail}</p>", ["{tail}"]),
            ("&#123;word&#125;", ["{word}"]),
            ("{word}", ["{word}"]),
            ("{wo<!-- x -->rd}", ["{word}"]),
        ):
            with self.subTest(text=text):
                self.assertEqual(find_in_braces(text, is_html=True), expected)

    def test_they_are_replaced_once(self):
        values = {"customer": "{owner}", "owner": "O", "start": "", "end": None}
        for text, expected in (
            ("{customer}{owner}{customer}", "{owner}O{owner}"),
            ("{{customer}} {other} {start}|{end}", "{{owner}} {other} |{end}"),
            ("{0} {} {owner!r} {owner.name}", "{0} {} {owner!r} {owner.name}"),
        ):
            with self.subTest(text=text):
                self.assertEqual(fill_text(text, values.get), expected)
                filled = fill_html(f"<p>{text}</p>", values.get)
                self.assertEqual(filled, f"<p>{expected}</p>")

    def test_html_without_placeholders_is_not_rewritten(self):
        for text in ("<p>{other}<br/></p>", "<p>x", "", None, False, "{"):
            with self.subTest(text=text):
                self.assertIs(fill_html(text, {"customer": "C"}.get), text)

    def test_html_around_them_stays(self):
        text = (
            '<div class="a"><p>x &amp; <img src="/web/image/1"> {owner}<br>'
            "{<i>cus</i>to<b>mer</b>} y</p>{owner}</div> {owner} z"
        )
        filled = fill_html(text, {"owner": "O", "customer": "<C>"}.get)
        self.assertEqual(
            filled,
            '<div class="a"><p>x &amp; <img src="/web/image/1"> O<br>'
            "&lt;C&gt;<i></i><b></b> y</p>O</div> O z",
        )
        self.assertEqual(
            html.fragment_fromstring(filled, True).text_content().count("O"), 3
        )


@tagged("post_install", "-at_install")
class TestPlaceholdersInTemplates(PlaceholdersCase):
    """Words in braces that are no placeholders are refused in templates."""

    def assertRefused(self, word, task, known=KNOWN):
        return self.assertRaisesRegex(
            ValidationError,
            f"^{word} in “{task}” is not a placeholder. Use one of these, or remove "
            f"the braces: {known}$".replace("{", r"\{").replace("}", r"\}"),
        )

    @users("tracks_manager")
    def test_unknown_words_are_refused_in_one_sentence(self):
        template = self.make_chain("Call {customer}").with_env(self.env)
        line = template.line_ids
        for values, word, task in (
            ({"summary": "Call {costumer}"}, "{costumer}", "Call {customer}"),
            ({"note": "<p>Ask {cu<b>st</b>omr}</p>"}, "{customr}", "Call {customer}"),
            ({"summary": "{{ object.name }}"}, "{ object.name }", "Call {customer}"),
        ):
            with self.subTest(values=values, how="write"):
                with self.assertRefused(word, task):
                    line.write(values)
        with self.assertRefused("{costumer}", "Visit {costumer} {owner}"):
            line.create(
                {"template_id": template.id, "summary": "Visit {costumer} {owner}"}
            )
        with self.assertRefused("{costumer}", "Visit {costumer}"):
            template.create(
                {
                    "name": "New",
                    "line_ids": [Command.create({"summary": "Visit {costumer}"})],
                }
            )
        self.assertEqual(line.summary, "Call {customer}")

    @users("tracks_manager")
    def test_the_end_date_is_known_where_the_template_has_one(self):
        texts = {"summary": "Prepare {end}", "note": "<p>{end}</p>"}
        back = self.env["track.template"].create(
            {
                "name": "Event",
                "direction": "end",
                "line_ids": [Command.create({**texts, "delay_from": "end"})],
            }
        )
        self.assertEqual(back.line_ids.summary, "Prepare {end}")
        with self.assertRefused("{end}", "Prepare {end}"):
            self.make_template(texts)
        with self.assertRefused("{ende}", "{ende}", KNOWN + ", {end}"):
            back.line_ids.create(
                {"template_id": back.id, "summary": "{ende}", "delay_from": "end"}
            )

    def test_braces_that_are_no_words_are_left(self):
        note = '<p style="color:red">{"a": 1} {} {0} {a: b}</p>'
        template = self.make_template({"summary": "{0} {}", "note": note})
        self.assertEqual(template.line_ids.note, note)

    def test_the_form_says_which_there_are(self):
        form = Form(self.make_chain("Call").line_ids, "crm_tracks.track_line_view_form")
        help_text = form._view["fields"]["summary"]["help"]
        shown = "".join(form._view["tree"].itertext())
        for word in WORDS:
            self.assertIn(f"{{{word}}}", help_text)
            self.assertIn(f"{{{word}}}", shown)

    # ------------------------------------------------------------------
    # Texts that are there already
    # ------------------------------------------------------------------

    def make_legacy(self, **values):
        """A template from before there were placeholders."""
        template = self.make_template(
            {"summary": "Check", "note": "<p>x</p>"}, **values
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE track_line SET summary = 'Check {this}', note = '<p>{that}</p>' "
            "WHERE id = %s",
            template.line_ids.ids,
        )
        self.env.invalidate_all()
        return template

    @users("tracks_seller")
    def test_old_texts_prevent_no_start(self):
        template = self.make_legacy()
        task = self.lead.with_env(self.env).tracks_apply(template).line_ids
        self.assertEqual((task.summary, task.note), ("Check {this}", "<p>{that}</p>"))
        self.assertActivityFollows(task.sudo())
        task.summary = "Check {this} now"
        task.action_done()

    @users("tracks_manager")
    def test_old_texts_can_be_edited_but_get_no_new_words(self):
        template = self.make_legacy().with_env(self.env)
        line = template.line_ids
        with Form(template) as form:
            form.name = "New Name"
        line.write({"summary": "Check {this} now", "note": "<p>{that}</p><p>y</p>"})
        with self.assertRefused("{these}", "Check {this} now"):
            line.summary = "Check {this} and {these}"

    @users("tracks_manager")
    def test_copies_take_old_texts_along(self):
        template = self.make_legacy().with_env(self.env)
        copy = template.copy()
        self.assertEqual(copy.line_ids.summary, "Check {this}")
        self.assertEqual(copy.line_ids.note, "<p>{that}</p>")
        with self.assertRefused("{new}", "Check {this}"):
            template.line_ids.copy({"template_id": copy.id, "note": "{new}"})

    @users("tracks_manager")
    def test_a_plan_may_contain_any_braces(self):
        plan = (
            self.env["mail.activity.plan"]
            .sudo()
            .create(
                {
                    "name": "Hiring",
                    "res_model": "crm.lead",
                    "template_ids": [
                        Command.create(
                            {
                                "summary": "Ask {this} and {customer}",
                                "note": "<p>{that}</p>",
                                "activity_type_id": self.type_todo.id,
                            }
                        )
                    ],
                }
            )
        )
        action = plan.with_env(self.env).action_make_track_template()
        template = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(template.line_ids.summary, "Ask {this} and {customer}")
        task = self.lead.with_env(self.env).tracks_apply(template).line_ids
        self.assertEqual(task.summary, "Ask {this} and Blue & Co")

    def test_texts_of_an_activity_type_prevent_no_start(self):
        activity_type = self.env["mail.activity.type"].create(
            {
                "name": "Check",
                "summary": "Check {this} of {customer}",
                "default_note": "<p>{that} {customer}</p>",
            }
        )
        [task] = self.start({"activity_type_id": activity_type.id})
        self.assertEqual(task.summary, "Check {this} of Blue & Co")
        self.assertEqual(task.note, "<p>{that} Blue &amp; Co</p>")

    def test_nobody_sends_a_copied_text(self):
        """It is a type of Python: what a call sends is a plain text."""
        self.assertEqual(CopiedText("{x}"), "{x}")
        self.assertNotIsInstance(str(CopiedText("{x}")), CopiedText)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_an_import_is_refused_with_the_word(self):
        columns = ["name", "line_ids/summary", "line_ids/note"]
        load = self.env["track.template"].load
        result = load(columns, [["Imported", "Call {costumer}", "<p>x</p>"]])
        self.assertFalse(result["ids"])
        self.assertIn(
            "{costumer} in “Call {costumer}”", result["messages"][0]["message"]
        )
        result = load(columns, [["Imported", "Call {customer}", "<p>{owner}</p>"]])
        [id_] = result["ids"]
        line = self.env["track.template"].browse(id_).line_ids
        self.assertEqual(
            (line.summary, line.note), ("Call {customer}", "<p>{owner}</p>")
        )

    def test_the_files_of_a_note_are_copied_before_it_is_filled(self):
        template = self.make_template({"summary": "Call", "note": "<p>x</p>"})
        line = template.line_ids
        file = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"a",
                "res_model": "track.line",
                "res_id": line.id,
            }
        )
        line.note = f'<p>{{customer}} <a href="/web/content/{file.id}">a</a></p>'
        task = self.lead.with_user(self.seller).tracks_apply(template).sudo().line_ids
        self.assertIn("Blue &amp; Co", task.note)
        self.assertNotIn(f"/web/content/{file.id}", task.note)
        self.assertNotIn(f"/web/content/{file.id}", task.note_source)
        self.assertEqual(task.activity_id.note, task.note)

    # ------------------------------------------------------------------
    # The preview
    # ------------------------------------------------------------------

    def preview(self, records, *tasks, user=None, **values):
        dialog = self.env["track.apply"].with_user(user or self.seller)
        return dialog.create(
            {
                "res_model": records._name,
                "res_ids": records.ids,
                "template_id": self.make_template(*tasks).id,
                **values,
            }
        )

    def test_the_preview_fills_them(self):
        wizard = self.preview(
            self.lead,
            {"summary": "Call {customer}"},
            {
                "summary": "Visit {customer} after {start}",
                "delay_from": "previous",
                "outcome_ids": [
                    Command.create(
                        {"name": "Yes", "effect": "goto", "target_number": 3}
                    )
                ],
            },
            {"summary": "Thank {customer}, {starter}", "delay_from": "previous"},
        )
        call, visit, thank = wizard.preview
        self.assertEqual(call["summary"], "Call Blue & Co")
        self.assertEqual(visit["summary"], "Visit Blue & Co after 03/04/2026")
        self.assertEqual(visit["due"], "Same day as “Call Blue & Co”")
        self.assertIn("Thank Blue & Co, Seller", " ".join(visit["options"]))
        self.assertEqual(thank["summary"], "Thank Blue & Co, Seller")
        # a task that is left out is still shown
        wizard.choices = {thank["id"]: {"left_out": True}}
        thank = wizard.preview[2]
        self.assertTrue(thank["left_out"])
        self.assertEqual(thank["summary"], "Thank Blue & Co, Seller")

    def test_of_several_records_it_fills_what_is_the_same(self):
        leads = self.make_leads(2) + self.lead
        wizard = self.preview(leads, {"summary": "{record}, {owner}, {start}"})
        [row] = wizard.preview
        self.assertEqual(row["summary"], "{record}, Seller, 03/04/2026")

    def test_the_preview_names_nobody_whom_the_user_may_not_read(self):
        self.env["ir.rule"].create(
            {
                "name": "Only oneself",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": "[('id', '=', user.id)]",
                "groups": [Command.link(self.env.ref("base.group_user").id)],
            }
        )
        wizard = self.preview(
            self.make_leads(), {"summary": "{owner} {starter}"}, user=self.seller_all
        )
        self.assertEqual(wizard.preview[0]["summary"], "{owner} Seller All")

    def test_a_record_that_the_user_may_not_change_is_not_named(self):
        lead = self.make_leads(user=self.seller_2, name="Secret")
        wizard = self.preview(lead, {"summary": "Call {customer}"})
        self.assertEqual(wizard.preview[0]["summary"], "Call {customer}")

    @tagged_test(QUERIES)
    def test_the_preview_costs_no_query_each(self):
        def measure(number):
            leads = self.make_leads(number)
            for lead in leads:
                lead.partner_id = self.make_customer(f"C{lead.id}")
            wizard = self.preview(
                leads, {"summary": "Call {customer} {record} {owner}"}
            )
            return self.count_queries(lambda: wizard.preview)

        measure(3)  # fills the caches
        self.assertLessEqual(measure(50), measure(3) + 2)

    def test_the_sentences_of_the_template_show_the_placeholders(self):
        template = self.make_chain("Call {customer}")
        self.assertIn("Call {customer}", template.line_ids.sentence)
        self.assertEqual(template.timeline["tasks"][0]["label"], "Call {customer}")

    def test_adding_an_unknown_word_to_a_track_names_the_task(self):
        [call] = self.start("Call")
        with self.assertRaisesRegex(UserError, "in “Visit {costumer}”"):
            call.with_user(self.seller).create(
                {"run_id": call.run_id.id, "summary": "Visit {costumer}"}
            )
