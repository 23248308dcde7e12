import {animationFrame, describe, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {press, queryText, waitFor} from "@odoo/hoot-dom";
import {makeRun, makeTask} from "../tracks_field/tracks_field_data";
import {TrackRunLine} from "../tracks_field/tracks_field_helpers";
import {WebClient} from "@web/webclient/webclient";
import {deepCopy} from "@web/core/utils/objects";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("headless");

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    track_run_ids = fields.One2many({relation: "track.run"});
    _records = [
        {id: 1, name: "Fit-out", track_run_ids: [7]},
        {id: 2, name: "Move", track_run_ids: [8]},
        {id: 3, name: "Elsewhere"},
    ];
    _views = {
        form: `<form>
            <field name="name"/>
            <button name="touch" type="object" string="Touch"/>
            <notebook>
                <page string="Notes" name="notes"><div>Notes</div></page>
                <page string="Tracks" name="tracks">
                    <field name="track_run_ids" widget="tracks"/>
                </page>
            </notebook>
        </form>`,
        list: `<list><field name="name"/></list>`,
        search: `<search/>`,
    };
}

class Fair extends models.Model {
    _name = "fair";
    name = fields.Char();
    _records = [{id: 5, name: "Spring fair"}];
    _views = {
        form: `<form>
        <field name="name"/>
        <button name="touch" type="object" string="Touch"/>
    </form>`,
    };
}

class TrackRun extends models.Model {
    _name = "track.run";
    name = fields.Char();
    _records = [
        {id: 7, name: "Sales"},
        {id: 8, name: "Sales"},
    ];
}

defineMailModels();
defineModels([Deal, Fair, TrackRun, TrackRunLine]);

const BAR = ".o_work_bar";
const NEXT = `${BAR} button[name=next_task]`;
const AT_TRACK = ".o_notebook .nav-link.active:contains(Tracks)";

const makeWork = (id, values = {}) => ({
    id,
    name: `Task ${id}`,
    run_id: 7,
    date: "2026-03-01",
    due: "3 days late",
    late: true,
    user_id: 1,
    left: true,
    ...values,
});
const makeEntry = (model, id, name, tasks, on_form = true) => ({
    model,
    id,
    name,
    on_form,
    tasks,
});
const makeEntries = () => [
    makeEntry("deal", 1, "Fit-out", [makeWork(1)]),
    makeEntry(
        "fair",
        5,
        "Spring fair",
        [makeWork(2, {date: "2026-03-04", due: "Today", late: false})],
        false
    ),
    makeEntry("deal", 2, "Move", [
        makeWork(3, {run_id: 8, date: "2026-03-09", due: "In 5 days", late: false}),
    ]),
];

/**
 * Press Work Through on a list, from which `entries` come.
 *
 * @param {Object[]} entries what the server reads, as the test changes it
 * @param {Object} [params] of the action
 */
async function workThrough(entries, params = {}) {
    onRpc("track.run", "get_tab_data", ({args}) => ({
        readonly: false,
        reopening: false,
        activities: {hold_text: "", tasks: []},
        runs: args[0] === "deal" ? [makeRun([makeTask({})], {id: args[1] + 6})] : [],
    }));
    onRpc("track.run.line", "get_worklist", () => deepCopy(entries));
    onRpc("touch", () => true);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        name: "Track Tasks",
        res_model: "deal",
        views: [[false, "list"]],
    });
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_tracks.work_through",
        params: {
            task_ids: entries.flatMap(({tasks}) => tasks.map(({id}) => id)),
            entries: deepCopy(entries),
            message: false,
            ...params,
        },
    });
    await waitFor(BAR);
}

/** Something that reloads the form, as completing an activity in the chatter does. */
const reload = () => contains(".o_form_view button[name=touch]").click();

const getTitle = () => queryText(".o_last_breadcrumb_item");
const getBar = () => queryText(`${BAR} .o_work_bar_text`).replace(/\s+/g, " ");

