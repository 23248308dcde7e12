/**
 * The Tracks tab on a phone.
 */
import {defineTabModels, expectFingersBreadth, mountTab} from "./tracks_field_helpers";
import {makeRun, makeTask} from "./tracks_field_data";
import {test} from "@odoo/hoot";

defineTabModels();

test.tags("mobile");
test("what is tapped is a finger's breadth wide and high", async () => {
    await mountTab([
        makeRun([
            makeTask({id: 1, state: "done", note: "<p>By phone</p>"}),
            makeTask({id: 2, state: "open"}),
            makeTask({id: 3, state: "waiting"}),
        ]),
    ]);
    expectFingersBreadth(".o_tracks button", 11);
});
