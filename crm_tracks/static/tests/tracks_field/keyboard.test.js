import {WAITING, makeRun, makeTask} from "./tracks_field_data";
import {animationFrame, expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {edit, press, queryOne, waitFor, waitForNone} from "@odoo/hoot-dom";

defineTabModels();

async function pressButton(selector) {
    queryOne(selector).focus();
    await press("Enter");
    await animationFrame();
}

async function tickFirst() {
    await pressButton("[data-task-id='1'] button[name=action_done]");
    expect(".o_tracks_done_popover textarea").toBeFocused();
    await edit("They agree");
    await press(["Control", "Enter"]);
}

test("completing by the keyboard keeps the focus at the task", async () => {
    const task = makeTask({id: 1});
    onStep("track.run.line", "action_done", () => {
        Object.assign(task, {state: "done", status: "Done"});
        return "done";
    });
    await mountTab([makeRun([task, makeTask({id: 2, ...WAITING})])]);
    await tickFirst();
    await expect.waitForSteps(["done", "load deal 1"]);
    await waitFor("[data-task-id='1'] button[name=action_reopen]:focus");
});

test("or at the tab, when the track folds", async () => {
    const run = makeRun([makeTask({id: 1})]);
    onStep("track.run.line", "action_done", () => {
        Object.assign(run, {state: "done", status: "Done"});
        return "done";
    });
    await mountTab([run]);
    await tickFirst();
    await expect.waitForSteps(["done", "load deal 1"]);
    await waitFor("button[name=action_tracks_apply]:focus");
    expect(".o_tracks_card").toHaveCount(0);
});

test("removing a task keeps the focus at its track", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2})]);
    onStep("track.run.line", "unlink", () => {
        run.tasks.pop();
        return "removed";
    });
    await mountTab([run]);
    await pressButton("[data-task-id='2'] .o_tracks_task_menu");
    for (let i = 0; i < 5; i++) {
        await press("ArrowDown");
    }
    await press("Enter");
    await animationFrame();
    await waitFor(".modal .btn-primary");
    await pressButton(".modal .btn-primary");
    await expect.waitForSteps(["removed", "load deal 1"]);
    await waitForNone("[data-task-id='2']");
    await waitFor("[data-run-id='1'] :focus");
    expect("[data-run-id='1'] button[name=fold]").toHaveCount(1);
});
