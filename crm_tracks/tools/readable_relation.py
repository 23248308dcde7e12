from odoo import fields
from odoo.tools import SQL


class ReadableOne2many(fields.One2many):
    """Records of which a search tells no more than their reader may see.

    Odoo looks ids that are given up in sudo: whoever names a hidden record would learn
    whose it is, and by False, whether there is any.
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
