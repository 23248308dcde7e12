import {animationFrame, expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {makeRun, makeTask} from "./tracks_field_data";
import {contains} from "@web/../tests/web_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

const LOST = {
    inactive_text: "Inactive tasks: 1. This was lost.",
    reopening: {method: "action_restore", label: "Restore"},
};
const PAUSED = {inactive_text: "Inactive tasks: 1. Their track is paused."};

const makePaused = (id, values) =>
    makeRun([makeTask({id, muted: true, status: "Inactive"})], {
        id,
        name: `Track ${id}`,
        state: "paused",
        status: "Paused",
        quiet: true,
        ...values,
    });
const makeHeld = (id, values) =>
    makePaused(id, {state: "running", held: true, ...values});
const buttons = () => queryAllTexts(".o_tracks_banner button");

test("a record that is closed is reopened by the banner's button", async () => {
    onStep("deal", "action_restore", ({args}) => `restore ${args}`);
    await mountTab([makeHeld(1)], LOST);
    expect(buttons()).toEqual(["Restore"]);
    await contains(".o_tracks_banner button[name=reopen]").click();
    await expect.waitForSteps(["restore 1", "load deal 1"]);
});

test("a paused track is resumed by the banner's button, under its name", async () => {
    onStep("track.run", "action_resume", ({args}) => `resume ${args}`);
    await mountTab([makePaused(1), makeRun([makeTask({id: 2})], {id: 2})], PAUSED);
    expect(buttons()).toEqual(["Resume “Track 1”"]);
    await contains(".o_tracks_banner button[name=resume]").click();
    await expect.waitForSteps(["resume 1", "load deal 1"]);
});

test("several paused tracks are resumed together", async () => {
    onStep("track.run", "action_resume", ({args}) => `resume ${args}`);
    await mountTab([makePaused(1), makePaused(2)], PAUSED);
    expect(buttons()).toEqual(["Resume the tracks"]);
    await contains(".o_tracks_banner button[name=resume]").click();
    await expect.waitForSteps(["resume 1,2", "load deal 1"]);
});

test("what is held as well is not brought back by resuming, nor offered so", async () => {
    await mountTab([makePaused(1, {held: true})], LOST);
    expect(buttons()).toEqual(["Restore"]);
});

test("where reopening takes a choice, the banner has no button", async () => {
    await mountTab([makeHeld(1)], {...LOST, reopening: false});
    expect(buttons()).toEqual([]);
});

test("who may only read is offered nothing", async () => {
    await mountTab([makePaused(1), makeHeld(2)], {...LOST, readonly: true});
    await animationFrame();
    expect(".o_tracks_banner [role=status]").toHaveText(/This was lost/);
    expect(buttons()).toEqual([]);
});
