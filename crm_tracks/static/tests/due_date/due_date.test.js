import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {describe, expect, mockDate, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Task extends models.Model {
    _name = "task";
    due = fields.Date();
    held = fields.Boolean();
    _records = [
        {id: 1, due: "2026-03-02"},
        {id: 2, due: "2026-03-03"},
        {id: 3, due: "2026-03-04"},
        {id: 4, due: "2026-03-05"},
        {id: 5, due: "2026-04-01"},
        {id: 6, due: "2025-11-01"},
        {id: 7, due: "2026-03-02", held: true},
        {id: 8, due: false},
    ];
}

defineMailModels();
defineModels([Task]);

const CELL = (row) => `.o_data_row:nth-child(${row}) td[name=due]`;

test("due dates are near in words, far in figures, and late in red", async () => {
    mockDate("2026-03-04 10:00:00");
    await mountView({
        type: "list",
        resModel: "task",
        arch: `<list>
            <field name="held" column_invisible="1"/>
            <field name="due" widget="tracks_due_date" options="{'live': 'not held'}"/>
        </list>`,
    });
    for (const [row, text] of [
        [1, "2 days ago"],
        [2, "Yesterday"],
        [3, "Today"],
        [4, "Tomorrow"],
        [5, "In 28 days"],
        [6, "11/01/2025"],
        [7, "2 days ago"],
        [8, ""],
    ]) {
        expect(CELL(row)).toHaveText(text);
    }
    expect(`${CELL(1)} div[title]`).toHaveClass(["text-danger", "fw-bold"]);
    expect(`${CELL(1)} div[title]`).toHaveAttribute("title", "03/02/2026");
    expect(`${CELL(3)} div[title]`).toHaveClass("text-warning");
    expect(`${CELL(4)} div[title]`).not.toHaveClass("text-danger");
    expect(`${CELL(6)} div[title]`).toHaveClass("text-danger");
});

test("a date on hold has no color", async () => {
    mockDate("2026-03-04 10:00:00");
    await mountView({
        type: "list",
        resModel: "task",
        arch: `<list>
            <field name="held" column_invisible="1"/>
            <field name="due" widget="tracks_due_date" options="{'live': 'not held'}"/>
        </list>`,
    });
    expect(`${CELL(7)} div[title]`).not.toHaveClass("text-danger");
    expect(`${CELL(7)} div[title]`).not.toHaveClass("fw-bold");
});
