import {animationFrame, expect, runAllTimers, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {press, queryAllTexts, queryOne} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Wizard extends models.Model {
    _name = "track.apply";
    choices = fields.Json();
    preview = fields.Json();
}

defineMailModels();
defineModels([Wizard]);

function makeRow(values) {
    return {
        id: 11,
        summary: "Write to them",
        icon: "fa-envelope",
        left_out: false,
        due: "Wed 03/04/2026",
        date: "2026-03-04",
        moved: false,
        waits: false,
        earliest: "",
        assignee: "Anna (owner)",
        user_id: 7,
        chosen: false,
        automated: false,
        action: "",
        condition: false,
        options: [],
        warnings: [],
        ...values,
    };
}

/**
 * Mount the tasks of the dialog, and record every choice as a step.
 *
 * @param {Object[]} rows
 * @param {Object} [options]
 */
async function mountPreview(rows, {choices = false, attributes = ""} = {}) {
    Wizard._records = [{id: 1, choices, preview: rows}];
    Wizard._onChanges = {
        choices: (record) => {
            expect.step(JSON.stringify(record.choices));
        },
    };
    await mountView({
        type: "form",
        resModel: "track.apply",
        resId: 1,
        arch: `<form>
            <field name="choices" widget="track_apply_preview" ${attributes}/>
        </form>`,
    });
}

const cells = (index) => queryAllTexts(`.o_track_preview_row:eq(${index}) td`);

test("each task shows with its date, its assignee and its warnings", async () => {
    await mountPreview([
        makeRow(),
        makeRow({
            id: 12,
            summary: "Call them",
            due: "2 days after “Write to them”",
            waits: true,
            assignee: "Carl",
            user_id: false,
            chosen: true,
            warnings: ["Carl is away", "Due on a day off"],
        }),
        makeRow({id: 13, summary: "Visit", left_out: true, due: "Left out"}),
    ]);
    expect(queryAllTexts("thead th")).toEqual([
        "Included",
        "Task",
        "Due",
        "Assigned to",
    ]);
    expect(cells(0).slice(1)).toEqual([
        "Write to them",
        "Wed 03/04/2026",
        "Anna (owner)",
    ]);
    expect(".o_track_preview_row:eq(0) input").toBeChecked();
    expect(".o_track_preview_row:eq(0) img").toHaveCount(1);
    expect(queryAllTexts(".o_track_preview_row:eq(1) li")).toEqual([
        "Carl is away",
        "Due on a day off",
    ]);
    expect(".o_track_preview_row:eq(1) li i").toHaveAttribute("aria-label", "Warning");
    expect(".o_track_preview_row:eq(1) .o_track_preview_due").toHaveClass("text-muted");
    expect(".o_track_preview_row:eq(1) img").toHaveCount(0);
    expect(".o_track_preview_row:eq(1) .o_track_preview_assignee button").toHaveClass(
        "fw-bold"
    );
    expect(".o_track_preview_row:eq(2)").toHaveClass("o_track_preview_left_out");
    expect(".o_track_preview_row:eq(2) input").not.toBeChecked();
    expect(
        ".o_track_preview_row:eq(2) td:not(.o_track_preview_task) button"
    ).toHaveCount(0);
});

test("before a template is chosen there is no table", async () => {
    await mountPreview([]);
    expect(".o_track_preview").toHaveCount(0);
});

test("a task is left out, and taken in again; other choices stay", async () => {
    await mountPreview([makeRow(), makeRow({id: 12, left_out: true})], {
        choices: {12: {left_out: true}},
    });
    await contains(".o_track_preview_row:eq(0) input").click();
    await expect.waitForSteps(['{"11":{"left_out":true},"12":{"left_out":true}}']);
    await contains(".o_track_preview_row:eq(1) input").click();
    await expect.waitForSteps(['{"11":{"left_out":true},"12":{"left_out":false}}']);
});

test("each checkbox is named by its task, and ticked by the keyboard", async () => {
    await mountPreview([makeRow()]);
    const box = queryOne(".o_track_preview_row input");
    expect([...box.labels].map((label) => label.textContent.trim())).toEqual([
        "Write to them",
    ]);
    box.focus();
    await press(" ");
    await animationFrame();
    await expect.waitForSteps(['{"11":{"left_out":true}}']);
});

test("a task that waits says when it is due at the earliest", async () => {
    await mountPreview([
        makeRow({
            due: "2 days after “Call”",
            waits: true,
            earliest: "Fri 03/06/2026 at the earliest",
        }),
    ]);
    expect(cells(0)[2]).toMatch(
        /2 days after “Call”\s+Fri 03\/06\/2026 at the earliest/
    );
});

test("another date is selected with the date picker, and reset", async () => {
    await mountPreview([makeRow(), makeRow({id: 12, moved: true})], {
        choices: {12: {date: "2026-03-04"}},
    });
    const due = (index) => `.o_track_preview_row:eq(${index}) .o_track_preview_due`;
    expect(`${due(0)} button`).toHaveCount(1);
    expect(`${due(0)} button`).not.toHaveClass("fw-bold");
    expect(`${due(1)} button:first`).toHaveClass("fw-bold");
    expect(`${due(0)} button`).toHaveAttribute(
        "aria-label",
        "Write to them: Wed 03/04/2026. Select another date"
    );
    await contains(`${due(0)} button`).click();
    expect(`${due(0)} input`).toHaveAttribute(
        "aria-label",
        "Due date of Write to them"
    );
    await contains(".o_date_item_cell:contains(9):first").click();
    await expect.waitForSteps([
        '{"11":{"date":"2026-03-09"},"12":{"date":"2026-03-04"}}',
    ]);
    expect(`${due(0)} input`).toHaveCount(0);
    await contains(`${due(1)} button[title="Reset to Template"]`).click();
    await expect.waitForSteps(['{"11":{"date":"2026-03-09"},"12":{"date":false}}']);
});

test("Begin Here leaves out what is before, and takes the task in", async () => {
    await mountPreview(
        [
            makeRow(),
            makeRow({id: 12}),
            makeRow({id: 13, left_out: true}),
            makeRow({id: 14}),
        ],
        {choices: {11: {user_id: 8}, 13: {left_out: true}}}
    );
    expect(".o_track_preview_row:eq(0) .o_track_begin_here").toHaveCount(0);
    await contains(".o_track_preview_row:eq(2) .o_track_begin_here").click();
    await expect.waitForSteps([
        '{"11":{"user_id":8,"left_out":true},"12":{"left_out":true},"13":{"left_out":false}}',
    ]);
});

test("another assignee is selected, and the other choices are kept", async () => {
    onRpc("res.users", "name_search", () => [[8, "Carl"]]);
    await mountPreview([makeRow()], {choices: {11: {left_out: false}}});
    expect(".o_track_preview_assignee button").toHaveAttribute(
        "aria-label",
        "Write to them: assigned to Anna (owner). Select another user"
    );
    await contains(".o_track_preview_assignee button").click();
    expect(".o_track_assignee_popover input").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect(".o_track_assignee_popover").toHaveCount(0);
    expect(".o_track_preview_assignee button").toBeFocused();
    await contains(".o_track_preview_assignee button").click();
    // No assignee is selected yet, so there is nothing to reset
    expect(".o_track_assignee_popover button").toHaveCount(0);
    await contains(".o_track_assignee_popover input").edit("Carl", {confirm: false});
    await runAllTimers();
    await contains(".o-autocomplete--dropdown-item:contains(Carl)").click();
    await expect.waitForSteps(['{"11":{"left_out":false,"user_id":8}}']);
    expect(".o_track_assignee_popover").toHaveCount(0);
});

test("a selected assignee is reset", async () => {
    onRpc("res.users", "web_search_read", () => ({
        length: 1,
        records: [{id: 8, display_name: "Carl"}],
    }));
    await mountPreview([makeRow({chosen: true, user_id: 8, assignee: "Carl"})], {
        choices: {11: {user_id: 8}},
    });
    await contains(".o_track_preview_assignee button").click();
    await contains(
        ".o_track_assignee_popover button:contains(Reset to Template)"
    ).click();
    await expect.waitForSteps(['{"11":{"user_id":false}}']);
    expect(".o_track_assignee_popover").toHaveCount(0);
});

test("read-only, nothing is chosen", async () => {
    await mountPreview([makeRow(), makeRow({id: 12, automated: true})], {
        attributes: 'readonly="1"',
    });
    expect(".o_track_preview input").toHaveCount(0);
    expect(".o_track_preview button").toHaveCount(0);
    expect(".o_track_preview label").toHaveCount(0);
    expect(queryAllTexts("thead th")).toEqual(["Task", "Due", "Assigned to"]);
    expect(cells(0)).toEqual(["Write to them", "Wed 03/04/2026", "Anna (owner)"]);
    expect(".o_track_preview_row:eq(0) img").toHaveCount(1);
});

test("a condition says whether it is met now, in words", async () => {
    const condition = (state, now) => ({text: "Only if it rains", state, now});
    await mountPreview([
        makeRow({condition: condition("met", "Met now"), options: ["needs a note"]}),
        makeRow({id: 12, condition: condition("not_met", "Not met now")}),
        makeRow({id: 13, condition: condition("broken", "It cannot be evaluated")}),
        makeRow({id: 14, left_out: true, condition: condition(false, "")}),
        makeRow({id: 15}),
    ]);
    const texts = (index) => queryAllTexts(`.o_track_preview_row:eq(${index}) li`);
    expect(texts(0)).toEqual(["Only if it rains Met now", "needs a note"]);
    expect(".o_track_preview_row:eq(0) .badge").toHaveClass("text-bg-success");
    expect(texts(1)).toEqual(["Only if it rains Not met now"]);
    expect(".o_track_preview_row:eq(1) .badge").toHaveClass("text-bg-secondary");
    expect(".o_track_preview_row:eq(2) .badge").toHaveClass("text-bg-warning");
    expect(texts(3)).toEqual(["Only if it rains"]);
    expect(".o_track_preview_row:eq(3) .badge").toHaveCount(0);
    expect(texts(4)).toEqual([]);
});

test("an automated task says what it does, unless its name does", async () => {
    const action = "E-mail: Welcome";
    await mountPreview([
        makeRow({automated: true, action}),
        makeRow({id: 12, automated: true, action, summary: action}),
    ]);
    expect(queryAllTexts(".o_track_preview_row:eq(0) li")).toEqual([action]);
    expect(".o_track_preview_row:eq(1) li").toHaveCount(0);
});
