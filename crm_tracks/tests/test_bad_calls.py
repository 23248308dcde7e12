from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_bad_input import BadInputCase


@tagged("post_install", "-at_install")
class TestBadCall(BadInputCase):
    """``tracks_apply`` starts on all records or on none, with the reason."""

    def setUp(self):
        super().setUp()
        self.lead = self.leads[0].with_user(self.seller)

    def assertNotApplied(self, words, template, error=UserError, **dates):
        """The call is refused for one record and for several."""
        for leads in (self.lead, self.leads.with_user(self.seller)):
            self.assertRefused(
                words, lambda leads=leads: leads.tracks_apply(template, **dates), error
            )

    def test_a_template_without_tasks_is_not_applied(self):
        self.assertNotApplied(
            "“Empty” has no tasks. Add tasks", self.make_template(name="Empty")
        )

    def test_a_template_for_another_model_is_not_applied(self):
        model = self.env["ir.model"]._get("res.partner")
        self.template.res_model_ids = model
        self.assertNotApplied(
            "“Sales follow-through” does not apply to Lead", self.template
        )
        partner = self.env["res.partner"].create({"name": "A partner"})
        self.assertTrue(partner.with_user(self.seller).tracks_apply(self.template))

    def test_an_archived_template_is_not_applied(self):
        self.template.active = False
        self.assertNotApplied(
            "“Sales follow-through” is archived. Unarchive it", self.template.id
        )

    def test_a_template_that_is_gone_is_not_applied(self):
        gone = self.template.copy()
        gone.unlink()
        for template in (gone, gone.id, self.template.browse()):
            with self.subTest(template=template):
                self.assertNotApplied("This track template no longer exists", template)

    def test_what_is_no_template_is_not_applied(self):
        for value, shown in (
            (str(self.template.id), str(self.template.id)),
            ("Sales follow-through", "Sales follow-through"),
            (True, "True"),
            (False, "False"),
            (None, "None"),
            (1.0, "1.0"),
            ([self.template.id], str(self.template.id)),
            ({"id": self.template.id}, "id"),
            (self.leads[0], r"crm\.lead"),
        ):
            with self.subTest(value=value):
                self.assertNotApplied(f"“{shown}.* is not a track template", value)

    def test_several_templates_at_once_are_not_applied(self):
        templates = self.template + self.make_chain("Other")
        before = self.count_all()
        with self.assertRaises(UserError):
            self.lead.tracks_apply(templates)
        self.assertEqual(self.count_all(), before)

    def test_an_end_date_is_needed_to_count_back(self):
        template = self.make_template(
            {"summary": "Call", "delay_from": "end", "delay_count": 3},
            direction="end",
        )
        for nothing in (None, False, ""):
            with self.subTest(end_date=nothing):
                self.assertNotApplied(
                    "“Sales follow-through …” counts back from an end date. Enter",
                    template,
                    end_date=nothing,
                )
        run = self.lead.tracks_apply(template, end_date="2026-04-10")
        self.assertEqual(run.line_ids.date_deadline, date(2026, 4, 7))

    def test_what_is_no_date_is_refused(self):
        for value in ("tomorrow", "2026-02-30", "04/03/2026", 20260304, [2026], True):
            for name, label in (("start_date", "Start Date"), ("end_date", "End Date")):
                with self.subTest(value=value, name=name):
                    self.assertNotApplied(
                        f"is not a date. Enter “{label}” as YYYY-MM-DD",
                        self.template,
                        **{name: value},
                    )

    def test_a_date_beyond_the_calendar_is_refused(self):
        template = self.make_template(
            {"summary": "Call", "delay_count": 9999, "delay_unit": "months"}
        )
        self.assertNotApplied(
            "9999 months from 01/01/2990 lies outside of the calendar",
            template,
            start_date="2990-01-01",
        )

    def test_a_record_that_is_gone_is_named(self):
        gone = self.make_leads()
        leads = (self.leads + gone).with_user(self.seller)
        gone.unlink()
        self.assertRefused(
            f"Lead {gone.id} no longer exists. Select another record",
            lambda: leads.tracks_apply(self.template),
        )
        # the same error with and without read access
        self.assertRefused(
            f"Lead {gone.id} no longer exists",
            lambda: gone.with_user(self.seller_2).tracks_apply(self.template),
        )

    def test_one_record_in_the_way_stops_all_and_is_named(self):
        foreign = self.make_leads(user=self.seller_2, name="Not yours")
        leads = (self.leads + foreign).with_user(self.seller)
        self.env.invalidate_all()
        with self.assertRaises(AccessError) as caught:
            leads.tracks_apply(self.template)
        message = str(caught.exception)
        self.assertIn(
            f"#{foreign.id}: You do not have permission to change this record", message
        )
        for hidden in ("Not yours", *self.leads.mapped("name")):
            self.assertNotIn(hidden, message)
        self.assertFalse(self.leads.track_run_ids)

    def test_every_record_in_the_way_is_named(self):
        self.template.one_per_record = True
        self.leads[:2].tracks_apply(self.template)
        self.assertRefused(
            "cannot be applied to these records(.|\n)*Opportunity 1: A track of this "
            "template is already running there(.|\n)*Opportunity 2: A track of this "
            "template is already running there",
            lambda: self.leads.with_user(self.seller).tracks_apply(self.template),
        )
        self.assertFalse(self.leads[2].track_run_ids)

    def test_only_one_track_per_record_where_the_template_says_so(self):
        self.template.one_per_record = True
        run = self.lead.tracks_apply(self.template)
        self.assertNotApplied(
            "Opportunity 1: A track of this template is already running there",
            self.template,
        )
        # nor twice within one call
        twice = self.leads[1] + self.leads[1]
        self.assertEqual(len(twice.tracks_apply(self.template)), 1)
        run.action_stop()
        again = self.lead.tracks_apply(self.template)
        for task in again.line_ids:
            task.action_done()
        self.assertEqual(again.state, "done")
        self.assertTrue(self.lead.tracks_apply(self.template))

    def test_the_track_of_a_former_owner_counts_as_the_only_one(self):
        self.template.one_per_record = True
        lead = self.make_leads(user=self.seller_2)
        lead.with_user(self.seller_2).tracks_apply(self.template)
        lead.user_id = self.seller
        self.assertRefused(
            "only one can run per record",
            lambda: lead.with_user(self.seller).tracks_apply(self.template),
        )

    def test_the_database_keeps_to_one_track_per_record(self):
        self.template.one_per_record = True
        run = self.lead.tracks_apply(self.template).sudo()
        copied = ("template_id", "name", "res_model", "direction", "start_date")
        vals = {
            name: run._fields[name].convert_to_write(run[name], run) for name in copied
        }
        vals |= {"res_id": run.res_id, "one_per_record": True}
        for state in ("running", "paused"):
            with (
                self.subTest(state=state),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                run.create({**vals, "state": state})
        for allowed in ({"state": "stopped"}, {"res_id": self.leads[1].id}):
            self.assertTrue(run.create({**vals, **allowed}))


@tagged("post_install", "-at_install")
class TestBadTaskEdit(BadInputCase):
    """Invalid changes of a running task are refused."""

    def setUp(self):
        super().setUp()
        self.track = self.leads[0].with_user(self.seller).tracks_apply(self.template)
        self.call, self.write_task = self.track.line_ids

    def test_who_cannot_be_assigned_is_not(self):
        archived = self.make_user("archived", "base.group_user")
        archived.active = False
        for user in (archived, self.portal, self.env.ref("base.user_root")):
            for task in self.track.line_ids:
                with self.subTest(user=user.name, task=task.summary):
                    self.assertRefused(
                        f"{user.name} cannot be assigned. Select an active internal",
                        lambda task=task, user=user: task.write({"user_id": user.id}),
                    )
        self.assertEqual(self.call.user_id, self.seller)

    def test_an_open_task_keeps_a_date(self):
        self.assertRefused(
            "“Call” needs a due date", lambda: self.call.write({"date_deadline": False})
        )
        self.assertEqual(self.call.date_deadline, self.TODAY)

    def test_a_finished_task_stays_as_it_is(self):
        self.call.action_done()
        for words, change in (
            ("“Call” is already finished", self.call.action_done),
            ("“Call” is already finished", self.call.action_skip),
            (
                "“Call” is finished. Only unfinished",
                lambda: self.call.write({"note": "x"}),
            ),
        ):
            self.assertRefused(words, change)
        self.assertFalse(self.call.note)

    def test_an_ended_track_stays_as_it_is(self):
        self.track.action_stop()
        for words, change in (
            (
                r"have not ended .* “Sales follow-through” \(Opportunity 1\)",
                self.track.action_stop,
            ),
            ("“Sales follow-through” has ended", self.call.action_done),
            ("“Sales follow-through” has ended", self.write_task.action_skip),
            (
                "“Call” is finished. Only unfinished",
                lambda: self.call.write({"note": "x"}),
            ),
        ):
            self.assertRefused(words, change)

    def test_an_ended_track_among_others_stays_as_it_is(self):
        other = self.leads[1].with_user(self.seller).tracks_apply(self.template)
        other.line_ids[0].action_done()
        other.action_stop()
        notes = len(self.leads[1].message_ids)
        (self.track + other).action_stop()
        self.assertEqual((self.track + other).mapped("state"), ["stopped"] * 2)
        self.assertEqual(other.line_ids.mapped("state"), ["done", "cancelled"])
        self.assertEqual(len(self.leads[1].message_ids), notes)


@tagged("post_install", "-at_install")
class TestBadDialog(BadInputCase):
    """The dialog leaves out records with an obstacle, and shows the reason."""

    def make_wizard(self, records, user=None, **values):
        return (
            self.env["track.apply"]
            .with_user(user or self.seller)
            .create(
                {
                    "res_model": records._name,
                    "res_ids": records.ids,
                    "template_id": self.template.id,
                    **values,
                }
            )
        )

    def test_it_leaves_out_where_the_track_runs_already(self):
        self.template.one_per_record = True
        self.leads[:2].tracks_apply(self.template)
        wizard = self.make_wizard(self.leads)
        words = "Left out: Opportunity 1, Opportunity 2 ("
        reason = "only one can run per record)."
        self.assertIn(words, wizard.warning)
        self.assertIn(reason, wizard.warning)
        self.assertEqual(wizard.applicable_count, 1)
        action = wizard.action_apply()
        self.assertIn("was applied to 1 record.", action["params"]["message"])
        self.assertIn(words, action["params"]["message"])
        self.assertIn(reason, action["params"]["message"])
        counts = [len(lead.track_run_ids) for lead in self.leads]
        self.assertEqual(counts, [1, 1, 1])

    def test_it_leaves_out_what_one_may_not_change(self):
        self.leads[1].user_id = self.seller_2
        self.env.invalidate_all()
        wizard = self.make_wizard(self.leads)
        self.assertIn(
            "Left out: 1 record (You do not have permission to change this record).",
            wizard.warning,
        )
        wizard.action_apply()
        self.env.invalidate_all()
        counts = [len(lead.track_run_ids) for lead in self.leads]
        self.assertEqual(counts, [1, 0, 1])

    def test_it_leaves_out_what_is_gone(self):
        wizard = self.make_wizard(self.leads)
        self.leads[0].unlink()
        self.assertEqual(wizard.applicable_count, 2)
        wizard.action_apply()
        counts = [len(lead.track_run_ids) for lead in self.leads[1:]]
        self.assertEqual(counts, [1, 1])

    def test_it_refuses_when_nothing_is_left(self):
        wizard = self.make_wizard(self.leads)
        self.leads.user_id = self.seller_2
        self.env.invalidate_all()
        self.assertRefused(
            r"Left out: 3 records \(You do not have permission", wizard.action_apply
        )
        self.leads.unlink()
        wizard.invalidate_recordset()
        self.assertRefused("The records no longer exist", wizard.action_apply)

    def test_it_warns_where_the_track_runs_already_and_may_run_twice(self):
        self.leads[:2].tracks_apply(self.template)
        wizard = self.make_wizard(self.leads)
        self.assertIn("already running on Opportunity 1, Opportunity 2", wizard.warning)
        self.assertEqual(wizard.applicable_count, 3)

    def test_it_refuses_what_has_no_activities(self):
        for model in ("res.country", "mail.activity.mixin", "no.such.model", ""):
            with self.subTest(model=model):
                self.assertRefused(
                    f"“{model}” does not support activities",
                    lambda model=model: self.make_wizard(
                        self.leads, res_model=model
                    ).record_names,
                )

    def test_it_refuses_records_that_are_none(self):
        for ids in (["1"], [None], [[1]], [1.5]):
            with self.subTest(ids=ids):
                self.assertRefused(
                    "No valid records are selected",
                    lambda ids=ids: self.make_wizard(
                        self.leads, res_ids=ids
                    ).action_apply(),
                )

    def test_it_asks_for_an_end_date(self):
        self.template = self.make_template(
            {"summary": "Call", "delay_from": "end"}, direction="end"
        )
        wizard = self.make_wizard(self.leads, end_date=False)
        self.assertRefused("Enter that date", wizard.action_apply)

    def test_its_list_of_templates_leaves_out_what_cannot_be_applied(self):
        empty = self.make_template(name="Empty")
        archived = self.make_chain("Call", active=False)
        partner_model = self.env["ir.model"]._get_id("res.partner")
        other = self.make_chain("Call", res_model_ids=[Command.set([partner_model])])
        offered = self.make_wizard(self.leads).available_template_ids
        self.assertIn(self.template, offered)
        self.assertFalse(offered & (empty + archived + other))
