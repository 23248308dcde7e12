from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from ..tools.library import LIBRARY
from .test_export_import import COLUMNS, to_import
from .test_outcomes import OutcomesCase


@tagged("post_install", "-at_install")
class TestOutcomesTemplates(OutcomesCase):
    """Outcomes in templates: checks, sentences, the form, copies and files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_calls()

    def get_outcomes(self, line):
        """The outcomes of a task, independent of ids."""
        return [
            (
                outcome.name,
                outcome.effect,
                outcome.delay_count,
                outcome.delay_unit,
                outcome.again_max,
                outcome.target_line_id.summary,
            )
            for outcome in line.outcome_ids.sorted()
        ]

    EXPECTED = [
        ("Reached", "next", 1, "days", 3, False),
        ("No answer", "again", 2, "days", 3, False),
        ("Wants an offer", "goto", 1, "days", 3, "Offer"),
        ("Not interested", "end", 1, "days", 3, False),
    ]

    def assertRefused(self, message, change):
        # assertRaises takes back what was changed before the refusal
        with self.assertRaises(ValidationError) as refusal:
            change()
        self.assertIn(message, str(refusal.exception))

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_each_mistake_is_refused_in_one_sentence(self):
        template = self.make_calls().with_env(self.env)
        lines = template.line_ids
        other = self.make_chain("Elsewhere", "There")
        template.write(
            {
                "line_ids": [
                    Command.create({"action": "track", "next_template_id": other.id})
                ]
            }
        )
        Outcome = self.env["track.line.outcome"]
        before = self.get_outcomes(lines[2])
        for line, vals, message in (
            (2, {"name": "  "}, "An outcome of “Review” has no name"),
            (0, {"name": "reached "}, "“Call” has two outcomes “reached”"),
            (
                2,
                {"name": "A", "effect": "again", "delay_count": -1},
                "The delay of “A” of “Review” is negative",
            ),
            (
                2,
                {"name": "A", "effect": "again", "delay_count": 10000},
                "The delay of “A” of “Review” is too long",
            ),
            (
                2,
                {"name": "A", "effect": "again", "again_max": 0},
                "“A” of “Review” cannot repeat the task 0 times",
            ),
            (
                2,
                {"name": "A", "effect": "again", "again_max": 500},
                "from 1 to 499",
            ),
            (2, {"name": "A", "effect": "goto"}, "that task is missing. Select it"),
            (
                2,
                {"name": "A", "effect": "goto", "target_line_id": lines[0].id},
                "“A” of “Review” goes to “Call”, which does not come later",
            ),
            (
                2,
                {"name": "A", "effect": "goto", "target_line_id": lines[2].id},
                "“A” of “Review” goes to “Review”, which does not come later",
            ),
            (
                2,
                {"name": "A", "effect": "goto", "target_line_id": other.line_ids[1].id},
                "“A” of “Review” goes to a task of another template",
            ),
            (
                2,
                {"name": "A", "effect": "goto", "target_number": 99},
                "that task is missing. Select it",
            ),
            (5, {"name": "A"}, "is automated, so it cannot have outcomes"),
        ):
            with self.subTest(vals=vals):
                self.assertRefused(
                    message,
                    lambda line=line, vals=vals: Outcome.create(
                        {"line_id": template.line_ids[line].id, **vals}
                    ),
                )
                self.assertEqual(self.get_outcomes(lines[2]), before)
        self.assertRefused(
            "cannot have outcomes",
            lambda: lines[0].write({"action": "track", "next_template_id": other.id}),
        )

    @users("tracks_manager")
    def test_moving_tasks_so_that_a_target_comes_before_is_refused(self):
        template = self.make_calls().with_env(self.env)
        call, *_rest, offer, _ask = template.line_ids
        self.assertRefused(
            "which does not come later",
            lambda: offer.write({"sequence": 0, "delay_from": "start"}),
        )
        moved = [
            Command.update(call.id, {"sequence": 9}),
            Command.update(template.line_ids[1].id, {"delay_from": "start"}),
        ]
        self.assertRefused(
            "which does not come later", lambda: template.write({"line_ids": moved})
        )
        # in one save, the target can change with the order
        template.write(
            {
                "line_ids": [
                    Command.update(offer.id, {"sequence": 0, "delay_from": "start"}),
                    Command.update(
                        call.id,
                        {
                            "outcome_ids": [
                                Command.update(
                                    call.outcome_ids[2].id,
                                    {"target_line_id": template.line_ids[4].id},
                                )
                            ]
                        },
                    ),
                ]
            }
        )
        self.assertEqual(call.outcome_ids[2].target_line_id.summary, "Ask")

    @users("tracks_manager")
    def test_two_outcomes_can_swap_their_names_in_one_save(self):
        template = self.make_calls().with_env(self.env)
        call = template.line_ids[0]
        first, second, *_rest = call.outcome_ids
        template.write(
            {
                "line_ids": [
                    Command.update(
                        call.id,
                        {
                            "outcome_ids": [
                                Command.update(first.id, {"name": "No answer"}),
                                Command.update(second.id, {"name": "Reached"}),
                            ]
                        },
                    )
                ]
            }
        )
        self.assertEqual(first.name, "No answer")

    @users("tracks_manager")
    def test_a_deleted_target_leaves_an_outcome_that_goes_on_with_the_next_task(self):
        template = self.make_calls().with_env(self.env)
        template.line_ids[3].unlink()
        outcome = template.line_ids[0].outcome_ids[2]
        self.assertFalse(outcome.target_line_id)
        template.name = "Still editable"
        run = self.start(template)
        self.end(run, "Call", "Wants an offer")
        self.assertEqual(self.get_task(run, "Visit").state, "open")

    def test_only_administrators_of_the_company_write_outcomes(self):
        outcome = self.template.line_ids[0].outcome_ids[0]
        self.assertEqual(outcome.with_user(self.seller).name, "Reached")
        for change in (
            lambda record: record.write({"name": "Mine"}),
            lambda record: record.unlink(),
            lambda record: record.create(
                {"line_id": self.template.line_ids[2].id, "name": "Mine"}
            ),
        ):
            with self.assertRaisesRegex(AccessError, ""):
                change(outcome.with_user(self.seller))
            with self.assertRaisesRegex(AccessError, ""):
                change(outcome.with_user(self.portal))
        foreign = self.make_calls(company_id=self.company_2.id)
        foreign_outcome = foreign.line_ids[0].outcome_ids[0]
        with self.assertRaisesRegex(AccessError, ""):
            foreign_outcome.with_user(self.manager).read(["name"])
        own = outcome.with_user(self.manager)
        for vals in (
            {"line_id": foreign.line_ids[2].id},
            {"target_line_id": foreign.line_ids[3].id},
        ):
            with self.assertRaisesRegex(UserError, ""):
                own.write(vals)
        self.assertEqual(outcome.line_id, self.template.line_ids[0])

    # ------------------------------------------------------------------
    # Sentences and the form
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_the_sentence_and_the_preview_say_how_a_task_can_end(self):
        template = self.make_calls().with_env(self.env)
        call, visit = template.line_ids[:2]
        text = (
            "Reached · No answer: again in 2 days (3 times) · Wants an offer: go to "
            "“Offer” · Not interested: end"
        )
        self.assertEqual(call.sentence, f"Day 0 · Call · owner · {text}")
        self.assertNotIn("Reached", visit.sentence)
        wizard = (
            self.env["track.apply"]
            .with_context(active_model="crm.lead", active_ids=self.make_leads().ids)
            .create({"template_id": template.id})
        )
        self.assertEqual(wizard.preview[0]["options"], [text])
        self.assertEqual(wizard.preview[1]["options"], [])
        call.outcome_ids[1].write({"again_max": 1, "delay_count": 0})
        self.assertIn("No answer: again on the same day (once)", call.sentence)
        call.outcome_ids[1].write({"delay_count": 1, "delay_unit": "weekdays"})
        self.assertIn("No answer: again in 1 weekday (once)", call.sentence)

    @users("tracks_manager")
    def test_outcomes_are_entered_in_the_form_of_the_template(self):
        with Form(self.template.with_env(self.env)) as form:
            with form.line_ids.edit(1) as line:
                self.assertEqual(
                    line.later_line_ids.ids, self.template.line_ids[2:].ids
                )
                with line.outcome_ids.new() as outcome:
                    outcome.name = "Bought"
                    outcome.effect = "goto"
                    outcome.target_line_id = self.template.line_ids[4]
                with line.outcome_ids.new() as outcome:
                    outcome.name = "Closed"
                    outcome.effect = "again"
                    outcome.delay_count = 1
                    outcome.delay_unit = "weeks"
                self.assertIn(
                    "Bought: go to “Ask” · Closed: again in 1 week (3 times)",
                    line.sentence,
                )
        self.assertEqual(
            self.get_outcomes(self.template.line_ids[1]),
            [
                ("Bought", "goto", 1, "days", 3, "Ask"),
                ("Closed", "again", 1, "weeks", 3, False),
            ],
        )

    @users("tracks_manager")
    def test_another_task_type_removes_the_outcomes_in_the_form(self):
        following = self.make_chain("Then")
        with Form(self.template.with_env(self.env)) as form:
            with form.line_ids.edit(0) as line:
                line.action = "track"
                line.next_template_id = following
                self.assertFalse(len(line.outcome_ids))
        self.assertFalse(self.template.line_ids[0].outcome_ids)

    @users("tracks_manager")
    def test_a_new_template_with_outcomes_is_saved_from_the_form(self):
        form = Form(self.env["track.template"])
        form.name = "Ours"
        with form.line_ids.new() as line:
            line.summary = "Call"
            with line.outcome_ids.new() as outcome:
                outcome.name = "Reached"
        template = form.save()
        self.assertEqual(template.line_ids.outcome_ids.mapped("name"), ["Reached"])
        self.assertTrue(template.line_ids.has_outcomes)

    # ------------------------------------------------------------------
    # Copies
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_a_copy_of_a_template_goes_to_its_own_tasks(self):
        template = self.template.with_env(self.env)
        copy = template.copy()
        self.assertEqual(self.get_outcomes(copy.line_ids[0]), self.EXPECTED)
        self.assertEqual(copy.line_ids.outcome_ids.target_line_id, copy.line_ids[3])
        run = self.start(copy)
        self.end(run, "Call", "Wants an offer")
        self.assertActivityFollows(self.get_task(run, "Offer"))

    @users("tracks_manager")
    def test_a_copy_of_a_task_goes_to_the_same_task(self):
        template = self.make_calls().with_env(self.env)
        call, _visit, _review, offer, _ask = template.line_ids
        copy = call.copy()
        self.assertEqual(self.get_outcomes(copy), self.EXPECTED)
        self.assertEqual(copy.outcome_ids.target_line_id, offer)
        other = self.make_chain("One", "Two", "Three", "Four", "Five", "Six")
        with self.assertRaisesRegex(ValidationError, "a task of another template"):
            call.copy({"template_id": other.id})

    @users("tracks_manager")
    def test_a_template_made_from_a_track_has_the_outcomes(self):
        run = self.start(self.template, user=self.manager).with_env(self.env)
        self.end(run, "Call", "No answer", user=self.manager)
        self.get_task(run, "Visit").with_env(self.env).unlink()
        self.template.line_ids[0].outcome_ids.unlink()
        action = run.action_make_template()
        made = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(
            made.line_ids.mapped("summary"), ["Call", "Review", "Offer", "Ask"]
        )
        self.assertEqual(self.get_outcomes(made.line_ids[0]), self.EXPECTED)
        self.assertEqual(made.line_ids.outcome_ids.target_line_id, made.line_ids[2])

    @users("tracks_manager")
    def test_a_template_made_from_a_track_without_the_target_goes_on(self):
        run = self.start(self.template, user=self.manager).with_env(self.env)
        self.get_task(run, "Offer").with_env(self.env).unlink()
        action = run.action_make_template()
        made = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(
            self.get_outcomes(made.line_ids[0])[2],
            ("Wants an offer", "next", 1, "days", 3, False),
        )

    @users("tracks_manager")
    def test_a_template_of_the_library_with_an_outcome_was_changed(self):
        Template = self.env["track.template"]
        key = next(iter(LIBRARY))
        template = Template._make_from_library([key])
        self.assertTrue(template._is_as_in_library(key))
        template.line_ids[0].outcome_ids = [self.make_outcome("Reached")]
        self.assertFalse(template._is_as_in_library(key))

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_outcomes_survive_an_export_and_an_import(self):
        self.manager.sudo().group_ids += self.env.ref("base.group_allow_export")
        template = self.make_calls().with_env(self.env)
        rows = to_import(template.export_data(COLUMNS)["datas"])
        template.unlink()
        Template = self.env["track.template"]
        result = Template.load(COLUMNS, rows)
        self.assertEqual(result["messages"], [])
        made = Template.browse(result["ids"])
        self.assertEqual(self.get_outcomes(made.line_ids[0]), self.EXPECTED)
        self.assertEqual(made.line_ids.outcome_ids.target_line_id, made.line_ids[3])
        again = Template.load(COLUMNS, rows)
        self.assertEqual((again["ids"], again["messages"]), (made.ids, []))
        self.assertEqual(self.get_outcomes(made.line_ids[0]), self.EXPECTED)
        # another target in the file
        place = COLUMNS.index("line_ids/outcome_ids/target_number")
        for row in rows:
            row[place] = {"4": "5"}.get(row[place], row[place])
        self.assertEqual(Template.load(COLUMNS, rows)["messages"], [])
        self.assertEqual(made.line_ids.outcome_ids.target_line_id, made.line_ids[4])
        for row in rows:
            row[place] = {"5": "1"}.get(row[place], row[place])
        [message] = Template.load(COLUMNS, rows)["messages"]
        self.assertIn("which does not come later", message["message"])
