/**
 * Automated tasks in the Tracks tab.
 */
import {AUTOMATED, WAITING, makeRun, makeTask} from "./tracks_field_data";
import {animationFrame, click, queryAllTexts} from "@odoo/hoot-dom";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {expect, mockDate, test} from "@odoo/hoot";
import {contains} from "@web/../tests/web_test_helpers";

defineTabModels();

const row = (id) => `[data-task-id='${id}']`;

test("an automated task is marked, and is run now instead of completed", async () => {
    mockDate("2026-03-20 12:00:00");
    onStep("track.run.line", "action_run_now", ({args}) => `run ${args}`);
    await mountTab([
        makeRun([
            // Which is due today
            makeTask({id: 1, ...AUTOMATED, state: "planned", status: "Planned"}),
            makeTask({id: 2, ...AUTOMATED, ...WAITING}),
        ]),
    ]);
    expect(`${row(1)} .o_tracks_user`).toHaveText("Automated");
    expect(`${row(1)} .o_tracks_type`).toHaveClass("fa-envelope-o");
    expect(`${row(1)} .o_tracks_type`).toHaveAttribute("aria-label", "Send an e-mail");
    expect(`${row(1)} button[name=action_done]`).toHaveCount(0);
    expect(`${row(1)} button[name=user_id]`).toHaveCount(0);
    expect(`${row(1)} button[name=date_deadline]`).toHaveCount(1);
    await click(`${row(1)} button[name=action_run_now]`);
    await animationFrame();
    await expect.waitForSteps(["run 1", "load deal 1"]);
    expect(`${row(2)} button[name=action_run_now]`).toHaveCount(1);
});

test("ahead of its turn, running a task needs a confirmation", async () => {
    mockDate("2026-03-19 12:00:00");
    onStep("track.run.line", "action_run_now", ({args}) => `run ${args}`);
    await mountTab([
        makeRun([
            makeTask({id: 1, ...AUTOMATED, state: "planned", label: "Say hello"}),
            makeTask({id: 2, ...AUTOMATED, ...WAITING, action: "update"}),
        ]),
    ]);
    await contains(`${row(1)} button[name=action_run_now]`).click();
    expect(".modal-title").toHaveText("Run “Say hello” now?");
    await contains(".modal .btn-secondary").click();
    expect.verifySteps([]);
    for (const id of [1, 2]) {
        await contains(`${row(id)} button[name=action_run_now]`).click();
        expect.verifySteps([]);
        await contains(".modal .btn-primary").click();
        await expect.waitForSteps([`run ${id}`, "load deal 1"]);
    }
});

test("an inactive track runs no task", async () => {
    await mountTab([
        makeRun([makeTask({id: 1, ...AUTOMATED, state: "planned"})], {
            state: "paused",
            quiet: true,
        }),
    ]);
    expect("button[name=action_run_now]").toHaveCount(0);
});

test("the result is shown, with a link, and the task cannot be reopened", async () => {
    onStep("track.run.line", "action_open_result", ({args}) => `open ${args}`);
    await mountTab([
        makeRun([
            makeTask({
                id: 1,
                ...AUTOMATED,
                summary: "Say hello",
                label: "Say hello",
                action_text: "E-mail: Welcome",
                state: "done",
                status: "Done",
                due_text: "03/04/2026",
                result: "Sent to Anna",
                has_result: true,
            }),
            makeTask({
                id: 2,
                ...AUTOMATED,
                action: "update",
                state: "done",
                result: "Stage: New → Won",
            }),
            makeTask({id: 3, ...AUTOMATED, state: "skipped"}),
        ]),
    ]);
    expect(`${row(1)} .o_tracks_action`).toHaveText("E-mail: Welcome");
    expect(`${row(1)} .o_tracks_result`).toHaveText(/^Sent to Anna/);
    expect(`${row(2)} .o_tracks_result`).toHaveText("Stage: New → Won");
    expect(`${row(2)} button[name=action_open_result]`).toHaveCount(0);
    expect(`${row(1)} button[name=action_reopen]`).toHaveCount(0);
    expect(`${row(3)} button[name=action_reopen]`).toHaveCount(1);
    await click(`${row(1)} button[name=action_open_result]`);
    await animationFrame();
    await expect.waitForSteps(["open 1", "load deal 1"]);
});

test("a failed task shows the reason, and is tried again, skipped or taken over", async () => {
    onStep("track.run.line", "action_take_over", ({args}) => `take over ${args}`);
    await mountTab([
        makeRun([
            makeTask({
                id: 1,
                ...AUTOMATED,
                state: "failed",
                status: "Failed",
                due_text:
                    "Anna, who started this track, can no longer be assigned tasks. Take over the track.",
            }),
        ]),
    ]);
    expect(`${row(1)} .o_tracks_due`).toHaveText(/can no longer be assigned tasks/);
    expect(`${row(1)} button[name=action_retry]`).toHaveCount(1);
    expect(`${row(1)} button[name=action_run_now]`).toHaveCount(0);
    await click(`${row(1)} .o_tracks_task_menu`);
    await animationFrame();
    expect(queryAllTexts(".o-dropdown-item").slice(0, 2)).toEqual([
        "Skip…",
        "Take Over…",
    ]);
    await contains(".o-dropdown-item:contains(Take Over)").click();
    await contains(".modal .btn-primary").click();
    await expect.waitForSteps(["take over 1", "load deal 1"]);
});
