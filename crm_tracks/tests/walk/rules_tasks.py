"""The actions of users on tracks and tasks."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import Command

from . import moves
from .machine import ACTOR, NUMBER, PERSON, UNDO, Walker, in_state, on_track
from .templates import THEMES
from .things import Step

OFFSET = st.integers(-12, 40)
THEME = st.sampled_from(("any", *THEMES))
DELAY = st.tuples(
    st.integers(0, 4), st.sampled_from(("days", "weekdays", "weeks", "months"))
)


class TrackMoves(Walker):
    """Tracks are started, paused, resumed, stopped, reassigned and moved."""

    @initialize(theme=THEME, templates=st.tuples(NUMBER, NUMBER, NUMBER), actor=ACTOR)
    def begin(self, theme, templates, actor):
        self.theme = THEMES[theme]
        for number, template in enumerate(templates):
            self.apply(number, template, actor, None, 20, False)

    @rule(
        record=NUMBER,
        template=NUMBER,
        actor=ACTOR,
        start=st.none() | OFFSET,
        end=OFFSET,
        undo=UNDO,
    )
    def apply(self, record, template, actor, start, end, undo):
        record, actor = self.pick(record, self.records), self.person(actor)
        if len(record.tracks) >= 4:
            return
        template = self.pick_template(template)
        today = self.world.get_today(actor, self.world.get_company(record))
        start = None if start is None else today + timedelta(days=start)
        end = today + timedelta(days=end) if template.counts_back else None
        if template.dated and start is None:
            end = None  # it is that of the record

        def call(track):
            run = self.browse(record.model, record.id, actor).tracks_apply(
                self.case.template_ids[template.key],
                start_date=start and start.isoformat(),
                end_date=end and end.isoformat(),
            )
            if track:
                self.learn_track(track, run)

        self.act(
            f"{actor.key} applies {template.key} to {record.key}, {start} to {end}",
            lambda: moves.apply(self.world, actor, record, template, start, end),
            call,
            undo,
        )

    @on_track
    @rule(
        track=NUMBER,
        actor=ACTOR,
        verb=st.sampled_from(("stop", "take_over")),
        undo=UNDO,
    )
    def end_or_take_over(self, track, actor, verb, undo):
        track, actor = self.pick(track, self.world.tracks), self.person(actor)
        self.act(
            f"{actor.key}: {verb} track {track.id}",
            lambda: getattr(moves, verb)(self.world, actor, track),
            lambda _none: getattr(
                self.browse("track.run", track.id, actor), f"action_{verb}"
            )(),
            undo,
        )

    @on_track
    @rule(track=NUMBER, actor=ACTOR, person=PERSON, undo=UNDO)
    def hand_over(self, track, actor, person, undo):
        track, actor = self.pick(track, self.world.tracks), self.person(actor)
        person = self.world.people[person]
        self.act(
            f"{actor.key} hands track {track.id} to {person.key}",
            lambda: moves.hand_over(self.world, actor, track, person),
            lambda _none: self.browse("track.run", track.id, actor).action_reassign(
                person.id
            ),
            undo,
        )

    @on_track
    @rule(
        track=NUMBER,
        actor=ACTOR,
        name=st.sampled_from(("start", "end")),
        offset=OFFSET,
        undo=UNDO,
    )
    def move_date(self, track, actor, name, offset, undo):
        track, actor = self.pick(track, self.world.tracks), self.person(actor)
        day = self.world.get_today(actor, track.company) + timedelta(days=offset)
        if day == getattr(track, name):
            return
        self.act(
            f"{actor.key} moves the {name} of track {track.id} to {day}",
            lambda: moves.move_date(self.world, actor, track, name, day),
            lambda _none: self.browse("track.run", track.id, actor).write(
                {f"{name}_date": day.isoformat()}
            ),
            undo,
        )


class EditMoves(Walker):
    """Tasks are edited, by themselves and by their activities."""

    @in_state("waiting", "planned", "open", "failed")
    @rule(
        task=NUMBER,
        actor=ACTOR,
        by_activity=st.booleans(),
        what=st.sampled_from(("date", "person", "summary")),
        offset=OFFSET,
        person=PERSON,
        undo=UNDO,
    )
    def edit(self, task, actor, by_activity, what, offset, person, undo):
        task = self.pick(task, self.get_tasks("waiting", "planned", "open", "failed"))
        actor, person = self.person(actor), self.world.people[person]
        by_activity = by_activity and task.state == "open"
        day = self.world.get_today(actor, task.track.company) + timedelta(days=offset)
        if (what == "date" and day == task.date) or (
            what == "person" and person is task.person
        ):
            return
        if what == "person" and by_activity:
            # Odoo subscribes the new assignee as the current user, who needs access to
            # the record
            by_activity = self.world.may_write(actor, task.track.record)
        value, stored = {
            "date": (day, {"date_deadline": day.isoformat()}),
            "person": (person, {"user_id": person.id}),
            "summary": (f"{task.step.summary}{offset}",) * 2,
        }[what]
        if what == "summary":
            stored = {"summary": value}
        activity = self.get_activities([task], actor)

        def call(_none):
            if by_activity:
                activity.write(stored)
            else:
                self.browse("track.run.line", task.id, actor).write(stored)

        door = "activity" if by_activity else "task"
        shown = person.key if what == "person" else value
        self.act(
            f"{actor.key} sets the {what} of {task.summary} ({task.id}) to {shown}"
            f" by its {door}",
            lambda: moves.edit(self.world, actor, task, by_activity, **{what: value}),
            call,
            undo,
        )

    @in_state("waiting", "planned", "open", "failed")
    @rule(task=NUMBER, actor=ACTOR, offset=OFFSET, undo=UNDO)
    def slip(self, task, actor, offset, undo):
        task = self.pick(task, self.get_tasks("waiting", "planned", "open", "failed"))
        actor = self.person(actor)
        day = self.world.get_today(actor, task.track.company) + timedelta(days=offset)
        self.act(
            f"{actor.key} moves {task.summary} ({task.id}) and those behind to {day}",
            lambda: moves.slip(self.world, actor, task, day),
            lambda _none: self.browse("track.run.line", task.id, actor).action_move(
                day.isoformat(), following=True
            ),
            undo,
        )


class OrderMoves(Walker):
    """Tasks are added to running tracks, removed from them and moved."""

    @on_track
    @rule(
        track=NUMBER,
        actor=ACTOR,
        delay=DELAY,
        follows=st.booleans(),
        who=st.sampled_from(("owner", "starter", "leo")),
        undo=UNDO,
    )
    def add(self, track, actor, delay, follows, who, undo):
        track, actor = self.pick(track, self.world.tracks), self.person(actor)
        if len(track.tasks) > 7:
            return
        counts = "previous" if follows else "start"
        counts = "end" if track.template.counts_back else counts
        step = Step(f"N{len(self.journal)}", delay, counts, who)
        others = [task for task in track.tasks if not task.repeats_track]
        sequence = 100 + int(max((task.sequence for task in others), default=0))
        values = {
            "run_id": track.id,
            "summary": step.summary,
            "delay_count": delay[0],
            "delay_unit": delay[1],
            "delay_from": counts,
            "responsible_type": "user" if who == "leo" else who,
            "responsible_id": who == "leo" and self.world.people["leo"].id,
            "sequence": sequence,
        }

        def call(task):
            line = self.browse("track.run.line", [], actor).create([values])
            if task:
                task.id = line.id

        self.act(
            f"{actor.key} adds {step} to track {track.id}",
            lambda: moves.add(self.world, actor, track, step, sequence),
            call,
            undo,
        )

    @in_state("waiting", "planned", "open", "failed", "done", "skipped")
    @rule(task=NUMBER, actor=ACTOR, undo=UNDO)
    def remove(self, task, actor, undo):
        task, actor = self.pick(task, self.world.tasks), self.person(actor)
        if len(task.track.shown()) < 2:
            return
        self.act(
            f"{actor.key} removes {task.summary} ({task.id})",
            lambda: moves.remove(self.world, actor, task),
            lambda _none: self.browse("track.run.line", task.id, actor).unlink(),
            undo,
        )

    @on_track
    @rule(track=NUMBER, actor=ACTOR, task=NUMBER, place=NUMBER, undo=UNDO)
    def move(self, track, actor, task, place, undo):
        track, actor = self.pick(track, self.world.tracks), self.person(actor)
        tasks = track.shown()
        if len(tasks) < 2 or len(tasks) != len(track.tasks):
            return
        moved = self.pick(task, tasks)
        tasks.remove(moved)
        tasks.insert(place % (len(tasks) + 1), moved)
        if tasks == track.shown():
            return
        commands = [
            Command.update(one.id, {"sequence": 10 * number})
            for number, one in enumerate(tasks, start=1)
        ]
        order = " ".join(one.summary for one in tasks)
        self.act(
            f"{actor.key} orders track {track.id}: {order}",
            lambda: moves.reorder(self.world, actor, track, tasks),
            lambda _none: self.browse("track.run", track.id, actor).write(
                {"line_ids": commands}
            ),
            undo,
        )
