from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestTabHold(TracksCase):
    """The texts of the tab about tasks and activities on hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads().with_user(cls.seller)
        cls.template = cls.make_chain("Write", "Call", "Sign")

    def read_tab(self):
        self.env.invalidate_all()
        return self.env["track.run"].get_tab_data("crm.lead", self.lead.id)

    def schedule(self, *summaries):
        for summary in summaries:
            self.lead.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline="2026-03-09",
                summary=summary,
                user_id=self.seller_2.id,
            )

    @users("tracks_seller")
    def test_activities_without_a_track_are_listed_and_counted(self):
        self.schedule("Ask for the budget", "Ask again")
        self.assertEqual(self.read_tab()["activities"], {"hold_text": "", "tasks": []})
        self.lead.action_set_lost()
        data = self.read_tab()
        self.assertFalse(data["runs"])
        activities = data["activities"]
        self.assertIn("2 activities on hold.", activities["hold_text"])
        self.assertEqual(
            [each["label"] for each in activities["tasks"]],
            ["Ask for the budget", "Ask again"],
        )
        self.assertEqual(activities["tasks"][0]["due_text"], "On hold, due 03/09/2026")
        with self.at("2026-03-10 10:00:00"):
            [budget, _again] = self.read_tab()["activities"]["tasks"]
        self.assertEqual(budget["due_text"], "On hold, was due 03/09/2026")
        self.assertEqual(activities["tasks"][0]["user"], "Seller 2")
        self.assertEqual(activities["tasks"][0]["type"], "Call")
        self.assertEqual(data["reopening"]["label"], "Restore")
        self.assertEqual(self.lead.track_inactive_text, activities["hold_text"])
        self.lead.action_restore()
        self.assertFalse(self.read_tab()["activities"]["tasks"])
        self.assertFalse(self.lead.track_inactive_text)

    @users("tracks_seller")
    def test_one_activity_is_one(self):
        self.schedule("Ask for the budget")
        self.lead.action_set_won()
        self.assertIn("1 activity on hold.", self.read_tab()["activities"]["hold_text"])

    @users("tracks_seller")
    def test_what_is_done_or_on_another_record_is_not_on_hold(self):
        other = self.make_leads().with_user(self.seller)
        other.activity_schedule(
            "mail.mail_activity_data_todo", summary="Other", user_id=self.seller.id
        )
        other.action_set_lost()
        self.schedule("Done")
        self.lead.activity_ids.action_feedback()
        self.lead.action_set_lost()
        self.assertFalse(self.read_tab()["activities"]["tasks"])

    @users("tracks_seller")
    def test_each_card_counts_what_it_lists(self):
        self.schedule("Ask for the budget")
        first, second = (self.lead.tracks_apply(self.template) for _number in range(2))
        self.tick(second, "Write")
        self.lead.action_set_lost()
        runs = {run["id"]: run for run in self.read_tab()["runs"]}
        for track, count in ((first, 3), (second, 2)):
            run = runs[track.id]
            self.assertTrue(run["quiet"])
            self.assertIn(
                f"{count} tasks on hold. This opportunity was lost on 03/04/2026.",
                run["hold_text"],
            )
            unfinished = [task for task in run["tasks"] if task["state"] != "done"]
            self.assertEqual(len(unfinished), count)
        self.assertIn("5 tasks on hold.", self.lead.track_inactive_text)
        self.assertIn("1 activity on hold.", self.lead.track_inactive_text)

    @users("tracks_seller")
    def test_a_later_track_on_a_closed_record_is_not_on_hold(self):
        self.lead.tracks_apply(self.template)
        self.lead.action_set_won()
        self.lead.tracks_apply(self.template, name="Later")
        later, earlier = self.read_tab()["runs"]
        self.assertEqual(later["name"], "Later")
        self.assertFalse(later["quiet"])
        self.assertEqual(later["hold_text"], "")
        self.assertIn("3 tasks on hold. This opportunity was won", earlier["hold_text"])

    @users("tracks_seller")
    def test_a_paused_track_says_what_brings_its_tasks_back(self):
        run = self.lead.tracks_apply(self.template)
        run.action_pause()
        [data] = self.read_tab()["runs"]
        self.assertEqual(
            data["hold_text"],
            "3 tasks on hold. Tasks come back when their track is resumed.",
        )
        self.assertFalse(self.read_tab()["reopening"])
        self.lead.action_set_lost()
        [data] = self.read_tab()["runs"]
        self.assertIn("This opportunity was lost on", data["hold_text"])
        self.assertIn("Paused tracks must be resumed as well.", data["hold_text"])
        run.action_stop()
        [data] = self.read_tab()["runs"]
        self.assertEqual((data["quiet"], data["hold_text"]), (False, ""))

    @users("tracks_seller")
    def test_a_planned_task_of_a_quiet_track_is_not_late(self):
        template = self.make_template(
            {"summary": "Write", "delay_count": 10},
            activity_creation="ahead",
            ahead_days=1,
        )
        run = self.lead.tracks_apply(template)
        run.action_pause()
        self.assertTasks(run, [("Write", "planned", "2026-03-14")])
        [task] = self.read_tab()["runs"][0]["tasks"]
        self.assertEqual(task["due_text"], "On hold, due 03/14/2026")
        with self.at("2026-03-20 10:00:00"):
            [task] = self.read_tab()["runs"][0]["tasks"]
        self.assertEqual(task["due_text"], "On hold, was due 03/14/2026")
