def uninstall_hook(env):
    """Unmute the activities of tickets that were closed by their stage.

    Without this addon only archived tickets are closed. The cron would unmute the
    activities of tickets with tracks, but not those of other tickets.
    """
    tickets = env["helpdesk.ticket"].search([("stage_id.closed", "=", True)])
    tickets._tracks_search_activities([("muted", "=", True)])._unmute()
