from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestTab(TracksCase):
    """The data and previews of the Tracks tab: content, access and queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads()
        cls.template = cls.make_template(
            {"summary": "Write", "activity_type_id": cls.type_todo.id},
            {"summary": "Call", "delay_count": 2, "delay_from": "previous"},
            {"summary": "Review", "delay_count": 1, "delay_unit": "weeks"},
        )
        cls.run_ = cls.lead.with_user(cls.seller).tracks_apply(cls.template)

    def read_tab(self, lead=None, user=None):
        return (
            self.env["track.run"]
            .with_user(user or self.env.user)
            .get_tab_data("crm.lead", (lead or self.lead).id)
        )

    def read_tab_tasks(self):
        return [task for run in self.read_tab()["runs"] for task in run["tasks"]]

    @users("tracks_seller")
    def test_tracks_come_with_their_tasks_in_order_and_in_words(self):
        data = self.read_tab()
        self.assertFalse(data["readonly"])
        self.assertEqual(data["activities"], {"hold_text": "", "tasks": []})
        [run] = data["runs"]
        self.assertEqual(run["name"], "Sales follow-through")
        self.assertEqual(run["template"], "Sales follow-through")
        self.assertEqual(run["progress_text"], "0 of 3")
        self.assertEqual(run["start_date"], "2026-03-04")
        self.assertFalse(run["quiet"])
        write, call, review = run["tasks"]
        self.assertEqual(
            [write["label"], write["state"], write["urgency"], write["due_text"]],
            ["Write", "open", "today", "Today"],
        )
        self.assertEqual(write["user"], {"id": self.env.uid, "name": "Seller"})
        self.assertEqual(write["icon"], self.type_todo.icon)
        self.assertEqual(
            [call["state"], call["due_text"], call["user"], call["date_deadline"]],
            ["waiting", "2 days after “Write”", False, False],
        )
        self.assertEqual(
            [review["state"], review["urgency"], review["due_text"]],
            ["open", "", "In 7 days"],
        )

    @users("tracks_seller")
    def test_a_late_task_is_late_and_a_done_one_says_who_did_it_and_how(self):
        self.tick(self.run_, "Write", feedback="They want a demo")
        with self.at("2026-03-09 10:00:00"):
            write, call, _review = self.read_tab()["runs"][0]["tasks"]
        self.assertEqual(write["state"], "done")
        self.assertEqual(write["feedback"], "“They want a demo”")
        self.assertEqual(write["due_text"], "03/04/2026, Seller")
        self.assertEqual(call["urgency"], "late")
        self.assertEqual(call["due_text"], "3 days late")

    @users("tracks_seller")
    def test_a_feedback_is_quoted_as_the_readers_language_does(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.tick(self.run_, "Write", feedback="They want a demo")
        tab = self.env["track.run"].with_context(lang="fr_FR")
        write, *_others = tab.get_tab_data("crm.lead", self.lead.id)["runs"][0]["tasks"]
        self.assertEqual(write["feedback"], "«\xa0They want a demo\xa0»")

    @users("tracks_seller")
    def test_an_inactive_task_is_muted_under_a_banner_that_says_why(self):
        self.lead.with_env(self.env).action_set_lost()
        data = self.read_tab()
        [run] = data["runs"]
        self.assertEqual(run["hold_text"], self.lead.track_inactive_text)
        self.assertIn("3 tasks on hold. This opportunity was lost on", run["hold_text"])
        self.assertTrue(run["quiet"])
        self.assertEqual(run["status"], "Inactive")
        write, call, review = run["tasks"]
        self.assertTrue(write["muted"] and review["muted"])
        self.assertEqual(write["status"], "Inactive")
        self.assertEqual(write["urgency"], "")
        self.assertFalse(call["muted"])

    @users("tracks_seller")
    def test_the_banner_of_a_closed_record_offers_the_one_step_that_reopens_it(self):
        lead = self.lead.with_env(self.env)
        self.assertFalse(self.read_tab()["reopening"])
        lead.action_set_lost()
        reopening = self.read_tab()["reopening"]
        self.assertEqual(reopening["label"], "Restore")
        getattr(lead, reopening["method"])()
        self.assertFalse(self.read_tab()["reopening"])
        self.assertEqual(lead.won_status, "pending")
        lead.action_archive()
        reopening = self.read_tab()["reopening"]
        self.assertEqual(reopening["label"], "Unarchive")
        getattr(lead, reopening["method"])()
        self.assertFalse(any(task["muted"] for task in self.read_tab_tasks()))

    @users("tracks_seller")
    def test_a_won_record_is_reopened_by_choosing_a_stage_and_no_button(self):
        lead = self.lead.with_env(self.env)
        lead.action_set_won()
        self.assertTrue(any(task["muted"] for task in self.read_tab_tasks()))
        self.assertFalse(self.read_tab()["reopening"])
        lead.action_archive()
        self.assertFalse(self.read_tab()["reopening"])

    @users("tracks_seller")
    def test_a_pause_alone_is_nothing_to_reopen(self):
        self.run_.with_env(self.env).action_pause()
        data = self.read_tab()
        self.assertFalse(data["reopening"])
        self.assertFalse(data["runs"][0]["held"])
        self.assertTrue(data["runs"][0]["quiet"])

    def test_any_archived_record_is_unarchived_by_whoever_may_write_it(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        partner.tracks_apply(self.template)
        partner.action_archive()
        tab = self.env["track.run"]
        groups = "base.group_user,base.group_partner_manager"
        writer = self.make_user("contacts", groups)
        for user, expected in (
            (writer, {"method": "action_unarchive", "label": "Unarchive"}),
            (self.employee, False),
        ):
            with self.subTest(user=user.login):
                data = tab.with_user(user).get_tab_data("res.partner", partner.id)
                self.assertIn("3 tasks on hold", data["runs"][0]["hold_text"])
                self.assertEqual(data["reopening"], expected)

    def test_who_may_only_read_the_record_is_told_so(self):
        with self.assertRaises(AccessError):  # a lead of another user
            self.read_tab(user=self.seller_2)
        # all users may read and change leads without an owner
        self.lead.user_id = False
        self.assertFalse(self.read_tab(user=self.seller_2)["readonly"])
        partner = self.env["res.partner"].create({"name": "Customer"})
        partner.tracks_apply(self.template)
        tab = self.env["track.run"].with_user(self.employee)
        data = tab.get_tab_data("res.partner", partner.id)
        self.assertTrue(data["readonly"])
        self.assertEqual(len(data["runs"]), 1)

    def test_who_writes_templates_is_offered_to_make_one(self):
        self.assertFalse(self.read_tab(user=self.seller)["can_make_template"])
        self.assertTrue(self.read_tab(user=self.manager)["can_make_template"])

    def test_nothing_tells_a_hidden_record_from_one_that_is_gone(self):
        gone = self.make_leads()
        gone_id = gone.id
        gone.unlink()
        messages = set()
        for args in (
            ("crm.lead", self.lead.id),
            ("crm.lead", gone_id),
            ("crm.lead", 0),
            ("crm.lead", True),
            ("crm.lead", "1"),
            ("crm.lead", None),
            ("no.model", 1),
            (None, 1),
            (["crm.lead"], 1),
            ("track.run", self.run_.id),
        ):
            with self.subTest(args=args), self.assertRaises(AccessError) as caught:
                self.env["track.run"].with_user(self.seller_2).get_tab_data(*args)
            messages.add(str(caught.exception))
        self.assertEqual(len(messages), 1)

    def test_portal_and_public_users_get_nothing(self):
        for user in (self.portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.read_tab(user=user)

    def test_the_template_of_another_company_is_not_named(self):
        template = self.make_template({"summary": "Secret"}, name="Secret plan")
        lead = self.make_leads(user=self.seller)
        lead.with_user(self.seller).tracks_apply(template, name="Ours")
        template.sudo().company_id = self.company_2
        self.assertEqual(self.read_tab(lead, self.seller)["runs"][0]["template"], "")

    @users("tracks_seller")
    def test_an_automated_task_says_what_it_does_and_what_it_did(self):
        lead = self.make_leads()
        template = self.make_template(
            {
                "action": "update",
                "summary": "Mark it",
                "update_ids": [
                    Command.create({"field_name": "priority", "value": "1"})
                ],
            },
            {"summary": "Call", "delay_from": "previous"},
            res_model_ids=[Command.link(self.env["ir.model"]._get_id("crm.lead"))],
        )
        run = lead.with_user(self.env.user).tracks_apply(template)
        [track] = self.read_tab(lead)["runs"]
        task, call = track["tasks"]
        self.assertTrue(task["automated"])
        self.assertFalse(call["automated"])
        self.assertEqual(task["label"], "Mark it")
        self.assertEqual(task["action_text"], "Priority: Medium")
        self.assertEqual(task["icon"], "fa-pencil-square-o")
        self.assertEqual(task["result"], "")
        run.line_ids[0].action_run_now()
        [track] = self.read_tab(lead)["runs"]
        task = track["tasks"][0]
        self.assertEqual(task["result"], "Priority: Low → Medium")
        self.assertFalse(task["has_result"])
        self.assertFalse(task["user"])

    def test_a_task_that_waits_says_who_will_be_assigned(self):
        template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_from": "previous"},
            {
                "summary": "Review",
                "delay_from": "previous",
                "responsible_type": "user",
                "responsible_id": self.manager.id,
            },
            {
                "summary": "File",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
        )
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(template)
        [shown] = self.env["track.run"].get_tab_data("crm.lead", lead.id)["runs"]
        self.assertEqual(
            [(task["expected"], bool(task["user"])) for task in shown["tasks"]],
            [
                ("", True),
                ("Seller", False),
                ("Manager", False),
                ("same user as “Review”", False),
            ],
        )
        # as it is when its turn comes
        lead.sudo().user_id = self.seller_2
        [shown] = self.env["track.run"].get_tab_data("crm.lead", lead.id)["runs"]
        self.assertEqual(shown["tasks"][1]["expected"], "Seller 2")
        self.tick(run.sudo(), "Write")
        self.assertEqual(self.get_task(run.sudo(), "Call").user_id, self.seller_2)

    @tagged_test(QUERIES)
    def test_it_takes_as_many_queries_for_forty_tasks_as_for_three(self):
        big = self.make_leads()
        chain = self.make_template(
            *(
                {"summary": f"Task {number}", "activity_type_id": self.type_call.id}
                for number in range(20)
            )
        )
        for _number in range(2):
            big.with_user(self.seller).tracks_apply(chain)
        counts = {}
        for lead in (self.lead, self.lead, big):  # the first call fills the caches
            counts[lead] = self.count_queries(
                lambda lead=lead: self.read_tab(lead, self.seller)
            )
        self.assertEqual(len(self.read_tab(big)["runs"][0]["tasks"]), 20)
        self.assertLessEqual(counts[big], counts[self.lead])
        self.assertLess(counts[big], 25)

    @tagged_test(QUERIES)
    def test_each_track_is_gone_through_once_whatever_waits_in_it(self):
        """Linear in waiting tasks: the previous tasks are found in one pass."""
        Line = type(self.env["track.run.line"])
        get_siblings, has_dropped_out = Line._get_siblings, Line._has_dropped_out
        queries = []
        for size in (20, 200):
            lead = self.make_leads()
            chain = self.make_template(
                *(
                    {
                        "summary": f"Task {number}",
                        "activity_type_id": self.type_call.id,
                        "delay_from": "previous" if number else "start",
                    }
                    for number in range(size)
                )
            )
            lead.with_user(self.seller).tracks_apply(chain)
            self.read_tab(lead, self.seller)
            with (
                patch.object(Line, "_get_siblings", autospec=True) as siblings,
                patch.object(Line, "_has_dropped_out", autospec=True) as looked_at,
            ):
                siblings.side_effect = get_siblings
                looked_at.side_effect = has_dropped_out
                queries.append(
                    self.count_queries(
                        lambda lead=lead: self.read_tab(lead, self.seller)
                    )
                )
            tasks = self.read_tab(lead, self.seller)["runs"][0]["tasks"]
            self.assertEqual(len(tasks), size)
            self.assertEqual(tasks[3]["due_text"], "Same day as “Task 2”")
            self.assertLessEqual(siblings.call_count, 1)
            self.assertLessEqual(looked_at.call_count, size)
        self.assertLessEqual(queries[1], queries[0])

    @tagged_test(QUERIES)
    @users("tracks_seller")
    def test_the_form_pays_at_most_ten_queries_for_forty_tasks(self):
        """The form itself, and the data of the lines above its tabs and of its tab."""
        plain, tracked = self.make_leads(2).with_env(self.env)
        chain = self.make_template(
            *({"summary": f"Task {number}"} for number in range(40))
        )
        tracked.tracks_apply(chain)
        tracked.invalidate_recordset()
        arch = self.env["crm.lead"].get_view(view_type="form")
        fields = arch["models"]["crm.lead"]
        spec = {
            name: {}
            for name in fields
            if plain._has_field_access(plain._fields[name], "read")
        }
        self.assertIn("track_run_ids", spec)
        counts = {}
        for lead in (plain, tracked, plain, tracked):  # the first ones fill the caches
            self.env.invalidate_all()
            counts[lead] = self.count_queries(lambda lead=lead: lead.web_read(spec))
            self.env.invalidate_all()
            counts[lead] += self.count_queries(
                lambda lead=lead: self.read_tab(lead, self.env.user)
            )
        # assigned tasks also appear in the chatter, which loads them separately
        self.assertLessEqual(counts[tracked], counts[plain] + 10)

    # ------------------------------------------------------------------
    # The preview of moved dates
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_preview_shows_the_new_dates_and_changes_nothing(self):
        run = self.run_.with_env(self.env)
        preview = run.get_dates_preview("start_date", "2026-03-06")
        write, _call, review = run.line_ids
        self.assertEqual(
            preview,
            {
                "moved": [
                    {
                        "id": write.id,
                        "label": "Write",
                        "old": "2026-03-04",
                        "new": "2026-03-06",
                    },
                    {
                        "id": review.id,
                        "label": "Review",
                        "old": "2026-03-11",
                        "new": "2026-03-13",
                    },
                ],
                "kept": [],
            },
        )
        self.assertEqual(run.start_date, self.TODAY)
        self.assertEqual(write.date_deadline, self.TODAY)
        run.start_date = "2026-03-06"
        for task in preview["moved"]:
            line = self.env["track.run.line"].browse(task["id"])
            self.assertEqual(line.date_deadline.isoformat(), task["new"])

    @users("tracks_seller")
    def test_a_preview_says_what_stays_and_why(self):
        run = self.run_.with_env(self.env)
        write, _call, review = run.line_ids
        review.date_deadline = "2026-03-20"
        self.make_meeting(self.get_task(run, "Write"), day="2026-03-10")
        preview = run.get_dates_preview("start_date", "2026-03-06")
        self.assertEqual(preview["moved"], [])
        self.assertEqual(
            [(task["id"], task["reason"]) for task in preview["kept"]],
            [(write.id, "meeting"), (review.id, "manual")],
        )

    def test_a_preview_is_for_whoever_may_move_the_date(self):
        with self.assertRaises(AccessError):
            self.run_.with_user(self.seller_2).get_dates_preview(
                "start_date", "2026-03-06"
            )
        run = self.run_.with_user(self.seller)
        for field, day in (
            ("start_date", False),
            ("start_date", "tomorrow"),
            ("end_date", "2026-03-06"),
            ("date_done", "2026-03-06"),
        ):
            with self.subTest(field=field, day=day), self.assertRaises(UserError):
                run.get_dates_preview(field, day)
        run.action_stop()
        with self.assertRaisesRegex(UserError, "has ended"):
            run.get_dates_preview("start_date", "2026-03-06")

    @users("tracks_seller")
    def test_the_form_of_a_record_is_saved_without_touching_its_tracks(self):
        with Form(self.lead.with_env(self.env)) as form:
            form.name = "Renamed"
        self.assertEqual(self.lead.name, "Renamed")
        self.assertEqual(self.lead.track_run_ids, self.run_)
