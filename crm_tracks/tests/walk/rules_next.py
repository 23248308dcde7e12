"""The actions of users when a track is done, and what the tab shows them."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from . import moves
from .machine import ACTOR, NUMBER, UNDO, Walker, on_track
from .things import Refused

ended_only = precondition(lambda self: any(one.ended for one in self.world.tracks))


class NextMoves(Walker):
    """Tracks follow one another, and ended ones are deleted."""

    def pick_ended(self, number):
        return self.pick(number, [one for one in self.world.tracks if one.ended])

    def get_template(self, template):
        """The template in Odoo, as the system sees it."""
        return self.browse("track.template", self.case.template_ids[template.key])

    @ended_only
    @rule(
        track=NUMBER,
        actor=ACTOR,
        template=NUMBER,
        other=NUMBER,
        undo=UNDO,
    )
    def start_next(self, track, actor, template, other, undo):
        track, actor = self.pick_ended(track), self.person(actor)
        offered = self.world.next[track.template.key]
        keys = [*offered, *offered, self.pick_template(other).key]
        key = self.pick(template, keys)
        template = self.world.templates[key]
        if len(track.record.tracks) >= 5:
            return
        before = {one.id for one in track.record.tracks}

        def call(started):
            run = self.browse("track.run", track.id, actor)
            run.action_start_next(self.case.template_ids[key])
            record = self.browse(track.record.model, track.record.id)
            if started:
                self.learn_track(
                    started,
                    record.track_run_ids.filtered(lambda one: one.id not in before),
                )

        self.act(
            f"{actor.key} starts {key} after track {track.id}",
            lambda: moves.start_next(self.world, actor, track, template),
            call,
            undo,
        )

    @on_track
    @rule(record=NUMBER, track=NUMBER, actor=ACTOR, template=NUMBER, undo=UNDO)
    def apply_after(self, record, track, actor, template, undo):
        """A call applies a template after a track, which need not be a finished one."""
        record, actor = self.pick(record, self.records), self.person(actor)
        tracks = record.tracks if track % 3 else self.world.tracks
        track = self.pick(track, tracks)
        template = self.pick_template(template)
        if not track or template.counts_back or len(record.tracks) >= 4:
            return

        def call(started):
            run = self.browse(record.model, record.id, actor).tracks_apply(
                self.case.template_ids[template.key], previous_run=track.id
            )
            if started:
                self.learn_track(started, run)

        self.act(
            f"{actor.key} applies {template.key} to {record.key} after {track.id}",
            lambda: moves.apply(self.world, actor, record, template, previous=track),
            call,
            undo,
        )

    @rule(
        actor=st.sampled_from(("mia", "mia", "mia", "otto", "emil")),
        template=NUMBER,
        numbers=st.lists(NUMBER, max_size=3),
        undo=UNDO,
    )
    def offer(self, actor, template, numbers, undo):
        """What comes after a template changes, also for tracks that are done."""
        actor, template = self.person(actor), self.pick_template(template)
        keys = list(dict.fromkeys(self.pick_template(one).key for one in numbers))
        found = self.get_template(template).with_env(self.get_env(actor))
        self.act(
            f"{actor.key} offers {keys} after {template.key}",
            lambda: moves.offer(self.world, actor, template, tuple(keys)),
            lambda _none: found.write(
                {"next_template_ids": self.case.get_template_commands(keys)}
            ),
            undo,
        )

    @on_track
    @rule(
        track=NUMBER,
        actor=st.sampled_from(("mia", "mia", "otto")),
        ended=st.booleans(),
        undo=UNDO,
    )
    def delete(self, track, actor, ended, undo):
        track, actor = (
            (ended and self.pick_ended(track)) or self.pick(track, self.world.tracks),
            self.person(actor),
        )
        self.act(
            f"{actor.key} deletes track {track.id}, which is {track.state}",
            lambda: moves.delete(self.world, actor, track),
            lambda _none: self.browse("track.run", track.id, actor).unlink(),
            undo,
        )

    # ------------------------------------------------------------------
    # The tab
    # ------------------------------------------------------------------

    @on_track
    @rule(record=NUMBER, actor=ACTOR)
    def look(self, record, actor):
        """A user opens the tab, which offers what the user can do."""
        record, actor = self.pick(record, self.records), self.person(actor)

        def change():
            if not self.world.may_read(actor, record):
                raise Refused("who acts may not read the record")
            return self.get_expected_tab(record, actor)

        def call(expected):
            shown = self.get_shown_tab(record, actor)
            if expected is not None and shown != expected:
                self.fail(f"the tab shows {shown}, not {expected}")

        self.act(f"{actor.key} looks at {record.key}", change, call)

    def get_expected_tab(self, record, actor):
        """What the tab is to offer: templates by track, and outcomes by task."""
        templates, outcomes = {}, {}
        for track in record.tracks:
            keys = moves.get_offers(self.world, actor, track)
            templates[track.id] = {self.case.template_ids[key] for key in keys}
            for task in track.shown():
                if not task.finished and task.state != "cancelled":
                    asked = [*task.choices], *self.world.get_lacking(task)
                    outcomes[task.id] = any(asked) and asked
        return templates, outcomes

    def get_shown_tab(self, record, actor):
        runs = self.browse("track.run", [], actor)
        templates, outcomes = {}, {}
        for run in runs.get_tab_data(record.model, record.id)["runs"]:
            templates[run["id"]] = {template["id"] for template in run["next"]}
            for task in run["tasks"]:
                if task["state"] not in ("done", "skipped", "cancelled"):
                    shown = task["completion"]
                    outcomes[task["id"]] = shown and (
                        [outcome["name"] for outcome in shown["outcomes"]],
                        shown["needs_feedback"],
                        bool(shown["missing"]),
                    )
        return templates, outcomes
