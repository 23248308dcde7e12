from odoo import models


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def _tracks_get_customer(self):
        """The customer of each of these records, as values of a ticket.

        The partner who receives e-mails about the record. A model without a partner may
        provide a name and an address.

        :return: dict by the records' ids of dicts with ``partner_id``, ``partner_name``
            and ``partner_email``
        """
        partners = self._mail_get_partners()
        emails = self._mail_get_primary_email()
        customers = {}
        for record in self:
            partner = partners[record.id][:1]
            customers[record.id] = {
                "partner_id": partner.id,
                "partner_name": partner.name,
                "partner_email": partner.email if partner else emails[record.id],
            }
        return customers