test("it opens the first record at its track, with the pager over the others", async () => {
    await workThrough(makeEntries());
    expect(getTitle()).toBe("Fit-out");
    await waitFor(AT_TRACK);
    expect(".o_pager").toHaveText("1 / 2");
    expect(`${BAR} .o_work_bar_progress`).toHaveText("1 of 3");
    expect(getBar()).toMatch(/Task 1.*3 days late/);
    expect(`${BAR} .o_work_bar_due`).toHaveClass("text-danger");
    expect(NEXT).toHaveClass("btn-secondary");
});

test("after the tick the next task is offered", async () => {
    const entries = makeEntries();
    onRpc("track.run.line", "action_done", () => {
        entries[0].tasks[0].left = false;
        return true;
    });
    await workThrough(entries);
    await contains(".o_tracks_card .o_tracks_tick").click();
    await waitFor(`${NEXT}.btn-primary`);
    expect(getBar()).toMatch(/Next:.*Task 2.*Spring fair.*Today/);
    expect(`${BAR} .o_work_bar_due`).not.toHaveClass("text-danger");
    expect(getTitle()).toBe("Fit-out");
});

test("the next record can be of another model, and take the place of this one", async () => {
    await workThrough(makeEntries());
    await contains(NEXT).click();
    await waitFor(".o_last_breadcrumb_item:contains(Spring fair)");
    expect(`${BAR} .o_work_bar_progress`).toHaveText("2 of 3");
    expect(".o_pager").toHaveText("1 / 1");
    expect(".breadcrumb-item, .o_back_button").toHaveCount(1);
    await contains(NEXT).click();
    await waitFor(".o_last_breadcrumb_item:contains(Move)");
    await waitFor(AT_TRACK);
    expect(".o_pager").toHaveText("2 / 2");
    expect(`${BAR} .o_work_bar_progress`).toHaveText("3 of 3");
});

test("the pager leads on as well, and the bar follows it at the track", async () => {
    await workThrough(makeEntries());
    await contains(".o_notebook .nav-link:contains(Notes)").click();
    await contains(".o_pager_next").click();
    expect(`${BAR} .o_work_bar_progress`).toHaveText("3 of 3");
    expect(getBar()).toMatch(/Task 3.*In 5 days/);
    await waitFor(AT_TRACK);
});

test("the keyboard leads on", async () => {
    await workThrough(makeEntries());
    await press(["alt", "shift", "n"]);
    await waitFor(".o_last_breadcrumb_item:contains(Spring fair)");
});

test("tasks that others did meanwhile are passed over", async () => {
    const entries = makeEntries();
    await workThrough(entries);
    entries[1].tasks[0].left = false;
    await contains(NEXT).click();
    await waitFor(".o_last_breadcrumb_item:contains(Move)");
});

test("a task that is moved or reassigned is dealt with", async () => {
    const entries = makeEntries();
    await workThrough(entries);
    entries[0].tasks[0].date = "2026-04-01";
    await reload();
    await waitFor(`${NEXT}.btn-primary`);
    entries[0].tasks[0].date = "2026-03-01";
    await reload();
    await waitFor(`${NEXT}.btn-secondary`);
    entries[0].tasks[0].user_id = 2;
    await reload();
    await waitFor(`${NEXT}.btn-primary`);
});

test("what was passed over comes at the end, then the list", async () => {
    const entries = makeEntries();
    await workThrough(entries);
    await contains(".o_pager_next").click();
    entries[1].tasks[0].left = entries[2].tasks[0].left = false;
    await reload();
    await waitFor(`${NEXT}.btn-primary`);
    expect(getBar()).toMatch(/Next:.*Task 1.*Fit-out/);
    await contains(NEXT).click();
    await waitFor(".o_last_breadcrumb_item:contains(Fit-out)");
    expect(NEXT).toHaveCount(0);
    expect(`${BAR} button[name=back]`).toHaveCount(0);
    entries[0].tasks[0].left = false;
    await reload();
    await waitFor(`${BAR} button[name=back]`);
    expect(getBar()).toMatch(/All tasks are done/);
    await contains(`${BAR} button[name=back]`).click();
    await waitFor(".o_list_view");
    expect(BAR).toHaveCount(0);
});

