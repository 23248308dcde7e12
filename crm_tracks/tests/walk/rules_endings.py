"""The actions by which users end tasks, in every way, and take that back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo import Command

from . import endings
from .machine import ACTOR, NUMBER, UNDO, WORDS, Walker, in_state, name
from .templates import GATED_TYPE

# The name that is no outcome of any task.
UNKNOWN = "Nobody there"
# Ways to complete a task by its activity that record no outcome.
DOORS = ("feedback", "next", "done", "other", "archive", "write", "record", "code")
# Odoo ignores inactive activities there.
ONLY_ACTIVE = ("done", "other", "archive", "write", "record")
# Ways that take no feedback.
WORDLESS = ("done", "other", "archive", "record")


class EndMoves(Walker):
    """A task is completed, skipped or reopened, in every way."""

    def get_names(self, tasks):
        """The names of the outcomes of these tasks, and one that none has."""
        names = {one.name: None for task in tasks for one in task.step.outcomes}
        return [*names, UNKNOWN]

    @in_state("open")
    @rule(task=NUMBER, outcome=NUMBER)
    def go_on(self, task, outcome):
        """The most frequent action: the assignee completes the task."""
        task = self.pick(task, self.get_tasks("open"))
        choices = [*task.choices, None]
        self.end_as(task, None, "activity", self.pick(outcome, choices), "Well", False)

    @in_state("open")
    @rule(
        task=NUMBER,
        actor=st.none() | ACTOR,
        door=st.sampled_from((*DOORS[:-1], "feedback", "done", "code")),
        words=WORDS,
        undo=UNDO,
    )
    def tick(self, task, actor, door, words, undo):
        task = self.pick(task, self.get_tasks("open"))
        actor = self.person(actor) if actor else task.person
        if task.track.quiet and door in ONLY_ACTIVE:
            door = "feedback"
        words = None if door in WORDLESS else words
        by = door if door in ("record", "code") else "activity"
        self.act(
            f"{actor.key} completes {name([task])} by {door}: {words!r}",
            lambda: endings.complete(self.world, actor, [task], by, words),
            self.prepare_tick(task, actor, door, words),
            undo,
        )

    def prepare_tick(self, task, actor, door, words):
        """The function that completes a task by one of the doors."""
        activity, record = self.get_activities([task], actor), task.track.record
        lacks = int(bool(self.world.lacks_something(task, words)))
        archived = {"active": False}
        command = [Command.update(task.activity, archived)]
        calls = {
            "feedback": lambda: activity.action_feedback(feedback=words or False),
            "next": lambda: activity.action_feedback_schedule_next(
                feedback=words or False
            ),
            "done": activity.action_done,
            "other": activity.action_done_redirect_to_other,
            "archive": activity.action_archive,
            "write": lambda: activity.write(
                {**archived, "feedback": words} if words else archived
            ),
            "record": lambda: self.browse(record.model, record.id, actor).write(
                {"activity_ids": command}
            ),
            "code": lambda: activity.sudo().action_feedback(feedback=words or False),
        }
        if door == "code":
            return lambda _none: self.expect_notes(record, lacks, calls[door])
        return lambda _none: calls[door]()

    def expect_notes(self, record, count, call):
        """Call a function that notes of this many tasks what was missing."""
        text = "was completed automatically without"

        def count_noted():
            notes = self.case.env["mail.message"].search(
                [("model", "=", record.model), ("res_id", "=", record.id)]
            )
            return sum(note.body.count(text) for note in notes)

        before = count_noted()
        call()
        noted = count_noted() - before
        if noted != count:
            self.fail(f"{noted} tasks are noted with what was missing, not {count}")

    @precondition(lambda self: any(one.step.outcomes for one in self.get_tasks("open")))
    @rule(
        task=NUMBER,
        actor=st.none() | st.none() | ACTOR,
        door=st.sampled_from(("task", "activity")),
        outcome=NUMBER,
        words=WORDS,
        undo=UNDO,
    )
    def tick_with_outcome(self, task, actor, door, outcome, words, undo):
        tasks = [one for one in self.get_tasks("open") if one.step.outcomes]
        task = self.pick(task, tasks)
        chosen = self.pick(outcome, self.get_names([task]))
        self.end_as(task, actor, door, chosen, words, undo)

    def end_as(self, task, actor, door, chosen, words, undo):
        """Complete a task with an outcome.

        :param chosen: the name of the outcome; None for none
        """
        actor = self.person(actor) if actor else task.person
        activity = self.get_activities([task], actor)

        def call(_none):
            if door == "task":
                line = self.browse("track.run.line", task.id, actor)
                line.action_done(feedback=words or False, outcome=chosen)
            else:
                activity.action_track_done(chosen, words or False)

        self.act(
            f"{actor.key} completes {name([task])} as {chosen} by its {door}:"
            f" {words!r}",
            lambda: endings.complete(self.world, actor, [task], door, words, chosen),
            call,
            undo,
        )

    @in_state("waiting", "planned", "open", "failed", "done", "skipped")
    @rule(
        task=NUMBER,
        actor=ACTOR,
        verb=st.sampled_from(("done", "skip", "skip", "reopen", "run_now", "retry")),
        words=WORDS,
        undo=UNDO,
    )
    def end(self, task, actor, verb, words, undo):
        task = self.pick(task, self.world.tasks)
        actor = self.person(actor)
        if verb == "retry" and task.state != "failed":
            verb = "run_now"
        world = self.world
        change = {
            "done": lambda: endings.complete(world, actor, [task], "task", words),
            "skip": lambda: endings.skip(world, actor, task, reason=words),
            "reopen": lambda: endings.reopen(world, actor, task),
            "run_now": lambda: endings.run_now(world, actor, task),
            "retry": lambda: endings.run_now(world, actor, task),
        }
        values = [words or False] if verb in ("done", "skip") else []
        self.act(
            f"{actor.key}: {verb} task {name([task])}: {words!r}",
            change[verb],
            lambda _none: getattr(
                self.browse("track.run.line", task.id, actor), f"action_{verb}"
            )(*values),
            undo,
        )

    @in_state("open")
    @rule(task=NUMBER, actor=st.none() | ACTOR, undo=UNDO)
    def cancel(self, task, actor, undo):
        task = self.pick(task, self.get_tasks("open"))
        actor = self.person(actor) if actor else task.person
        activity = self.get_activities([task], actor)
        self.act(
            f"{actor.key} cancels the activity of {name([task])}",
            lambda: endings.skip(self.world, actor, task, by_activity=True),
            lambda _none: activity.unlink(),
            undo,
        )

    @in_state("done", "skipped")
    @rule(
        task=NUMBER,
        actor=st.none() | ACTOR,
        door=st.sampled_from(("task", "activity")),
        outcome=st.booleans(),
        undo=UNDO,
    )
    def reopen(self, task, actor, door, outcome, undo):
        tasks = self.get_tasks("done", "skipped")
        ended = [one for one in tasks if one.outcome or one.skipped_by]
        task = self.pick(task, outcome and ended or tasks)
        actor = self.person(actor) if actor else task.done_by or self.person("mia")
        if not task.activity or actor is not task.person:
            door = "task"
        activity = self.get_activities([task], actor)

        def call(_none):
            if door == "task":
                self.browse("track.run.line", task.id, actor).action_reopen()
            else:
                activity.action_unarchive()

        self.act(
            f"{actor.key} reopens {name([task])} by its {door}",
            lambda: endings.reopen(self.world, actor, task, door == "activity"),
            call,
            undo,
        )


class SeveralMoves(EndMoves):
    """Several tasks are completed in one call."""

    def pick_several(self, numbers, tasks):
        return list(dict.fromkeys(self.pick(number, tasks) for number in numbers))

    @in_state("open")
    @rule(
        numbers=st.lists(NUMBER, min_size=2, max_size=4),
        actor=ACTOR,
        words=WORDS,
        undo=UNDO,
    )
    def tick_all(self, numbers, actor, words, undo):
        found = [task for task in self.get_tasks("open") if not task.track.quiet]
        if not found:
            return
        actor, tasks = self.person(actor), self.pick_several(numbers, found)
        activities = self.get_activities(tasks, actor)
        self.act(
            f"{actor.key} completes at once {name(tasks)}: {words!r}",
            lambda: endings.complete(self.world, actor, tasks, feedback=words),
            lambda _none: activities.action_feedback(feedback=words or False),
            undo,
        )

    @in_state("open")
    @rule(
        numbers=st.lists(NUMBER, min_size=2, max_size=4),
        actor=ACTOR,
        outcome=NUMBER,
        words=WORDS,
        undo=UNDO,
    )
    def tick_all_with_outcome(self, numbers, actor, outcome, words, undo):
        found = self.get_tasks("open", "waiting", "planned")
        chosen = self.pick(outcome, self.get_names(found))
        having = [
            task
            for task in found
            if any(one.name == chosen for one in task.step.outcomes)
        ]
        actor, tasks = self.person(actor), self.pick_several(numbers, having or found)
        lines = self.browse("track.run.line", [task.id for task in tasks], actor)
        self.act(
            f"{actor.key} completes as {chosen} at once {name(tasks)}: {words!r}",
            lambda: endings.complete(self.world, actor, tasks, "task", words, chosen),
            lambda _none: lines.action_done(words or False, chosen),
            undo,
        )

    @rule(record=NUMBER, actor=ACTOR, words=WORDS, undo=UNDO)
    def approve(self, record, actor, words, undo):
        """Code completes what requires something, as after an approval."""
        record, actor = self.pick(record, self.records), self.person(actor)
        tasks = [
            task
            for track in record.tracks
            for task in track.shown()
            if task.state == "open" and (task.step.note or task.step.marked)
        ]
        if not tasks or not self.world.may_write(actor, record):
            return
        found = self.browse(record.model, record.id, actor)
        lacking = [one for one in tasks if self.world.lacks_something(one, words)]
        self.act(
            f"code of {actor.key} completes {name(tasks)}: {words!r}",
            lambda: endings.complete(self.world, actor, tasks, "code", words),
            lambda _none: self.expect_notes(
                record,
                len(lacking),
                lambda: found.activity_feedback(
                    [GATED_TYPE], feedback=words, only_automated=False
                ),
            ),
            undo,
        )
