/**
 * The field of the record, or of what it leads to, that names who does a task.
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
    user_id = fields.Many2one({relation: "res.users", string: "Seller"});
    squad_id = fields.Many2one({relation: "squad", string: "Squad"});
    user_ids = fields.Many2many({relation: "res.users", string: "Followers"});
}

class Squad extends models.Model {
    _name = "squad";
    name = fields.Char();
    leader_id = fields.Many2one({relation: "res.users", string: "Leader"});
    parent_id = fields.Many2one({relation: "squad", string: "Parent"});
}

class Task extends models.Model {
    _name = "task";
    target_model = fields.Char();
    responsible_field = fields.Char();
}

defineMailModels();
defineModels([Deal, Squad, Task]);

const ITEM = ".o_model_field_selector_popover_item_name";

async function mountTask(values, attributes = "") {
    Task._records = [
        {id: 1, target_model: "deal", responsible_field: false, ...values},
    ];
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
                <field name="responsible_field" widget="track_user_field" ${attributes}/>
            </form>`,
    });
}

test("a user field of the record is selected", async () => {
    await mountTask();
    await contains(".o_model_field_selector").click();
    const offered = queryAllTexts(ITEM);
    expect(offered).toInclude("Seller");
    expect(offered).toInclude("Squad");
    expect(offered).not.toInclude("Title");
    expect(offered).not.toInclude("Followers");
    await contains(`${ITEM}:contains(Seller)`).click();
    await clickSave();
    await expect.waitForSteps(['save {"responsible_field":"user_id"}']);
});

test("a user field of what the record leads to is selected, and no further", async () => {
    await mountTask();
    await contains(".o_model_field_selector").click();
    await contains(
        `.o_model_field_selector_popover_item:contains(Squad) .o_model_field_selector_popover_item_relation`
    ).click();
    expect(queryAllTexts(ITEM)).not.toInclude("Parent");
    await contains(`${ITEM}:contains(Leader)`).click();
    await clickSave();
    await expect.waitForSteps(['save {"responsible_field":"squad_id.leader_id"}']);
});

test("a field that leads to no user is not selected", async () => {
    await mountTask({responsible_field: "user_id"});
    await contains(".o_model_field_selector").click();
    await contains(`${ITEM}:contains(Squad)`).click();
    expect(".o_model_field_selector").toHaveText("Seller");
});

test("read-only it shows the label", async () => {
    await mountTask({responsible_field: "user_id"}, 'readonly="1"');
    expect(".o_field_widget[name=responsible_field]").toHaveText("Seller");
});
