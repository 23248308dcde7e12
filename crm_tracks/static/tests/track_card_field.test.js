/**
 * The tasks of a track in its own form.
 */
import {advanceTime, animationFrame, expect, test} from "@odoo/hoot";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {WAITING, makeRun, makeTask} from "./tracks_field/tracks_field_data";
import {TrackRunLine} from "./tracks_field/tracks_field_helpers";
import {deepCopy} from "@web/core/utils/objects";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";
import {waitForChannels} from "@bus/../tests/bus_test_helpers";

class TrackRun extends models.Model {
    _name = "track.run";
    name = fields.Char();
    state = fields.Char();
    res_model = fields.Char();
    res_id = fields.Many2oneReference({model_field: "res_model", relation: "deal"});
    line_ids = fields.One2many({relation: "track.run.line"});
    _records = [
        {id: 7, name: "Sales", state: "running", res_model: "deal", res_id: 5},
        {id: 8, name: "Fair", state: "running", res_model: "deal", res_id: 6},
    ];
    _views = {
        form: `<form>
            <header><button name="action_pause" type="object" string="Pause"/></header>
            <field name="name"/>
            <field name="state"/>
            <field name="line_ids" widget="track_card"/>
        </form>`,
    };
}

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    _records = [
        {id: 5, name: "Fit-out"},
        {id: 6, name: "Move"},
    ];
}

defineMailModels();
defineModels([Deal, TrackRun, TrackRunLine]);

const TASKS = [makeTask({id: 1, label: "Call"}), makeTask({id: 2, ...WAITING})];
const row = (id) => `[data-task-id="${id}"]`;

/**
 * @param {Object} [values] of the track of the form
 * @param {Object} [data] of its record
 */
async function mountTrack(values = {}, data = {}) {
    onRpc("track.run", "get_tab_data", ({args}) => {
        expect.step(`load ${args.join(" ")}`);
        const others = makeRun([makeTask({id: 9})], {id: 3, name: "Another"});
        const own = makeRun(TASKS, {id: 7, name: "Sales", ...values});
        return deepCopy({
            readonly: false,
            reopening: false,
            activities: {hold_text: "", tasks: []},
            runs: [others, own],
            ...data,
        });
    });
    await mountView({type: "form", resModel: "track.run", resIds: [7, 8], resId: 7});
    await expect.waitForSteps(["load deal 5"]);
}

test("it shows the tasks of this track only, without the head of the card", async () => {
    await mountTrack({options: ["Ends when: Won"], next: [{id: 1, name: "Renewal"}]});
    expect(".o_tracks_card").toHaveCount(1);
    expect(".o_tracks_task").toHaveCount(2);
    expect(`${row(1)} button[name=tick]`).toHaveCount(1);
    expect(`${row(2)} .o_tracks_handle`).toHaveCount(1);
    expect("button[name=add]").toHaveCount(1);
    // The form shows these itself
    expect(
        ".o_tracks_head, .o_tracks_menu, .o_tracks_options, .o_tracks_following"
    ).toHaveCount(0);
});

test("after an action the fields of the form are up to date", async () => {
    onRpc("track.run.line", "action_done", ({args}) => {
        expect.step(`done ${args}`);
        MockServer.env["track.run"].write([7], {state: "done"});
        return true;
    });
    await mountTrack();
    await contains(`${row(1)} button[name=tick]`).click();
    await expect.waitForSteps(["done 1", "load deal 5"]);
    expect("[name=state] input").toHaveValue("done");
});

test("a button of the form changes the card", async () => {
    onRpc("track.run", "action_pause", () => true);
    await mountTrack();
    await contains("button[name=action_pause]").click();
    await expect.waitForSteps(["load deal 5"]);
});

test("changes by others show at once, the name being typed is kept", async () => {
    await mountTrack();
    await waitForChannels(["crm_tracks:deal:5"]);
    await animationFrame();
    await expect.waitForSteps(["load deal 5"]); // At midnight
    await contains("[name=name] input").edit("Big sale", {confirm: false});
    for (const id of [5, 6]) {
        MockServer.env["bus.bus"]._sendone("crm_tracks:deal:5", "crm_tracks/changed", {
            model: "deal",
            id,
        });
    }
    await animationFrame();
    await advanceTime(500);
    await animationFrame();
    await expect.waitForSteps(["load deal 5"]);
    expect("[name=name] input").toHaveValue("Big sale");
});

test("a track that has ended shows its tasks, which can be reopened", async () => {
    await mountTrack({
        state: "done",
        status: "Done",
        tasks: [makeTask({id: 1, state: "done", status: "Done"})],
    });
    expect(`${row(1)} button[name=action_reopen]`).toHaveCount(1);
    expect("button[name=add], .o_tracks_task_menu").toHaveCount(0);
});

test("a paused track says so, and is resumed by the button of the form", async () => {
    await mountTrack({state: "paused", quiet: true, hold_text: "2 tasks on hold."});
    expect(".o_tracks_banner [role=status]").toHaveText("2 tasks on hold.");
    expect(".o_tracks_banner button").toHaveCount(0);
});

test("its closed record is reopened by the button in the card", async () => {
    onRpc("deal", "action_restore", ({args}) => {
        expect.step(`restore ${args}`);
        return true;
    });
    await mountTrack(
        {held: true, quiet: true, hold_text: "2 tasks on hold. This deal was lost."},
        {reopening: {method: "action_restore", label: "Restore"}}
    );
    expect(queryAllTexts(".o_tracks_banner button")).toEqual(["Restore"]);
    await contains(".o_tracks_banner button").click();
    await expect.waitForSteps(["restore 5", "load deal 5"]);
});

test("readers only see the tasks", async () => {
    await mountTrack({}, {readonly: true});
    expect(".o_tracks_task").toHaveCount(2);
    expect(".o_tracks_card button").toHaveCount(0);
});

test("a track that was deleted meanwhile shows nothing", async () => {
    await mountTrack({}, {runs: []});
    expect(".o_tracks_card").toHaveCount(0);
});

test("the next track of the pager is read from its own record", async () => {
    await mountTrack();
    await contains(".o_pager_next").click();
    await expect.waitForSteps(["load deal 6"]);
});
