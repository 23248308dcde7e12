/**
 * The tracks of a record as one line each, above the tabs of its form.
 */
import {WAITING, makeRun, makeTask} from "../tracks_field/tracks_field_data";
import {animationFrame, expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab, onStep} from "../tracks_field/tracks_field_helpers";
import {press, queryAll, queryAllTexts} from "@odoo/hoot-dom";
import {contains, mockService} from "@web/../tests/web_test_helpers";

defineTabModels();

const mountSteps = (runs, data, options) =>
    mountTab(runs, data, {widget: "track_steps", ...options});
const step = (id) => `.o_track_step[data-step-id="${id}"]`;
const onDone = () =>
    onStep("track.run.line", "action_done", ({args, kwargs}) =>
        ["done", args, kwargs.feedback, kwargs.outcome].filter(Boolean).join(" ")
    );
const RUNNING = [
    makeTask({id: 1, label: "Call", state: "done", status: "Done"}),
    makeTask({id: 2, label: "Offer", urgency: "late", due_text: "2 days late"}),
    makeTask({id: 3, label: "Sign", ...WAITING, status: "Waiting"}),
];

test("a track is a line with a step for each task, the current one in words", async () => {
    await mountSteps([makeRun(RUNNING)]);
    expect(".o_track_name").toHaveText("Sales follow-through");
    expect(".o_track_count").toHaveText("1/3");
    expect(".o_track_step").toHaveCount(3);
    expect(`${step(1)} i`).toHaveClass("fa-check-circle");
    expect(`${step(2)} i`).toHaveClass("fa-exclamation-circle");
    expect(`${step(3)} i`).toHaveClass("fa-hourglass-o");
    expect(step(2)).toHaveClass("o_track_current");
    expect(step(2)).toHaveAttribute(
        "aria-label",
        "Mark done: Offer, Late, 2 days late, Anna"
    );
    expect(step(3)).toHaveAttribute("aria-label", "Sign, Waiting, In 16 days");
    expect(queryAllTexts(".o_track_today bdi")).toEqual([
        "Offer",
        "2 days late",
        "Anna",
    ]);
    expect("button[name=apply_track]").toHaveCount(0);
});

test("the current task is an open one, else a failed one, else the next one", async () => {
    const early = {date_deadline: "2026-03-01"};
    const late = {date_deadline: "2026-03-20"};
    await mountSteps([
        makeRun(
            [
                makeTask({id: 1, ...WAITING, ...early}),
                makeTask({id: 2, state: "failed", ...early}),
                makeTask({id: 3, ...late}),
                makeTask({id: 4, date_deadline: "2026-03-19"}),
            ],
            {id: 1}
        ),
        makeRun(
            [
                makeTask({id: 5, state: "planned", ...early}),
                makeTask({id: 6, state: "failed", ...late}),
            ],
            {id: 2}
        ),
        makeRun(
            [
                makeTask({id: 7, ...WAITING, ...early}),
                makeTask({id: 8, state: "planned", ...late}),
            ],
            {id: 3}
        ),
        makeRun(
            [makeTask({id: 9, ...WAITING}), makeTask({id: 10, ...WAITING, ...early})],
            {id: 4}
        ),
    ]);
    const current = queryAll(".o_track_current").map((node) => node.dataset.stepId);
    expect(current).toEqual(["4", "6", "8", "9"]);
});

test("a circle completes its task in one click, which can be undone", async () => {
    onDone();
    onStep("track.run.line", "action_reopen", ({args}) => `reopen ${args}`);
    await mountSteps([makeRun(RUNNING)]);
    await contains(step(2)).click();
    await expect.waitForSteps(["done 2", "load deal 1"]);
    expect(".o_notification").toHaveText(/“Offer” is done./);
    await contains(".o_notification button:contains(Undo)").click();
    await expect.waitForSteps(["reopen 2", "load deal 1"]);
    expect(".o_notification").toHaveCount(0);
});

test("the circles of the tab complete their tasks in the same way", async () => {
    onDone();
    await mountTab([makeRun(RUNNING)]);
    await contains("[data-task-id='2'] button[name=tick]").click();
    await expect.waitForSteps(["done 2", "load deal 1"]);
    expect(".o_notification").toHaveText(/“Offer” is done./);
    expect("button[name=tick]").toHaveCount(1);
});

test("outcomes are asked for at the circle, and so is what is missing", async () => {
    onDone();
    const outcomes = [
        {name: "Reached", label: "Reached"},
        {name: "No answer", label: "No answer: again in 2 days"},
    ];
    const completion = {outcomes, needs_feedback: false, missing: []};
    const needy = {outcomes: [], needs_feedback: true, missing: []};
    await mountSteps([
        makeRun([makeTask({id: 1, completion}), makeTask({id: 2, completion: needy})]),
    ]);
    await contains(step(1)).click();
    expect.verifySteps([]);
    expect(queryAllTexts(".o_track_outcomes button")).toEqual([
        "Reached",
        "No answer: again in 2 days",
    ]);
    await contains("button[data-outcome='No answer']").click();
    await expect.waitForSteps(["done 1 No answer", "load deal 1"]);
    await contains(step(2)).click();
    expect(".o_tracks_done_popover button[name=done]").not.toBeEnabled();
    await press("Escape");
    await animationFrame();
    expect(step(2)).toBeFocused();
});

