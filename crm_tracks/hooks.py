from odoo.tools import SQL


def uninstall_hook(env):
    """Unmute every muted activity, so that none of them counts as done.

    A single update that sends no message. Activities of archived users are first
    assigned to the administrator.
    """
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE mail_activity activity
               SET active = TRUE,
                   user_id = CASE WHEN assignee.active IS FALSE THEN %(administrator)s
                                  ELSE activity.user_id END
              FROM mail_activity muted
              LEFT JOIN res_users assignee ON assignee.id = muted.user_id
             WHERE muted.id = activity.id AND muted.muted
            """,
            administrator=env["track.run"]._get_administrator(env["res.company"]).id
            or None,
        )
    )
    env.invalidate_all(flush=False)
