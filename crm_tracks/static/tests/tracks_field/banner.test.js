import {animationFrame, expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {makeRun, makeTask} from "./tracks_field_data";
import {contains} from "@web/../tests/web_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

const LOST = {reopening: {method: "action_restore", label: "Restore"}};

const makePaused = (id, values) =>
    makeRun([makeTask({id, muted: true, status: "Inactive"})], {
        id,
        name: `Track ${id}`,
        state: "paused",
        status: "Paused",
        quiet: true,
        hold_text: "1 task on hold.",
        ...values,
    });
const makeHeld = (id, values) =>
    makePaused(id, {
        state: "running",
        held: true,
        hold_text: "1 task on hold. This opportunity was lost.",
        ...values,
    });
const OTHERS = {
    hold_text: "2 activities on hold.",
    tasks: [
        {
            id: 7,
            label: "Ask for the budget",
            icon: "fa-phone",
            type: "Call",
            due_text: "On hold, due 03/20/2026",
            user: "Anna",
        },
        {
            id: 8,
            label: "To-Do",
            icon: "",
            type: "",
            due_text: "On hold, due 03/21/2026",
            user: "",
        },
    ],
};
const buttons = () => queryAllTexts(".o_tracks_banner button");

test("a record that is closed is reopened by the button in the card", async () => {
    onStep("deal", "action_restore", ({args}) => `restore ${args}`);
    await mountTab([makeHeld(1)], LOST);
    expect(buttons()).toEqual(["Restore"]);
    await contains(".o_tracks_card .o_tracks_banner button[name=reopen]").click();
    await expect.waitForSteps(["restore 1", "load deal 1"]);
});

test("a paused track is resumed by the button in its card", async () => {
    onStep("track.run", "action_open_resume", ({args}) => `resume ${args}`);
    await mountTab([
        makePaused(1),
        makePaused(2),
        makeRun([makeTask({id: 3})], {id: 3}),
    ]);
    expect(buttons()).toEqual(["Resume", "Resume"]);
    await contains("[data-run-id='2'] .o_tracks_banner button[name=resume]").click();
    await expect.waitForSteps(["resume 2", "load deal 1"]);
});

test("a track on a closed record cannot be resumed", async () => {
    await mountTab([makePaused(1, {held: true})], LOST);
    expect(buttons()).toEqual(["Restore"]);
});

test("a paused track on a closed record can be resumed", async () => {
    await mountTab([makePaused(1), makeHeld(2)], LOST);
    expect(buttons()).toEqual(["Resume", "Restore"]);
});

test("if reopening needs a choice, the banner has no button", async () => {
    await mountTab([makeHeld(1)], {reopening: false});
    expect(buttons()).toEqual([]);
});

test("read-only users see no buttons", async () => {
    await mountTab([makePaused(1), makeHeld(2)], {...LOST, readonly: true});
    await animationFrame();
    expect(".o_tracks_banner [role=status]:eq(1)").toHaveText(/was lost/);
    expect(buttons()).toEqual([]);
});

test("activities without a track that are on hold have a grey card", async () => {
    onStep("deal", "action_restore", ({args}) => `restore ${args}`);
    await mountTab([], {...LOST, activities: OTHERS});
    expect(".o_tracks_activities").toHaveClass("o_tracks_quiet");
    expect(".o_tracks_activities [role=status]").toHaveText("2 activities on hold.");
    expect(queryAllTexts(".o_tracks_activity .o_tracks_summary")).toEqual([
        "Ask for the budget",
        "To-Do",
    ]);
    expect(".o_tracks_activity:eq(0)").toHaveText(/due 03\/20\/2026/);
    await contains(".o_tracks_activities button[name=reopen]").click();
    await expect.waitForSteps(["restore 1", "load deal 1"]);
});
