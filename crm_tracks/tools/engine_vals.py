class EngineVals(dict):
    """Values that the engine writes to the tasks of a track.

    Other writes of the date, the assignee or the texts of a task count as edits by a
    user: they are kept, and the activity is updated. This is a type, because a client
    cannot send it, and a context would be passed on to everything that a write calls.
    """
