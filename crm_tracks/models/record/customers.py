from odoo import models


class MailActivityMixin(models.AbstractModel):
    """The customers of records, whom the texts of tasks can name."""

    _inherit = "mail.activity.mixin"

    def _tracks_get_customer_names(self):
        """The name of the customer of each of these records.

        That is the contact for whom Odoo's mail takes the customer, or else the name
        that was entered without a contact, or else the name of the record. Called in
        sudo, on many records at once.

        :return: dict, str by the ids of the records
        """
        partners = self._mail_get_partners() if self._tracks_may_name_partners() else {}
        first = {id_: found.ids[0] for id_, found in partners.items() if found}
        # together, so that they are read in one query
        customers = self.env["res.partner"].browse(set(first.values()))
        names = {customer.id: customer.display_name for customer in customers}
        return {
            record.id: names.get(first.get(record.id))
            or record._tracks_get_entered_customer()
            or record.display_name
            for record in self
        }

    def _tracks_may_name_partners(self):
        """Whether all readers of these records may know their partners."""
        names = self._mail_get_partner_fields()
        return not any(self._fields[name].groups for name in names)

    def _tracks_get_entered_customer(self):
        """The name of a customer of this record who has no contact yet, or empty."""
        field = self._fields.get("partner_name")
        is_usable = field is not None and field.type == "char" and not field.groups
        return is_usable and self.partner_name
