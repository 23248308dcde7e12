"""The intended changes of an update from the last release.

Pairs of a pattern and a reason. The pattern (of ``fnmatch``) matches the path of a
difference, as the check prints it: ``section / row / field``. Unused entries are
reported: the list is emptied with each release. An example::

    ("track.run / * / status_text", "A paused track says until when"),
"""

# New records: their ids have these numbers of digits, and no field comes behind.
EXPECTED = [
    ("ir.model.access / [0-9][0-9][0-9]", "Outcomes of tasks have access rights"),
    ("ir.rule / [0-9][0-9][0-9]", "Outcomes of tasks have the rules of their template"),
    ("ir.model.data / [0-9][0-9][0-9][0-9][0-9]", "The external IDs of these rules"),
    ("track.run / * / next_line_id", "The current task of a track is current_line_id"),
    ("track.template / * / stat_median_days", "The overview says averages"),
    ("track.line / * / stat_median_days", "The overview says averages"),
    ("track.line / * / stat_standing", "The figures of a task open what they count"),
    ("track.template / * / stat_late_at", "Failed tasks have a line of their own"),
]
