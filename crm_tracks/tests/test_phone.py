from odoo import Command
from odoo.tests import tagged

from .common import HOOT, PatientHttpCase

# Opens the first task of a template, and compares the width of its form.
WIDTH_OF_TASK = """
(async () => {
    const find = async (selector) => {
        for (let attempt = 0; attempt < 200; attempt++) {
            const found = document.querySelector(selector);
            if (found) {
                return found;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error(`${selector} was not found`);
    };
    const row = await find(".o_field_widget[name=line_ids] .o_kanban_record");
    row.click();
    await find(".modal [name=outcome_ids] .o_list_table");
    const body = document.querySelector(".modal-body");
    if (body.scrollWidth > body.clientWidth) {
        console.error(`${body.scrollWidth} pixels in ${body.clientWidth}`);
    } else {
        console.log("test successful");
    }
})();
"""


@tagged("post_install", "-at_install", HOOT)
class TestPhone(PatientHttpCase):
    """Forms on a phone are not wider than its screen."""

    browser_size = "375x667"
    touch_enabled = True

    def test_the_form_of_a_task_of_a_template(self):
        template = self.env["track.template"].create(
            {"name": "Phone", "line_ids": [Command.create({"summary": "Call"})]}
        )
        self.make_person("sales_team.group_sale_manager", login="tracks_author")
        self.browser_js(
            f"/odoo/track-templates/{template.id}",
            WIDTH_OF_TASK,
            ready="Boolean(document.querySelector('.o_form_view .o_kanban_record'))",
            login="tracks_author",
        )
