from collections import namedtuple
from contextlib import ExitStack, contextmanager

from odoo import models

# What tracks take over from their record: the fields whose writing may change it, how
# it reads before and after (a dict by record id), and what follows from a difference.
Aspect = namedtuple("Aspect", "name fields read follow")


class MailActivityMixin(models.AbstractModel):
    """Tracks follow their record: its company, its owner, its closing and reopening.

    Always by comparing what is stored before and after a write, for a stage, a team or
    a button changes more than what is in ``vals`` (SPEC, rules 17, 26 and 34).
    """

    _inherit = "mail.activity.mixin"

    # Fields whose writing may move a record to another company.
    _TRACKS_COMPANY_FIELDS = frozenset(("company_id", "user_id", "team_id"))
    # Fields whose writing may give a record to another owner.
    _TRACKS_OWNER_FIELDS = frozenset(("user_id",))

    def write(self, vals):
        if not self._tracks_get_aspects(vals.keys()):
            return super().write(vals)
        with self._tracks_following(vals.keys()):
            return super().write(vals)

    def _tracks_get_aspects(self, fnames=None):
        """What of these records is to be followed while these fields are written.

        :param fnames: field names, or None for whatever may happen to the records
        :return: list of :class:`Aspect`
        """
        aspects = []
        if self.env["track.run"]._may_have_tracks(self._name):
            aspects += [
                Aspect(
                    "company",
                    self._TRACKS_COMPANY_FIELDS,
                    lambda records: records._tracks_get_companies(),
                    lambda records, before: records._tracks_follow_companies(before),
                ),
                Aspect(
                    "owner",
                    self._TRACKS_OWNER_FIELDS,
                    lambda records: records._tracks_get_owner(),
                    lambda records, before: records._tracks_follow_owner(before),
                ),
            ]
        aspects.append(
            Aspect(
                "closing",
                self._TRACKS_CLOSING_FIELDS,
                lambda records: records._tracks_get_closed(),
                lambda records, before: records._tracks_follow_closing(before),
            )
        )
        if fnames is None:
            return aspects
        return [aspect for aspect in aspects if aspect.fields & fnames]

    @contextmanager
    def _tracks_following(self, fnames=None):
        """Whatever the block does to these records, their tracks follow at its end.

        Nested blocks leave their records to the outermost one, so that a closing that
        takes several writes is one closing.

        :param fnames: the fields that the block writes; None for any
        """
        with ExitStack() as stack:
            # entered in reverse: the company follows first, the closing last
            for aspect in reversed(self._tracks_get_aspects(fnames)):
                stack.enter_context(self._tracks_following_aspect(aspect))
            yield

    @contextmanager
    def _tracks_following_aspect(self, aspect):
        following = self.env.cr.precommit.data.setdefault("crm_tracks.following", {})
        followed = following.setdefault((self._name, aspect.name), set())
        # filtered: the records keep what they prefetch with others
        records = self.filtered(lambda record: record.id not in followed).sudo()
        followed.update(records._ids)
        try:
            before = aspect.read(records) if records else {}
            yield
        finally:
            followed.difference_update(records._ids)
        if records:
            aspect.follow(records, before)

    def _tracks_get_companies(self):
        companies = self.env["track.run"]._get_record_companies(self)
        return {record.id: company for record, company in companies.items()}

    def _tracks_follow_companies(self, before):
        """The tracks of these records move to the company of their record."""
        companies = self._tracks_get_companies()
        moved = self.filtered(lambda record: companies[record.id] != before[record.id])
        for run in moved._tracks_search_runs([]):
            run.company_id = companies[run.res_id] or run.company_id

    def _tracks_follow_owner(self, before):
        """The open tasks of the owner go to the new one (SPEC, rule 17).

        Those that somebody had given to another person stay where they are, and an
        emptied owner changes nothing.
        """
        owners = self._tracks_get_owner()
        moved = self.filtered(
            lambda record: (
                owners[record.id] and owners[record.id] != before[record.id]
            )
        )
        runs = moved._tracks_search_runs([("state", "in", ("running", "paused"))])
        runs._touch()
        runs.line_ids.filtered(
            lambda task: (
                task.state == "open" and task.follows_owner and not task.user_manual
            )
        )._reassign()

    def _tracks_search_runs(self, domain):
        """The tracks of these records that match, in sudo."""
        if not self:
            return self.env["track.run"].sudo()
        return (
            self.env["track.run"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids), *domain]
            )
        )
