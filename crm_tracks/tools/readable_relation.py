from odoo import fields
from odoo.tools import SQL


class ReadableOne2many(fields.One2many):
    """A one2many field whose searches respect the access rights of the user.

    Odoo searches given ids in sudo: a user who names a hidden record would learn to
    which record it belongs, and with False, whether there is any.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if model.env.su or operator not in ("in", "not in"):
            return super().condition_to_sql(
                field_expr, operator, value, model, alias, query
            )
        comodel = model.env[self.comodel_name].with_context(active_test=False)
        parts = []
        for kind, domain in (
            ("any!", [("id", "in", [id_ for id_ in value if id_])]),
            ("not any!", []),
        ):
            if kind == "any!" or False in value:
                found = comodel._search(domain)
                parts.append(
                    super().condition_to_sql(
                        field_expr, kind, found, model, alias, query
                    )
                )
        either = SQL(" OR ").join(parts)
        return SQL("(%s)" if operator == "in" else "NOT (%s)", either)
