from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.crm_tracks.tests.common import TOURS, PatientHttpCase, TracksCase


class OtherModelsCase(TracksCase):
    """Models with activities for which the addons have no code."""

    def apply_from_chatter(self, record, template, user, **values):
        """Open the dialog from the Activity button of the chatter."""
        schedule = Form(
            self.env["mail.activity.schedule"]
            .with_user(user)
            .with_context(
                active_model=record._name,
                active_ids=record.ids,
                active_id=record.id,
            )
        )
        self.assertTrue(schedule.has_tracks)
        action = schedule.save().action_tracks_apply()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
        )
        wizard.template_id = template
        for name, value in values.items():
            wizard[name] = value
        before = record.track_run_ids
        wizard.save().action_apply()
        return record.track_run_ids - before


@tagged("post_install", "-at_install")
class TestEvent(OtherModelsCase):
    """Preparing an event: a template that counts back from its first day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.organizer = cls.make_user("organizer", "event.group_event_user")
        cls.template = cls.make_template(
            {
                "summary": "Book the hall",
                "delay_from": "end",
                "delay_count": 2,
                "delay_unit": "weeks",
            },
            {
                "summary": "Invite",
                "delay_from": "end",
                "delay_count": 5,
                "delay_unit": "weekdays",
            },
            {"summary": "Open the doors", "delay_from": "end"},
            name="Event preparation",
            direction="end",
        )
        cls.event = cls.env["event.event"].create(
            {
                "name": "Spring fair",
                "user_id": cls.organizer.id,
                "date_tz": "Europe/Brussels",
                # in Brussels the event starts on the 15th
                "date_begin": "2026-04-14 22:30:00",
                "date_end": "2026-04-16 16:00:00",
            }
        )

    def assertPrepared(self, track):
        self.assertEqual(track.end_date, date(2026, 4, 15))
        self.assertTasks(
            track,
            [
                ("Book the hall", "open", "2026-04-01"),
                ("Invite", "open", "2026-04-08"),
                ("Open the doors", "open", "2026-04-15"),
            ],
        )
        for task in track.line_ids:
            self.assertActivityFollows(task)
            self.assertEqual(task.user_id, self.organizer)
        self.assertEqual(self.event.activity_ids, track.line_ids.activity_id)

    def test_it_is_applied_from_the_chatter(self):
        track = self.apply_from_chatter(
            self.event, self.template, self.organizer, end_date=date(2026, 4, 15)
        )
        self.assertPrepared(track)
        self.assertEqual(track.res_name, "Spring fair")

    def test_its_first_day_is_an_end_date_in_the_caller_s_time_zone(self):
        event = self.event.with_user(self.organizer)
        self.assertPrepared(
            event.tracks_apply(self.template, end_date=event.date_begin)
        )

    def test_it_cannot_be_applied_without_an_end_date(self):
        with self.assertRaisesRegex(UserError, "Enter that date"):
            self.event.with_user(self.organizer).tracks_apply(self.template)
        self.assertFalse(self.event.track_run_ids)

    def test_when_it_is_moved_what_is_left_follows(self):
        event = self.event.with_user(self.organizer)
        track = event.tracks_apply(self.template, end_date=event.date_begin)
        self.tick(track, "Book the hall")
        self.get_task(track, "Invite").with_user(
            self.organizer
        ).date_deadline = "2026-04-02"
        track.end_date = date(2026, 4, 22)
        self.assertTasks(
            track,
            [
                ("Book the hall", "done", "2026-04-01"),
                ("Invite", "open", "2026-04-02"),
                ("Open the doors", "open", "2026-04-22"),
            ],
        )

    def test_archived_is_closed(self):
        event = self.event.with_user(self.organizer)
        track = event.tracks_apply(self.template, end_date=event.date_begin)
        activities = track.line_ids.activity_id
        event.action_archive()
        self.assertTrue(track.held)
        self.assertEqual(activities.mapped("muted"), [True] * 3)
        event.action_unarchive()
        self.assertFalse(track.held)
        self.assertEqual(activities.mapped("active"), [True] * 3)

    def test_whoever_may_not_write_it_does_not_apply_it(self):
        desk = self.make_user("desk", "event.group_event_registration_desk")
        with self.assertRaisesRegex(
            UserError, "You do not have permission to change this record"
        ):
            self.event.with_user(desk).tracks_apply(
                self.template, end_date=self.event.date_begin
            )
        tab = self.env["track.run"].with_user(desk)
        self.assertTrue(tab.get_tab_data("event.event", self.event.id)["readonly"])


@tagged("post_install", "-at_install")
class TestProjectTask(OtherModelsCase):
    """A task of a project, which has several assignees and no owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.make_user("worker", "project.group_project_user")
        cls.template = cls.make_chain("Sketch", "Build", name="Prototype")
        cls.project = cls.env["project.project"].create(
            {"name": "Chairs", "privacy_visibility": "employees"}
        )
        cls.task = cls.env["project.task"].create(
            {
                "name": "A chair with three legs",
                "project_id": cls.project.id,
                "user_ids": cls.worker.ids,
            }
        )

    def test_it_is_applied_from_the_chatter_and_moves_on(self):
        track = self.apply_from_chatter(self.task, self.template, self.worker)
        sketch = self.get_task(track, "Sketch")
        self.assertActivityFollows(sketch)
        # the record has no owner, so its tasks are assigned to the starter
        self.assertEqual(sketch.user_id, self.worker)
        with self.at("2026-03-05 10:00:00"):
            self.tick(track, "Sketch", feedback="With a back")
        self.assertTasks(
            track, [("Sketch", "done", "2026-03-04"), ("Build", "open", "2026-03-07")]
        )
        with self.at("2026-03-06 10:00:00"):
            self.tick(track, "Build")
        self.assertEqual(track.state, "done")

    def test_many_at_once(self):
        tasks = self.task + self.task.copy() + self.task.copy()
        tracks = tasks.with_user(self.worker).tracks_apply(self.template)
        self.assertEqual(tracks.mapped("res_id"), tasks.ids)
        self.assertEqual(len(tasks.activity_ids), 3)

    def test_archived_is_closed(self):
        track = self.task.with_user(self.worker).tracks_apply(self.template)
        self.task.with_user(self.worker).action_archive()
        self.assertTrue(track.held)
        self.assertFalse(self.task.activity_ids)
        self.task.with_user(self.worker).action_unarchive()
        self.assertActivityFollows(self.get_task(track, "Sketch"))

    def test_access_follows_the_project(self):
        self.project.privacy_visibility = "followers"
        outsider = self.make_user("outsider", "project.group_project_user")
        insider = self.worker
        self.project.message_subscribe(insider.partner_id.ids)
        track = self.task.with_user(insider).tracks_apply(self.template)
        runs = self.env["track.run"]
        domain = [("id", "=", track.id)]
        self.assertEqual(runs.with_user(insider).search(domain), track)
        self.assertFalse(runs.with_user(outsider).search(domain))
        self.assertFalse(runs.with_user(self.employee).search(domain))


