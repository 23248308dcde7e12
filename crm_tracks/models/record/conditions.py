import logging
from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain

from ...tools.aspect import Aspect
from ...tools.conditions import get_first_fields, parse_condition
from ...tools.never_failing import never_failing

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """Which fields of records are watched by waiting conditions and by goals.

    The answer is in the cache that all transactions share, so that writes of other
    fields cost no query.
    """

    _inherit = "track.run"

    @api.model
    def _get_watched_fields(self, model_name):
        """The fields of a model on whose change a task may begin or a track may end.

        These are the fields from which conditions start, and those of the same model
        on which they depend if they are computed.

        :param str model_name: a model with tracks
        :return: frozenset of field names
        """
        return self._get_kept(
            ("watched fields", model_name),
            lambda: self._read_watched_fields(model_name),
        )

    @api.model
    def _read_watched_fields(self, model_name):
        if not self._may_have_tracks(model_name):
            return frozenset()
        texts = self.sudo()._search_conditions(model_name)
        names = set().union(*map(_get_first_fields, texts))
        for field in self.env[model_name]._fields.values() if names else ():
            dependent = self.pool.get_dependent_fields(field)
            if any(
                each.model_name == model_name and each.name in names
                for each in dependent
            ):
                names.add(field.name)
        return frozenset(names)

    @api.model
    def _search_conditions(self, model_name):
        """The different goals and conditions of the unfinished tracks of a model.

        :return: list of str
        """
        of_tracks = Domain("res_model", "=", model_name)
        goals = self._read_group(of_tracks & self._get_goal_domain(), ["goal"])
        conditions = self.env["track.run.line"]._read_group(
            Domain("run_id", "any!", of_tracks)
            & self.env["track.run.line"]._get_condition_domain(),
            ["condition"],
        )
        return [text for (text,) in goals + conditions]

    @contextmanager
    def _watching(self, template, lines):
        """Let the cache regard the conditions of these tracks, whose tasks are created.

        The cache is read before: the creation of the tasks would change it.

        :param template: ``track.template``, in sudo, of which these tracks are
        :param lines: its ``track.line`` that the tracks copy, in sudo
        """
        texts = {template.goal, *lines.mapped("condition")} - {False}
        names = set().union(*map(_get_first_fields, texts))
        are_watched = not names or names <= self._get_watched_fields(self[:1].res_model)
        yield
        if not are_watched:
            self._forget_what_is_kept()


def _get_first_fields(text):
    try:
        return get_first_fields(parse_condition(text))
    except ValueError:
        return set()  # tasks with it fail on their day


class MailActivityMixin(models.AbstractModel):
    """Tracks notice that their record meets a condition or a goal."""

    _inherit = "mail.activity.mixin"

    def _tracks_get_condition_aspect(self):
        return Aspect(
            "condition",
            False,
            self.env["track.run"]._get_watched_fields(self._name),
            lambda _records: {},
            lambda records, _before: records._tracks_follow_conditions(),
        )

    def _tracks_follow_conditions(self):
        """Look at the goals and waiting conditions of these records' tracks.

        A write never fails because of tracks: errors are logged, and the cron compares
        the records later.
        """
        if not self.env["track.run"]._get_watched_fields(self._name):
            return
        runs = self._tracks_search_watching()
        if not runs:
            return
        with never_failing(
            self.env, _logger, "The conditions of %s could not be checked.", self
        ) as errors:
            runs._look_again()
        if errors and len(runs) > 1:
            for run in runs:
                with never_failing(
                    self.env, _logger, "The conditions of %s failed.", run
                ):
                    run._look_again()

    def _tracks_search_watching(self):
        """The running tracks of these records with a goal or a waiting condition."""
        runs = self.env["track.run"].sudo()
        here = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        awake = here & runs._get_awake_domain()
        found = runs.search(awake & runs._get_goal_domain())
        waiting = Domain("condition_waits", "=", True) & Domain("run_id", "any!", awake)
        return found | runs.env["track.run.line"].search(waiting).run_id

    def _compute_field_value(self, field):
        result = super()._compute_field_value(field)
        if field.store and any(self._ids):
            self._tracks_note_computed(field)
        return result

    def _tracks_note_computed(self, field):
        """Look at the conditions of these records at the end of the transaction, if
        they contain this stored field, which was computed again.

        The change of another record, for example of an order, may be the cause.
        """
        if not self.pool.ready:
            return
        if field.name not in self.env["track.run"]._get_watched_fields(self._name):
            return
        precommit = self.env.cr.precommit
        key = f"crm_tracks.computed.{self._name}"
        if key not in precommit.data:
            precommit.data[key] = set()
            precommit.add(self.browse()._tracks_follow_computed)
        precommit.data[key].update(id_ for id_ in self._ids if id_)

    def _tracks_follow_computed(self):
        ids = self.env.cr.precommit.data.pop(f"crm_tracks.computed.{self._name}")
        records = self.browse(sorted(ids)).exists().sudo()
        records._tracks_filter_tracked()._tracks_follow_conditions()
