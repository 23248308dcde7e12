/**
 * The date of a track that follows a field of its record.
 */
import {contains, onRpc} from "@web/../tests/web_test_helpers";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {expect, test} from "@odoo/hoot";
import {makeRun, makeTask} from "./tracks_field_data";
import {queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

const FIELD = ".o_tracks_date_field";
const ITEM = ".o-dropdown-item";
const LINKED = {date_linked: true, date_field: "Expected Closing"};

async function openMenu(values) {
    await mountTab([makeRun([makeTask({id: 1})], values)]);
    await contains(".o_tracks_menu").click();
}

test("the card names the field, and the menu unlinks the date", async () => {
    onStep("track.run", "action_unlink_date", ({args}) => `unlink ${args}`);
    await openMenu(LINKED);
    expect(FIELD).toHaveText("follows “Expected Closing”");
    expect(queryAllTexts(ITEM)).not.toInclude("Link Date");
    await contains(`${ITEM}:contains(Unlink Date)`).click();
    await expect.waitForSteps(["unlink 1", "load deal 1"]);
});

test("the menu links the date again", async () => {
    onStep("track.run", "action_link_date", ({args}) => `link ${args}`);
    await openMenu({...LINKED, date_linked: false});
    expect(FIELD).toHaveCount(0);
    expect(queryAllTexts(ITEM)).not.toInclude("Unlink Date");
    await contains(`${ITEM}:contains(Link Date)`).click();
    await expect.waitForSteps(["link 1", "load deal 1"]);
});

test("a track of a template without a field has none of this", async () => {
    await openMenu({});
    expect(FIELD).toHaveCount(0);
    expect(queryAllTexts(ITEM).join()).not.toInclude("Link Date");
});

test("a hidden field is not named, and can be unlinked", async () => {
    await openMenu({...LINKED, date_field: ""});
    expect(FIELD).toHaveCount(0);
    expect(queryAllTexts(ITEM)).toInclude("Unlink Date");
});

test("an ended track follows nothing", async () => {
    await mountTab([
        makeRun([makeTask({id: 1, state: "done"})], {...LINKED, state: "done"}),
    ]);
    expect(FIELD).toHaveCount(0);
});

test("the dialog that moves the date says that it is unlinked", async () => {
    onRpc("track.run", "get_dates_preview", () => ({moved: [], kept: []}));
    await mountTab([makeRun([makeTask({id: 1})], LINKED)]);
    await contains(".o_tracks_period button").click();
    expect(".o_tracks_unlinking").toHaveText(
        "If you move the date, it no longer follows “Expected Closing”."
    );
});
