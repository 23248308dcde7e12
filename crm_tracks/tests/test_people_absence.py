from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged, users

from .common import QUERIES, tagged_test
from .test_people import PeopleCase


class AbsenceCase(PeopleCase):
    """Templates with stand-ins, and users who are away."""

    def hide_users_of_other_companies(self):
        """As some databases do, by a record rule."""
        self.env["ir.rule"].sudo().create(
            {
                "name": "Users of one's own companies",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": "[('company_ids', 'in', company_ids)]",
            }
        )

    def let_be_away(self, user, first="2026-03-02", last="2026-03-13"):
        """Set the user's out-of-office time."""
        user.write(
            {
                "out_of_office_from": datetime.fromisoformat(f"{first} 06:00:00"),
                "out_of_office_to": datetime.fromisoformat(f"{last} 20:00:00"),
            }
        )

    def make_plain(self, *lines, **values):
        values.setdefault("absence", "stand_in")
        return self.make_template(*(lines or ({"summary": "Call"},)), **values)


@tagged("post_install", "-at_install")
class TestPeopleAbsence(AbsenceCase):
    """Users who are away, and who does their tasks."""

    def test_by_default_a_user_who_is_away_is_assigned_all_the_same(self):
        self.seller.track_stand_in_id = self.seller_all
        self.let_be_away(self.seller)
        for absence in (False, "keep"):
            run = self.start(self.make_plain(absence=absence))
            self.assertEqual(run.line_ids.user_id, self.seller)
            self.assertFalse(run.line_ids.stands_in_for_id)

    def test_the_stand_in_gets_the_task_of_a_user_who_is_away_on_the_due_day(self):
        self.seller.track_stand_in_id = self.seller_all
        self.let_be_away(self.seller, "2026-03-06", "2026-03-08")
        run = self.start(
            self.make_plain(
                {"summary": "Before", "delay_count": 1},
                {"summary": "Then", "delay_count": 3},
                {"summary": "After", "delay_count": 5},
            )
        )
        self.assertEqual(
            self.get_assignees(run), [self.seller, self.seller_all, self.seller]
        )
        self.assertEqual(self.get_task(run, "Then").stands_in_for_id, self.seller)
        self.assertActivityFollows(self.get_task(run, "Then"))

    def test_time_off_counts_as_an_absence_whoever_starts_the_track(self):
        self.seller.track_stand_in_id = self.seller_all
        resource = self.env["resource.resource"].create(
            {
                "name": "Seller",
                "user_id": self.seller.id,
                "company_id": self.company_2.id,
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "company_id": self.company_2.id,
                "calendar_id": False,
                "date_from": "2026-03-03 06:00:00",
                "date_to": "2026-03-06 18:00:00",
            }
        )
        run = self.start(self.make_plain())
        self.assertEqual(run.line_ids.user_id, self.seller_all)

    def test_for_a_due_day_in_the_past_today_counts(self):
        self.seller.track_stand_in_id = self.seller_all
        self.let_be_away(self.seller, "2026-03-01", "2026-03-02")
        lead = self.make_leads()
        runs = lead.with_user(self.manager).tracks_apply(
            self.make_plain(), start_date="2026-03-02"
        )
        self.assertEqual(runs.sudo().line_ids.user_id, self.seller)
        self.let_be_away(self.seller, "2026-03-03", "2026-03-20")
        runs = lead.with_user(self.manager).tracks_apply(
            self.make_plain(), start_date="2026-03-02"
        )
        self.assertEqual(runs.sudo().line_ids.user_id, self.seller_all)

    def test_it_is_asked_when_the_activity_is_created(self):
        self.seller.track_stand_in_id = self.seller_all
        run = self.start(
            self.make_plain(
                {"summary": "A"}, {"summary": "B", "delay_from": "previous"}
            )
        )
        self.let_be_away(self.seller)
        self.assertEqual(self.get_task(run, "A").user_id, self.seller)
        self.tick(run, "A")
        self.assertEqual(self.get_task(run, "B").user_id, self.seller_all)

    def test_it_is_one_step_then_the_owner_the_starter_an_administrator(self):
        line = {
            "summary": "A",
            "responsible_type": "user",
            "responsible_id": self.member_1.id,
        }
        template = self.make_plain(line)
        self.let_be_away(self.member_1)
        self.let_be_away(self.member_2)
        self.member_1.track_stand_in_id = self.member_2
        self.member_2.track_stand_in_id = self.member_3
        task = self.start(template).line_ids
        self.assertEqual(task.user_id, self.seller)
        self.assertEqual(task.stands_in_for_id, self.member_1)
        self.assertTrue(task.follows_owner)
        self.let_be_away(self.seller)
        task = self.start(template).line_ids
        self.assertEqual(task.user_id, self.manager)
        # the owner has a stand-in
        self.seller.track_stand_in_id = self.seller_all
        task = self.start(template).line_ids
        self.assertEqual(task.user_id, self.seller_all)
        self.assertEqual(task.stands_in_for_id, self.member_1)
        self.seller.track_stand_in_id = False
        self.let_be_away(self.manager)
        task = self.start(template).line_ids
        self.assertNotIn(task.user_id, self.manager + self.seller + self.member_1)
        self.assertTrue(task.user_id.has_group("crm_tracks.group_track_manager"))

    def test_if_all_are_away_the_task_is_assigned_all_the_same(self):
        users = self.env["res.users"].search([("share", "=", False)])
        for user in users:
            self.let_be_away(user)
        task = self.start(self.make_plain()).line_ids
        self.assertEqual(task.user_id, self.seller)
        self.assertFalse(task.stands_in_for_id)

    def test_a_stand_in_who_cannot_do_the_task_is_passed_over(self):
        self.let_be_away(self.seller)
        elsewhere = self.make_user(
            "elsewhere",
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.company_2.id,
            company_ids=self.company_2.ids,
        )
        archived = self.make_user("archived", "sales_team.group_sale_manager")
        for stand_in in (self.seller_2, self.employee, elsewhere, archived):
            with self.subTest(stand_in.name):
                self.seller.track_stand_in_id = stand_in
                archived.active = stand_in != archived
                task = self.start(self.make_plain()).line_ids
                self.assertEqual(task.user_id, self.manager)

    def test_members_who_are_away_are_passed_over(self):
        self.member_1.track_stand_in_id = self.seller_all
        self.let_be_away(self.member_1)
        for kind in ("role", "team"):
            task = self.start(self.make_for(kind, absence="stand_in")).line_ids
            self.assertEqual(task.user_id, self.member_2)
            self.assertFalse(task.stands_in_for_id)
            task.run_id.action_stop()
        for member in self.members:
            self.let_be_away(member)
        task = self.start(self.make_for("team", absence="stand_in")).line_ids
        self.assertEqual(task.user_id, self.seller)

    def test_a_user_selected_by_hand_is_assigned_also_when_away(self):
        self.let_be_away(self.member_1)
        self.member_1.track_stand_in_id = self.member_2
        run = self.start(
            self.make_plain(
                {"summary": "A"}, {"summary": "B", "delay_from": "previous"}
            )
        )
        for task in run.line_ids:
            task.with_user(self.manager).user_id = self.member_1
        self.tick(run, "A")
        self.assertEqual(self.get_assignees(run), [self.member_1, self.member_1])

    def test_the_new_owner_gets_the_owner_s_tasks_also_when_away(self):
        self.let_be_away(self.seller)
        self.seller.track_stand_in_id = self.seller_all
        lead = self.make_leads()
        task = self.start(self.make_plain(), lead).line_ids
        self.assertEqual(task.stands_in_for_id, self.seller)
        self.let_be_away(self.seller_2)
        self.seller_2.track_stand_in_id = self.member_1
        lead.user_id = self.seller_2
        self.assertEqual(task.user_id, self.seller_2)
        self.assertFalse(task.stands_in_for_id)

    def test_another_assignee_stands_in_for_nobody(self):
        self.let_be_away(self.seller)
        self.seller.track_stand_in_id = self.seller_all
        for reassign in (
            lambda task: task.with_user(self.manager).write(
                {"user_id": self.member_1.id}
            ),
            lambda task: task.activity_id.with_user(self.manager).write(
                {"user_id": self.member_1.id}
            ),
            lambda task: task.run_id.with_user(self.manager).action_reassign(
                self.member_1
            ),
        ):
            task = self.start(self.make_plain()).line_ids
            self.assertEqual(task.stands_in_for_id, self.seller)
            reassign(task)
            self.assertEqual(task.user_id, self.member_1)
            self.assertFalse(task.stands_in_for_id)

    def test_dialog_tab_and_form_say_who_stands_in_for_whom(self):
        self.seller.track_stand_in_id = self.seller_all
        self.let_be_away(self.seller)
        template = self.make_plain(
            {"summary": "A"}, {"summary": "B", "delay_count": 4}, absence="stand_in"
        )
        template.write({"activity_creation": "ahead", "ahead_days": 1})
        lead = self.make_leads()
        text = "Seller All (stands in for Seller)"
        rows = template.with_user(self.manager).preview("crm.lead", lead.id)
        self.assertEqual([row["assignee"] for row in rows], [text, text])
        self.start(template, lead)
        data = self.env["track.run"].with_user(self.seller_all)
        [run] = data.get_tab_data("crm.lead", lead.id)["runs"]
        first, second = run["tasks"]
        self.assertEqual(first["user"]["name"], "Seller All")
        self.assertEqual(first["options"], ["Stands in for Seller"])
        self.assertEqual(second["expected"], text)
        self.assertEqual(
            run["options"], ["Stand-ins do the tasks of users who are away"]
        )

    def test_a_user_whom_the_reader_cannot_access_is_not_named_in_the_dialog(self):
        stranger = self.make_user(
            "stranger",
            "sales_team.group_sale_salesman",
            company_id=self.company_2.id,
            company_ids=self.company_2.ids,
        )
        stranger.track_stand_in_id = self.seller_all
        self.let_be_away(stranger)
        template = self.make_plain(
            {
                "summary": "A",
                "responsible_type": "user",
                "responsible_id": stranger.id,
            }
        )
        self.hide_users_of_other_companies()
        rows = template.with_user(self.manager).preview(
            "crm.lead", self.make_leads().id
        )
        self.assertEqual(rows[0]["assignee"], "Seller All")

    @users("tracks_manager")
    def test_the_form_of_the_template_shows_it_at_once(self):
        template = self.make_plain(absence=False).with_env(self.env)
        with Form(template) as form:
            form.absence = "stand_in"
            self.assertIn("Stand-ins", form.options_text)
        self.assertEqual(template.absence, "stand_in")

    def test_columns_are_empty_where_unused(self):
        template = self.make_template({"summary": "Call"})
        run = self.start(template)
        self.env.flush_all()
        for table, columns, record in (
            ("track_template", "absence", template),
            ("track_run", "absence", run),
            (
                "track_line",
                "coalesce(responsible_field, responsible_role_id::text, "
                "responsible_team_id::text)",
                template.line_ids,
            ),
            (
                "track_run_line",
                "coalesce(responsible_field, responsible_role_id::text, "
                "responsible_team_id::text, stands_in_for_id::text)",
                run.line_ids,
            ),
        ):
            self.env.cr.execute(
                f"SELECT {columns} FROM {table} WHERE id = %s",  # noqa: S608
                [record.id],
            )
            self.assertEqual(self.env.cr.fetchall(), [(None,)])

    @tagged_test(QUERIES)
    def test_stand_ins_cost_the_same_for_one_record_and_for_many(self):
        self.let_be_away(self.seller)
        self.seller.track_stand_in_id = self.seller_all
        template = self.make_plain()
        counts = []
        for count in (1, 2, 40):
            runs = self.start(template, self.make_leads(count))
            tasks = self.env["track.run.line"].sudo().browse(runs.line_ids.ids)
            counts.append(self.count_queries(tasks._get_assignees))
        # the first one reads the record rules, which stay in the cache
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestAwayDays(AbsenceCase):
    """In the figures, days on which the assignee was away are no delay."""

    def finish(self, away, done, absence="stand_in", due="2026-03-09"):
        """A task that is due on a Monday, and completed on another day.

        :param away: first and last day on which the assignee is away, or None
        """
        run = self.start(self.make_plain(absence=absence))
        task = run.line_ids
        task.with_user(self.manager).date_deadline = due
        self.seller.write({"out_of_office_from": False, "out_of_office_to": False})
        if away:
            self.let_be_away(self.seller, *away)
        with self.at(f"{done} 10:00:00"):
            self.tick(run, "Call", user=self.seller)
        return task

    def test_days_on_which_the_assignee_was_away_are_no_delay(self):
        for away, done, days, rate in (
            (None, "2026-03-12", 0, 0),
            (("2026-03-09", "2026-03-11"), "2026-03-12", 3, 100),
            # present on the due date and not on the days after it
            (("2026-03-10", "2026-03-12"), "2026-03-12", 3, 100),
            # present on one day after the due date
            (("2026-03-10", "2026-03-11"), "2026-03-12", 2, 0),
            (("2026-03-09", "2026-03-10"), "2026-03-12", 2, 0),
            (("2026-03-01", "2026-03-06"), "2026-03-10", 0, 0),
            (("2026-03-09", "2026-03-11"), "2026-03-09", 0, 100),
        ):
            with self.subTest(away=away, done=done):
                task = self.finish(away, done)
                self.assertEqual(task.days_away or 0, days)
                self.assertEqual(task.in_time_rate, rate)
                self.assertEqual(self.get_stored_rate(task), rate)

    def get_stored_rate(self, task):
        self.env.flush_all()
        [[rate]] = task._read_group([("id", "=", task.id)], [], ["in_time_rate:avg"])
        return rate

    def test_without_stand_ins_they_are_late_and_cost_no_query(self):
        task = self.finish(("2026-03-09", "2026-03-11"), "2026-03-12", absence=False)
        self.assertIs(task.days_away, False)
        self.assertEqual(task.in_time_rate, 0)

    def test_reopening_forgets_them(self):
        task = self.finish(("2026-03-09", "2026-03-11"), "2026-03-12")
        task.with_user(self.manager).action_reopen()
        self.assertIs(task.days_away, False)


