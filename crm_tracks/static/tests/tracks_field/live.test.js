/**
 * Changes of the tracks and of their record by others, or by the cron.
 */
import {advanceTime, animationFrame, expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab} from "./tracks_field_helpers";
import {edit, press, queryOne, waitFor} from "@odoo/hoot-dom";
import {MockServer, contains} from "@web/../tests/web_test_helpers";
import {makeRun, makeTask} from "./tracks_field_data";
import {waitForChannels} from "@bus/../tests/bus_test_helpers";

defineTabModels();

const NAME = "div[name=name] input";

async function mountLiveTab() {
    await mountTab(
        [makeRun([makeTask({id: 1})])],
        {},
        {fields: '<field name="name"/>'}
    );
    // Runs all timers, including that of midnight: “Tomorrow” is “Today” then
    await waitForChannels(["crm_tracks:deal:1"]);
    await animationFrame();
    await expect.waitForSteps(["load deal 1"]);
}

async function send(...payloads) {
    for (const payload of payloads) {
        MockServer.env["bus.bus"]._sendone(
            "crm_tracks:deal:1",
            "crm_tracks/changed",
            payload
        );
    }
    await animationFrame();
    await advanceTime(500);
    await animationFrame();
}

/** Update a field, as an automated task does. */
async function renameByCron() {
    MockServer.env.deal.write([1], {name: "Renamed by a task"});
    await send({model: "deal", id: 1});
    await expect.waitForSteps(["load deal 1"]);
    // Once: reloading sends no notification
    await advanceTime(2000);
    expect.verifySteps([]);
}

test("changes by others show at once, for this record only", async () => {
    await mountLiveTab();
    await send({model: "deal", id: 2}, {model: "lead", id: 1});
    expect.verifySteps([]);
    await send({model: "deal", id: 1}, {model: "deal", id: 1});
    await expect.waitForSteps(["load deal 1"]);
});

test("a field that a task sets is updated in the form", async () => {
    await mountLiveTab();
    expect(NAME).toHaveValue("Office fit-out");
    await renameByCron();
    await waitFor(`${NAME}:value(Renamed by a task)`);
    expect(NAME).toHaveValue("Renamed by a task");
});

test("unsaved input and its form are kept", async () => {
    await mountLiveTab();
    await contains(NAME).click();
    await edit("Mine", {confirm: false});
    await renameByCron();
    expect(NAME).toHaveValue("Mine");
    expect(NAME).toBeFocused();
    // Changed, not saved
    await press("Tab");
    await animationFrame();
    await renameByCron();
    expect(NAME).toHaveValue("Mine");
});

test("the record is not reloaded behind an open dialog", async () => {
    await mountLiveTab();
    await contains(".o_tracks_menu").click();
    await contains(".o-dropdown-item:contains(Stop)").click();
    await renameByCron();
    expect(NAME).toHaveValue("Office fit-out");
    expect(queryOne(".modal")).toBeVisible();
});
