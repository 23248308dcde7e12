/**
 * The Tracks tab on a phone.
 */
import {expect, queryAll, queryRect, test} from "@odoo/hoot";
import {makeRun, makeTask} from "./tracks_field_data";
import {defineTabModels, mountTab} from "./tracks_field_helpers";

defineTabModels();

const FINGER = 40; // px

test.tags("mobile");
test("what is tapped is a finger's breadth wide and high", async () => {
    await mountTab([
        makeRun([
            makeTask({id: 1, state: "done", note: "<p>By phone</p>"}),
            makeTask({id: 2, state: "open"}),
            makeTask({id: 3, state: "waiting"}),
        ]),
    ]);
    const buttons = queryAll(".o_tracks button");
    expect(buttons.length).toBeGreaterThan(10);
    for (const button of buttons) {
        const {width, height} = queryRect(button);
        expect(Math.round(Math.min(width, height))).toBeGreaterThan(FINGER - 1, {
            message: button.title || button.name || button.textContent,
        });
    }
});
