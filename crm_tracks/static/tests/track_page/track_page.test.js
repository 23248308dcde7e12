import {animationFrame, describe, expect, test} from "@odoo/hoot";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {makeRun, makeTask} from "../tracks_field/tracks_field_data";
import {router} from "@web/core/browser/router";
import {waitFor} from "@odoo/hoot-dom";

describe.current.tags("headless");

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    track_run_ids = fields.One2many({relation: "track.run"});
    track_running_count = fields.Integer();
    _records = [
        {id: 1, name: "Fit-out", track_run_ids: [7, 8], track_running_count: 2},
        {id: 2, name: "Move", track_run_ids: [], track_running_count: 0},
    ];
    _views = {
        form: `<form>
            <field name="name"/>
            <field name="track_running_count" invisible="1"/>
            <notebook>
                <page string="Notes" name="notes"><div class="o_notes">Notes</div></page>
                <page string="Tracks" name="anything">
                    <field name="track_run_ids" widget="tracks"/>
                </page>
            </notebook>
        </form>`,
        list: `<list><field name="name"/></list>`,
    };
}

class TrackRun extends models.Model {
    _name = "track.run";
    name = fields.Char();
    _records = [
        {id: 7, name: "Sales"},
        {id: 8, name: "Fair"},
    ];
}

defineMailModels();
defineModels([Deal, TrackRun]);

const PAGE = ".o_notebook .nav-link:contains(Tracks)";
const ACTIVE = ".o_notebook .nav-link.active";

function serveTab(values = {}) {
    onRpc("track.run", "get_tab_data", () => ({
        readonly: false,
        reopening: false,
        activities: {hold_text: "", tasks: []},
        runs: [
            makeRun([makeTask({})], {id: 8, name: "Fair"}),
            makeRun([makeTask({id: 2})], {id: 7, name: "Sales", ...values}),
        ],
    }));
}

const showTrack = (run_id, res_id = 1) =>
    getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_tracks.show_track",
        params: {run_id, res_model: "deal", res_id},
    });

const openForm = (res_id) =>
    getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "deal",
        res_id,
        views: [[false, "form"]],
    });

test("the title of the page says how many tracks are running", async () => {
    await mountView({type: "form", resModel: "deal", resId: 1});
    expect(`${PAGE} .badge`).toHaveText("2");
    expect(".o_notebook .nav-link:contains(Notes) .badge").toHaveCount(0);
});

test("without a running track, the title is as it was", async () => {
    await mountView({type: "form", resModel: "deal", resId: 2});
    expect(PAGE).toHaveText("Tracks");
    expect(`${PAGE} .badge`).toHaveCount(0);
});

test("the number follows the record", async () => {
    await mountView({type: "form", resModel: "deal", resIds: [1, 2], resId: 1});
    await contains(".o_pager_next").click();
    expect(`${PAGE} .badge`).toHaveCount(0);
    MockServer.env.deal.write([2], {track_running_count: 1});
    await contains(".o_pager_previous").click();
    await contains(".o_pager_next").click();
    expect(`${PAGE} .badge`).toHaveText("1");
});

test("a view without the number has a title without a badge", async () => {
    Deal._views.form = Deal._views.form.replace(
        `<field name="track_running_count" invisible="1"/>`,
        ""
    );
    await mountView({type: "form", resModel: "deal", resId: 1});
    expect(`${PAGE} .badge`).toHaveCount(0);
});

test("a link to a track selects the page of the open form", async () => {
    serveTab();
    await mountWithCleanup(WebClient);
    await openForm(1);
    expect(ACTIVE).toHaveText("Notes");
    await showTrack(7);
    await waitFor(".o_tracks_card[data-run-id='7'].o_tracks_shown");
    expect(ACTIVE).toHaveText(/^Tracks\s*2$/);
    expect(".o_tracks_card[data-run-id='8']").not.toHaveClass("o_tracks_shown");
    expect(".o_breadcrumb .active").toHaveText("Fit-out");
    expect(".breadcrumb-item").toHaveCount(0);
});

test("a link to a track of another record opens that one at the track", async () => {
    serveTab();
    await mountWithCleanup(WebClient);
    await openForm(2);
    await showTrack(8);
    await waitFor(".o_tracks_card[data-run-id='8'].o_tracks_shown");
    expect(".o_breadcrumb .active").toHaveText("Fit-out");
});

test("the form that is opened afterwards begins with its first page", async () => {
    serveTab();
    await mountWithCleanup(WebClient);
    await openForm(2);
    await showTrack(8);
    await waitFor(".o_tracks_card[data-run-id='8'].o_tracks_shown");
    await openForm(1);
    await animationFrame();
    expect(ACTIVE).toHaveText("Notes");
});

test("the address of a track opens its record at the track", async () => {
    serveTab();
    router.pushState({model: "deal", resId: 1, track_run_id: 7}, {sync: true});
    await mountView({type: "form", resModel: "deal", resId: 1});
    await waitFor(".o_tracks_card[data-run-id='7'].o_tracks_shown");
});

test("a link to a track that has ended unfolds the finished tracks", async () => {
    serveTab({state: "done", status: "Done"});
    await mountWithCleanup(WebClient);
    await openForm(1);
    await showTrack(7);
    await waitFor(".o_tracks_card[data-run-id='7'].o_tracks_shown");
    expect(".o_tracks_ended").toHaveAttribute("aria-expanded", "true");
});

test("a link to a running track leaves the finished ones folded", async () => {
    serveTab({state: "done", status: "Done"});
    await mountWithCleanup(WebClient);
    await openForm(1);
    await showTrack(8);
    await waitFor(".o_tracks_card[data-run-id='8'].o_tracks_shown");
    expect(".o_tracks_ended").toHaveAttribute("aria-expanded", "false");
});

test("the address of another record changes nothing", async () => {
    router.pushState({model: "deal", resId: 2, track_run_id: 7}, {sync: true});
    await mountView({type: "form", resModel: "deal", resId: 1});
    expect(ACTIVE).toHaveText("Notes");
});