@tagged("post_install", "-at_install")
class TestStandIn(AbsenceCase):
    """The stand-in in the preferences of a user."""

    @users("tracks_employee")
    def test_users_select_their_own_stand_in(self):
        user = self.env.user.sudo(False)
        user.write({"track_stand_in_id": self.seller.id})
        self.assertEqual(user.track_stand_in_id, self.seller)
        with self.assertRaises(AccessError):
            self.seller_2.with_env(self.env).write({"track_stand_in_id": user.id})

    @users("tracks_employee")
    def test_the_preferences_have_it(self):
        view = "base.view_users_form_simple_modif"
        with Form(self.env.user.sudo(False), view=view) as form:
            form.track_stand_in_id = self.seller.with_env(self.env)
        self.assertEqual(self.employee.track_stand_in_id, self.seller)

    def test_it_is_another_active_internal_user(self):
        archived = self.make_user("archived", "base.group_user", active=False)
        bot = self.env.ref("base.user_root")
        for stand_in in (self.employee, self.portal, archived, bot):
            with self.subTest(stand_in.name), self.assertRaises(ValidationError):
                self.employee.track_stand_in_id = stand_in

    @users("tracks_employee")
    def test_users_whom_one_may_not_read_cannot_be_named(self):
        stranger = self.make_user(
            "stranger",
            "base.group_user",
            company_id=self.company_2.id,
            company_ids=self.company_2.ids,
        )
        self.hide_users_of_other_companies()
        for value in (stranger.id, 2**31 + 5, 10**7, [stranger.id], "5"):
            with self.subTest(value), self.assertRaises(AccessError):
                self.env.user.sudo(False).write({"track_stand_in_id": value})
