/**
 * A track that repeats: when the next one starts, and how the series ends.
 */
import {AUTOMATED, makeRun, makeTask} from "./tracks_field_data";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {expect, test} from "@odoo/hoot";
import {contains} from "@web/../tests/web_test_helpers";
import {waitFor} from "@odoo/hoot-dom";

defineTabModels();

const NEXT = {
    ...AUTOMATED,
    id: 2,
    action: "repeat",
    label: "Start the next track",
    state: "waiting",
    date_deadline: false,
};
const makeSeries = (values) =>
    makeRun([makeTask({id: 1, state: "planned"}), makeTask(NEXT)], {
        progress_text: "0 of 1",
        series_text: "next on 04/04/2026",
        ...values,
    });

async function openMenu() {
    await contains(".o_tracks_menu").click();
    await waitFor(".o-dropdown--menu");
}

test("the card says when the next track starts, and counts the tasks only", async () => {
    await mountTab([makeSeries()]);
    expect(".o_tracks_count").toHaveText("0 of 1");
    expect(".o_tracks_series").toHaveText("next on 04/04/2026");
});

test("a track that does not repeat says nothing of a series", async () => {
    await mountTab([makeRun([makeTask({id: 1})])]);
    expect(".o_tracks_series").toHaveCount(0);
    await openMenu();
    expect(".o-dropdown-item:contains(End the Series)").toHaveCount(0);
});

test("the series is ended after a question", async () => {
    onStep("track.run", "action_end_series", ({args}) => `end ${args[0]}`);
    await mountTab([makeSeries()]);
    await openMenu();
    await contains(".o-dropdown-item:contains(End the Series)").click();
    await waitFor(".modal");
    expect(".modal-body").toHaveText(
        "No further track will be started. The tasks of this track stay."
    );
    await contains(".modal .btn-primary").click();
    await expect.waitForSteps(["end 1", "load deal 1"]);
});

test("a reader cannot end the series", async () => {
    await mountTab([makeSeries()], {readonly: true});
    expect(".o_tracks_series").toHaveCount(1);
    await openMenu();
    expect(".o-dropdown-item:contains(End the Series)").toHaveCount(0);
});

test("the start of the next track is not moved, and not run before its turn", async () => {
    await mountTab([makeSeries()]);
    expect(".o_tracks_task[data-task-id='1'] .o_tracks_handle").toHaveCount(1);
    expect(".o_tracks_task[data-task-id='2'] .o_tracks_handle").toHaveCount(0);
    expect("button[name=action_run_now]").toHaveCount(0);
});

test("the line above the tabs counts the tasks only, too", async () => {
    await mountTab([makeSeries()], {}, {widget: "track_steps"});
    expect(".o_track_count").toHaveText("0/1");
    expect(".o_track_step").toHaveCount(1);
});
