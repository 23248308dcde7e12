from odoo import api, models
from odoo.exceptions import UserError

from ...tools.capsule import read_capsule
from ...tools.definition_words import describe_problem
from ...tools.definitions import Problem, UnreadableSource
from ...tools.note_files import copy_note_files
from ...tools.record_names import existence_read, names_read


class Candidate:
    """A template that an import can create.

    ``template`` is the one that an earlier import created, or empty. ``state`` is
    ``new``, ``unchanged``, ``changed`` or ``left_out``; ``reason`` is the sentence that
    says why the last one is.
    """

    def __init__(self, key, name, reason=None):
        self.key = key
        self.name = name
        self.reason = reason
        self.state = "left_out" if reason else "new"
        self.template = None
        self.xml_id = self.error = None
        # set by each source: a function that returns (values, problems)
        self.prepare = None
        # a definition, with the records that all of them name
        self.definition = self.counterparts = None
        # the records whose notes the tasks get, with the files in them
        self.noted = ()

    def compare(self, other):
        """Set the state from what another candidate of this key would create now."""
        is_same = self.template._is_as_imported(other.prepare()[0])
        self.state = "unchanged" if is_same else "changed"

    def leave_out(self, error):
        """:param error: the ``UserError`` for which no template is created"""
        self.state, self.reason, self.error = "left_out", str(error), error


