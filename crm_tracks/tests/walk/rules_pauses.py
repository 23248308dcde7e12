"""The actions of users that pause tracks, and resume them."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from . import pauses
from .machine import ACTOR, NUMBER, UNDO, Walker, on_track


class PauseMoves(Walker):
    """Tracks are paused, for some days or for good, and resumed."""

    def get_tracks(self, state):
        """The tracks in this state; or all, whose pause or resumption is refused."""
        return [track for track in self.world.tracks if track.state == state] or (
            self.world.tracks
        )

    @on_track
    @rule(track=NUMBER, actor=ACTOR, days=st.none() | st.integers(0, 9), undo=UNDO)
    def pause(self, track, actor, days, undo):
        track = self.pick(track, self.get_tracks("running"))
        actor = self.person(actor)
        until = None
        if days is not None:
            until = self.world.get_today(actor, track.company) + timedelta(days=days)
        self.act(
            f"{actor.key} pauses track {track.id} until {until}",
            lambda: pauses.pause(self.world, actor, track, until),
            lambda _none: self.browse("track.run", track.id, actor).action_pause(until),
            undo,
        )

    @precondition(
        lambda self: any(track.state == "paused" for track in self.world.tracks)
    )
    @rule(track=NUMBER, actor=ACTOR, shift=st.booleans(), undo=UNDO)
    def resume(self, track, actor, shift, undo):
        track = self.pick(track, self.get_tracks("paused"))
        actor = self.person(actor)
        self.act(
            f"{actor.key} resumes track {track.id}{' with its dates' * shift}",
            lambda: pauses.resume(self.world, actor, track, shift),
            lambda _none: self.browse("track.run", track.id, actor).action_resume(
                shift
            ),
            undo,
        )