test("another click unfolds the current task, and folds it", async () => {
    await mountSteps([makeRun(RUNNING)]);
    expect("[data-task-id]").toHaveCount(0);
    await contains("button[name=current]").click();
    expect("[data-task-id='2'] button[name=action_done]").toHaveCount(1);
    expect("button[name=current]").toHaveAttribute("aria-expanded", "true");
    await contains("button[name=current]").click();
    expect("[data-task-id]").toHaveCount(0);
    // A step that cannot be completed by a click unfolds its task
    await contains(step(1)).click();
    expect("[data-task-id='1'] button[name=action_reopen]").toHaveCount(1);
});

test("a track on hold is grey as a whole, with the button that ends the hold", async () => {
    onStep("deal", "action_unarchive", ({args}) => `reopen ${args}`);
    onStep("track.run", "action_open_resume", ({args}) => `resume ${args}`);
    const muted = [makeTask({id: 4, muted: true, status: "Inactive"})];
    await mountSteps(
        [
            makeRun(muted, {
                quiet: true,
                held: true,
                status: "Inactive",
                hold_text: "3 activities on hold.",
            }),
            makeRun(muted, {
                id: 2,
                state: "paused",
                quiet: true,
                status: "Paused",
                hold_text: "1 activity on hold.",
            }),
        ],
        {
            reopening: {method: "action_unarchive", label: "Reopen"},
            activities: {hold_text: "2 other activities on hold.", tasks: []},
        }
    );
    expect(queryAllTexts(".o_tracks_banner_text")).toEqual([
        "3 activities on hold.",
        "1 activity on hold.",
        "2 other activities on hold.",
    ]);
    expect(".o_tracks_quiet").toHaveCount(3);
    await contains("[data-run-id='1'] button[name=reopen]").click();
    await expect.waitForSteps(["reopen 1", "load deal 1"]);
    await contains("[data-run-id='2'] button[name=resume]").click();
    await expect.waitForSteps(["resume 2", "load deal 1"]);
});

test("without a running track, one can be applied", async () => {
    onStep("deal", "action_tracks_apply", ({args}) => `apply ${args}`);
    mockService("action", {doAction: () => expect.step("dialog")});
    await mountSteps([makeRun([makeTask({state: "done"})], {state: "done"})]);
    expect(".o_track_stepper").toHaveCount(0);
    await contains("button[name=apply_track]").click();
    await expect.waitForSteps(["apply 1", "load deal 1"]);
});

test("after a finished track, the next one is offered", async () => {
    onStep("track.run", "action_start_next", ({args}) => `start ${args}`);
    await mountSteps([
        makeRun([makeTask({id: 1, state: "done"})], {
            state: "done",
            status: "Done",
            next: [{id: 9, name: "Onboarding"}],
        }),
    ]);
    expect("button[name=current]").toHaveCount(0);
    await contains("button[name=start_next]").click();
    await expect.waitForSteps(["start 1,9", "load deal 1"]);
});

test("read-only users see the steps, and complete none", async () => {
    onDone();
    await mountSteps([makeRun(RUNNING)], {readonly: true});
    expect(".o_tracks_tick").toHaveCount(0);
    await contains(step(2)).click();
    expect.verifySteps([]);
    expect("[data-task-id='2'] button").toHaveCount(0);
});

test("of a long track, the steps around the current one are shown", async () => {
    const tasks = Array.from({length: 200}, (_, index) =>
        makeTask({
            id: index + 1,
            state: index < 100 ? "done" : index === 100 ? "open" : "waiting",
        })
    );
    await mountSteps([makeRun(tasks)]);
    expect(".o_track_step").toHaveCount(20);
    expect(step(101)).toHaveClass("o_track_current");
    expect(queryAllTexts(".o_track_left_out")).toEqual(["… 90", "90 …"]);
    expect(".o_track_count").toHaveText("100/200");
});

test("the line and the tab read the tracks once", async () => {
    onDone();
    await mountSteps(
        [makeRun(RUNNING)],
        {},
        {
            fields: '<field name="track_run_ids" widget="tracks"/>',
        }
    );
    // `mountTab` has seen a single load
    expect(".o_tracks .o_tracks_task").toHaveCount(3);
    expect(".o_track_step").toHaveCount(3);
    await contains("[data-task-id='2'] button[name=tick]").click();
    await expect.waitForSteps(["done 2", "load deal 1"]);
    for (const button of queryAll(".o_track_steps button")) {
        expect(button.textContent.trim() || button.ariaLabel).not.toBeEmpty();
    }
});
