import {WAITING, makeRun, makeTask} from "./tracks_field_data";
import {animationFrame, expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {edit, press, queryOne} from "@odoo/hoot-dom";

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
    await animationFrame();
    await animationFrame();
}

test("who ticks by the keyboard stays at that task", async () => {
    const task = makeTask({id: 1});
    onStep("track.run.line", "action_done", () => {
        Object.assign(task, {state: "done", status: "Done"});
        return "done";
    });
    await mountTab([makeRun([task, makeTask({id: 2, ...WAITING})])]);
    await tickFirst();
    expect.verifySteps(["done", "load deal 1"]);
    expect("[data-task-id='1'] button[name=action_reopen]").toBeFocused();
});

test("when the track folds away with it, at the tab", async () => {
    const run = makeRun([makeTask({id: 1})]);
    onStep("track.run.line", "action_done", () => {
        Object.assign(run, {state: "done", status: "Done"});
        return "done";
    });
    await mountTab([run]);
    await tickFirst();
    expect.verifySteps(["done", "load deal 1"]);
    expect(".o_tracks_card").toHaveCount(0);
    expect("button[name=action_tracks_apply]").toBeFocused();
});

test("who removed a task stays at its track", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2})]);
    onStep("track.run.line", "unlink", () => {
        run.tasks.pop();
        return "removed";
    });
    await mountTab([run]);
    await pressButton("[data-task-id='2'] .o_tracks_task_menu");
    for (let i = 0; i < 4; i++) {
        await press("ArrowDown");
    }
    await press("Enter");
    await animationFrame();
    await pressButton(".modal .btn-primary");
    await animationFrame();
    expect.verifySteps(["removed", "load deal 1"]);
    expect("[data-run-id='1'] button[name=fold]").toHaveCount(1);
    expect(queryOne("[data-run-id='1']").contains(document.activeElement)).toBe(true);
});
