def uninstall_hook(env):
    """Give back the activities of tickets whose stage closed them (SPEC, rule 27).

    Without this addon a ticket is closed by the archive alone, and only the tickets
    that have a track are looked at by the cron: it brings theirs back.
    """
    tickets = env["helpdesk.ticket"].search([("stage_id.closed", "=", True)])
    tickets._tracks_search_activities([("muted", "=", True)])._unmute()
