"""What people see of tracks, and how it is kept fresh.

The data of the Tracks tab, live notifications, filters, measures and figures. Nothing
here changes a track.
"""
