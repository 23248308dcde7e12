"""The morning mail: concurrent crons, users, and crons that are killed: once a day."""

import time
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timezone
from unittest.mock import patch

from workers import PATIENCE, together

from odoo import Command, fields

from .processes import BATCH, kill_at

# The points at which a worker is killed: as ``processes.POINTS``.
POINTS = {
    "when its rows are locked": ("res.users", "try_lock_for_update", "after"),
    "before the e-mails exist": ("mail.mail", "create", "before"),
    "when the e-mails exist": ("mail.mail", "create", "after"),
    "before its commit": ("res.users", "_mark_track_digest", "after"),
    "after its commit": ("ir.cron", "_commit_progress", "after"),
}


def check(world):
    side_by_side(world)
    killed(world)
    among_people(world)


def get_noon_zone():
    """A time zone in which it is noon now."""
    hours = 12 - datetime.now(timezone.utc).hour
    # the signs of these names are those of POSIX
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


def make_readers(world, count):
    """New users who get the morning mail, with an activity each.

    :return: their ids
    """
    with world.connection() as env:
        group = env.ref("base.group_user")
        zone = get_noon_zone()
        users = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Reader {number}",
                        "login": f"concurrency_{time.monotonic_ns()}_{number}",
                        "email": f"reader_{time.monotonic_ns()}@tracks.example",
                        "tz": zone,
                        "group_ids": [Command.set(group.ids)],
                        "track_digest": "daily",
                    }
                    for number in range(count)
                ]
            )
        )
        env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "summary": "Read",
                    "user_id": user.id,
                    "date_deadline": fields.Date.today(),
                }
                for user in users
            ]
        )
        return users.ids


def count_left(world, user_ids):
    """How many of these users the cron still has to deal with."""
    with world.connection() as env:
        return env["res.users"].search_count(
            [("id", "in", user_ids), ("track_digest_day", "=", False)]
        )


def count_mails(world, user_ids):
    """How many e-mails these users got, by the id of the user."""
    with world.connection() as env:
        addresses = {
            user.email_formatted: user.id for user in env["res.users"].browse(user_ids)
        }
        mails = env["mail.mail"].search([("email_to", "in", list(addresses))])
        return Counter(addresses[mail.email_to] for mail in mails)


def run(world):
    """One run of the cron, in small batches."""
    with (
        patch.object(world.registry["res.users"], "_DIGEST_BATCH", BATCH),
        world.connection() as env,
    ):
        env["res.users"]._cron_track_digest()


def expect_once(world, what, user_ids):
    left, mails = count_left(world, user_ids), count_mails(world, user_ids)
    world.expect(
        f"{what}: each of {len(user_ids)} users got one e-mail",
        not left and mails == Counter(user_ids),
        f"{left} left, {sum(mails.values())} e-mails to {len(mails)} users",
    )


def side_by_side(world):
    what = "two crons send the morning mail"
    user_ids = make_readers(world, 60)

    def work():
        until = time.monotonic() + PATIENCE
        while count_left(world, user_ids) and time.monotonic() < until:
            run(world)

    codes = together(work, work)
    world.expect(f"{what}: both end well", codes == [0, 0], str(codes))
    expect_once(world, what, user_ids)


def killed(world):
    user_ids = make_readers(world, 2 * BATCH * len(POINTS) + BATCH)
    for name, point in POINTS.items():
        what = f"a cron that sends the morning mail is killed {name}"
        before = count_left(world, user_ids)
        was_killed, how = kill_at(world, point, lambda: run(world))
        left, mails = count_left(world, user_ids), count_mails(world, user_ids)
        world.expect(
            f"{what}: two batches were committed, {left} users are left",
            was_killed and before - left == 2 * BATCH,
            f"{how}, {before=}, {left=}",
        )
        world.expect(
            f"{what}: who got an e-mail is known",
            sum(mails.values()) == len(user_ids) - left,
            f"{sum(mails.values())} e-mails, {left} left",
        )
    run(world)
    expect_once(world, "one run after the kills", user_ids)


def among_people(world):
    """A user ends the e-mails before or under the lock of the cron."""

    def end(user_id):
        return world.act(
            lambda env: env["res.users"]
            .browse(user_id)
            .write({"track_digest": "none"}),
            user_id,
        )

    method = "res.users", "try_lock_for_update"
    [user_id] = make_readers(world, 1)
    with world.hook(*method, lambda: end(user_id)):
        run(world)
    world.expect(
        "a user ends the e-mails before the cron's lock: none is sent",
        not count_mails(world, [user_id]),
    )
    [user_id] = make_readers(world, 1)
    errors = []
    with ExitStack() as stack:

        def begin():
            beside = world.beside(lambda: errors.extend(end(user_id)))
            stack.enter_context(beside)

        with world.hook(*method, begin, "after"):
            run(world)
    world.expect(
        "a user ends the e-mails under the cron's lock: one e-mail is sent",
        world.is_conflict(errors) and count_mails(world, [user_id])[user_id] == 1,
        repr(errors),
    )
    with world.connection() as env:
        option = env["res.users"].browse(user_id).track_digest
    world.expect(
        "a user ends the e-mails under the cron's lock: that is saved",
        option == "none",
        str(option),
    )
