/**
 * Moving a task in the tab, and the tasks behind it.
 */
import {WAITING, makeRun, makeTask} from "./tracks_field_data";
import {animationFrame, expect, mockDate, test} from "@odoo/hoot";
import {contains, makeServerError, onRpc} from "@web/../tests/web_test_helpers";
import {defineTabModels, expectFingersBreadth, mountTab} from "./tracks_field_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

const POPOVER = ".o_tracks_move_popover";
const TASKS = [
    makeTask({id: 1, label: "Call"}),
    makeTask({id: 2, label: "Offer", date_deadline: "2026-03-22"}),
    makeTask({id: 3, label: "Meet", date_deadline: "2026-03-23", has_meeting: true}),
    makeTask({id: 4, label: "Ask", ...WAITING}),
];
const MOVED = [{id: 2, label: "Offer", old: "2026-03-22", new: "2026-03-24"}];
const KEPT = [{id: 3, label: "Meet", old: "2026-03-23", reason: "meeting"}];
const describe = (kwargs) => JSON.stringify({...kwargs, context: undefined});

function onMoves(preview = {moved: MOVED, kept: KEPT}, leftOut = []) {
    mockDate("2026-03-04 10:00:00");
    const step = ({method, args, kwargs}) =>
        expect.step(`${method} ${JSON.stringify(args)} ${describe(kwargs)}`);
    onRpc("track.run.line", "write", (call) => {
        step(call);
        return true;
    });
    onRpc("track.run.line", "get_move_preview", (call) => {
        step(call);
        return preview;
    });
    onRpc("track.run.line", "action_move", (call) => {
        step(call);
        const {following} = call.kwargs;
        return {moved: MOVED, kept: KEPT, undo: following ? "both" : "one"};
    });
    onRpc("track.run.line", "action_move_back", (call) => {
        step(call);
        return {done: [1], left_out: leftOut};
    });
}

async function move(id = 1) {
    await contains(`[data-task-id="${id}"] button[name=date_deadline]`).click();
    await contains(".o_datetime_picker .o_date_item_cell:contains(/^22$/)").click();
}

const PREVIEWED = 'get_move_preview [[1],"2026-03-22"] {}';
const SAVED = [PREVIEWED, 'action_move [[1],"2026-03-22"] {}', "load deal 1"];

test("a task without dated tasks behind it is moved as ever", async () => {
    onMoves();
    await mountTab([makeRun([TASKS[0], TASKS[3]])]);
    await move();
    await expect.waitForSteps([
        'write [[1],{"date_deadline":"2026-03-22"}] {}',
        "load deal 1",
    ]);
    expect(POPOVER).toHaveCount(0);
});

test("a task whose followers all keep their date is moved as ever", async () => {
    onMoves({moved: [], kept: KEPT});
    await mountTab([makeRun(TASKS)]);
    await move();
    await expect.waitForSteps([
        PREVIEWED,
        'write [[1],{"date_deadline":"2026-03-22"}] {}',
        "load deal 1",
    ]);
    expect(POPOVER).toHaveCount(0);
});

test("the date is saved at once, and the tasks behind are offered with their dates", async () => {
    onMoves();
    await mountTab([makeRun(TASKS)]);
    await move();
    await expect.waitForSteps(SAVED);
    await animationFrame();
    expect(`${POPOVER} h6`).toHaveText("“Call” is due on 03/22/2026");
    expect(`${POPOVER} p`).toHaveText("And the task after it?");
    expect(queryAllTexts(`${POPOVER} tbody td`)).toEqual([
        "Offer",
        "03/22/2026",
        "03/24/2026",
        "Meet",
        "03/23/2026",
        "Unchanged: the task has a meeting",
    ]);
    await contains(`${POPOVER} button[name=move]`).click();
    await expect.waitForSteps([
        'action_move [[1],"2026-03-22"] {"following":true,"undo":"one"}',
        "load deal 1",
    ]);
    expect(POPOVER).toHaveCount(0);
    expect(".o_notification").toHaveText(/1 task was moved\./);
    await contains(".o_notification button:contains(Undo)").click();
    await expect.waitForSteps(['action_move_back ["both"] {}', "load deal 1"]);
});

test("a move is taken back in the popover; what stays is named", async () => {
    onMoves(undefined, [{id: 1, reason: "“Call” was changed since it was moved."}]);
    await mountTab([makeRun(TASKS)]);
    await move();
    await expect.waitForSteps(SAVED);
    await contains(`${POPOVER} button[name=undo]`).click();
    await expect.waitForSteps(['action_move_back ["one"] {}', "load deal 1"]);
    expect(POPOVER).toHaveCount(0);
    expect(".o_notification").toHaveText(/“Call” was changed since it was moved\./);
});

test("a click elsewhere leaves the tasks behind where they are", async () => {
    onMoves();
    await mountTab([makeRun(TASKS)]);
    await move();
    await expect.waitForSteps(SAVED);
    await animationFrame();
    await contains(".o_tracks_count").click();
    expect(POPOVER).toHaveCount(0);
    expect.verifySteps([]);
});

test("a task whose followers cannot move is moved as ever", async () => {
    onMoves();
    onRpc("track.run.line", "get_move_preview", () => {
        throw makeServerError({message: "refused"});
    });
    await mountTab([makeRun(TASKS)]);
    await move();
    await expect.waitForSteps([
        'write [[1],{"date_deadline":"2026-03-22"}] {}',
        "load deal 1",
    ]);
});

test.tags("mobile");
test("the buttons of the popover are a finger's breadth wide and high", async () => {
    onMoves();
    await mountTab([makeRun(TASKS)]);
    await move();
    await expect.waitForSteps(SAVED);
    await animationFrame();
    expectFingersBreadth(`${POPOVER} button`, 2);
});
