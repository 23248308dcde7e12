/**
 * Completing and skipping a task in the tab: what it needs, its outcomes, the reason.
 */
import {WAITING, makeRun, makeTask} from "./tracks_field_data";
import {animationFrame, expect, test} from "@odoo/hoot";
import {contains, onRpc} from "@web/../tests/web_test_helpers";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {press, queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

const POPOVER = ".o_tracks_done_popover";
const DONE = `${POPOVER} button[name=done]`;
const OUTCOMES = [
    {name: "Reached", label: "Reached"},
    {name: "No answer", label: "No answer: again in 2 days"},
    {name: "Not interested", label: "Not interested: end"},
];
const makeCompletion = (values) => ({
    outcomes: [],
    needs_feedback: false,
    missing: [],
    ...values,
});
// The values of a call, without its context
const describe = (kwargs) => JSON.stringify({...kwargs, context: undefined});
const onDone = () =>
    onStep(
        "track.run.line",
        "action_done",
        ({args, kwargs}) => `done ${args} ${describe(kwargs)}`
    );
const open = (id = 1) =>
    contains(`[data-task-id="${id}"] button[name=action_done]`).click();

test("a task without requirements and outcomes is completed as ever", async () => {
    onDone();
    await mountTab([makeRun([makeTask({id: 1})])]);
    await open();
    expect(".o_track_missing, .o_track_needs_feedback").toHaveCount(0);
    expect(".o_track_outcomes").toHaveCount(0);
    await contains(DONE).click();
    await expect.waitForSteps(['done 1 {"feedback":""}', "load deal 1"]);
});

test("required feedback has to be entered first", async () => {
    onDone();
    const completion = makeCompletion({needs_feedback: true});
    await mountTab([makeRun([makeTask({id: 1, completion})])]);
    await open();
    expect(".o_track_needs_feedback").toHaveText("Feedback is required.");
    expect(".o_track_missing").toHaveCount(0);
    expect(DONE).not.toBeEnabled();
    const textarea = contains(`${POPOVER} textarea`);
    await textarea.edit("   ", {confirm: false});
    expect(DONE).not.toBeEnabled();
    await press(["ctrl", "Enter"]);
    await animationFrame();
    expect.verifySteps([]);
    await textarea.edit("They agree", {confirm: false});
    expect(DONE).toBeEnabled();
    await contains(DONE).click();
    await expect.waitForSteps(['done 1 {"feedback":"They agree"}', "load deal 1"]);
});

test("required fields are named, and read again when the user completes", async () => {
    onDone();
    const task = makeTask({
        id: 1,
        completion: makeCompletion({missing: ["Expected Closing", "Customer"]}),
    });
    const runs = [makeRun([task])];
    await mountTab(runs);
    await open();
    await expect.waitForSteps(["load deal 1"]);
    expect(".o_track_missing").toHaveText(
        "Required on the record: Expected Closing and Customer. Fill in the form and save it first."
    );
    expect(DONE).not.toBeEnabled();
    await press("Escape");
    await animationFrame();
    // Filled in by another user, or in this form
    task.completion = false;
    await open();
    await expect.waitForSteps(["load deal 1"]);
    expect(".o_track_missing").toHaveCount(0);
    await contains(DONE).click();
    await expect.waitForSteps(['done 1 {"feedback":""}', "load deal 1"]);
});

test("a form with unsaved changes is saved before the task is checked", async () => {
    onRpc("deal", "web_save", ({args}) => {
        expect.step(`save ${JSON.stringify(args[1])}`);
    });
    const task = makeTask({id: 1, completion: makeCompletion({missing: ["Name"]})});
    await mountTab([makeRun([task])], {}, {fields: '<field name="name"/>'});
    await contains(".o_field_widget[name=name] input").edit("Closing in May", {
        confirm: false,
    });
    task.completion = false;
    await open();
    await expect.waitForSteps([
        'save {"name":"Closing in May"}',
        "load deal 1",
        "load deal 1",
    ]);
    expect(DONE).toBeEnabled();
});

test("outcomes take the place of Done, with what follows", async () => {
    onDone();
    const completion = makeCompletion({outcomes: OUTCOMES});
    await mountTab([makeRun([makeTask({id: 1, completion})])]);
    await open();
    expect(DONE).toHaveCount(0);
    expect(queryAllTexts(".o_track_outcomes button")).toEqual(
        OUTCOMES.map(({label}) => label)
    );
    await contains(`${POPOVER} textarea`).edit("Voice mail", {confirm: false});
    // No outcome is selected by the keyboard
    await press(["ctrl", "Enter"]);
    await animationFrame();
    expect.verifySteps([]);
    await contains("button[data-outcome='No answer']").click();
    await expect.waitForSteps([
        'done 1 {"feedback":"Voice mail","outcome":"No answer"}',
        "load deal 1",
    ]);
});

test("outcomes of a task that needs feedback wait for it", async () => {
    onDone();
    const completion = makeCompletion({outcomes: OUTCOMES, needs_feedback: true});
    await mountTab([makeRun([makeTask({id: 1, ...WAITING, completion})])]);
    await open();
    expect(POPOVER).toHaveText(/not this task's turn yet/);
    expect(".o_track_outcomes button:enabled").toHaveCount(0);
    await contains(`${POPOVER} textarea`).edit("Agreed", {confirm: false});
    expect(".o_track_outcomes button:enabled").toHaveCount(3);
    await contains("button[data-outcome=Reached]").click();
    await expect.waitForSteps([
        'done 1 {"feedback":"Agreed","outcome":"Reached"}',
        "load deal 1",
    ]);
});

test("skipping asks for a reason, which is optional", async () => {
    onStep(
        "track.run.line",
        "action_skip",
        ({args, kwargs}) => `skip ${args} ${describe(kwargs)}`
    );
    await mountTab([makeRun([makeTask({id: 1}), makeTask({id: 2})])]);
    const openSkip = async (id) => {
        await contains(`[data-task-id="${id}"] .o_tracks_task_menu`).click();
        await contains(".o-dropdown-item:contains(Skip…)").click();
    };
    await openSkip(1);
    expect(".o_tracks_skip_popover input").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect(".o_tracks_skip_popover").toHaveCount(0);
    expect("[data-task-id='1'] .o_tracks_task_menu").toBeFocused();
    expect.verifySteps([]);
    await openSkip(1);
    await contains(".o_tracks_skip_popover input").edit(" They called us ", {
        confirm: false,
    });
    await contains(".o_tracks_skip_popover button[name=skip]").click();
    await expect.waitForSteps(['skip 1 {"reason":"They called us"}', "load deal 1"]);
    await openSkip(2);
    await contains(".o_tracks_skip_popover input").press("Enter");
    await expect.waitForSteps(['skip 2 {"reason":""}', "load deal 1"]);
});
