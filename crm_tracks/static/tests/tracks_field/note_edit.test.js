import {animationFrame, expect, test} from "@odoo/hoot";
import {contains, makeServerError, onRpc} from "@web/../tests/web_test_helpers";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {makeRun, makeTask} from "./tracks_field_data";
import {press, queryAllTexts, queryOne, waitFor, waitForNone} from "@odoo/hoot-dom";
import {insertText} from "@html_editor/../tests/_helpers/user_actions";

defineTabModels();

const EDITABLE = ".o_tracks_note_edit [contenteditable=true]";

/**
 * Mount the tab with one task and its note.
 *
 * @param {String} note
 * @param {Object} [values] of the task
 */
async function mountNote(note, values = {}) {
    const task = makeTask({id: 1, label: "Call", note, ...values});
    onStep("track.run.line", "write", ({args}) => {
        task.note = args[1].note || "";
        return `note ${JSON.stringify(args)}`;
    });
    await mountTab([makeRun([task])]);
}

/**
 * Type at the cursor of the editor.
 *
 * @param {String} text
 */
async function type(text) {
    await insertText({document, editable: queryOne(EDITABLE)}, text);
    await animationFrame();
}

/**
 * With the menu, because the button is only shown on hover and focus.
 */
async function startAdding() {
    await contains(".o_tracks_task_menu").click();
    await contains(".o-dropdown-item:contains(Add a Note)").click();
}

test("a note is shown, changed where it stands, and shown again", async () => {
    await mountNote("<p>Ask for the budget</p>");
    expect(".o_tracks_note").toHaveCount(0);
    expect("button[name=note]").toHaveAttribute("aria-expanded", "false");
    await contains("button[name=note]").click();
    expect("button[name=note]").toHaveAttribute("aria-expanded", "true");
    expect(".o_tracks_note").toHaveText("Ask for the budget");
    await contains("button[name=edit_note]").click();
    expect(EDITABLE).toBeFocused();
    expect(EDITABLE).toHaveAttribute("aria-label", "Note of “Call”");
    await type(", and the date");
    await contains("button[name=save_note]").click();
    await expect.waitForSteps([
        'note [[1],{"note":"<p>Ask for the budget, and the date</p>"}]',
        "load deal 1",
    ]);
    await waitFor(".o_tracks_note:contains(and the date)");
    await waitFor("button[name=note]:focus");
    expect(EDITABLE).toHaveCount(0);
    expect(".o_tracks_note").toHaveText("Ask for the budget, and the date");
});

test("the placeholders of a note are edited, not what is filled in", async () => {
    await mountNote("<p>Ask Azure</p>", {note_source: "<p>Ask {customer}</p>"});
    await contains("button[name=note]").click();
    expect(".o_tracks_note").toHaveText("Ask Azure");
    await contains("button[name=edit_note]").click();
    expect(EDITABLE).toHaveText("Ask {customer}");
    await type(" now");
    await contains("button[name=save_note]").click();
    await expect.waitForSteps([
        'note [[1],{"note":"<p>Ask {customer} now</p>"}]',
        "load deal 1",
    ]);
});

test.tags("desktop");
test("a task without a note gets one, by the keyboard alone", async () => {
    await mountNote("");
    expect("button[name=note]").toHaveCount(0);
    queryOne("button[name=add_note]").focus();
    await press("Enter");
    await animationFrame();
    expect(EDITABLE).toBeFocused();
    await type("Bring the samples");
    await press(["Control", "Enter"]);
    await expect.waitForSteps([
        'note [[1],{"note":"<p>Bring the samples<br></p>"}]',
        "load deal 1",
    ]);
    await waitFor(".o_tracks_note:contains(Bring the samples)");
    await waitFor("button[name=note]:focus");
    expect(".o_tracks_note").toHaveText("Bring the samples");
});

test("Escape discards an unchanged note, but not what was typed", async () => {
    await mountNote("<p>Ask for the budget</p>");
    await contains("button[name=note]").click();
    await contains("button[name=edit_note]").click();
    await press("Escape");
    await animationFrame();
    expect(EDITABLE).toHaveCount(0);
    await contains("button[name=edit_note]").click();
    await type("!");
    await press("Escape");
    await animationFrame();
    expect(EDITABLE).toHaveCount(1);
    expect("button[name=save_note]").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect(EDITABLE).toHaveCount(0);
    expect(".o_tracks_note").toHaveText("Ask for the budget");
    expect.verifySteps([]);
});

test("an unchanged note is not written", async () => {
    await mountNote("<p>Ask for the budget</p>");
    await contains("button[name=note]").click();
    await contains("button[name=edit_note]").click();
    await contains("button[name=save_note]").click();
    expect(EDITABLE).toHaveCount(0);
    expect.verifySteps([]);
});

test("an emptied note is removed", async () => {
    await mountNote("<p>A</p>");
    await contains("button[name=note]").click();
    await contains("button[name=edit_note]").click();
    await press("Backspace");
    await animationFrame();
    await contains("button[name=save_note]").click();
    await expect.waitForSteps(['note [[1],{"note":false}]', "load deal 1"]);
    await waitForNone("button[name=note]");
    expect("button[name=note]").toHaveCount(0);
});

test("a refused note stays in the editor", async () => {
    expect.errors(1);
    onRpc("track.run.line", "write", () => {
        throw makeServerError({message: "Somebody was faster"});
    });
    await mountTab([makeRun([makeTask({id: 1})])]);
    await startAdding();
    await type("Bring the samples");
    await contains("button[name=save_note]").click();
    await animationFrame();
    await expect.waitForSteps(["load deal 1"]);
    await expect.waitForErrors(["Somebody was faster"]);
    expect(EDITABLE).toHaveText("Bring the samples");
    expect("button[name=save_note]").toBeEnabled();
});

test("the menu edits the note as well, without hover", async () => {
    await mountNote("<p>Ask for the budget</p>");
    await contains(".o_tracks_task_menu").click();
    expect(queryAllTexts(".o-dropdown-item")).toInclude("Edit the Note");
    await contains(".o-dropdown-item:contains(Edit the Note)").click();
    expect(EDITABLE).toHaveText("Ask for the budget");
});

test("the note of a finished task can be read, but not changed", async () => {
    await mountNote("<p>Ask for the budget</p>", {state: "done", status: "Done"});
    await contains("button[name=note]").click();
    expect(".o_tracks_note").toHaveText("Ask for the budget");
    expect("button[name=edit_note]").toHaveCount(0);
});
