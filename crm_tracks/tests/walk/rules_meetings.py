"""The actions of users on meetings of activities."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo import Command

from . import endings, moves
from .machine import NUMBER, UNDO, Walker, in_state


class MeetingMoves(Walker):
    """Meetings are scheduled, moved and deleted, also while their track is inactive."""

    @property
    def met(self):
        """The open tasks with a meeting that its organizer may still move."""
        return [
            task
            for task in self.get_tasks("open")
            if task.meeting
            and task.organizer.active
            and (
                task.organizer is task.person
                or self.world.may_write(task.organizer, task.track.record)
            )
        ]

    @in_state("open")
    @rule(task=NUMBER, days=st.integers(0, 20))
    def arrange(self, task, days):
        tasks = [
            one
            for one in self.get_tasks("open")
            if not one.meeting and not one.track.quiet and one.person.active
        ]
        task = self.pick(task, tasks)
        if not task or task.person is self.world.administrator:
            return
        actor, activity = task.person, task.activity
        day = self.world.now.date() + timedelta(days=days)

        def call(_none):
            event = self.browse("calendar.event", [], actor).create(
                {
                    "name": "Meeting",
                    "start": f"{day} 09:00:00",
                    "stop": f"{day} 10:00:00",
                    "activity_ids": [Command.link(activity)],
                }
            )
            task.meeting = event.id

        self.act(
            f"{actor.key} arranges a meeting for {task.summary} ({task.id}) on {day}",
            lambda: moves.arrange(actor, task, day),
            call,
        )

    @precondition(lambda self: self.met)
    @rule(task=NUMBER, days=st.integers(0, 20), undo=UNDO)
    def move_meeting(self, task, days, undo):
        task = self.pick(task, self.met)
        actor, meeting = task.organizer, task.meeting
        day = self.world.now.date() + timedelta(days=days)
        self.act(
            f"{actor.key} moves the meeting of {task.summary} ({task.id}) to {day}",
            lambda: moves.arrange(actor, task, day),
            lambda _none: self.browse("calendar.event", meeting, actor).write(
                {"start": f"{day} 09:00:00", "stop": f"{day} 10:00:00"}
            ),
            undo,
        )

    @precondition(lambda self: self.met)
    @rule(task=NUMBER, undo=UNDO)
    def delete_meeting(self, task, undo):
        task = self.pick(task, self.met)
        actor, meeting = task.organizer, task.meeting
        self.act(
            f"{actor.key} deletes the meeting of {task.summary} ({task.id})",
            lambda: endings.skip(self.world, actor, task, by_activity=True),
            lambda _none: self.browse("calendar.event", meeting, actor).unlink(),
            undo,
        )
