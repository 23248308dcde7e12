import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Task extends models.Model {
    _name = "task";
    late = fields.Integer();
    share = fields.Float();
    days = fields.Float({digits: [16, 1]});
    outcomes = fields.Char();
    _records = [
        {
            id: 1,
            late: 3,
            share: 0.8333,
            days: 1.25,
            outcomes: "Reached (2), No answer (1)",
        },
        {id: 2, late: 0, share: 0, days: 0, outcomes: false},
    ];
}

defineMailModels();
defineModels([Task]);

async function mountList() {
    mockService("action", {
        doActionButton: ({name, resId, type}) =>
            expect.step(`${type} ${name} of ${resId}`),
    });
    await mountView({
        type: "list",
        resModel: "task",
        arch: `<list action="action_of_row" type="object">
            <field name="late" widget="tracks_figure" options="{'action': 'view_late'}"/>
            <field name="share" widget="tracks_figure"
                options="{'action': 'view_share', 'percentage': true}"/>
            <field name="days" widget="tracks_figure" options="{'action': 'view_days'}"/>
            <field name="outcomes" widget="tracks_figure"
                options="{'action': 'view_outcomes'}"/>
        </list>`,
    });
}

const CELL = (row, name) => `.o_data_row:nth-child(${row}) td[name=${name}]`;

test("a figure opens what it counts, and not what its row opens", async () => {
    await mountList();
    for (const name of ["late", "share", "days"]) {
        await contains(`${CELL(1, name)} button`).click();
    }
    expect.verifySteps([
        "object view_late of 1",
        "object view_share of 1",
        "object view_days of 1",
    ]);
});

test("shares are whole percentages, days have their digits", async () => {
    await mountList();
    expect(CELL(1, "share")).toHaveText("83%");
    expect(CELL(1, "days")).toHaveText("1.3");
    expect(`${CELL(1, "share")} button`).toHaveAttribute("aria-label", "Share: 83%");
});

test("a count of zero opens nothing, a share of zero opens its records", async () => {
    await mountList();
    expect(CELL(2, "late")).toHaveText("0");
    expect(`${CELL(2, "late")} button`).toHaveCount(0);
    expect(CELL(2, "share")).toHaveText("0%");
    expect(`${CELL(2, "share")} button`).toHaveCount(1);
});

test("a text with several counts opens what they count, an empty one nothing", async () => {
    await mountList();
    expect(CELL(1, "outcomes")).toHaveText("Reached (2), No answer (1)");
    await contains(`${CELL(1, "outcomes")} button`).click();
    expect.verifySteps(["object view_outcomes of 1"]);
    expect(CELL(2, "outcomes")).toHaveText("");
    expect(`${CELL(2, "outcomes")} button`).toHaveCount(0);
});
