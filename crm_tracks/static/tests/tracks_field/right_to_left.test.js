import {expect, test} from "@odoo/hoot";
import {defineTabModels, mountTab} from "./tracks_field_helpers";
import {makeRun, makeTask} from "./tracks_field_data";
import {queryFirst, queryRect} from "@odoo/hoot-dom";

defineTabModels();

// As Odoo's style sheets for right-to-left languages.
const readFromRight = () => (queryFirst(".o_tracks").style.direction = "rtl");
const getDirection = (selector) => getComputedStyle(queryFirst(selector)).direction;

test("a text keeps the order of the language in which it was written", async () => {
    await mountTab([
        makeRun([
            makeTask({summary: "2 calls", label: "2 calls"}),
            makeTask({id: 2, summary: "שתי שיחות", label: "שתי שיחות"}),
        ]),
    ]);
    readFromRight();
    expect(getDirection("[data-task-id='1'] .o_tracks_summary bdi")).toBe("ltr");
    expect(getDirection("[data-task-id='2'] .o_tracks_summary bdi")).toBe("rtl");
    expect(getDirection(".o_tracks_count")).toBe("ltr");
});

// On a phone, the day has its own line
test.tags("desktop");
test("from right to left, the day stands to the left of when a task is due", async () => {
    await mountTab([makeRun([makeTask({id: 1})])]);
    readFromRight();
    const day = queryRect(".o_tracks_day");
    const due = queryRect(".o_tracks_due button > bdi");
    expect(due.left - day.right).toBeGreaterThan(2, {
        message: "with a gap between them",
    });
});
