from typing import Any, NamedTuple


class Aspect(NamedTuple):
    """What tracks take over from their record (``_tracks_get_aspects``).

    :ivar str name: of the aspect
    :ivar bool without_track: whether it matters for records without a track, too
    :ivar frozenset fields: the fields whose writing may change it
    :ivar read: a function of records that says how it is: a dict by record id
    :ivar follow: a function of records, and of what ``read`` said before: what follows
        from a difference
    """

    name: str
    without_track: bool
    fields: frozenset
    read: Any
    follow: Any
