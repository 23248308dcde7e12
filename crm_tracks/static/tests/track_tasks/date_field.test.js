/**
 * The field of the record with the date from which a template counts.
 */
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char({string: "Title"});
    closing = fields.Date({string: "Closing"});
    opening = fields.Datetime({string: "Opening"});
    next_day = fields.Date({string: "Next Day", store: false});
    partner_id = fields.Many2one({relation: "res.partner", string: "Customer"});
}

class Template extends models.Model {
    _name = "template";
    target_model = fields.Char();
    date_field = fields.Char();
}

defineMailModels();
defineModels([Deal, Template]);

const ITEM = ".o_model_field_selector_popover_item_name";

async function mountTemplate(values) {
    Template._records = [{id: 1, target_model: "deal", date_field: false, ...values}];
    onRpc("template", "web_save", ({args}) => {
        expect.step(`save ${JSON.stringify(args[1])}`);
    });
    await mountView({
        type: "form",
        resModel: "template",
        resId: 1,
        arch: `
            <form>
                <field name="target_model" invisible="1"/>
                <field name="date_field" widget="track_date_field"/>
            </form>`,
    });
}

test("a stored date or moment of the record is selected", async () => {
    await mountTemplate();
    await contains(".o_model_field_selector").click();
    const offered = queryAllTexts(ITEM);
    expect(offered).toInclude("Closing");
    expect(offered).toInclude("Opening");
    for (const name of ["Title", "Next Day", "Customer"]) {
        expect(offered).not.toInclude(name);
    }
    await contains(`${ITEM}:contains(Closing)`).click();
    await clickSave();
    await expect.waitForSteps(['save {"date_field":"closing"}']);
});

test("the field is removed", async () => {
    await mountTemplate({date_field: "closing"});
    expect(".o_model_field_selector").toHaveText("Closing");
    await contains(".o_model_field_selector .fa-times").click();
    await clickSave();
    await expect.waitForSteps(['save {"date_field":false}']);
});
