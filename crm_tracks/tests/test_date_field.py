from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import QUERIES, TracksCase, tagged_test


class DateFieldCase(TracksCase):
    """Templates for opportunities, dated by their expected closing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")
        cls.forwards = cls.make_dated(
            {"summary": "Call", "delay_count": 1},
            {"summary": "Ask", "delay_count": 3},
            {"summary": "Next", "delay_count": 1, "delay_from": "previous"},
        )
        cls.backwards = cls.make_dated(
            {"summary": "Book", "delay_count": 5, "delay_from": "end"},
            {"summary": "Invite", "delay_count": 2, "delay_from": "end"},
            direction="end",
            name="Closing",
        )

    @classmethod
    def make_dated(cls, *lines, **values):
        values.setdefault("date_field", "date_deadline")
        values.setdefault("res_model_ids", [Command.set(cls.lead_model.ids)])
        return cls.make_template(*lines, **values)

    def start(self, template, day="2026-03-20", user=None, count=1, **values):
        leads = self.make_leads(count, date_deadline=day)
        leads = leads.with_user(user or self.seller)
        return leads, leads.tracks_apply(template, **values).sudo()

    def get_notes(self, lead, text="because they follow"):
        self.env.cr.flush()
        messages = lead.sudo().message_ids.filtered(lambda each: text in each.body)
        return messages.mapped("body")

    def write_in_sql(self, leads, day, name="date_deadline"):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE crm_lead SET {name} = %s WHERE id IN %s", [day, leads._ids]
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDateField(DateFieldCase):
    """The dates of a track follow a date of its record."""

    # ------------------------------------------------------------------
    # The start
    # ------------------------------------------------------------------

    def test_a_track_counts_from_the_field_or_back_from_it(self):
        _lead, run = self.start(self.forwards)
        self.assertEqual(run.start_date, date(2026, 3, 20))
        self.assertTrue(run.date_linked)
        self.assertEqual(run.date_field, "date_deadline")
        self.assertTasks(
            run,
            [
                ("Call", "open", "2026-03-21"),
                ("Ask", "open", "2026-03-23"),
                ("Next", "waiting", None),
            ],
        )
        _lead, run = self.start(self.backwards)
        self.assertEqual(run.end_date, date(2026, 3, 20))
        self.assertEqual(run.start_date, self.TODAY)
        self.assertTasks(
            run, [("Book", "open", "2026-03-15"), ("Invite", "open", "2026-03-18")]
        )

    def test_a_date_of_the_caller_wins_and_is_not_linked(self):
        lead, run = self.start(self.forwards, start_date="2026-04-01")
        self.assertEqual(run.start_date, date(2026, 4, 1))
        self.assertFalse(run.date_linked)
        self.assertEqual(run.date_field, "date_deadline")
        lead.date_deadline = "2026-05-01"
        self.assertEqual(run.start_date, date(2026, 4, 1))
        _lead, run = self.start(self.backwards, end_date="2026-04-01")
        self.assertEqual((run.end_date, run.date_linked), (date(2026, 4, 1), False))

    def test_a_date_that_does_not_count_is_no_date(self):
        # the start date of a template that counts back, and the other way round
        _lead, run = self.start(self.backwards, start_date="2026-03-01")
        self.assertTrue(run.date_linked)
        self.assertEqual(run.end_date, date(2026, 3, 20))
        _lead, run = self.start(self.forwards, end_date="2026-03-01")
        self.assertTrue(run.date_linked)
        self.assertFalse(run.end_date)

    def test_each_record_has_its_own_date(self):
        leads = self.make_leads(3).with_user(self.seller)
        for number, lead in enumerate(leads, start=10):
            lead.date_deadline = date(2026, 4, number)
        runs = leads.tracks_apply(self.backwards)
        self.assertEqual(
            runs.mapped("end_date"), [date(2026, 4, day) for day in (10, 11, 12)]
        )

    def test_an_empty_field_is_refused_with_its_name(self):
        leads = self.make_leads(2, date_deadline="2026-03-20")
        leads[1].date_deadline = False
        for template in (self.forwards, self.backwards):
            with self.assertRaisesRegex(
                UserError, "Opportunity 2: “Expected Closing” is empty"
            ):
                leads.with_user(self.seller).tracks_apply(template)
        self.assertFalse(leads.track_run_ids)
        run = (
            leads[1]
            .with_user(self.seller)
            .tracks_apply(self.backwards, end_date="2026-04-01")
        )
        self.assertFalse(run.date_linked)

    def test_a_date_outside_of_the_calendar_is_refused(self):
        with self.assertRaisesRegex(UserError, "1900 to 2999"):
            self.start(self.forwards, day="1200-01-01")

    def test_a_moment_has_the_day_of_the_company(self):
        template = self.make_dated({"summary": "Call"}, date_field="date_open")
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.seller.tz = "America/New_York"
        lead = self.make_leads(date_open="2026-03-20 16:00:00")
        run = lead.with_user(self.seller).tracks_apply(template)
        self.assertEqual(run.start_date, date(2026, 3, 21))
        self.company.resource_calendar_id.tz = "America/New_York"
        lead.date_open = "2026-03-23 03:00:00"
        self.assertEqual(run.start_date, date(2026, 3, 22))

    def test_each_company_has_its_own_time_zone(self):
        template = self.make_dated({"summary": "Call"}, date_field="date_open")
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.company_2.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "There", "tz": "America/New_York"}
        )
        self.seller.company_ids += self.company_2
        leads = self.make_leads(2, date_open="2026-03-20 16:00:00", team_id=False)
        leads[0].company_id = self.company
        leads[1].company_id = self.company_2
        both = (self.company + self.company_2).ids
        leads = leads.with_user(self.seller).with_context(allowed_company_ids=both)
        runs = leads.tracks_apply(template)
        expected = [date(2026, 3, 21), date(2026, 3, 20)]
        self.assertEqual(runs.mapped("start_date"), expected)

    def test_a_running_track_keeps_the_field_with_which_it_started(self):
        lead, run = self.start(self.forwards)
        self.forwards.date_field = "date_open"
        self.assertEqual(run.date_field, "date_deadline")
        lead.date_deadline = "2026-03-25"
        self.assertEqual(run.start_date, date(2026, 3, 25))

    def test_a_template_from_a_track_and_a_copy_have_the_field(self):
        _lead, run = self.start(self.forwards, user=self.seller)
        action = run.with_user(self.manager).action_make_template()
        made = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(made.date_field, "date_deadline")
        self.assertEqual(self.forwards.copy().date_field, "date_deadline")

    # ------------------------------------------------------------------
    # Following
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_track_moves_with_the_field_with_one_note(self):
        lead, run = self.start(self.forwards)
        self.get_task(run, "Ask").with_user(self.seller).date_deadline = "2026-03-30"
        self.env["crm.lead"].browse(lead.id).date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 27))
        self.assertTrue(run.date_linked)
        self.assertTasks(
            run,
            [
                ("Call", "open", "2026-03-28"),
                ("Ask", "open", "2026-03-30"),
                ("Next", "waiting", None),
            ],
        )
        self.assertActivityFollows(self.get_task(run, "Call"))
        [note] = self.get_notes(lead)
        self.assertIn("“Expected Closing”", note)
        self.assertIn("03/27/2026", note)

    def test_tasks_with_a_meeting_are_named_in_the_same_note(self):
        lead, run = self.start(self.backwards)
        event = self.make_meeting(self.get_task(run, "Book"), "2026-03-15")
        before = len(lead.message_ids)
        lead.date_deadline = "2026-03-25"
        self.env.cr.flush()
        self.assertEqual(event.start.day, 15)
        self.assertEqual(len(lead.sudo().message_ids), before + 1)
        [note] = self.get_notes(lead)
        self.assertIn("Tasks with a meeting were not moved: Book", note)
        self.assertEqual(self.get_task(run, "Invite").date_deadline, date(2026, 3, 23))

    def test_nobody_is_notified(self):
        lead, _run = self.start(self.forwards)
        self.env.cr.flush()
        before = self.env["mail.notification"].search_count([])
        lead.with_user(self.manager).date_deadline = "2026-03-27"
        self.env.cr.flush()
        self.assertEqual(self.env["mail.notification"].search_count([]), before)

    def test_an_emptied_field_moves_nothing_and_is_followed_again(self):
        lead, run = self.start(self.forwards)
        lead.date_deadline = False
        self.assertEqual(run.start_date, date(2026, 3, 20))
        self.assertTrue(run.date_linked)
        self.assertFalse(self.get_notes(lead))
        lead.date_deadline = "2026-03-26"
        self.assertEqual(run.start_date, date(2026, 3, 26))

    def test_a_field_written_with_the_same_value_says_nothing(self):
        lead, _run = self.start(self.forwards)
        lead.date_deadline = "2026-03-20"
        lead.name = "Renamed"
        self.assertFalse(self.get_notes(lead))

    def test_a_date_moved_by_hand_unlinks(self):
        lead, run = self.start(self.forwards)
        run.with_user(self.seller).start_date = "2026-04-10"
        self.assertFalse(run.date_linked)
        lead.date_deadline = "2026-05-01"
        self.assertEqual(run.start_date, date(2026, 4, 10))

    def test_the_other_date_and_the_same_date_do_not_unlink(self):
        _lead, run = self.start(self.backwards)
        run.with_user(self.seller).write(
            {"start_date": "2026-03-01", "end_date": "2026-03-20"}
        )
        self.assertTrue(run.date_linked)

    def test_moved_tasks_do_not_unlink(self):
        lead, run = self.start(self.forwards)
        call = self.get_task(run, "Call").with_user(self.seller)
        call.action_move("2026-03-24", following=True)
        self.assertTrue(run.date_linked)
        lead.date_deadline = "2026-04-01"
        self.assertEqual(run.start_date, date(2026, 4, 1))
        # they count as moved by hand
        self.assertEqual(call.date_deadline, date(2026, 3, 24))

    def test_paused_and_held_tracks_move_in_silence(self):
        lead, run = self.start(self.forwards)
        run.action_pause()
        lead.date_deadline = "2026-03-27"
        task = self.get_task(run, "Call")
        self.assertEqual(task.date_deadline, date(2026, 3, 28))
        self.assertTrue(task.activity_id.muted)
        self.assertEqual(task.activity_id.date_deadline, date(2026, 3, 28))
        run.action_resume()
        lead.action_set_lost()
        lead.date_deadline = "2026-03-30"
        self.assertTrue(run.held)
        self.assertEqual(run.start_date, date(2026, 3, 30))
        self.assertTrue(task.activity_id.muted)

    def test_ended_tracks_stay(self):
        lead, run = self.start(self.forwards)
        run.action_stop()
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 20))
        lead, run = self.start(self.make_dated({"summary": "Call"}))
        self.tick(run, "Call")
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 20))
        # reopened, it follows again
        self.get_task(run, "Call").with_user(self.seller).action_reopen()
        lead.date_deadline = "2026-03-28"
        self.assertEqual(run.start_date, date(2026, 3, 28))

    def test_dates_do_not_shift_by_the_days_on_hold(self):
        self.forwards.on_reopen = "shift"
        self.assertFalse(self.forwards._shifts_when_reopened())
        _lead, run = self.start(self.forwards)
        run.action_pause()
        with self.at("2026-03-10 10:00:00"):
            self.assertEqual(run._get_days_to_shift(), 0)
            run.action_resume(shift=True)
        self.assertEqual(run.start_date, date(2026, 3, 20))
        # a track that no longer follows the field shifts
        run.action_unlink_date()
        run.action_pause()
        with self.at("2026-03-06 10:00:00"):
            run.action_resume(shift=True)
        self.assertEqual(run.start_date, date(2026, 3, 22))

    def test_planned_tasks_whose_day_comes_by_the_move_begin(self):
        self.backwards.write({"activity_creation": "ahead", "ahead_days": 1})
        lead, run = self.start(self.backwards)
        self.assertEqual(self.get_task(run, "Book").state, "planned")
        lead.date_deadline = "2026-03-09"
        self.assertEqual(self.get_task(run, "Book").state, "open")

    # ------------------------------------------------------------------
    # What prevents it
    # ------------------------------------------------------------------

    def test_a_date_that_a_user_would_be_refused_prevents_no_write(self):
        lead, run = self.start(self.forwards)
        lead.date_deadline = "0201-03-20"
        self.assertEqual(lead.date_deadline, date(201, 3, 20))
        self.assertEqual(run.start_date, date(2026, 3, 20))
        self.assertFalse(run.date_linked)
        [note] = self.get_notes(lead, "no longer follows")
        self.assertIn("1900 to 2999", note)
        run._follow_records()
        self.assertEqual(len(self.get_notes(lead, "no longer follows")), 1)

    def test_a_track_in_the_way_of_no_other(self):
        leads, runs = self.start(self.backwards, count=3)
        runs[1].line_ids[0].delay_count = 9999
        leads.date_deadline = "1903-01-01"
        self.assertEqual(runs.mapped("date_linked"), [True, False, True])
        self.assertEqual(runs[0].end_date, date(1903, 1, 1))
        self.assertEqual(runs[1].end_date, date(2026, 3, 20))

    def test_an_error_prevents_no_write_and_the_cron_tries_again(self):
        lead, run = self.start(self.forwards)
        with (
            patch.object(
                type(run), "_plan_new_date", side_effect=ValueError("It broke")
            ),
            self.assertLogs("odoo.addons.crm_tracks", "ERROR"),
        ):
            lead.date_deadline = "2026-03-27"
        self.assertEqual(lead.date_deadline, date(2026, 3, 27))
        self.assertEqual(run.start_date, date(2026, 3, 20))
        self.assertTrue(run.date_linked)
        self.run_cron()
        self.assertEqual(run.start_date, date(2026, 3, 27))

    def test_a_field_that_is_gone_leaves_the_dates(self):
        lead, run = self.start(self.forwards)
        self.env.cr.execute(
            "UPDATE track_run SET date_field = 'x_gone' WHERE id = %s", [run.id]
        )
        self.env.invalidate_all()
        self.env["track.run"]._forget_what_is_kept()
        lead.date_deadline = "2026-03-27"
        run._follow_records()
        self.assertEqual(run.start_date, date(2026, 3, 20))
        self.assertIn("can no longer be used", run.options_text)
        with self.assertRaisesRegex(UserError, "can no longer be used"):
            run.with_user(self.seller).action_link_date()
        self.env.cr.execute(
            "UPDATE track_template SET date_field = 'x_gone' WHERE id = %s",
            [self.forwards.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "can no longer be used"):
            lead.with_user(self.seller).tracks_apply(self.forwards)
        run = lead.with_user(self.seller).tracks_apply(
            self.forwards, start_date="2026-03-20"
        )
        self.assertFalse(run.date_linked)

    def test_a_field_that_was_restricted_since_is_not_followed(self):
        lead, run = self.start(self.forwards)
        field = self.env["crm.lead"]._fields["date_deadline"]
        with patch.object(field, "groups", "base.group_system"):
            lead.sudo().date_deadline = "2026-03-27"
            self.assertEqual(run.start_date, date(2026, 3, 20))
            by_seller = lead.with_user(self.seller)
            with self.assertRaisesRegex(UserError, "can no longer be used"):
                by_seller.tracks_apply(self.forwards)
            data = self.env["track.run"].with_user(self.seller)
            [tab] = data.get_tab_data("crm.lead", lead.id)["runs"]
            self.assertFalse(tab["date_field"])
            self.assertNotIn("Expected Closing", str(tab["options"]))

    def test_who_may_not_read_the_field_does_not_learn_its_date(self):
        lead = self.make_leads(date_deadline="2026-03-20").with_user(self.seller)
        has_access = type(lead)._has_field_access

        def refuse(record, field, operation):
            is_hidden = field.name == "date_deadline" and record.env.uid != 1
            return not is_hidden and has_access(record, field, operation)

        with patch.object(type(lead), "_has_field_access", refuse):
            refusal = "You do not have permission to read the field"
            with self.assertRaisesRegex(UserError, refusal):
                lead.tracks_apply(self.forwards)
            template = self.forwards.with_user(self.seller)
            with self.assertRaisesRegex(UserError, refusal):
                template.preview("crm.lead", lead.id)
            run = lead.tracks_apply(self.forwards, start_date="2026-04-01")
            with self.assertRaisesRegex(AccessError, refusal):
                run.action_link_date()
            self.assertEqual(run.options_text, "")
            wizard = self.env["track.apply"].with_user(self.seller)
            wizard = wizard.create(
                {
                    "res_model": "crm.lead",
                    "res_ids": lead.ids,
                    "template_id": self.forwards.id,
                }
            )
            self.assertTrue(wizard.needs_date)
            self.assertFalse(wizard.start_date)
            self.assertFalse(wizard.date_text)

    # ------------------------------------------------------------------
    # Linking again
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_track_is_linked_again(self):
        lead, run = self.start(self.forwards)
        run = run.with_env(self.env).sudo(False)
        run.start_date = "2026-04-10"
        run.action_link_date()
        self.assertTrue(run.date_linked)
        self.assertEqual(run.start_date, date(2026, 3, 20))
        self.assertEqual(self.get_task(run, "Call").date_deadline, date(2026, 3, 21))
        self.assertEqual(len(self.get_notes(lead)), 1)
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 27))

    def test_a_track_of_a_given_date_is_linked(self):
        lead, run = self.start(self.forwards, start_date="2026-04-01", day=False)
        run.with_user(self.seller).action_link_date()
        self.assertTrue(run.date_linked)
        self.assertEqual(run.start_date, date(2026, 4, 1))
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 27))

    def test_an_unlinked_track_keeps_its_dates(self):
        lead, run = self.start(self.forwards)
        run.with_user(self.seller).action_unlink_date()
        self.assertFalse(run.date_linked)
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 20))

    def test_what_cannot_be_linked_is_refused(self):
        plain = self.make_leads().with_user(self.seller)
        run = plain.tracks_apply(self.make_chain("Call"))
        with self.assertRaisesRegex(UserError, "is not dated by a field"):
            run.action_link_date()
        _lead, run = self.start(self.forwards)
        for name in ("action_link_date", "action_unlink_date"):
            for user in (self.employee, self.seller_2, self.portal):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), name)()
        lead, run = self.start(self.forwards, start_date="2026-04-01")
        lead.date_deadline = "0201-01-01"
        with self.assertRaisesRegex(UserError, "1900 to 2999"):
            run.with_user(self.seller).action_link_date()
        run.action_stop()
        with self.assertRaisesRegex(UserError, "Only tracks that have not ended"):
            run.with_user(self.seller).action_link_date()

    def test_users_do_not_write_the_link(self):
        _lead, run = self.start(self.forwards)
        for values in ({"date_linked": False}, {"date_field": "date_open"}):
            with self.assertRaises(AccessError):
                run.with_user(self.manager).write(values)

    # ------------------------------------------------------------------
    # Merging, the cron, many at once
    # ------------------------------------------------------------------

    def test_a_merged_track_follows_the_resulting_record(self):
        leads = self.make_leads(2, date_deadline="2026-03-20")
        leads[1].date_deadline = "2026-03-27"
        runs = leads.with_user(self.seller).tracks_apply(self.backwards)
        target = leads.merge_opportunity(auto_unlink=True)
        for run in runs.sudo():
            self.assertEqual(run.res_id, target.id)
            self.assertEqual(run.end_date, target.date_deadline)

    def test_a_write_in_sql_is_found_by_the_cron_once(self):
        leads, runs = self.start(self.forwards, count=3)
        self.write_in_sql(leads, "2026-03-27")
        self.run_cron()
        self.run_cron()
        for lead, run in zip(leads, runs, strict=True):
            self.assertEqual(run.start_date, date(2026, 3, 27))
            self.assertEqual(
                self.get_task(run, "Call").date_deadline, date(2026, 3, 28)
            )
            self.assertEqual(len(self.get_notes(lead)), 1)

    def test_a_stored_computed_field_is_followed(self):
        # the day of the assignment is computed from the user
        template = self.make_dated({"summary": "Call"}, date_field="date_open")
        with self.at(self.NOW):
            lead = self.make_leads()
            self.env.flush_all()
        run = lead.with_user(self.seller).tracks_apply(template).sudo()
        self.assertEqual(run.start_date, self.TODAY)
        with self.at("2026-03-09 10:00:00"):
            lead.user_id = self.seller_2
            self.assertEqual(lead.date_open, datetime(2026, 3, 9, 10))
            self.assertEqual(run.start_date, date(2026, 3, 9))

    def test_a_transaction_that_began_before_sees_the_first_track(self):
        # the answer without tracks is kept for all, until the first one starts
        self.assertNotIn(
            "date_deadline", self.env["track.run"]._get_date_fields("crm.lead")
        )
        lead, run = self.start(self.forwards)
        self.assertIn(
            "date_deadline", self.env["track.run"]._get_date_fields("crm.lead")
        )
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.start_date, date(2026, 3, 27))

    @tagged_test(QUERIES)
    def test_many_records_take_no_more_queries_than_few(self):
        counts = []
        for count in (5, 50):
            leads, _runs = self.start(self.forwards, count=count)
            self.env.cr.flush()
            counts.append(
                self.count_queries(
                    lambda leads=leads: leads.write({"date_deadline": "2026-03-27"})
                )
            )
        # rows are written in bounded batches
        self.assertLessEqual(counts[1], counts[0] + 6)

    @tagged_test(QUERIES)
    def test_without_a_template_that_follows_a_write_costs_no_query_more(self):
        plain = self.make_chain("Call")
        leads = self.make_leads(2, date_deadline="2026-03-20")
        leads.with_user(self.seller).tracks_apply(plain)
        self.env.cr.flush()

        def write(day):
            leads.write({"date_deadline": day})

        write("2026-03-21")
        usual = self.count_queries(lambda: write("2026-03-22"))
        follow = "odoo.addons.crm_tracks.models.record.dates.MailActivityMixin"
        with patch(f"{follow}._tracks_follow_dates", side_effect=AssertionError):
            again = self.count_queries(lambda: write("2026-03-23"))
        self.assertEqual(usual, again)
