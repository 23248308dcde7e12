"""The records of this database to which the words of definitions lead."""

import unicodedata
from collections import defaultdict
from functools import cached_property

# The fields with the tags of a record, the usual one first.
_TAG_FIELDS = ("tag_ids", "category_id")


def fold(text):
    """A name as it is compared: “To Do” and “To-do” are the same."""
    text = unicodedata.normalize("NFKC", text or "").casefold()
    # a name may have symbols only
    return "".join(filter(str.isalnum, text)) or text.strip()


class Counterparts:
    """The users, activity types, teams and tags that definitions name.

    They are read once for all definitions, with the rights of the user: nobody learns
    from an import whether a hidden record exists.
    """

    def __init__(self, env, definitions, case_model=""):
        """
        :param definitions: list of ``Definition``
        :param str case_model: the model for those of projects and cases, or empty
        """
        self.env = env
        self.case_model = case_model
        tasks = [task for each in definitions for task in each.tasks]
        kinds = {task.responsible.kind for task in tasks}
        self.users = self._read_users() if "user" in kinds else {}
        self.teams = self._read_names("crm.team") if "team" in kinds else {}
        self.types = (
            self._read_names("mail.activity.type")
            if any(task.type_name for task in tasks)
            else {}
        )
        self.tags = {}
        self._read_tags(definitions)

    def get_model_name(self, definition):
        """The model for which a definition is; empty for all records."""
        is_case = definition.target == "case"
        return self.case_model if is_case else definition.target

    def _read_users(self):
        """:return: users by login, by e-mail and by name, as three dicts"""
        users = self.env["res.users"].search_fetch(
            [("share", "=", False)], ["login", "email", "name"]
        )
        found = [defaultdict(list) for _ in range(3)]
        for user in users.filtered(lambda user: user._tracks_can_be_assigned()):
            for by, text in zip(
                found, (user.login, user.email, user.name), strict=True
            ):
                if text:
                    by[text.strip().casefold()].append(user)
        return found

    def _read_names(self, model):
        """:return: dict of lists of records by their names, English ones too"""
        found = defaultdict(list)
        records = self.env[model].search([])
        for translated in (records, records.with_context(lang="en_US")):
            for record in translated:
                known = found[fold(record.name)]
                if record not in known:
                    known.append(record)
        return found

    def find_responsible(self, responsible):
        """The user or team that does a task.

        :param responsible: :class:`..definitions.Responsible` with names
        :return: (a record or None, the kind of the problem or None)
        """
        if responsible.kind == "team":
            return self._find_team(responsible.names)
        return self._find_user(responsible.names)

    def _find_user(self, names):
        for name in names:
            for by in self.users:
                users = by.get(name.strip().casefold(), ())
                if len(users) > 1:
                    return None, "several_users"
                if users:
                    return users[0], None
        return None, "unknown_user"

    def _find_team(self, names):
        for name in names:
            teams = self.teams.get(fold(name))
            if teams:
                return teams[0], None
        return None, "unknown_team"

    @cached_property
    def default_type(self):
        """To-Do, or empty where that was deleted."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return todo or self.env["mail.activity.type"]

    def find_type(self, task, definition):
        """The activity type of a task: the default one if it names none.

        :return: ``mail.activity.type``; None if there is none of its name
        """
        if task.type_id:
            return self.env["mail.activity.type"].browse(task.type_id)
        if not task.type_name:
            return self.default_type
        model = self.get_model_name(definition)
        found = [
            record
            for record in self.types.get(fold(task.type_name), ())
            if record.res_model in (False, model)
        ]
        # the type for this model only comes first
        return next(iter(sorted(found, key=lambda record: not record.res_model)), None)

    # ------------------------------------------------------------------
    # Tags
    # ------------------------------------------------------------------

    def get_tag_field(self, model_name):
        """The field with the tags of a model, or None."""
        model = self.env.get(model_name)
        for name in _TAG_FIELDS:
            field = model._fields.get(name) if model is not None else None
            if field is not None and field.type == "many2many":
                return field
        return None

    def get_tag_problem(self, model_name):
        """Why no task can add tags to the records of a model, as a kind; or None."""
        if not model_name:
            return "tags_one_model"
        field = self.get_tag_field(model_name)
        if field is None:
            return "tags_no_field"
        model = self.env[model_name]
        may_write = model.has_access("write") and model._has_field_access(
            field, "write"
        )
        if not may_write or not self.env[field.comodel_name].has_access("read"):
            return "tags_no_rights"
        return None

    def _get_wanted_tags(self, definitions):
        """:return: dict of sets of names by the tags' model"""
        wanted = defaultdict(set)
        for each in definitions:
            model = self.get_model_name(each)
            if each.tags and not self.get_tag_problem(model):
                wanted[self.get_tag_field(model).comodel_name].update(each.tags)
        return wanted

    def _read_tags(self, definitions):
        for comodel in self._get_wanted_tags(definitions):
            tags = self.tags[comodel] = {}
            records = self.env[comodel].search([])
            for translated in (records.with_context(lang="en_US"), records):
                tags.update((tag.name.casefold(), tag.id) for tag in translated)

    def create_tags(self, definitions):
        """Create the missing tags of these definitions, where the user may do so."""
        for comodel, missing in self._get_missing_tags(definitions).items():
            made = self.env[comodel].create(
                [{"name": name} for name in missing.values()]
            )
            self.tags[comodel].update(zip(missing, made.ids, strict=True))

    def plan_tags(self, definitions):
        """Pretend that :meth:`create_tags` was called, for a preview.

        :return: list of pairs: an empty recordset, a dict of names by invented ids
        """
        planned = []
        for comodel, missing in self._get_missing_tags(definitions).items():
            ids = range(-len(missing), 0)
            self.tags[comodel].update(zip(missing, ids, strict=True))
            names = dict(zip(ids, missing.values(), strict=True))
            planned.append((self.env[comodel], names))
        return planned

    def _get_missing_tags(self, definitions):
        """The tags to create: their names by folded names, by the tags' model."""
        found = {}
        for comodel, names in self._get_wanted_tags(definitions).items():
            missing = {
                name.casefold(): name
                for name in sorted(names)
                if name.casefold() not in self.tags[comodel]
            }
            if missing and self.may_create_tags(comodel):
                found[comodel] = missing
        return found

    def get_tags(self):
        """The tags that were found or created, as a list of recordsets."""
        return [
            self.env[comodel].browse(sorted(set(tags.values())))
            for comodel, tags in self.tags.items()
        ]

    def may_create_tags(self, comodel):
        return self.env[comodel].has_access("create")

    def find_tags(self, comodel, names):
        """:return: (list of ids, list of the names without a tag)"""
        tags = self.tags[comodel]
        ids = [tags[name.casefold()] for name in names if name.casefold() in tags]
        return ids, [name for name in names if name.casefold() not in tags]
