from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _tracks_get_days_off(self, first, last):
        """The days in the public holidays of the country and state of the company.

        Whoever counts working days may not be allowed to read them: in sudo.
        """
        holidays = self.env["calendar.public.holiday"].sudo()
        lines = holidays.get_holidays_list(
            start_dt=first, end_dt=last, partner_id=self.sudo().partner_id.id
        )
        days = super()._tracks_get_days_off(first, last)
        return days.union(lines.mapped("date"))
