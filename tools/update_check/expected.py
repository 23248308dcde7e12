"""The intended changes of an update from the last release.

Pairs of a pattern and a reason. The pattern (of ``fnmatch``) matches the path of a
difference, as the check prints it: ``section / row / field``. Unused entries are
reported: the list is emptied with each release. An example::

    ("track.run / * / status_text", "A paused track says until when"),
"""

EXPECTED = []
