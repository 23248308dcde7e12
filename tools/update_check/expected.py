"""What an update from the last release changes on purpose.

Pairs of a pattern and a reason. The pattern (of ``fnmatch``) is for the path of what
differs, as the check prints it: ``section / row / field``. An entry that nothing
matches is reported, too: the list is emptied with each release. An example::

    ("track.run / * / status_text", "A paused track says until when"),
"""

EXPECTED = []
