from typing import Any, NamedTuple


class Aspect(NamedTuple):
    """A property of a record that its tracks follow (``_tracks_get_aspects``).

    :ivar str name: of the aspect
    :ivar bool without_track: whether it is relevant for records without tracks, too
    :ivar frozenset fields: the fields whose change may change the aspect
    :ivar read: a function of records that returns the present values by record id
    :ivar follow: a function of records, and of the values that ``read`` returned
        before; it applies the differences
    """

    name: str
    without_track: bool
    fields: frozenset
    read: Any
    follow: Any
