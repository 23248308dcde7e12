/**
 * What comes next: the buttons on a track that is done, and the links in the chatter.
 */
import {expect, test} from "@odoo/hoot";
import {makeRun, makeTask} from "./tracks_field_data";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {contains, onRpc} from "@web/../tests/web_test_helpers";
import {queryAllTexts, waitFor} from "@odoo/hoot-dom";

defineTabModels();

const DONE = {state: "done", status: "Done", progress: 100};
const NEXT = [
    {id: 5, name: "Renewal"},
    {id: 6, name: "Event …"},
];
const makeDone = (values) =>
    makeRun([makeTask({id: values.id, state: "done"})], {...DONE, ...values});

test("a done track offers what comes next, and one click starts it", async () => {
    onStep(
        "track.run",
        "action_start_next",
        ({args}) => `start ${args[1]} after ${args[0]}`
    );
    await mountTab([makeDone({id: 7, next: NEXT}), makeDone({id: 8})]);
    expect(".o_tracks_card").toHaveCount(1);
    expect(queryAllTexts(".o_tracks_card button[name=start_next]")).toEqual([
        "Start “Renewal”",
        "Start “Event …”",
    ]);
    expect(".o_tracks_ended").toHaveText("1 finished track");
    await contains("button[name=start_next]:eq(1)").click();
    await expect.waitForSteps(["start 6 after 7", "load deal 1"]);
});

test("a reader is offered nothing", async () => {
    await mountTab([makeDone({id: 7, next: NEXT})], {readonly: true});
    expect("button[name=start_next]").toHaveCount(0);
});

test("a track says after which one it comes", async () => {
    await mountTab([
        makeRun([makeTask({id: 1})], {id: 1, previous: "Sales"}),
        makeRun([makeTask({id: 2})], {id: 2}),
    ]);
    expect(queryAllTexts(".o_tracks_previous")).toEqual(["after “Sales”"]);
});

test("the answer is shown", async () => {
    onRpc("track.run", "action_start_next", () => ({
        type: "ir.actions.client",
        tag: "display_notification",
        params: {type: "success", message: "“Renewal” was started."},
    }));
    await mountTab([makeDone({id: 7, next: NEXT})]);
    await contains("button[name=start_next]:eq(0)").click();
    await waitFor(".o_notification");
    expect(".o_notification").toHaveText("“Renewal” was started.");
});
