/**
 * The tracks of a record in its chatter, where its form has no Tracks tab.
 */
import {
    contains as containsSoon,
    mailModels,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import {advanceTime, describe, expect, test} from "@odoo/hoot";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    getKwArgs,
    getService,
    makeKwArgs,
    models,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {makeRun, makeTask} from "./tracks_field/tracks_field_data";
import {deepCopy} from "@web/core/utils/objects";
import {waitForChannels} from "@bus/../tests/bus_test_helpers";
import {queryAllTexts, waitFor, waitForNone} from "@odoo/hoot-dom";

describe.current.tags("desktop");

const makeForm = (field = "") =>
    `<form><sheet><field name="name"/>${field}</sheet><chatter/></form>`;
const FORM = makeForm();

class ResPartner extends mailModels.ResPartner {
    track_run_ids = fields.One2many({relation: "track.run"});
    has_tracks = fields.Boolean();
    _views = {form: FORM};
}

class MailThread extends mailModels.MailThread {
    // Called with the records of a model that inherits it
    _thread_to_store() {
        super._thread_to_store(...arguments);
        const {store, request_list: asked} = getKwArgs(
            arguments,
            "store",
            "fields",
            "request_list"
        );
        if (asked?.includes("tracks")) {
            const [{id, has_tracks}] = this;
            expect.step(`ask ${id}`);
            store.add(
                this.env["res.partner"].browse(id),
                {hasTracks: has_tracks},
                makeKwArgs({as_thread: true})
            );
        }
    }
}

class TrackRun extends models.Model {
    _name = "track.run";
    name = fields.Char();
}

defineModels({...mailModels, MailThread, ResPartner, TrackRun});

const SECTION = ".o-mail-Chatter .o_chatter_tracks";

/**
 * Open the form of a contact with these tracks.
 *
 * @param {Object[]} runs
 * @param {Object} [data] further data of the server
 * @param {String} [arch] of the form
 * @returns {Number} the id of the contact
 */
async function openContact(runs, data = {}, arch = FORM) {
    ResPartner._views.form = arch;
    onRpc("track.run", "get_tab_data", ({args}) => {
        expect.step(`load ${args[0]}`);
        return deepCopy({
            readonly: false,
            reopening: false,
            activities: {hold_text: "", tasks: []},
            runs,
            ...data,
        });
    });
    const pyEnv = await startServer();
    const id = pyEnv["res.partner"].create({name: "Anna", has_tracks: runs.length > 0});
    await start();
    await openFormView("res.partner", id);
    return id;
}

// The chatter is loaded before the tracks
const waitSoon = (selector) => waitFor(selector, {timeout: 10000});
const show = (run_id, res_id) =>
    getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_tracks.show_track",
        params: {run_id, res_model: "res.partner", res_id},
    });

const FEW = makeRun([makeTask({id: 1, label: "Call"})]);
const MANY = makeRun(
    [...Array(11).keys()].map((id) => makeTask({id: id + 10})),
    {id: 2, name: "Long"}
);
const DONE = makeRun([makeTask({id: 5, state: "done"})], {
    id: 3,
    name: "Old",
    state: "done",
    status: "Done",
});

test("a record with tracks shows them in a section that folds", async () => {
    const id = await openContact([FEW]);
    await waitSoon(`${SECTION} .o_tracks_card`);
    expect.verifySteps([`ask ${id}`, "load res.partner"]);
    expect(`${SECTION} .o_tracks_task`).toHaveCount(1);
    expect(`${SECTION} .o_tracks_task button[name=tick]`).toHaveCount(1);
    await contains(`${SECTION} button[name=fold_tracks]`).click();
    expect(`${SECTION} .o_tracks_card`).toHaveCount(0);
    expect(`${SECTION} button[name=fold_tracks]`).toHaveText("Tracks 1");
    expect(`${SECTION} button[name=fold_tracks]`).toHaveAttribute(
        "aria-expanded",
        "false"
    );
    await contains(`${SECTION} button[name=fold_tracks]`).click();
    expect(`${SECTION} .o_tracks_card`).toHaveCount(1);
});

test("a record without a track shows nothing, and reads nothing more", async () => {
    const id = await openContact([]);
    await containsSoon(".o-mail-Followers-counter", {text: "0"});
    await expect.waitForSteps([`ask ${id}`]);
    expect(SECTION).toHaveCount(0);
});

