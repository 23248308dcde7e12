/**
 * The field that a task updates, and its value.
 */
import {
    animationFrame,
    click,
    edit,
    queryAllTexts,
    queryAllValues,
    waitFor,
} from "@odoo/hoot-dom";
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

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    locked = fields.Char({readonly: true});
    is_hot = fields.Boolean();
    day = fields.Date();
    kind = fields.Selection({
        selection: [
            ["old", "Old"],
            ["new", "New"],
        ],
    });
    label_ids = fields.Many2many({relation: "label", string: "Labels"});
    main_id = fields.Many2one({relation: "label", string: "Main"});
}

class Label extends models.Model {
    _name = "label";
    name = fields.Char();
    _records = [
        {id: 1, name: "Blue"},
        {id: 2, name: "Red"},
    ];
}

class Task extends models.Model {
    _name = "task";
    target_model = fields.Char();
    update_ids = fields.One2many({relation: "update", relation_field: "task_id"});
    _records = [{id: 1, target_model: "deal", update_ids: []}];
}

class Update extends models.Model {
    _name = "update";
    task_id = fields.Many2one({relation: "task"});
    model_name = fields.Char();
    field_name = fields.Char({string: "Field"});
    operation = fields.Selection({
        selection: [
            ["set", "Set to"],
            ["add", "Add"],
        ],
        default: "set",
    });
    value = fields.Char();
}

defineMailModels();
defineModels([Deal, Label, Task, Update]);

async function mountUpdates(updates) {
    Update._records = updates.map((update, index) => ({
        id: index + 1,
        task_id: 1,
        operation: "set",
        ...update,
    }));
    Task._records[0].update_ids = Update._records.map(({id}) => id);
    await mountView({
        type: "form",
        resModel: "task",
        resId: 1,
        arch: `
            <form>
                <field name="target_model" invisible="1"/>
                <field name="update_ids">
                    <list editable="bottom">
                        <field name="field_name" widget="track_settable_field"/>
                        <field name="operation"/>
                        <field name="value" widget="track_value"/>
                    </list>
                </field>
            </form>`,
    });
}

const cell = (number, name) => `.o_data_row:eq(${number}) .o_data_cell[name=${name}]`;

test("fields and values are read in words", async () => {
    await mountUpdates([
        {field_name: "name", value: "Desks"},
        {field_name: "label_ids", value: "1,2", operation: "add"},
        {field_name: "main_id", value: "2"},
        {field_name: "kind", value: "new"},
        {field_name: "is_hot", value: "true"},
        {field_name: "day", value: "7"},
        {field_name: "main_id", value: "99"},
    ]);
    expect(queryAllTexts(".o_data_cell[name=field_name]")).toEqual([
        "Name",
        "Labels",
        "Main",
        "Kind",
        "Is hot",
        "Day",
        "Main",
    ]);
    expect(queryAllTexts(".o_data_cell[name=value]")).toEqual([
        "Desks",
        "Blue, Red",
        "Red",
        "New",
        "Yes",
        "7 days after the task",
        "#99",
    ]);
});

test("what nobody can set is not offered", async () => {
    await mountUpdates([{field_name: "name", value: "Desks"}]);
    await click(cell(0, "field_name"));
    await animationFrame();
    await click(`${cell(0, "field_name")} .o_model_field_selector`);
    await animationFrame();
    const names = queryAllTexts(".o_model_field_selector_popover_item_name");
    expect(names).toInclude("Labels");
    expect(names).not.toInclude("Locked");
    expect(".o_model_field_selector_popover_item_relation").toHaveCount(0);
});

test("tags are added to those that are there, and another field is emptied", async () => {
    await mountUpdates([{field_name: "name", value: "Desks"}]);
    await click(cell(0, "field_name"));
    await animationFrame();
    await click(`${cell(0, "field_name")} .o_model_field_selector`);
    await animationFrame();
    await contains(
        ".o_model_field_selector_popover_item_name:contains(Labels)"
    ).click();
    await waitFor(`${cell(0, "value")} .o_multi_record_selector`);
    await contains(`${cell(0, "value")} input`).click();
    await contains(".o-autocomplete--dropdown-item:contains(Blue)").click();
    onRpc("task", "web_save", ({args}) => {
        expect.step(args[1].update_ids[0][2]);
    });
    await clickSave();
    await expect.waitForSteps([
        {field_name: "label_ids", operation: "add", value: "1"},
    ]);
});

test("where a record is searched for, the empty cell says so", async () => {
    await mountUpdates([
        {field_name: "main_id", value: ""},
        {field_name: "label_ids", value: ""},
    ]);
    for (const row of [0, 1]) {
        await contains(cell(row, "value")).click();
        expect(`${cell(row, "value")} input`).toHaveAttribute("placeholder", "Search…");
    }
});

test("a choice is chosen, a day is counted", async () => {
    await mountUpdates([
        {field_name: "kind", value: "old"},
        {field_name: "day", value: ""},
    ]);
    await click(cell(0, "value"));
    await animationFrame();
    expect(queryAllValues(`${cell(0, "value")} option`)).toEqual(["", "old", "new"]);
    await contains(`${cell(0, "value")} select`).select("new");
    await click(cell(1, "value"));
    await animationFrame();
    await click(`${cell(1, "value")} input[type=number]`);
    await edit("3", {confirm: "blur"});
    onRpc("task", "web_save", ({args}) => {
        expect.step(args[1].update_ids.map(([, , values]) => values.value));
    });
    await clickSave();
    await expect.waitForSteps([["new", "3"]]);
});
