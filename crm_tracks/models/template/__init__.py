"""Templates: what is defined once, and copied into each track that starts.

Here lives what an administrator writes: templates, their tasks, what an automated task
is to do, and where templates come from (the library, activity plans, tracks, a file).
What a track does with its copy is in ``run``.
"""
