"""Dates that follow a field: written in SQL, and found by the cron, once."""

from datetime import timedelta

from odoo import fields

from .chore import Chore
from .world import get_lead

BY_HAND, WRITTEN = timedelta(days=30), timedelta(days=40)


def check(world):
    Following(world).check()


def move_by_hand(env, run_id):
    run = env["track.run"].browse(run_id)
    run.start_date = fields.Date.today() + BY_HAND


def write_record(env, run_id):
    get_lead(env, run_id).date_deadline = fields.Date.today() + WRITTEN


class Following(Chore):
    """Tracks whose record has got another date, which nobody noticed."""

    WHAT = "move"
    NOTE = "because they follow"
    POINTS = {
        "when its rows are locked": ("track.run", "_lock_for_cron", "after"),
        "when the tracks have moved": ("track.run", "_move_to_field", "after"),
        "before its commit": ("track.run", "_mark_as_checked", "after"),
    }
    CHANGES = (
        ("moving the track", move_by_hand, (BY_HAND, False)),
        ("writing the record", write_record, (WRITTEN, True)),
    )

    def make(self, count):
        run_ids = self.world.make_runs(count, {})
        self.world.sql(
            """
            UPDATE track_run SET date_field = 'date_deadline', date_linked = TRUE
             WHERE id IN %(ids)s;
            UPDATE crm_lead SET date_deadline = CURRENT_DATE + 10
             WHERE id IN (SELECT res_id FROM track_run WHERE id IN %(ids)s);
            UPDATE track_run SET date_checked = now() AT TIME ZONE 'UTC'
             WHERE id NOT IN %(ids)s
            """,
            {"ids": tuple(run_ids)},
        )
        with self.world.connection() as env:
            env["track.run"]._forget_what_is_kept()
        return run_ids

    def count_left(self, run_ids):
        """How many of these tracks or tasks have another date than their record."""
        [(count,)] = self.world.sql(
            """
            SELECT count(*) FROM track_run run
              JOIN crm_lead lead ON lead.id = run.res_id
              JOIN track_run_line task ON task.run_id = run.id
             WHERE run.id IN %s AND (run.start_date != lead.date_deadline
                                     OR task.date_deadline != lead.date_deadline)
            """,
            [tuple(run_ids)],
        )
        return count

    def expect_change(self, what, run_id, errors, expected):
        with self.world.connection() as env:
            run = env["track.run"].browse(run_id)
            seen = run.start_date - fields.Date.today(), run.date_linked
        self.world.expect(f"{what}: it counts", seen == expected, f"{seen}, {errors!r}")
