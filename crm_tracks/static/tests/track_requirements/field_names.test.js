/**
 * The fields that a task requires, by their labels.
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
import {queryAllTexts} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char({string: "Title"});
    day = fields.Date({string: "Expected Closing"});
    label_ids = fields.Many2many({relation: "deal", string: "Labels"});
}

class Task extends models.Model {
    _name = "task";
    target_model = fields.Char();
    required_fields = fields.Char();
}

defineMailModels();
defineModels([Deal, Task]);

const TAG = ".o_track_field_names .o_tag";

async function mountTask(values, attributes = "") {
    Task._records = [{id: 1, target_model: "deal", required_fields: false, ...values}];
    onRpc("task", "web_save", ({args}) => {
        expect.step(`save ${JSON.stringify(args[1])}`);
    });
    await mountView({
        type: "form",
        resModel: "task",
        resId: 1,
        arch: `
            <form>
                <field name="target_model" invisible="1"/>
                <field name="required_fields" widget="track_field_names" ${attributes}/>
            </form>`,
    });
}

const select = async (label) => {
    await contains(".o_model_field_selector").click();
    await contains(
        `.o_model_field_selector_popover_item_name:contains(${label})`
    ).click();
};

test("fields are added and removed by their labels, and stored by name", async () => {
    await mountTask({required_fields: "name, day"});
    expect(queryAllTexts(TAG)).toEqual(["Title", "Expected Closing"]);
    await select("Labels");
    expect(queryAllTexts(TAG)).toEqual(["Title", "Expected Closing", "Labels"]);
    // The selector is empty again
    expect(".o_model_field_selector").toHaveText("");
    await contains(`${TAG}:first .o_delete`).click();
    expect(queryAllTexts(TAG)).toEqual(["Expected Closing", "Labels"]);
    await clickSave();
    await expect.waitForSteps(['save {"required_fields":"day,label_ids"}']);
});

test("a selected field is not offered again", async () => {
    await mountTask({required_fields: "name"});
    await contains(".o_model_field_selector").click();
    const offered = queryAllTexts(".o_model_field_selector_popover_item_name");
    expect(offered).toInclude("Labels");
    expect(offered).not.toInclude("Title");
});

test("without a model the names can only be removed", async () => {
    await mountTask({target_model: false, required_fields: "name"});
    expect(queryAllTexts(TAG)).toEqual(["name"]);
    expect(".o_model_field_selector").toHaveCount(0);
    await contains(`${TAG} .o_delete`).click();
    await clickSave();
    await expect.waitForSteps(['save {"required_fields":false}']);
});

test("read-only it shows the labels", async () => {
    await mountTask({required_fields: "day,gone_by"}, 'readonly="1"');
    expect(queryAllTexts(TAG)).toEqual(["Expected Closing", "gone_by"]);
    expect(".o_delete").toHaveCount(0);
    expect(".o_model_field_selector").toHaveCount(0);
});
