"""Templates of every kind: with user tasks, automated, imported, archived."""

from world import World

from odoo import Command


class Templates(World):
    def make_template(self, key, *lines, **values):
        lines = [
            Command.create({"sequence": number, **line})
            for number, line in enumerate(lines, start=1)
        ]
        Template = self.env["track.template"]
        values = {"name": f"Update: {key}", "line_ids": lines, **values}
        self.templates[key] = template = Template.create(values)
        return template

    def make_templates(self):
        chain = self.prepare_chain()
        self.make_template("chain", *chain)
        self.make_template("goes on", *chain[:2], on_close="continue")
        self.make_template("once", *chain[:2], one_per_record=True)
        self.make_template("of a company", *chain[:2], company_id=self.company.id)
        self.make_template("abroad", *chain[:2], company_id=self.company_abroad.id)
        self.make_template("deleted", *chain[:2])
        self.make_template("archived", *chain[:2], active=False)
        self.make_template(
            "ahead",
            {"summary": "Now", "responsible_type": "starter"},
            {"summary": "Next quarter", "delay_count": 3, "delay_unit": "months"},
            activity_creation="ahead",
            ahead_days=5,
        )
        back = {"delay_from": "end"}
        self.make_template(
            "back",
            {"summary": "Book", "delay_count": 2, "delay_unit": "weeks", **back},
            {"summary": "Open", "responsible_type": "starter", **back},
            direction="end",
        )

    def prepare_chain(self):
        """Four tasks, two of which wait for the previous one."""
        return (
            {"summary": "Write", "note": "<p>Ask for the <b>budget</b>.</p>"},
            {
                "summary": "Call",
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "delay_count": 2,
                "delay_unit": "weekdays",
                "delay_from": "previous",
            },
            {
                "summary": "Offer",
                "delay_count": 1,
                "delay_unit": "weeks",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
            {
                "summary": "Review",
                "delay_count": 1,
                "delay_unit": "months",
                "delay_from": "start",
                "responsible_type": "user",
                "responsible_id": self.manager.id,
            },
        )

    def make_targets(self):
        """The targets of automated tasks."""
        model_id = self.env["ir.model"]._get_id("crm.lead")
        self.tag = self.env["crm.tag"].create({"name": "Update check"})
        self.stage = self.env["crm.stage"].create({"name": "Update check"})
        self.mail_template = self.env["mail.template"].create(
            {
                "name": "Update check",
                "model_id": model_id,
                "subject": "Welcome, {{ object.partner_name }}",
                "body_html": "<p>Good to have you.</p>",
                "email_to": "{{ object.email_from }}",
            }
        )
        self.action = self.env["ir.actions.server"].create(
            {
                "name": "Update check: double",
                "model_id": model_id,
                "state": "code",
                "code": "for lead in records:\n"
                "    lead.write({'expected_revenue': lead.expected_revenue * 2})",
            }
        )
        self.broken_action = self.action.copy(
            {"name": "Update check: broken", "code": "raise UserError('No paper')"}
        )
        self.team = self.env["helpdesk.ticket.team"].create(
            {"name": "Update check", "user_ids": [Command.set(self.agent.ids)]}
        )

    def prepare_update(self):
        """A task that sets a stage, a choice, a tag, a day, and empties a text."""
        settings = (
            ("stage_id", str(self.stage.id), "set"),
            ("priority", "2", "set"),
            ("tag_ids", str(self.tag.id), "add"),
            ("date_deadline", "30", "set"),
            ("description", "", "clear"),
        )
        updates = [
            Command.create({"field_name": name, "value": value, "operation": how})
            for name, value, how in settings
        ]
        return {"action": "update", "summary": "Note it", "update_ids": updates}

    def make_automated_templates(self):
        """One with a task of each action, and one whose action fails."""
        self.make_targets()
        model = self.env["ir.model"]._get("crm.lead")
        of_leads = {"res_model_ids": [Command.link(model.id)]}
        after = {"delay_from": "previous"}
        mail = {"action": "email", "mail_template_id": self.mail_template.id}
        ticket = {
            "action": "ticket",
            "ticket_team_id": self.team.id,
            "ticket_title": "Set up",
            "ticket_description": "<p>All of <b>it</b>.</p>",
        }
        self.make_template(
            "automated",
            self.prepare_update(),
            {**mail, **after},
            {"action": "server_action", "server_action_id": self.action.id, **after},
            {**ticket, **after},
            {"action": "track", "next_template_id": self.templates["once"].id, **after},
            {"summary": "Ask how it went", **after},
            {**mail, "delay_count": 2, **after},
            **of_leads,
        )
        self.make_template(
            "broken",
            {"action": "server_action", "server_action_id": self.broken_action.id},
            {"summary": "What follows", **after},
            **of_leads,
        )

    def make_imported_template(self):
        """An imported template with its own external ids."""
        columns = ["id", "name", "line_ids/id", "line_ids/sequence", "line_ids/summary"]
        rows = [
            ["our_company.welcome", "Our welcome", "our_company.hello", "1", "Hello"],
            ["", "", "our_company.keys", "2", "Keys"],
        ]
        Template = self.as_user(self.env["track.template"], self.author)
        result = Template.load(columns, rows)
        assert result["ids"], result["messages"]
        self.templates["imported"] = self.env["track.template"].browse(result["ids"])
