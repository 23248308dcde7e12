"""The actions of users on the dates that tracks follow."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from . import moves
from .machine import ACTOR, NUMBER, UNDO, Walker

DAYS = st.integers(-12, 40)


class DateMoves(Walker):
    """The dates of records change, and tracks begin and cease to follow them."""

    @property
    def dated(self):
        return [track for track in self.world.tracks if track.template.dated]

    @precondition(lambda self: self.dated)
    @rule(
        record=NUMBER,
        actor=ACTOR,
        offset=DAYS | st.none() | DAYS,
        door=st.sampled_from(("write", "write", "SQL")),
        undo=UNDO,
    )
    def date_record(self, record, actor, offset, door, undo):
        records = [one for one in self.records if one.model == "crm.lead"]
        record, actor = self.pick(record, records), self.person(actor)
        day = None if offset is None else self.world.now.date() + timedelta(offset)

        def change():
            if door == "SQL":
                record.day = day  # found by the cron
            else:
                moves.date_record(self.world, actor, record, day)

        def call(_none):
            if door == "SQL":
                self.case.env.cr.execute(
                    "UPDATE crm_lead SET date_deadline = %s WHERE id = %s",
                    [day, record.id],
                )
            else:
                self.browse("crm.lead", record.id, actor).date_deadline = day

        self.act(f"{actor.key} dates {record.key} {day}, by {door}", change, call, undo)

    @precondition(lambda self: self.dated)
    @rule(
        track=NUMBER,
        other=NUMBER,
        actor=ACTOR,
        linked=st.sampled_from((True, True, False)),
        undo=UNDO,
    )
    def link_date(self, track, other, actor, linked, undo):
        tracks = self.world.tracks if other % 4 == 0 else self.dated
        track, actor = self.pick(track, tracks), self.person(actor)
        verb = "link" if linked else "unlink"
        self.act(
            f"{actor.key}: {verb} the date of track {track.id}",
            lambda: moves.link_date(self.world, actor, track, linked),
            lambda _none: getattr(
                self.browse("track.run", track.id, actor), f"action_{verb}_date"
            )(),
            undo,
        )
