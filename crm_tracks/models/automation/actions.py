from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty
from odoo.tools.mail import email_normalize_all

from ...tools.dates import get_zone
from ...tools.field_values import format_stored, may_be_shown, prepare_value
from .origin import EndlessStart


class TrackRunLine(models.Model):
    """The actions of automated tasks, and their results.

    The actions run as the starter of the track, with that user's rights: the records
    are in that environment. In sudo, only the definition of the task is read. Each
    action has a method ``_execute_<action>``.
    """

    _inherit = "track.run.line"

    result_text = fields.Char(string="Result", compute="_compute_result_text")
    has_result_link = fields.Boolean(
        string="Result Can Be Opened", compute="_compute_result_text"
    )

    def _execute_action(self, records):
        """Run the action of these tasks, which is the same for all, on these records.

        :param records: one for each task, in their order, as the starter
        :return: dict by task ids of the results, as dicts for JSON
        :raise UserError: with a message on which a user can act
        """
        self._check_target()
        execute = getattr(self, f"_execute_{self[0].action}", None)
        if execute is None:
            raise UserError(
                self.env._(
                    "“%s” needs an app that is not installed. Install the app or skip "
                    "the task.",
                    self[0]._get_label(),
                )
            )
        return execute(records)

    def _check_target(self):
        """Refuse to run if the required record was deleted or is for other records."""
        task = self[0]
        target = task._get_target()
        if target is None:
            return
        what = task._get_target_label()
        if not target.exists():
            raise UserError(
                self.env._("The %s of this task was deleted. Skip the task.", what),
            )
        if task._get_strange_model(task.res_model):
            raise UserError(
                self.env._(
                    "The %s of this task no longer applies to this record. Correct it "
                    "or skip the task.",
                    what,
                )
            )

    # ------------------------------------------------------------------
    # The actions
    # ------------------------------------------------------------------

    def _execute_email(self, records):
        """Queue one e-mail for each record, to the recipients of its template."""
        records.check_access(getattr(records, "_mail_post_access", "write"))
        mails = (
            self[0]
            .mail_template_id.with_env(records.env)
            # the chatter keeps the content, also after the e-mail is deleted
            .send_mail_batch(records.ids, email_values={"is_notification": True})
        )
        people = {
            mail: mail.recipient_ids.filtered("email_normalized") for mail in mails
        }
        typed = {mail: email_normalize_all(mail.email_to) for mail in mails}
        addresses = {
            mail: {
                *typed[mail],
                *email_normalize_all(mail.email_cc),
                *people[mail].mapped("email_normalized"),
            }
            for mail in mails
        }
        blacklist = self._get_blacklisted(set().union(*addresses.values()))
        results = {}
        for task, record, mail in zip(self, records, mails, strict=True):
            has_recipient = bool(people[mail] or typed[mail])
            self._check_mail(record, mail, has_recipient, addresses[mail] & blacklist)
            results[task.id] = {
                "message": mail.mail_message_id.id,
                "to": ", ".join(people[mail].mapped("display_name")) or mail.email_to,
            }
        return results

    @api.model
    def _check_mail(self, record, mail, has_recipient, unwanted):
        """Refuse an e-mail without recipient or content, or to a blacklisted address.

        :param record: the record of the e-mail
        :param mail: the ``mail.mail``
        :param bool has_recipient: whether it is sent to any address
        :param set unwanted: the recipients that are on the blacklist
        """
        if not has_recipient:
            raise UserError(
                self.env._(
                    "The e-mail for “%s” has no recipient. Enter an e-mail address or "
                    "skip the task.",
                    record.display_name,
                )
            )
        if unwanted:
            raise UserError(
                self.env._(
                    "The e-mail blacklist contains %(addresses)s. Skip the task or "
                    "change the blacklist.",
                    addresses=", ".join(sorted(unwanted)),
                )
            )
        if not mail.subject and is_html_empty(mail.body_html):
            raise UserError(
                self.env._(
                    "The e-mail would be empty. Enter a subject and a text in its "
                    "template."
                )
            )

    @api.model
    def _get_blacklisted(self, addresses):
        """Filter the addresses that are on the blacklist.

        :param set addresses: normalized
        :return: set
        """
        # sudo: users need not have access to the blacklist
        found = (
            self.env["mail.blacklist"].sudo().search([("email", "in", list(addresses))])
        )
        return set(found.mapped("email"))

    def _check_settings(self):
        """Refuse to set fields for which the author was not checked on this model.

        The fields are set with the rights of the starter, who did not select them.
        """
        task = self[0]
        for setting in task._get_settings():
            if setting.get("model") != task.res_model:
                raise UserError(
                    self.env._(
                        "“%(task)s” was not defined for %(model)s, so it cannot set "
                        "fields there. Skip the task.",
                        task=task._get_label(),
                        model=self.env["ir.model"]._get(task.res_model).sudo().name,
                    )
                )

    def _execute_update(self, records):
        """Set the fields, all of them in one ``write``."""
        self._check_settings()
        settings = self[0]._get_settings()
        zone = get_zone(self.env, self.run_id.company_id)
        vals = {}
        for setting in settings:
            name = setting["field"]
            value = prepare_value(
                records.browse(), name, setting["operation"], setting["value"], zone
            )
            # combine several commands for the same tags
            is_list = isinstance(value, list) and name in vals
            vals[name] = vals[name] + value if is_list else value
        before = records._tracks_format(vals)
        records.write(dict(vals))  # crm.lead.write changes what it is given
        # sudo: the starter may have lost access to the record by the change
        after = records.sudo().exists()._tracks_format(vals)
        return {
            task.id: {
                "changes": [
                    [name, before[record.id][name], after[record.id][name]]
                    for name in vals
                ]
            }
            for task, record in zip(self, records, strict=True)
            if record.id in after
        }

    def _execute_server_action(self, records):
        """Run the server action as the action menu does."""
        self[0].server_action_id.with_env(records.env).with_context(
            active_model=records._name,
            active_id=records[:1].id,
            active_ids=records.ids,
        ).run()
        return {}

    def _execute_track(self, records):
        """Apply another template; one that counts back gets the same end date, unless
        it is dated by a field."""
        template = self[0].next_template_id.with_env(records.env)
        settings = template.sudo()
        is_end = settings.direction == "end" and not settings.date_field
        endless = self.env["track.run"]._get_endless(template, records)
        if endless:
            raise EndlessStart(
                self.env._(
                    "“%(track)s” was not started: %(reason)s.",
                    track=template.display_name,
                    reason=next(iter(endless.values())),
                )
            )
        runs = records.tracks_apply(
            template, end_date=self.run_id[:1].end_date if is_end else None
        )
        return {
            task.id: {"model": "track.run", "id": run.id, "name": run.name}
            for task, run in zip(self, runs, strict=True)
        }

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    @api.depends("result", "state")
    @api.depends_context("lang", "uid")
    def _compute_result_text(self):
        for task in self:
            task.result_text = task._get_result_text()
            task.has_result_link = bool(task._get_result_link())

    def _get_result_text(self):
        """Describe the result of this task, as far as the reader may see it.

        :return: str, empty without a result
        """
        self.ensure_one()
        result = self._get_result()
        if "message" in result:
            return self.env._("Sent to %s", result["to"])
        if "changes" in result:
            return ", ".join(self._format_changes(result["changes"]))
        if "left_out" in result:
            return self._get_repeat_result_text()
        if "id" in result:
            return self.env._("Created “%s”", result["name"])
        return ""

    def _get_result(self):
        # sudo: users can read only the description of the result
        return self.sudo().result or {}

    def _format_changes(self, changes):
        """Describe the changes of an update: “Stage: New → Won”.

        :param list changes: of field name, old value and new value, as texts
        """
        model = self.env.get(self.res_model)
        for name, before, after in changes:
            field = model is not None and model._fields.get(name)
            if not field or not may_be_shown(model, field):
                continue
            label = field._description_string(self.env)
            yield f"{label}: {before or '–'} → {after or '–'}"

    def _get_result_link(self):
        """Where the record that this task created can be opened.

        :return: dict with a ``url``, or with ``res_model`` and ``res_id``; False if it
            created none
        """
        self.ensure_one()
        result = self._get_result()
        if "message" in result:
            return {"url": f"/mail/message/{result['message']}"}
        if "id" in result:
            return {"res_model": result["model"], "res_id": result["id"]}
        return False

    def action_open_result(self):
        """Open the created record: its e-mail, its ticket, its track.

        :raise UserError: when the task created no record
        """
        self.ensure_one()
        self.check_access("read")
        link = self._get_result_link()
        if not link:
            raise UserError(
                self.env._("“%s” created no record to open.", self._get_label()),
            )
        if "url" in link:
            return {"type": "ir.actions.act_url", "url": link["url"], "target": "self"}
        return {"type": "ir.actions.act_window", "views": [(False, "form")], **link}


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def _tracks_format(self, names):
        """The values of these records, as texts.

        :param names: of fields
        :return: dict by the records' ids of dicts by field name
        """
        return {
            record.id: {name: format_stored(record, name) for name in names}
            for record in self
        }
