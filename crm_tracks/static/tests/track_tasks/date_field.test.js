/**
 * The field of the record with the date from which a template counts.
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

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char({string: "Title"});
    closing = fields.Date({string: "Closing"});
    opening = fields.Datetime({string: "Opening"});
    next_day = fields.Date({string: "Next Day", store: false});
    partner_id = fields.Many2one({relation: "res.partner", string: "Customer"});
}

definePathModels(Deal);

test("a stored date or moment of the record is selected", async () => {
    await mountPathField("track_date_field");
    await openSelector();
    expect(queryOffered()).toInclude("Closing");
    expect(queryOffered()).toInclude("Opening");
    for (const name of ["Title", "Next Day", "Customer"]) {
        expect(queryOffered()).not.toInclude(name);
    }
    await select("Closing");
    await clickSave();
    await expect.waitForSteps(['save "closing"']);
});

test("the field is removed", async () => {
    await mountPathField("track_date_field", {path: "closing"});
    expect(SELECTOR).toHaveText("Closing");
    await contains(`${SELECTOR} .fa-times`).click();
    await clickSave();
    await expect.waitForSteps(["save false"]);
});
