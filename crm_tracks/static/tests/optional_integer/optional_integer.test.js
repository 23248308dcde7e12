import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Template extends models.Model {
    _name = "template";
    late_days = fields.Integer();
    _records = [
        {id: 1, late_days: 0},
        {id: 2, late_days: 0},
        {id: 3, late_days: 5},
    ];
}

defineMailModels();
defineModels([Template]);

const INPUT = ".o_field_widget[name=late_days] input";

async function mountForm(resId, attributes = "") {
    onRpc("template", "web_save", ({args}) => {
        expect.step(args[1]);
    });
    await mountView({
        type: "form",
        resModel: "template",
        resId,
        arch: `<form><field name="late_days" widget="tracks_optional_integer"
            placeholder="7" ${attributes}/></form>`,
    });
}

test("empty is not zero", async () => {
    // The mock server knows no empty integer
    onRpc("template", "web_read", () => [{id: 1, late_days: false}]);
    await mountForm(1);
    expect(INPUT).toHaveValue("");
    expect(INPUT).toHaveAttribute("placeholder", "7");
    await contains(INPUT).edit("0");
    await clickSave();
    expect.verifySteps([{late_days: 0}]);
    expect(INPUT).toHaveValue("0");
});

test("zero is shown", async () => {
    await mountForm(2);
    expect(INPUT).toHaveValue("0");
});

test("a number can be cleared", async () => {
    await mountForm(3);
    expect(INPUT).toHaveValue("5");
    await contains(INPUT).clear({confirm: "blur"});
    await clickSave();
    expect.verifySteps([{late_days: false}]);
});

test("a text is no number", async () => {
    await mountForm(3);
    await contains(INPUT).edit("soon");
    expect(".o_field_widget[name=late_days]").toHaveClass("o_field_invalid");
});
