from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _tracks_get_days_off(self, first, last):
        """Days off of the company, beside those that its working schedule knows.

        Other addons extend this, for example with lists of public holidays. It is
        called for a year at a time, with the rights of whoever counts working days.

        :param date first: the first day that is asked for
        :param date last: the last one
        :return: a set of ``date``; others than those that were asked for do no harm
        """
        self.ensure_one()
        return set()