@tagged("post_install", "-at_install", TOURS)
class TestOtherModelsTour(PatientHttpCase):
    """In a real browser: the chatter's Activity button of an event."""

    def test_a_track_is_applied_by_the_chatter_s_button(self):
        organizer = self.make_person("event.group_event_user", login="tracks_organizer")
        template = self.env["track.template"].create(
            {
                "name": "Tour event track",
                "direction": "end",
                "line_ids": [
                    Command.create(
                        {
                            "summary": "Open the doors",
                            "delay_from": "end",
                            "delay_count": 1,
                        }
                    )
                ],
            }
        )
        event = self.env["event.event"].create(
            {
                "name": "Tour fair",
                "user_id": organizer.id,
                "date_begin": "2031-04-15 08:00:00",
                "date_end": "2031-04-16 16:00:00",
            }
        )
        self.start_tour(
            f"/odoo/event.event/{event.id}",
            "test_crm_tracks_event_tour",
            login="tracks_organizer",
        )
        # demo rules of other addons may have started tracks
        track = event.track_run_ids.filtered(lambda run: run.template_id == template)
        self.assertEqual(track.end_date, date(2031, 4, 15))
        self.assertEqual(track.user_id, organizer)
        self.assertEqual(track.line_ids.date_deadline, date(2031, 4, 14))
        self.assertEqual(track.state, "done")
        self.assertEqual(track.line_ids.done_user_id, organizer)
