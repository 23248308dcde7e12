from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_other_models import OtherModelsCase


class DatedCase(OtherModelsCase):
    @classmethod
    def make_dated(cls, model, name):
        return cls.make_template(
            {"summary": "Prepare", "delay_from": "end", "delay_count": 7},
            {"summary": "Begin", "delay_from": "end"},
            name="Dated",
            direction="end",
            date_field=name,
            res_model_ids=[Command.set(cls.env["ir.model"]._get(model).ids)],
        )


@tagged("post_install", "-at_install")
class TestEventDates(DatedCase):
    """A track that follows the first day of an event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.organizer = cls.make_user("organizer", "event.group_event_user")
        cls.template = cls.make_dated("event.event", "date_begin")
        cls.company.resource_calendar_id.tz = "Europe/Brussels"
        cls.event = cls.env["event.event"].create(
            {
                "name": "Spring fair",
                "user_id": cls.organizer.id,
                # the 15th in Brussels
                "date_begin": "2026-04-14 22:30:00",
                "date_end": "2026-04-16 16:00:00",
            }
        )

    def move(self, moment):
        self.event.with_user(self.organizer).write(
            {"date_begin": moment, "date_end": moment}
        )

    def test_the_dialog_proposes_the_first_day_and_the_track_follows_it(self):
        track = self.apply_from_chatter(self.event, self.template, self.organizer)
        self.assertEqual(track.end_date, date(2026, 4, 15))
        self.assertTrue(track.date_linked)
        self.move("2026-04-22 22:30:00")
        self.assertTasks(
            track, [("Prepare", "open", "2026-04-16"), ("Begin", "open", "2026-04-23")]
        )
        for task in track.line_ids:
            self.assertActivityFollows(task)

    def test_a_selected_date_is_not_linked(self):
        track = self.apply_from_chatter(
            self.event, self.template, self.organizer, end_date=date(2026, 5, 1)
        )
        self.assertFalse(track.date_linked)
        self.move("2026-04-22 22:30:00")
        self.assertEqual(track.end_date, date(2026, 5, 1))

    def test_another_hour_of_the_day_moves_nothing(self):
        track = self.event.with_user(self.organizer).tracks_apply(self.template)
        self.env.cr.flush()
        before = len(self.event.message_ids)
        self.move("2026-04-15 12:00:00")
        self.env.cr.flush()
        self.assertEqual(track.end_date, date(2026, 4, 15))
        notes = self.event.message_ids[: len(self.event.message_ids) - before]
        self.assertNotIn("because they follow", " ".join(notes.mapped("preview")))

    def test_an_archived_event_is_followed_while_it_is_closed(self):
        track = self.event.with_user(self.organizer).tracks_apply(self.template)
        self.event.with_user(self.organizer).action_archive()
        self.move("2026-04-22 22:30:00")
        self.assertTrue(track.held)
        self.assertEqual(track.end_date, date(2026, 4, 23))


@tagged("post_install", "-at_install")
class TestProjectTaskDates(DatedCase):
    """A track that follows the deadline of a task of a project."""

    def test_the_deadline_is_followed(self):
        worker = self.make_user("worker", "project.group_project_user")
        project = self.env["project.project"].create(
            {"name": "Chairs", "privacy_visibility": "employees"}
        )
        task = self.env["project.task"].create(
            {"name": "A chair", "project_id": project.id, "user_ids": worker.ids}
        )
        template = self.make_dated("project.task", "date_deadline")
        task = task.with_user(worker)
        with self.assertRaisesRegex(UserError, "“Deadline” is empty"):
            task.tracks_apply(template)
        task.date_deadline = "2026-04-15 10:00:00"
        track = task.tracks_apply(template)
        task.date_deadline = "2026-04-20 10:00:00"
        self.assertEqual(track.end_date, date(2026, 4, 20))