for (const widget of ["tracks", "track_steps"]) {
    test(`a form with the widget ${widget} shows them itself`, async () => {
        await openContact(
            [FEW],
            {},
            makeForm(`<field name="track_run_ids" widget="${widget}"/>`)
        );
        await containsSoon(".o-mail-Followers-counter", {text: "0"});
        await expect.waitForSteps(["load res.partner"]);
        expect(".o-mail-Chatter").toHaveCount(1);
        expect(SECTION).toHaveCount(0);
    });
}

test("a long track is folded, others are not", async () => {
    const id = await openContact([FEW, MANY, DONE]);
    await waitSoon(`${SECTION} .o_tracks_card`);
    expect(`[data-run-id="1"] .o_tracks_task`).toHaveCount(1);
    expect(`[data-run-id="2"] .o_tracks_task`).toHaveCount(0);
    expect(`[data-run-id="3"]`).toHaveCount(0);
    expect(queryAllTexts(".o_tracks_ended")).toEqual(["1 finished track"]);
    await contains(`[data-run-id="2"] button[name=fold]`).click();
    expect(`[data-run-id="2"] .o_tracks_task`).toHaveCount(11);
    expect.verifySteps([`ask ${id}`, "load res.partner"]);
});

test("completing a task reloads the chatter and the tracks", async () => {
    const id = await openContact([FEW]);
    await waitSoon(`${SECTION} .o_tracks_card`);
    expect.verifySteps([`ask ${id}`, "load res.partner"]);
    onRpc("track.run.line", "action_done", ({args}) => {
        expect.step(`done ${args}`);
        return true;
    });
    await contains(`${SECTION} button[name=tick]`).click();
    await expect.waitForSteps(["done 1", `ask ${id}`, "load res.partner"]);
});

test("a track is applied from the section", async () => {
    const id = await openContact([FEW]);
    onRpc("res.partner", "action_tracks_apply", ({args}) => {
        expect.step(`apply ${args}`);
        return true;
    });
    await contains(`${SECTION} button[name=action_tracks_apply]`).click();
    await expect.waitForSteps([
        `ask ${id}`,
        "load res.partner",
        `apply ${id}`,
        `ask ${id}`,
        "load res.partner",
    ]);
});

test("readers see the tracks and no buttons that change them", async () => {
    const id = await openContact([FEW], {readonly: true});
    await waitSoon(`${SECTION} .o_tracks_card`);
    expect(`${SECTION} .o_tracks_task button`).toHaveCount(0);
    expect(`${SECTION} button[name=action_tracks_apply]`).toHaveCount(0);
    expect.verifySteps([`ask ${id}`, "load res.partner"]);
});

test("changes by others show at once, and so does that all tracks are gone", async () => {
    const id = await openContact([FEW]);
    await waitSoon(`${SECTION} .o_tracks_card`);
    expect.verifySteps([`ask ${id}`, "load res.partner"]);
    // Runs all timers, including that of midnight
    await waitForChannels([`crm_tracks:res.partner:${id}`]);
    await expect.waitForSteps(["load res.partner"]);
    const send = async (values) => {
        MockServer.env["bus.bus"]._sendone(
            `crm_tracks:res.partner:${id}`,
            "crm_tracks/changed",
            {model: "res.partner", id, ...values}
        );
        await advanceTime(500);
    };
    await send({});
    await expect.waitForSteps([`ask ${id}`, "load res.partner"]);
    await send({id: id + 1});
    MockServer.env["res.partner"].write([id], {has_tracks: false});
    await send({});
    await expect.waitForSteps([`ask ${id}`]);
    await waitForNone(SECTION);
});

test("a link to a track unfolds it and scrolls to it in the open form", async () => {
    const id = await openContact([FEW, MANY, DONE]);
    await expect.waitForSteps([`ask ${id}`, "load res.partner"]);
    await contains(`${SECTION} button[name=fold_tracks]`).click();
    for (const run of [2, 3]) {
        await show(run, id);
        await waitSoon(`[data-run-id="${run}"].o_tracks_shown .o_tracks_task`);
        await expect.waitForSteps([`ask ${id}`, "load res.partner"]);
    }
    expect(".o_form_view").toHaveCount(1);
});

test("a link from elsewhere opens the record at the track", async () => {
    const id = await openContact([FEW, MANY]);
    await waitSoon(`${SECTION} .o_tracks_card`);
    const other = MockServer.env["res.partner"].create({name: "Bob"});
    await openFormView("res.partner", other);
    await waitForNone(SECTION);
    await show(2, id);
    await waitSoon(`${SECTION} [data-run-id="2"].o_tracks_shown .o_tracks_task`);
    await expect.waitForSteps([
        `ask ${id}`,
        "load res.partner",
        `ask ${other}`,
        `ask ${id}`,
        "load res.partner",
    ]);
});
