"""Something that the cron does once for each track that it finds."""

from workers import together

from .meeting import Meeting
from .processes import BATCH, kill_at, run_in_small_batches


class Chore(Meeting):
    """Two crons, crons that are killed, and people who change a track meanwhile.

    A subclass defines ``make``, ``count_left`` and ``expect_change``.

    :cvar str WHAT: what the cron does with tracks, as ``resume``
    :cvar str NOTE: a part of the note in the chatter of each track when it was done
    :cvar dict POINTS: those at which a worker is killed, as ``processes.POINTS``
    :cvar CHANGES: list of (text, what a person does with the environment and the
        track's id, what ``expect_change`` receives)
    """

    WHAT = NOTE = POINTS = CHANGES = None

    def make(self, count):
        """Tracks for which the cron has something to do, each with one task.

        :return: their ids
        """
        raise NotImplementedError

    def count_left(self, run_ids):
        """For how many of these tracks the cron still has something to do."""
        raise NotImplementedError

    def expect_change(self, what, run_id, errors, expected):
        """What a person did counts.

        :param errors: the exceptions of the person, as of ``World.act``
        :param expected: as in ``CHANGES``
        """
        raise NotImplementedError

    def count_notes(self, run_ids):
        """How often the chatter says that it was done for one of these tracks."""
        [(count,)] = self.world.sql(
            "SELECT count(*) FROM mail_message WHERE model = 'crm.lead'"
            " AND body LIKE %s"
            " AND res_id IN (SELECT res_id FROM track_run WHERE id IN %s)",
            [f"%{self.NOTE}%", tuple(run_ids)],
        )
        return count

    def expect_done(self, what, run_ids):
        left, notes = self.count_left(run_ids), self.count_notes(run_ids)
        self.world.expect(
            f"{what}: it was done for every track, once",
            not left and notes == len(run_ids),
            f"{left} left, {notes} notes",
        )
        self.world.expect_right(f"{what}: all is right", run_ids)

    def check_side_by_side(self):
        what = f"two crons {self.WHAT} the same tracks"
        run_ids = self.make(60)

        def work():
            for _each in range(20):
                run_in_small_batches(self.world)
                if not self.count_left(run_ids):
                    break

        codes = together(work, work)
        self.world.expect(f"{what}: both end well", codes == [0, 0], str(codes))
        self.expect_done(what, run_ids)

    def check_killed(self):
        run_ids = self.make(60)
        for name, point in self.POINTS.items():
            what = f"a cron that is to {self.WHAT} tracks is killed {name}"
            before = self.count_left(run_ids)
            killed, how = kill_at(
                self.world, point, lambda: run_in_small_batches(self.world)
            )
            left = self.count_left(run_ids)
            self.world.expect(
                f"{what}: two batches were committed, {left} are left",
                killed and before - left == 2 * BATCH,
                f"{how}, {before=}, {left=}",
            )
            self.world.expect_right(f"{what}: all is right", run_ids)
        self.world.cron()
        self.expect_done(f"one run after the kills, to {self.WHAT}", run_ids)

    def check_before_the_lock(self):
        self._check_changes("before the cron's lock", self._act_before)

    def check_under_the_lock(self):
        self._check_changes("under the cron's lock", self._begin_after)

    def _check_changes(self, when, meet):
        for text, act, expected in self.CHANGES:
            [run_id] = self.make(1)
            errors = meet(
                "track.run",
                "_lock_for_cron",
                lambda env, act=act, run_id=run_id: act(env, run_id),
            )
            self.cron()
            what = f"{text} {when}"
            self.expect_change(what, run_id, errors, expected)
            self.world.expect_right(f"{what}: all is right", [run_id])
