/**
 * Pausing a track until a day, and resuming it.
 */
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {expect, mockDate, test} from "@odoo/hoot";
import {makeRun, makeTask} from "./tracks_field_data";
import {contains} from "@web/../tests/web_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

const DIALOG = ".o_dialog";
const describe = (kwargs) => JSON.stringify({...kwargs, context: undefined});
const onMethod = (method) =>
    onStep(
        "track.run",
        method,
        ({args, kwargs}) => `${method} ${args} ${describe(kwargs)}`
    );
const PAUSED = {
    state: "paused",
    status: "Paused",
    quiet: true,
    hold_text: "1 task on hold.",
};

test("a track is paused at once, or until a day", async () => {
    mockDate("2026-03-04 10:00:00");
    onMethod("action_pause");
    await mountTab([makeRun([makeTask({id: 1})])]);
    await contains(".o_tracks_menu").click();
    expect(queryAllTexts(".o-dropdown-item").slice(0, 2)).toEqual([
        "Pause",
        "Pause Until…",
    ]);
    await contains(".o-dropdown-item:contains(Until)").click();
    expect(`${DIALOG} .modal-title`).toHaveText("Pause “Sales follow-through”");
    expect(`${DIALOG} .o_datetime_input`).toHaveValue("03/11/2026");
    await contains(`${DIALOG} .o_datetime_input`).click();
    // Today and earlier days cannot be selected
    expect(
        ".o_datetime_picker .o_date_item_cell:contains(/^4$/):first"
    ).toHaveAttribute("disabled");
    await contains(".o_datetime_picker .o_date_item_cell:contains(/^20$/)").click();
    await contains(`${DIALOG} button[name=pause]`).click();
    await expect.waitForSteps(['action_pause 1 {"until":"2026-03-20"}', "load deal 1"]);
    expect(DIALOG).toHaveCount(0);
});

test("a track is resumed by the server, which asks where there is something to decide", async () => {
    onMethod("action_open_resume");
    await mountTab([makeRun([makeTask({id: 1, muted: true})], PAUSED)]);
    await contains(".o_tracks_banner button[name=resume]").click();
    await expect.waitForSteps(["action_open_resume 1 {}", "load deal 1"]);
    await contains(".o_tracks_menu").click();
    await contains(".o-dropdown-item:contains(Resume)").click();
    await expect.waitForSteps(["action_open_resume 1 {}", "load deal 1"]);
    expect(DIALOG).toHaveCount(0);
});
