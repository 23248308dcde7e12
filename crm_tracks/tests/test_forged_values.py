from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_access import AccessCase

# Part of every name, note and value that the users of these tests may not read.
SECRET = "Zsecret"
DATES = ("date", "datetime")


class SecretsCase(AccessCase):
    """Tracks and templates that no user of the first company may read.

    ``hidden`` contains the secret records by model; ``own`` a record of the user for
    each model, if there is one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_2.name = f"{SECRET} company"
        cls.hidden_lead = cls.make_leads(
            user=cls.seller_company_2,
            name=f"{SECRET} lead",
            company_id=cls.company_2.id,
            type="opportunity",
        )
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": f"{SECRET} action",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": "pass",
            }
        )
        lead_model = cls.env["ir.model"]._get("crm.lead")
        cls.hidden_template = cls.make_template(
            {"summary": f"{SECRET} call", "note": f"<p>{SECRET} note</p>"},
            {
                "summary": f"{SECRET} update",
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "referred", "value": f"{SECRET} x"})
                ],
            },
            {"summary": f"{SECRET} later", "delay_from": "previous"},
            name=f"{SECRET} template",
            company_id=cls.company_2.id,
            res_model_ids=lead_model.ids,
        )
        cls.hidden_run = cls.hidden_lead.tracks_apply(
            cls.hidden_template, name=f"{SECRET} track"
        )
        cls.hidden_run.line_ids[:1].action_done(f"{SECRET} feedback")
        own_template = cls.make_template(
            {"summary": "Call", "delay_count": 1},
            {
                "summary": "Update",
                "action": "update",
                "update_ids": [Command.create({"field_name": "referred"})],
            },
            res_model_ids=lead_model.ids,
        )
        cls.hidden = {
            records._name: records
            for records in (
                cls.hidden_lead,
                cls.hidden_template,
                cls.hidden_template.line_ids,
                cls.hidden_template.line_ids.update_ids,
                cls.hidden_run,
                cls.hidden_run.line_ids,
                cls.hidden_run.line_ids.activity_ids,
                cls.company_2,
                cls.action,
            )
        }
        run = cls.runs["own"]
        cls.own = {
            records._name: records[:1]
            for records in (
                own_template,
                own_template.line_ids,
                own_template.line_ids.update_ids,
                run,
                run.line_ids,
                run.line_ids.activity_ids,
                cls.leads["own"],
            )
        }
        cls.callers = cls.employee + cls.manager

    def ask(self, call, *args):
        """The result or the error of a call, as text.

        :return: (the result or the error, whether the call was refused)
        """
        try:
            return call(*args), False
        except UserError as error:
            return str(error), True

    def assertTellsNothing(self, call, *args):
        """Neither the result nor the error of the call contains a secret.

        :return: whether it was refused
        """
        answer, refused = self.ask(call, *args)
        self.assertNotIn(SECRET, repr(answer), f"{call} {args}")
        return refused

    def get_models(self):
        """The models of tracks, and the models that they extend."""
        return [
            self.env[name]
            for name in sorted(self.env)
            if name.startswith("track.") and not self.env[name]._abstract
        ] + [
            self.env[name]
            for name in (
                "crm.lead",
                "mail.activity",
                "mail.activity.schedule",
                "ir.actions.server",
            )
        ]

    def get_own_fields(self, model):
        """The fields of a model that the addons of tracks add."""
        return {
            name: field
            for name, field in model._fields.items()
            if any(module.startswith("crm_tracks") for module in field._modules)
            and not name.startswith("create_")
            and not name.startswith("write_")
        }


@tagged("post_install", "-at_install")
class TestForgedValues(SecretsCase):
    """Values in a form reveal nothing about records without access.

    Every field of the addons is filled with records that the user may not read, in each
    format of a form, and every field of the addons is requested.
    """

    def test_an_onchange_tells_nothing_of_what_it_names(self):
        for model in self.get_models():
            # administrators may write templates; otherwise they are as other users
            is_template = model._name in ("track.template", "track.line")
            for user in self.manager if is_template else self.employee:
                for target in {model, self.own.get(model._name, model)}:
                    records = self.as_user(target, user)
                    for values in self.get_forged_values(model):
                        with self.subTest(
                            model=model._name, user=user.name, values=values
                        ):
                            self.assertOnchangeTellsNothing(records, values)

    def assertOnchangeTellsNothing(self, records, values):
        names = list(values)
        typed = dict.fromkeys(names, {})
        if self.assertTellsNothing(records.onchange, dict(values), names, typed):
            return  # refused for the values alone
        asked = self.get_specification(records)
        for changed in (names, []):
            spec = {**typed, **asked}
            if not self.assertTellsNothing(
                records.onchange, dict(values), changed, spec
            ):
                continue
            # a refused value would hide the result of the others
            for name in asked:
                records.env.invalidate_all()
                self.assertTellsNothing(
                    records.onchange,
                    dict(values),
                    changed,
                    {**typed, name: asked[name]},
                )

    def get_specification(self, model, depth=1):
        """The specification of a form: all fields of the addons with subfields."""
        specification = {}
        for name, field in self.get_own_fields(model).items():
            specification[name] = {}
            if field.relational and depth:
                comodel = self.env[field.comodel_name]
                specification[name]["fields"] = {
                    "display_name": {},
                    **self.get_specification(comodel, depth - 1),
                }
        return specification

    def get_forged_values(self, model, depth=1):
        """Values of a form, each with one hidden record."""
        for name, field in self.get_own_fields(model).items():
            for record in self.hidden.get(field.comodel_name or "", ())[:1]:
                yield from self.get_formats(name, field, record, depth)
            if field.relational and depth:
                yield from self.get_nested_values(name, field, depth - 1)
        yield from self.get_typed_values(model)

    def get_nested_values(self, name, field, depth):
        """Values of the records in this field, each with one hidden thing in them."""
        comodel = self.env[field.comodel_name]
        for nested in self.get_forged_values(comodel, depth):
            if field.type == "many2one":
                yield {name: nested}
                continue
            yield {name: [(Command.CREATE, "virtual_1", nested)]}
            own = self.own.get(comodel._name)
            if own:
                yield {name: [Command.update(own.id, nested)]}

    def get_typed_values(self, model):
        """Hidden records that are named by their model and id."""
        if {"res_model", "res_id"} <= model._fields.keys():
            for record in (self.hidden_lead, self.company_2):
                yield {"res_model": record._name, "res_id": record.id}
        if "res_ids" in model._fields:
            for ids in (self.hidden_lead.ids, str(self.hidden_lead.ids)):
                values = {
                    "res_model": "crm.lead",
                    "res_ids": ids,
                    "template_id": self.template.id,
                }
                yield {
                    name: value
                    for name, value in values.items()
                    if name in model._fields
                }

    def get_formats(self, name, field, record, depth):
        """The values that a form may send for this field and record."""
        if field.type == "many2one":
            yield {name: record.id}
            if depth:
                yield {name: {"id": record.id}}
        elif field.relational:
            yield {name: [Command.link(record.id)]}
            if depth:
                yield {name: [Command.set(record.ids)]}
                yield {name: [Command.update(record.id, {})]}

    def test_defaults_of_a_context_tell_nothing_of_what_they_name(self):
        for model in self.get_models():
            spec = self.get_specification(model)
            for user in self.callers:
                for values in self.get_forged_values(model, depth=0):
                    context = {f"default_{name}": val for name, val in values.items()}
                    Model = self.as_user(model, user).with_context(**context)
                    self.assertTellsNothing(Model.onchange, {}, [], spec)

    def test_what_is_saved_names_nothing_that_its_author_may_not_read(self):
        for user in self.callers:
            for model, required in (
                ("track.apply", {"res_model": "crm.lead", "res_ids": []}),
                ("track.reassign", {"user_id": user.id, "run_ids": []}),
                ("track.bulk", {}),
                ("track.trial", {"template_id": self.template.id}),
                ("track.library.line", {}),
                ("track.moving.in", {}),
                ("track.template", {"name": "New"}),
                ("track.line", {"template_id": self.own["track.template"].id}),
                ("track.line.update", {"field_name": "referred"}),
            ):
                Model = self.as_user(self.env[model], user)
                for values in self.get_forged_values(self.env[model], depth=0):
                    with self.subTest(model=model, user=user.name, values=values):
                        refused = self.assertTellsNothing(
                            Model.create, required | values
                        )
                        # ids in another field do not refer to this model
                        if "res_model" not in values:
                            self.assertTrue(refused, (model, user.name, values))

    def test_what_was_named_before_may_be_named_again(self):
        template = self.own["track.template"]
        line = template.line_ids[0]
        hidden = self.hidden_template
        hidden.direction = "start"
        line.write({"next_template_id": hidden.id})
        line = self.as_user(line, self.manager)
        line.write({"next_template_id": hidden.id, "summary": "Again"})
        self.assertEqual(line.summary, "Again")
        with self.assertRaises(AccessError):
            template.line_ids[1].with_user(self.manager).write(
                {"next_template_id": hidden.id}
            )


@tagged("post_install", "-at_install")
class TestDoors(SecretsCase):
    """Every read of tracks and templates reveals nothing hidden."""

    def test_no_door_tells_what_is_hidden(self):
        for model in self.get_models():
            if not model._auto or model._name in ("crm.lead", "ir.actions.server"):
                continue
            for user in self.callers:
                Model = self.as_user(model, user)
                if not Model.has_access("read"):
                    continue
                for door, call in self.get_doors(Model):
                    with self.subTest(model=model._name, user=user.name, door=door):
                        self.assertTellsNothing(call)

    def get_doors(self, Model):
        names = [
            name
            for name in Model.fields_get()
            if name in self.get_own_fields(Model) or name == "display_name"
        ]
        yield "search_read", lambda: Model.search_read([], names)
        yield (
            "web_search_read",
            lambda: Model.web_search_read([], dict.fromkeys(names, {})),
        )
        yield "name_search", lambda: Model.name_search("", limit=None)
        yield "name_search", lambda: Model.name_search(SECRET, limit=None)
        yield "export_data", lambda: Model.search([]).export_data(names)
        for name in names:
            field = Model._fields[name]
            yield (
                f"export_data {name}",
                lambda name=name: Model.search([]).export_data([f"{name}/display_name"])
                if Model._fields[name].relational
                else None,
            )
            if field._description_groupable(Model.env):
                groupby = f"{name}:month" if field.type in DATES else name
                yield (
                    f"formatted_read_group {name}",
                    lambda groupby=groupby: Model.formatted_read_group(
                        [], [groupby], ["__count"]
                    ),
                )
                yield (
                    f"read_progress_bar {name}",
                    lambda groupby=groupby: Model.read_progress_bar(
                        [], groupby, {"field": "state", "colors": {"open": "success"}}
                    )
                    if "state" in Model._fields and Model._fields["state"].store
                    else None,
                )

    def test_what_a_hidden_record_is_linked_to_is_not_searched_for(self):
        """Searching through a readable record does not find hidden ones."""
        shared = self.template  # both companies use it
        hidden = self.runs["foreign"]
        for user in self.callers:
            Template = self.as_user(shared.browse(), user)
            for domain in (
                [("run_ids", "in", hidden.ids)],
                [("run_ids", "=", hidden.id)],
                [("run_ids", "any", [("id", "=", hidden.id)])],
                [("run_ids.id", "=", hidden.id)],
                [("run_ids", "ilike", "Foreign")],
            ):
                with self.subTest(user=user.name, domain=domain):
                    self.assertFalse(Template.search(domain))
                    negated = ["!", *domain]
                    self.assertIn(shared, Template.search(negated))
        self.assertEqual(
            self.as_user(shared.browse(), self.seller).search(
                [("run_ids", "in", self.runs["own"].ids)]
            ),
            shared,
        )
