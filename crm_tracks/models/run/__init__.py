"""Tracks: one template applied to one record, from its start to its end.

Here lives what moves a track by itself: how it starts, whose turn it is, whether a task
may begin and on which day, who does it, and the activities of its open tasks. What
people change in a running track is in ``changes``; what Odoo carries out for them, in
``automation``.
"""
