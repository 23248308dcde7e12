/**
 * Adding tasks in the tab: last, or below another task.
 */
import {WAITING, makeRun, makeTask} from "./tracks_field_data";
import {Deferred, animationFrame, expect, test} from "@odoo/hoot";
import {contains, onRpc} from "@web/../tests/web_test_helpers";
import {deepCopy} from "@web/core/utils/objects";
import {defineTabModels, mountTab} from "./tracks_field_helpers";
import {edit, press, queryAllTexts, queryOne, waitFor} from "@odoo/hoot-dom";

defineTabModels();

const row = (id) => `[data-task-id="${id}"]`;
const INPUT = "input[name=new_task]";
const DONE = {state: "done", status: "Done"};

/** A server that adds the tasks to this track. */
function addTo(run) {
    let id = 100;
    const insert = (summary, position) => {
        id++;
        const task = makeTask({...WAITING, id, summary, label: summary});
        run.tasks.splice(position, 0, task);
        return id;
    };
    onRpc("track.run.line", "create", ({args: [[{summary, delay_from}]]}) => {
        expect.step(`create ${summary} ${delay_from}`);
        return [insert(summary, run.tasks.length)];
    });
    onRpc("track.run.line", "action_add_below", ({args: [[below], summary]}) => {
        expect.step(`add ${summary} below ${below}`);
        return insert(summary, run.tasks.findIndex((task) => task.id === below) + 1);
    });
}

async function startBelow(id) {
    await contains(`${row(id)} .o_tracks_task_menu`).click();
    await contains(".o-dropdown-item:contains(Add a Task Below)").click();
    expect(`${row(id)} + li ${INPUT}`).toBeFocused();
}

async function enter(text) {
    await edit(text, {confirm: false});
    await press("Enter");
    await animationFrame();
}

const canAddBelow = async (id) => {
    await contains(`${row(id)} .o_tracks_task_menu`).click();
    const labels = queryAllTexts(".o-dropdown-item");
    await press("Escape");
    await animationFrame();
    return labels.includes("Add a Task Below");
};

test("a task is added last, and the next one after it", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})]);
    addTo(run);
    await mountTab([run]);
    await contains("button[name=add]").click();
    expect(`.o_tracks_add.card-footer ${INPUT}`).toBeFocused();
    await enter("Ask");
    await expect.waitForSteps(["create Ask previous", "load deal 1"]);
    expect(`.o_tracks_add.card-footer ${INPUT}`).toBeFocused();
    await press("Escape");
    await animationFrame();
    expect(INPUT).toHaveCount(0);
    expect("button[name=add]").toBeFocused();
});

test("tasks are added one below the other", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})]);
    addTo(run);
    await mountTab([run]);
    await startBelow(1);
    expect("button[name=add]").toHaveCount(1);
    await enter("Ask");
    await expect.waitForSteps(["add Ask below 1", "load deal 1"]);
    await waitFor(`${row(101)} + li ${INPUT}:focus`);
    await enter("Thank");
    await expect.waitForSteps(["add Thank below 101", "load deal 1"]);
    await waitFor(`${row(102)} + li ${INPUT}:focus`);
    expect(queryAllTexts(".o_tracks_summary")).toEqual([
        "Task",
        "Ask",
        "Thank",
        "Task",
    ]);
    await press("Enter");
    await animationFrame();
    expect(INPUT).toHaveCount(0);
    expect(`${row(102)} .o_tracks_task_menu`).toBeFocused();
    expect.verifySteps([]);
});

test("who types faster than the server gets the order in which they typed", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})]);
    addTo(run);
    const answer = new Deferred();
    onRpc("track.run.line", "action_add_below", () => answer);
    await mountTab([run]);
    // Once or twice: one reload can be enough for both
    onRpc("track.run", "get_tab_data", () => ({
        readonly: false,
        reopening: false,
        activities: {hold_text: "", tasks: []},
        runs: deepCopy([run]),
    }));
    await startBelow(1);
    await enter("Ask");
    await enter("Thank");
    answer.resolve();
    await expect.waitForSteps(["add Ask below 1", "add Thank below 101"]);
    await waitFor(`${row(101)} + ${row(102)} + li ${INPUT}:focus`);
});

test("leaving the input adds the task, Escape does not", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})]);
    addTo(run);
    await mountTab([run]);
    await startBelow(1);
    await edit("Nonsense", {confirm: false});
    await press("Escape");
    await animationFrame();
    expect(INPUT).toHaveCount(0);
    expect.verifySteps([]);
    await startBelow(2);
    expect(INPUT).toHaveValue("");
    await edit("Ask", {confirm: false});
    queryOne("button[name=fold]").focus();
    await animationFrame();
    await expect.waitForSteps(["add Ask below 2", "load deal 1"]);
});

test("the button at the end takes the input back to the end", async () => {
    const run = makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})]);
    addTo(run);
    await mountTab([run]);
    await startBelow(1);
    await contains("button[name=add]").click();
    expect(`.o_tracks_add.card-footer ${INPUT}`).toBeFocused();
    expect(INPUT).toHaveCount(1);
});

test("no task is added in front of one that has begun", async () => {
    await mountTab([
        makeRun([
            makeTask({id: 1, ...DONE}),
            makeTask({id: 2}),
            makeTask({id: 3}),
            makeTask({id: 4, ...WAITING}),
        ]),
        makeRun([makeTask({id: 5, ...DONE}), makeTask({id: 6, state: "planned"})], {
            id: 2,
        }),
    ]);
    expect(`${row(1)} .o_tracks_task_menu`).toHaveCount(0);
    expect(await canAddBelow(2)).toBe(false);
    expect(await canAddBelow(3)).toBe(true);
    expect(await canAddBelow(4)).toBe(true);
    // Behind a finished task, before the next one begins
    expect(await canAddBelow(5)).toBe(true);
    expect(await canAddBelow(6)).toBe(true);
});

test("nothing is added to a track that has ended, nor by readers", async () => {
    await mountTab([makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})])], {
        readonly: true,
    });
    expect(".o_tracks_task_menu").toHaveCount(0);
    expect("button[name=add]").toHaveCount(0);
});
