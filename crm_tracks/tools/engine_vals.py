class EngineVals(dict):
    """Values that the engine writes to the tasks of a track.

    Whoever else writes the date, the person or the words of a task edits it by hand:
    that stays, and its activity follows. It is a type, for no client can send one, and
    a context would be passed on to whatever a write sets off.
    """
