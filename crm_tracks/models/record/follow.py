from contextlib import ExitStack, contextmanager
from itertools import chain

from odoo import api, models
from odoo.tools import unique

from ...tools.aspect import Aspect
from ...tools.states import NOT_ENDED
from ...tools.transaction import block_ids, get_block_value


class Neighbours:
    """Prefetch ids of some records that include their neighbours by id.

    The ids are generated only as far as the ORM requests them.

    :param ids: the ids of the records
    :param prefetch_ids: the other prefetch ids of the records
    :param int size: how many neighbours by id are read together
    """

    def __init__(self, ids, prefetch_ids, size):
        self._ids = ids
        self._prefetch_ids = prefetch_ids
        self._size = size

    def __iter__(self):
        blocks = unique(id_ - id_ % self._size for id_ in self._ids)
        neighbours = chain.from_iterable(
            range(max(start, 1), start + self._size) for start in blocks
        )
        return unique(chain(self._ids, self._prefetch_ids, neighbours))

    def __reversed__(self):
        return reversed(tuple(self))


class MailActivityMixin(models.AbstractModel):
    """Tracks follow their record: its company, its owner, its closing and reopening.

    The stored values before and after a write are compared, because a stage, a team or
    a button changes more than the fields in ``vals``.
    """

    _inherit = "mail.activity.mixin"

    # Fields whose change may move a record to another company.
    _TRACKS_COMPANY_FIELDS = frozenset(("company_id", "user_id", "team_id"))
    # Fields whose change may give a record another owner.
    _TRACKS_OWNER_FIELDS = frozenset(("user_id",))
    # How many neighbours by id are read with a record, in the same query.
    _TRACKS_NEIGHBOURS = 200

    def write(self, vals):
        # a block around this write compares these records at its end
        followed = get_block_value(self.env, self._tracks_get_followed_key(), ())
        aspects = []
        if not (followed and followed.issuperset(self._ids)):
            aspects = self._tracks_get_aspects(vals.keys())
        if not aspects:
            return super().write(vals)
        with self._tracks_following(aspects):
            return super().write(vals)

    def _tracks_get_aspects(self, fnames=None):
        """The aspects of these records to follow while these fields are written.

        :param fnames: field names, or None for any change of the records
        :return: list of :class:`Aspect`
        """
        aspects = []
        Run = self.env["track.run"]
        with_tracks = Run._may_have_tracks(self._name)
        if with_tracks:
            watched = Run._get_watched_fields(self._name)
            aspects += [
                self._tracks_get_company_aspect(),
                self._tracks_get_owner_aspect(),
                self._tracks_get_dates_aspect(),
                self._tracks_get_condition_aspect(watched),
            ]
        if (
            with_tracks
            or self._TRACKS_MUTE_WITHOUT_TRACK
            # of tracks that were deleted since
            or self.env["mail.activity"]._may_be_muted(self._name)
        ):
            aspects.append(self._tracks_get_closing_aspect())
        if fnames is None:
            return aspects
        return [aspect for aspect in aspects if aspect.fields & fnames]

    def _tracks_get_company_aspect(self):
        return Aspect(
            "company",
            False,
            self._TRACKS_COMPANY_FIELDS,
            lambda records: records._tracks_get_companies(),
            lambda records, before: records._tracks_follow_companies(before),
        )

    def _tracks_get_owner_aspect(self):
        return Aspect(
            "owner",
            False,
            self._TRACKS_OWNER_FIELDS,
            lambda records: records._tracks_get_owner(),
            lambda records, before: records._tracks_follow_owner(before),
        )

    def _tracks_get_dates_aspect(self):
        return Aspect(
            "dates",
            False,
            self.env["track.run"]._get_date_fields(self._name),
            lambda _records: {},
            lambda records, _before: records._tracks_follow_dates(),
        )

    def _tracks_get_condition_aspect(self, watched):
        return Aspect(
            "condition",
            False,
            watched,
            lambda _records: {},
            lambda records, _before: records._tracks_follow_conditions(),
        )

    def _tracks_get_closing_aspect(self):
        return Aspect(
            "closing",
            True,
            self._TRACKS_CLOSING_FIELDS,
            lambda records: records._tracks_get_closed(),
            lambda records, before: records._tracks_follow_closing(before),
        )

    @contextmanager
    def _tracks_following(self, aspects=None):
        """At the end of the block, tracks follow the changes of these records.

        Nested blocks leave their records to the outermost one, so that a closing that
        takes several writes is one closing.

        :param aspects: as of :meth:`_tracks_get_aspects`; None for all of them
        """
        # before reading in sudo: refuse users who may not write this model at all; the
        # write itself checks the records
        self.browse().check_access("write")
        of_all = aspects is None
        if of_all:
            aspects = self._tracks_get_aspects()
        with ExitStack() as stack:
            # in reverse order: the company is followed first, the closing last
            for aspect in reversed(aspects):
                stack.enter_context(self._tracks_following_aspect(aspect))
            if of_all and not all(aspect.without_track for aspect in aspects):
                tracked = self._tracks_filter_tracked()
                key = self._tracks_get_followed_key()
                stack.enter_context(block_ids(self.env, key, tracked._ids))
            yield

    @api.model
    def _tracks_get_followed_key(self, name="all"):
        """The mark of a block that follows records.

        :param str name: of an aspect; ``all`` for records followed in every aspect
        """
        return f"crm_tracks.following.{self._name}.{name}"

    @contextmanager
    def _tracks_following_aspect(self, aspect):
        key = self._tracks_get_followed_key(aspect.name)
        followed = get_block_value(self.env, key, frozenset())
        records = self.filtered(lambda record: record.id not in followed).sudo()
        # Records that are written one by one are read with the others.
        records = records.with_prefetch(self._prefetch_ids)
        if not aspect.without_track:
            records = records._tracks_filter_tracked()
        with block_ids(self.env, key, records._ids):
            before = aspect.read(records) if records else {}
            yield
        if records:
            aspect.follow(records, before)

    def _tracks_get_companies(self):
        companies = self.env["track.run"]._get_record_companies(self)
        return {record.id: company for record, company in companies.items()}

    def _tracks_follow_companies(self, before):
        """Move the tracks of these records to the company of their record."""
        companies = self._tracks_get_companies()
        moved = self.filtered(lambda record: companies[record.id] != before[record.id])
        for run in moved._tracks_search_runs([]):
            run.company_id = companies[run.res_id] or run.company_id

    def _tracks_follow_owner(self, before):
        """Assign the open tasks of the previous owner to the new one.

        Tasks that were reassigned manually keep their assignee. Tasks without an
        assignee get one. If the owner is removed, nothing changes.
        """
        owners = self._tracks_get_owner()
        moved = self.filtered(
            lambda record: (
                owners[record.id] and owners[record.id] != before[record.id]
            )
        )
        if not moved:
            return
        runs = moved._tracks_search_runs([("state", "in", NOT_ENDED)])
        runs._force_conflict()
        tasks = runs.line_ids.filtered(lambda task: task.state == "open")
        nobody_s = tasks.filtered(lambda task: not task.user_id)
        owner_s = (tasks - nobody_s).filtered(
            lambda task: task.follows_owner and not task.user_manual
        )
        nobody_s._reassign()
        owner_s._follow_owner()

    def _tracks_search_runs(self, domain):
        """The tracks of these records that match, in sudo."""
        records = self._tracks_filter_tracked()
        if not records:
            return self.env["track.run"].sudo()
        return (
            self.env["track.run"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "in", records.ids), *domain]
            )
        )

    def _tracks_filter_tracked(self):
        """Filter the records that have tracks in any state; in sudo.

        Most records have none and are written one after the other (an assignment, an
        import): they must not cost a query each. So values that are not in the ORM's
        cache are prefetched with others: the prefetch ids of the record, and its
        neighbours by id. Afterwards the ORM keeps the cache up to date, as for every
        one2many.
        """
        # sudo: the result must not depend on the user who writes the record
        records = self.browse(self.ids).sudo()
        with_neighbours = Neighbours(
            records._ids, self._prefetch_ids, self._TRACKS_NEIGHBOURS
        )
        tracked = records.with_prefetch(with_neighbours).filtered("track_run_ids")
        return tracked.with_prefetch(self._prefetch_ids)
