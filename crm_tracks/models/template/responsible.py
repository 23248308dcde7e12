from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.conditions import find_hidden_field
from ...tools.user_fields import describe_user_field, find_user_field, get_field_user
from ...tools.words import quote


class TrackOptionsMixin(models.AbstractModel):
    """What happens to tasks whose assignee is away."""

    _inherit = "track.options.mixin"

    absence = fields.Selection(
        [
            ("keep", "Assign all the same"),
            ("stand_in", "Assign a stand-in"),
        ],
        string="When Assignee Is Away",
        help="Who gets a task whose assignee is away on the due date, according to "
        "out-of-office times and time off. Users select their stand-in in their "
        "preferences. Without one who can do the task, the owner, the starter or a "
        "Tracks administrator gets it. Of a role or team, members who are away are "
        "passed over. If empty, the task is assigned all the same.",
    )

    def _get_absence_text(self):
        """Describe that stand-ins do the tasks of those who are away, if they do."""
        if self.absence != "stand_in":
            return False
        return self.env._("Stand-ins do the tasks of users who are away")


class TrackTaskMixin(models.AbstractModel):
    """Who is to do a task, as its author writes it.

    Which user that is when the task begins is decided in ``tools/people.py``.
    """

    _inherit = "track.task.mixin"

    # The field that says more, by the type of the responsible.
    _RESPONSIBLE_FIELDS = {
        "user": "responsible_id",
        "field": "responsible_field",
        "role": "responsible_role_id",
        "team": "responsible_team_id",
    }
    # The types whose user is known only when the task begins.
    _FOUND_LATE = ("previous", "role", "team")

    responsible_type = fields.Selection(
        [
            ("owner", "Record owner"),
            ("user", "Specific user"),
            ("field", "From a field"),
            ("role", "Member of a role"),
            ("team", "Member of a team"),
            ("previous", "Same as previous task"),
            ("starter", "User starting the track"),
        ],
        string="Responsible",
        default="owner",
        required=True,
        help="“From a field” is offered if the template applies to exactly one model.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="User",
        domain=[("share", "=", False)],
        ondelete="set null",
    )
    responsible_field = fields.Char(
        string="Field with the User",
        help="A user field of the record, or of a record to which one of its fields "
        "leads. For export and import: its technical name, for example "
        "team_id.user_id.",
    )
    responsible_role_id = fields.Many2one(
        "res.role",
        string="Role",
        index="btree_not_null",
        ondelete="set null",
        help="The task is assigned to the member with the fewest open tasks, among "
        "those who can read the record and work in its company.",
    )
    responsible_team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        index="btree_not_null",
        ondelete="set null",
        help="The task is assigned to the member with the fewest open tasks, among "
        "those who can read the record and work in its company.",
    )

    def _get_missing_responsible(self):
        """The sentence for a task that does not say which user, role, team or field;
        as of :meth:`_get_incompatibility`."""
        name = self._RESPONSIBLE_FIELDS.get(self.responsible_type)
        if self._is_automated() or not name or self[name]:
            return None
        return {
            "user": self.env._(
                "“%(task)s” in “%(parent)s” is assigned to a specific user. Select "
                "the user."
            ),
            "field": self.env._(
                "“%(task)s” in “%(parent)s” is assigned to the user in a field. Select "
                "the field."
            ),
            "role": self.env._(
                "“%(task)s” in “%(parent)s” is assigned to a member of a role. Select "
                "the role."
            ),
            "team": self.env._(
                "“%(task)s” in “%(parent)s” is assigned to a member of a team. Select "
                "the team."
            ),
        }[self.responsible_type]

    def _get_members(self):
        """The users of the role or team that does this task.

        :return: ``res.users``, in sudo; empty if the role or team no longer exists, is
            archived, or has no members
        """
        # sudo: which members there are does not depend on who acts
        task = self.sudo()
        if task.responsible_type == "role":
            return task.responsible_role_id.user_ids
        team = task.responsible_team_id
        if task.responsible_type == "team" and team.active:
            return team.member_ids
        return task.env["res.users"]

    def _fit_assignee(self, run, assignee):
        """The assignee of this task, after what else it says about people.

        An addon overrides it to pass the task on to another user, or to nobody. A user
        who was selected by hand is assigned without asking.

        :param run: the ``track.run`` of the task, in sudo
        :param Assignee assignee: whom the responsible determines
        :return: :class:`Assignee`, whose user may be empty
        """
        return assignee

    def _get_field_user(self, record):
        """The user in the field of the record that names who does this task.

        :param record: in sudo
        :return: ``res.users``, empty if the field is empty or no longer exists
        """
        return get_field_user(record, self.responsible_field)

    def _is_responsible_hidden(self, records, sight):
        """Whether the reader may not read the field that names who does this task.

        :param records: the records of the task
        :param Sight sight: what the reader may see of them
        """
        return (
            self.responsible_type == "field"
            and find_user_field(records, self.responsible_field) is not None
            and not sight.may_read(Domain(self.responsible_field, "!=", False))
        )

    def _check_responsible_field(self):
        """Refuse a field that is no user field, or that the author may not read.

        :raise ValidationError: in a sentence that names the field
        """
        model = self._get_target_model()
        if self.responsible_type != "field" or model is None:
            return
        values = {
            "task": self._get_label(),
            "field": self.responsible_field,
            "model": self.env["ir.model"]._get(model._name).sudo().name,
        }
        if find_user_field(model, self.responsible_field) is None:
            raise ValidationError(
                self.env._(
                    "“%(task)s” is assigned to the user in “%(field)s”, which is no "
                    "user field of %(model)s. Select another field.",
                    **values,
                )
            )
        # "su" is the engine, or an administrator's script
        if not self.env.su and find_hidden_field(
            model.sudo(False), Domain(self.responsible_field, "!=", False)
        ):
            raise ValidationError(
                self.env._(
                    "You do not have permission to read “%(field)s” of %(model)s, in "
                    "which “%(task)s” finds its assignee. Select another field.",
                    **values,
                )
            )

    def _get_responsible_text(self, previous, in_html=False):
        """Describe who does this task: “owner”, “same user as “Call””, “automated”.

        :param previous: the task before it, empty or None for the first one
        :param bool in_html: as of :meth:`_get_set_off_label`
        :return: str, which is ``Markup`` where it names a task in HTML
        """
        self.ensure_one()
        if self._is_automated():
            return self.env._("automated")
        if self.responsible_type == "user":
            # sudo: readers of the task may see the name of the responsible user
            return self.responsible_id.sudo().name or self.env._("specific user")
        if self.responsible_type == "previous":
            return (
                self.env._("same user as %s", previous._get_set_off_label(in_html))
                if previous
                else self.env._("same user as the previous task")
            )
        if self.responsible_type == "starter":
            return self.env._("user starting the track")
        if self.responsible_type == "field":
            return self._get_responsible_field_text()
        if self.responsible_type in ("role", "team"):
            return self._get_members_text()
        return self.env._("owner")

    def _get_responsible_field_text(self):
        """Describe the field with the user, as far as the reader may know it."""
        # not in sudo: restricted fields are not named
        model = self._get_target_model()
        path = model is not None and find_user_field(model, self.responsible_field)
        if not path:
            return self.env._("user in a field")
        domain = Domain(self.responsible_field, "!=", False)
        if find_hidden_field(model.sudo(False), domain):
            return self.env._("user in a field with restricted access")
        return self.env._(
            "user in %s", quote(self.env, describe_user_field(self.env, path))
        )

    def _get_members_text(self):
        """Describe the role or team, as far as the reader may know it."""
        name = self._get_group_name(self._RESPONSIBLE_FIELDS[self.responsible_type])
        if self.responsible_type == "role":
            if not name:
                return self.env._("member of a role")
            return self.env._("member of role %s", quote(self.env, name))
        if not name:
            return self.env._("member of a team")
        return self.env._("member of team %s", quote(self.env, name))

    def _get_group_name(self, name):
        """The name of the role or team in this field, empty if it is hidden."""
        # sudo: whether the reader may read the group is checked here
        group = self.sudo()[name]._origin
        readable = group.sudo(False)._filtered_access("read") if group else group
        return readable.sudo().name or ""


class TrackLine(models.Model):
    _inherit = "track.line"

    @api.onchange("responsible_type")
    def _onchange_responsible_type(self):
        for kind, name in self._RESPONSIBLE_FIELDS.items():
            if self.responsible_type != kind:
                self[name] = False

    @api.constrains("responsible_id")
    def _check_responsible_id(self):
        for line in self:
            user = line.responsible_id
            if user and not user._tracks_can_be_assigned():
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be responsible for “%(task)s” in "
                        "“%(template)s”. Select an active internal user.",
                        user=user.sudo().name,
                        task=line._get_label(),
                        template=line.template_id.name,
                    )
                )

    def _check_author_of_responsible(self):
        """Refuse a field that the author of this task may not use."""
        self._check_responsible_field()
