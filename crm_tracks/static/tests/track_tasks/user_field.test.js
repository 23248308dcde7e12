/**
 * The field of the record, or of what it leads to, that names who does a task.
 */
import {
    SELECTOR,
    definePathModels,
    follow,
    mountPathField,
    openSelector,
    queryOffered,
    select,
} from "../path_field/path_field_helpers";
import {clickSave, fields, models} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";

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

definePathModels(Deal, Squad);

test("a user field of the record is selected", async () => {
    await mountPathField("track_user_field");
    await openSelector();
    expect(queryOffered()).toInclude("Seller");
    expect(queryOffered()).toInclude("Squad");
    expect(queryOffered()).not.toInclude("Title");
    expect(queryOffered()).not.toInclude("Followers");
    await select("Seller");
    await clickSave();
    await expect.waitForSteps(['save "user_id"']);
});

test("a user field of what the record leads to is selected, and no further", async () => {
    await mountPathField("track_user_field");
    await openSelector();
    await follow("Squad");
    expect(queryOffered()).not.toInclude("Parent");
    await select("Leader");
    await clickSave();
    await expect.waitForSteps(['save "squad_id.leader_id"']);
});

test("a field that leads to no user is not selected", async () => {
    await mountPathField("track_user_field", {path: "user_id"});
    await openSelector();
    await select("Squad");
    expect(SELECTOR).toHaveText("Seller");
});

test("read-only it shows the label", async () => {
    await mountPathField("track_user_field", {path: "user_id"}, 'readonly="1"');
    expect(".o_field_widget[name=path]").toHaveText("Seller");
});
