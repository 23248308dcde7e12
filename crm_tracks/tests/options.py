from odoo.exceptions import AccessError

from .common import TracksCase


class OptionsCase(TracksCase):
    """Options of templates, of which each track has a copy."""

    def start_with(self, **options):
        """A template with these options, and its track on a lead of the seller."""
        template = self.make_template({"summary": "Call"}, **options)
        return template, self.make_leads().with_user(self.seller).tracks_apply(template)

    def assertSaid(self, text, **options):
        """Check that dialog and tab show the options of a template as this text."""
        template, run = self.start_with(**options)
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .with_context(default_res_model="crm.lead", default_res_ids=[run.res_id])
            .create({"template_id": template.id})
        )
        self.assertEqual(wizard.options_text, text)
        data = self.env["track.run"].with_user(self.seller)
        [shown] = data.get_tab_data("crm.lead", run.res_id)["runs"]
        self.assertEqual(shown["options"], [text])

    def assertNotWrittenByUsers(self, **options):
        """Check that users write these options neither on tracks nor on templates."""
        template, run = self.start_with()
        for record in (run, template.with_user(self.seller)):
            for name, value in options.items():
                with self.assertRaises(AccessError, msg=f"{record} {name}"):
                    record[name] = value

    def assertEmptyWhereUnused(self, *names):
        """Check that the columns of options are empty if a template has none."""
        template, run = self.start_with()
        self.env.flush_all()
        for table, record in (("track_template", template), ("track_run", run)):
            self.env.cr.execute(
                f"SELECT {', '.join(names)} FROM {table} WHERE id = %s",  # noqa: S608
                [record.id],
            )
            self.assertEqual(self.env.cr.fetchall(), [(None,) * len(names)], table)
