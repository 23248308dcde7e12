from odoo import api, fields, models

from ...tools.definitions import (
    Definition,
    Problem,
    Responsible,
    TaskDefinition,
)


class MailActivityType(models.Model):
    """Chains of activity types, which trigger or suggest their next activity.

    Each chain is the definition of a track with a task for each type. Later versions of
    Odoo only suggest, so the fields of a trigger may not exist. All that depends on a
    trigger is in this file.
    """

    _inherit = "mail.activity.type"

    def _get_track_definitions(self):
        """The definitions of the chains that begin with these types.

        A type that another one of these leads to begins no chain, unless all of them
        lead to each other.

        :return: list of :class:`Definition`; an archived type is one with an error
        """
        active = self.filtered("active")
        definitions = [
            Definition(each.name, key=str(each.id), error=Problem("archived_type"))
            for each in self - active
        ]
        return definitions + active._get_chains()

    def _get_chains(self):
        """:return: list of :class:`Definition`"""
        following = {each: each._get_next_types() for each in self}
        reached = set()
        definitions = []
        targets = {found for types in following.values() for found in types}
        # first those that nothing leads to, then those of circles
        for each in self.filtered(lambda each: each not in targets) + self:
            if each in reached or not following[each]:
                continue
            definition, chain = each._get_track_definition()
            reached.update(chain)
            definitions.append(definition)
        return definitions

    def _get_next_types(self):
        """The active types that this one triggers or suggests."""
        self.ensure_one()
        types = self.suggested_next_type_ids
        if self._triggers_next():
            types = self.triggered_next_type_id
        return types.filtered("active")

    def _triggers_next(self):
        """Whether Odoo creates the next activity when one of this type is done."""
        self.ensure_one()
        return "chaining_type" in self._fields and self.chaining_type == "trigger"

    def _get_track_definition(self):
        """The definition of the chain that begins with this type.

        :return: (:class:`Definition`, the types of the chain)
        """
        definition = Definition(self.name, key=str(self.id))
        chain = self
        while following := chain[-1]._get_next_types():
            upcoming = following[0]
            if len(following) > 1:
                others = ", ".join(following[1:].mapped("name"))
                definition.add_problem(
                    "chain_branches", type=chain[-1].name, others=others
                )
            if upcoming in chain:
                definition.add_problem("chain_repeats", type=upcoming.name)
                break
            chain += upcoming
        models = sorted(set(filter(None, chain.mapped("res_model"))))
        definition.target = models[0] if models else ""
        if len(models) > 1:
            # sudo: the names of models are no secret
            names = [self.env["ir.model"]._get(model).sudo().name for model in models]
            definition.error = Problem("two_models", {"models": ", ".join(names)})
        for each in chain:
            is_first = each == chain[0]
            definition.tasks.append(each._get_task_definition(is_first))
            each._check_chained_delay(definition)
            if not is_first and each.delay_from == "previous_activity":
                definition.add_problem("chain_deadline", each._get_task_name())
        return definition, chain

    def _get_task_name(self):
        return self.summary or self.name

    def _check_chained_delay(self, definition):
        """Report a delay that a task cannot have."""
        days, most = self.delay_count, self.env["track.line"]._MAX_DELAY
        if days < 0:
            definition.add_problem("negative_days", self._get_task_name(), value=days)
        elif days > most:
            definition.add_problem(
                "long_delay", self._get_task_name(), value=days, max=most
            )

    def _get_task_definition(self, is_first):
        """The task for an activity of this type.

        Without a default user, Odoo assigns the next activity to the user who completes
        the one before.
        """
        user = self.default_user_id
        return TaskDefinition(
            summary=self._get_task_name(),
            note=self.default_note or "",
            delay_count=min(
                max(self.delay_count, 0), self.env["track.line"]._MAX_DELAY
            ),
            delay_unit=self.delay_unit,
            delay_from="start" if is_first else "previous",
            type_id=self.id,
            responsible=Responsible(
                "user" if user else "owner" if is_first else "previous",
                user_id=user.id or 0,
            ),
        )


class MailActivity(models.Model):
    """Of an activity of a track, the type triggers no next activity."""

    _inherit = "mail.activity"

    chaining_type = fields.Selection(
        related=None,
        selection=lambda self: self.env["mail.activity.type"]
        ._fields["chaining_type"]
        ._description_selection(self.env),
        compute="_compute_chaining_type",
    )

    @api.depends("activity_type_id.chaining_type", "track_run_line_id")
    def _compute_chaining_type(self):
        for activity in self.sudo():
            chaining_type = activity.activity_type_id.chaining_type
            if chaining_type == "trigger" and activity.track_run_line_id:
                # the next task of the track follows, not the next activity of the type
                chaining_type = "suggest"
            activity.chaining_type = chaining_type


class TrackTemplate(models.Model):
    """The hint on types whose next activity does not follow in a track."""

    _inherit = "track.template"

    chaining_hint = fields.Char(
        string="Hint on Next Activities", compute="_compute_chaining_hint"
    )

    @api.depends("line_ids.activity_type_id.chaining_type")
    def _compute_chaining_hint(self):
        for template in self:
            types = template.line_ids.activity_type_id.filtered(
                lambda activity_type: activity_type._triggers_next()
            )
            template.chaining_hint = bool(types) and self.env._(
                "In a track, activity types do not trigger their next activity: %s. "
                "The next task of the track follows instead.",
                ", ".join(types.mapped("name")),
            )
