/**
 * The fields that a task requires, by their labels.
 */
import {
    SELECTOR,
    definePathModels,
    mountPathField,
    openSelector,
    queryOffered,
    select,
} from "../path_field/path_field_helpers";
import {clickSave, contains, fields, models} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {queryAllTexts} from "@odoo/hoot-dom";

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char({string: "Title"});
    day = fields.Date({string: "Expected Closing"});
    label_ids = fields.Many2many({relation: "deal", string: "Labels"});
}

definePathModels(Deal);

const TAG = ".o_track_field_names .o_tag";

const mountNames = (values, attributes) =>
    mountPathField("track_field_names", values, attributes);

test("fields are added and removed by their labels, and stored by name", async () => {
    await mountNames({path: "name, day"});
    expect(queryAllTexts(TAG)).toEqual(["Title", "Expected Closing"]);
    await openSelector();
    await select("Labels");
    expect(queryAllTexts(TAG)).toEqual(["Title", "Expected Closing", "Labels"]);
    // The selector is empty again
    expect(SELECTOR).toHaveText("");
    await contains(`${TAG}:first .o_delete`).click();
    expect(queryAllTexts(TAG)).toEqual(["Expected Closing", "Labels"]);
    await clickSave();
    await expect.waitForSteps(['save "day,label_ids"']);
});

test("a selected field is not offered again", async () => {
    await mountNames({path: "name"});
    await openSelector();
    expect(queryOffered()).toInclude("Labels");
    expect(queryOffered()).not.toInclude("Title");
});

test("without a model the names can only be removed", async () => {
    await mountNames({target_model: false, path: "name"});
    expect(queryAllTexts(TAG)).toEqual(["name"]);
    expect(SELECTOR).toHaveCount(0);
    await contains(`${TAG} .o_delete`).click();
    await clickSave();
    await expect.waitForSteps(["save false"]);
});

test("read-only it shows the labels", async () => {
    await mountNames({path: "day,gone_by"}, 'readonly="1"');
    expect(queryAllTexts(TAG)).toEqual(["Expected Closing", "gone_by"]);
    expect(".o_delete").toHaveCount(0);
    expect(SELECTOR).toHaveCount(0);
});