class TrackTemplate(models.Model):
    """Import of definitions of tracks: from a file of Capsule, from chains of activity
    types, and from activity plans.

    An imported template has an external id from the id of its definition, so a second
    import finds it and creates nothing. A template that differs from its definition is
    left as it is.
    """

    _inherit = "track.template"

    @api.model
    def import_definitions(self, source, data=None, case_model=None):
        """Create templates from definitions, unless earlier imports created them.

        :param str source: ``capsule``, ``activity_types`` or ``plans``
        :param data: for ``capsule``, the JSON as a text or parsed; else a list of ids
            of activity types or plans, None (or False) for all of them
        :param str case_model: the model for definitions of projects and cases; None for
            tickets where they can have tracks, else project tasks; empty to offer
            their templates for all records
        :return: dict of lists of dicts: ``created``, ``unchanged`` and ``changed`` with
            ``id`` and ``name``; ``left_out`` with ``name`` and ``reason``;
            ``unmapped`` with ``name``, ``task`` and ``reason``: what could not be taken
            over to the created templates
        :raise AccessError: when the user may not create templates
        :raise UserError: when the data contain no definition
        """
        candidates, problems = self._get_candidates(source, data, case_model)
        unmapped = self._create_candidates(candidates)
        found = {state: [] for state in ("created", "unchanged", "changed", "left_out")}
        for each in candidates:
            found[each.state].append(
                {"name": each.name, "reason": each.reason}
                if each.state == "left_out"
                else {"id": each.template.id, "name": each.template.name}
            )
        return {**found, "unmapped": self._describe_unmapped(None, problems) + unmapped}

    @api.model
    def _get_candidates(self, source, data=None, case_model=None):
        """Read definitions, and find the templates that earlier imports created.

        Creates nothing. The arguments are those of :meth:`import_definitions`.

        :return: (list of :class:`Candidate`, list of ``Problem`` of the whole source)
        """
        self.browse().check_access("create")
        candidates, problems = self._read_candidates(source, data, case_model)
        self._find_imported(candidates)
        # words of this database were taken over in the language of whoever imported
        for code, _name in self.env["res.lang"].get_installed():
            changed = {each.key: each for each in candidates if each.state == "changed"}
            if not changed or code == self.env.lang:
                continue
            translated = self.with_context(lang=code)
            for each in translated._read_candidates(source, data, case_model)[0]:
                if each.state == "new" and each.key in changed:
                    changed[each.key].compare(each)
        return candidates, problems

    @api.model
    def _read_candidates(self, source, data, case_model):
        """As :meth:`_get_candidates`, without the templates of earlier imports."""
        if source == "capsule":
            try:
                definitions, problems = read_capsule(data)
            except UnreadableSource as error:
                raise UserError(describe_problem(self.env, error.problem)) from error
            return self._get_definition_candidates(
                "capsule", definitions, case_model
            ), problems
        if source == "activity_types":
            types = self._get_source_records("mail.activity.type", data)
            return self._get_definition_candidates(
                "activity_type", types._get_track_definitions()
            ), []
        if source == "plans":
            plans = self._get_source_records("mail.activity.plan", data)
            return [self._get_plan_candidate(plan) for plan in plans], []
        raise UserError(
            self.env._(
                "“%s” is no source of track definitions. Use capsule, "
                "activity_types or plans.",
                str(source)[:60],
            )
        )

    @api.model
    def _get_source_records(self, model, ids):
        """The records of this database from which templates are created.

        :param ids: what a caller passed; None or False for all of them
        :raise UserError: when one of them cannot be read
        """
        Model = self.env[model]
        if ids is None or ids is False:
            return Model.search([("active", "=", True)])
        is_list = isinstance(ids, list | tuple)
        if not is_list or any(type(id_) is not int for id_ in ids):
            raise UserError(
                self.env._(
                    "The definitions are no list of IDs. Pass a list of numbers."
                )
            )
        if Model._tracks_find_hidden(ids):
            raise UserError(
                self.env._(
                    "A definition does not exist, or you do not have permission to "
                    "read it. Select another one."
                )
            )
        return Model.browse(dict.fromkeys(ids))

    @api.model
    def _get_plan_candidate(self, plan):
        candidate = Candidate(f"plan_{plan.id}", plan.name)
        candidate.noted = plan.template_ids.sorted()
        lost = plan._get_lost()
        problems = [Problem("said", {"reason": lost})] if lost else []
        candidate.prepare = lambda: (plan._prepare_track_template_vals(), problems)
        return candidate

    # ------------------------------------------------------------------
    # Twice changes nothing
    # ------------------------------------------------------------------

    @api.model
    def _find_imported(self, candidates):
        """Set template, external id and state of candidates, in one search."""
        company = self.env.company.id
        names = {
            each: (f"template_{each.key}", f"template_{each.key}_company_{company}")
            for each in candidates
            if each.state == "new"
        }
        # sudo: users cannot read external ids; hidden templates are left out below
        data = self.env["ir.model.data"].sudo()
        data = data.search_fetch(
            [
                ("module", "=", "crm_tracks"),
                ("model", "=", self._name),
                ("name", "in", [name for pair in names.values() for name in pair]),
            ],
            ["name", "res_id"],
        )
        existing = self.browse(data.mapped("res_id")).exists()
        readable = existing._filtered_access("read")
        ids = {row.name: row.res_id for row in data if row.res_id in existing._ids}
        for each, pair in names.items():
            known = [name for name in pair if ids.get(name) in readable._ids]
            # read together with the others
            each.template = self.browse([ids[name] for name in known[:1]])
            each.template = each.template.with_prefetch(readable._ids)
            # the template of the first id may be hidden, of another company
            each.xml_id = next(iter(known), pair[1] if pair[0] in ids else pair[0])
            if known:
                each.compare(each)

    def _is_as_imported(self, vals):
        """Whether this template, archived or not, is as an import creates it."""
        as_it_is = self._get_import_fingerprint()
        return self.new(vals)._get_import_fingerprint() == as_it_is

    def _get_import_fingerprint(self):
        settings = [
            [
                (setting["field"], setting["operation"], setting["value"])
                for setting in line._get_settings()
            ]
            # not filtered, which would read the tasks of each template alone
            for line in self.line_ids
            if line.action == "update"
        ]
        return *self._get_library_fingerprint(), settings

    @api.model
    def _make_of_plans(self, plans):
        """Create templates from activity plans, as from the entries of the library.

        A template that an earlier call created is returned if it is unchanged, and
        else stays beside the new one.

        :return: (``track.template``, active, list of sentences about what was lost)
        :raise AccessError: when the user may not write templates
        :raise UserError: when a template cannot be created
        """
        candidates, _problems = self._get_candidates("plans", plans.ids)
        for each in candidates:
            if each.state == "changed":
                each.state = "new"
        unmapped = self._create_candidates(candidates)
        for each in candidates:
            if each.error:
                raise each.error
        templates = self.concat(*(each.template for each in candidates))
        templates.filtered(lambda template: not template.active).active = True
        return templates, [row["reason"] for row in unmapped]

    # ------------------------------------------------------------------
    # Creating
    # ------------------------------------------------------------------

    @api.model
    def _create_candidates(self, candidates):
        """Create the new ones of these candidates, and set their template and state.

        :param candidates: list of :class:`Candidate`; one that is refused does not
            prevent the others
        :return: list of dicts, as ``unmapped`` of :meth:`import_definitions`
        """
        self.browse().check_access("create")
        new = [each for each in candidates if each.state == "new"]
        mapped = [each for each in new if each.definition]
        known = ()
        if mapped:
            counterparts = mapped[0].counterparts
            counterparts.create_tags([each.definition for each in mapped])
            known = counterparts.get_tags()
        prepared = [(each, *each.prepare()) for each in new]
        # the checks of each template read no tag again
        names = names_read(self.env, [(tags.browse(), tags.ids) for tags in known])
        with names, existence_read(self.env, known):
            self._create_each([(each, vals) for each, vals, _problems in prepared])
        self._name_created([each for each in new if each.state == "created"])
        return [
            row
            for each, _vals, problems in prepared
            if each.state == "created"
            for row in self._describe_unmapped(each.name, problems)
        ]

    @api.model
    def _name_created(self, created):
        """Give the templates of these candidates their external ids."""
        # sudo: users cannot write external ids; these belong to the import
        data = self.env["ir.model.data"].sudo()
        data._update_xmlids(
            [
                {
                    "xml_id": f"crm_tracks.{each.xml_id}",
                    "record": each.template,
                    "noupdate": True,
                }
                for each in created
            ]
        )
        # which are written by SQL: what is read next is what was written
        data.invalidate_model(["res_id"])

    @api.model
    def _create_each(self, pairs):
        """Create templates together; where one is refused, in halves without it.

        :param pairs: list of (:class:`Candidate`, the values of its template)
        """
        if not pairs:
            return
        try:
            with self.env.cr.savepoint():
                templates = self.create([vals for _each, vals in pairs])
                for (each, _vals), template in zip(pairs, templates, strict=True):
                    if each.noted:
                        lines = template.line_ids.sorted()
                        copy_note_files(zip(each.noted, lines, strict=True))
        except UserError as error:
            if len(pairs) == 1:
                pairs[0][0].leave_out(error)
                return
            half = len(pairs) // 2
            self._create_each(pairs[:half])
            self._create_each(pairs[half:])
            return
        for (each, _vals), template in zip(pairs, templates, strict=True):
            each.template, each.state = template, "created"

    @api.model
    def _describe_unmapped(self, name, problems):
        """Problems as plain data for a caller.

        :param str name: of the template, None for the whole source
        """
        return [
            {
                "name": name or False,
                "task": problem.task or False,
                "reason": describe_problem(self.env, problem),
            }
            for problem in problems
        ]