test("a later task of the record comes after the next record", async () => {
    const entries = makeEntries();
    entries[0].tasks.push(makeWork(4, {date: "2026-03-08", due: "In 4 days"}));
    await workThrough(entries);
    expect(getBar()).toMatch(/Task 1.*3 days late.*\+1/);
    entries[0].tasks[0].left = false;
    await reload();
    await waitFor(`${NEXT}.btn-primary`);
    expect(getBar()).toMatch(/Next:.*Task 2.*Today$/);
});

test("a second task of the record that is as urgent comes before the next one", async () => {
    const entries = makeEntries();
    entries[0].tasks.push(makeWork(4, {date: "2026-03-02"}));
    await workThrough(entries);
    entries[0].tasks[0].left = false;
    await reload();
    await waitFor(".o_work_bar_task:contains(Task 4)");
    expect(NEXT).toHaveClass("btn-secondary");
});

test("the record keeps its place when the user can read its task no more", async () => {
    const entries = makeEntries();
    await workThrough(entries);
    entries.shift();
    await reload();
    await waitFor(`${NEXT}.btn-primary`);
    expect(`${BAR} .o_work_bar_progress`).toHaveText("1 of 3");
    expect(getBar()).toMatch(/Next:.*Task 2/);
});

test("input is saved before the next record opens", async () => {
    onRpc("deal", "web_save", ({args}) =>
        expect.step(`save ${args[0]} ${args[1].name}`)
    );
    await workThrough(makeEntries());
    await contains("div[name=name] input").edit("Renamed");
    await contains(NEXT).click();
    await waitFor(".o_last_breadcrumb_item:contains(Spring fair)");
    expect.verifySteps(["save 1 Renamed"]);
});

test("only its tasks are read again, when the form is loaded again", async () => {
    await workThrough(makeEntries());
    onRpc("track.run.line", "get_worklist", ({args}) => {
        expect.step(`read ${args[0]}`);
        return makeEntries();
    });
    await reload();
    await expect.waitForSteps(["read 1,2,3"]);
});

test("one click leaves it", async () => {
    await workThrough(makeEntries());
    await contains(`${BAR} button[name=leave]`).click();
    expect(BAR).toHaveCount(0);
    expect(getTitle()).toBe("Fit-out");
    await contains(".o_pager_next").click();
    expect(BAR).toHaveCount(0);
});

test("a form that is opened elsewhere has no bar, and the way back has it again", async () => {
    await workThrough(makeEntries());
    const open = (res_id, options) =>
        getService("action").doAction(
            {
                type: "ir.actions.act_window",
                res_model: "deal",
                res_id,
                views: [[false, "form"]],
            },
            options
        );
    // Also a form of one of its records
    await open(2);
    await waitFor(".o_last_breadcrumb_item:contains(Move)");
    expect(BAR).toHaveCount(0);
    await getService("action").restore();
    await waitFor(".o_last_breadcrumb_item:contains(Fit-out)");
    expect(BAR).toHaveCount(1);
    await open(1, {clearBreadcrumbs: true});
    await animationFrame();
    expect(BAR).toHaveCount(0);
});

test("names are no markup, and a message is shown", async () => {
    const entries = makeEntries();
    entries[0].tasks[0].name = "<b>Call</b>";
    await workThrough(entries, {message: "These are the first 200 tasks."});
    expect(".o_work_bar_task").toHaveText("<b>Call</b>");
    expect(`${BAR} b`).toHaveCount(0);
    expect(".o_notification").toHaveText(/These are the first 200 tasks/);
});
