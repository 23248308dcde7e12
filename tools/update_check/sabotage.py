"""Damages of data by an update, each of which the check has to notice."""

SABOTAGES = {
    "lost-track": "DELETE FROM track_run WHERE state = 'stopped'",
    "lost-link": """UPDATE mail_activity SET track_run_line_id = NULL
        WHERE track_run_line_id IS NOT NULL AND active""",
    "changed-state": """UPDATE track_run_line SET state = 'waiting'
        WHERE state = 'failed'""",
    "dropped-value": "UPDATE track_run_line SET note = NULL WHERE note IS NOT NULL",
    "woken-activities": """UPDATE mail_activity SET active = TRUE, muted = FALSE
        WHERE muted""",
    "own-template-archived": """UPDATE track_template SET active = FALSE
        WHERE id IN (SELECT res_id FROM ir_model_data
                      WHERE model = 'track.template' AND module = 'our_company')""",
    "open-rule": """UPDATE ir_rule SET domain_force = '[(1, "=", 1)]'
        WHERE model_id = (SELECT id FROM ir_model WHERE model = 'track.template')""",
    "setting": "DELETE FROM ir_config_parameter WHERE key = 'crm_tracks.mute_lost'",
    "scheduled-action": """UPDATE ir_cron SET interval_number = 1
        WHERE interval_number = 2 AND cron_name = 'Ours: tracks, every two hours'""",
}
# Tried in each check, after the comparison; the others by ``--break``.
NOTICED_EACH_TIME = ("changed-state", "open-rule")
