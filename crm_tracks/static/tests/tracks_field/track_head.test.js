/**
 * The header of a track: its progress and its date.
 */
import {expect, mockDate, queryOne, test} from "@odoo/hoot";
import {makeRun, makeTask} from "./tracks_field_data";
import {defineTabModels, mountTab} from "./tracks_field_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

defineTabModels();

/** The relative luminance of a colour, from 0 to 1, as defined by WCAG. */
function getLuminance(element) {
    const shares = getComputedStyle(element)
        .backgroundColor.match(/[\d.]+/g)
        .slice(0, 3)
        .map((number) => number / 255)
        .map((part) =>
            part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
        );
    return 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2];
}

function getContrast(...elements) {
    const [dark, bright] = elements.map(getLuminance).sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
}

test("the date is described as future or past", async () => {
    mockDate("2026-03-10 12:00:00");
    const end = {direction: "end", start_date: false};
    await mountTab([
        makeRun([makeTask({id: 1})], {id: 1, start_date: "2026-03-10"}),
        makeRun([makeTask({id: 2})], {id: 2, start_date: "2026-03-11"}),
        makeRun([makeTask({id: 3})], {id: 3, ...end, end_date: "2026-03-10"}),
        makeRun([makeTask({id: 4})], {id: 4, ...end, end_date: "2026-03-09"}),
    ]);
    expect(queryAllTexts(".o_tracks_period")).toEqual([
        "started 03/10/2026",
        "starts 03/11/2026",
        "ends 03/10/2026",
        "was to end 03/09/2026",
    ]);
});

// On a phone, “2 of 6” says it
test.tags("desktop");
test("the progress of an inactive track is visible, from zero on", async () => {
    const quiet = {state: "paused", status: "Paused", quiet: true};
    await mountTab([
        makeRun([makeTask({id: 1})], {id: 1, progress: 50}),
        makeRun([makeTask({id: 2, muted: true})], {id: 2, ...quiet, progress: 50}),
        makeRun([makeTask({id: 3, muted: true})], {id: 3, ...quiet, progress: 0}),
    ]);
    const bar = (id) => queryOne(`[data-run-id="${id}"] .o_tracks_progress`);
    const fill = bar(2).firstElementChild;
    expect(fill.offsetWidth).toBeWithin(20, 50);
    expect(getContrast(fill, bar(2))).toBeGreaterThan(3);
    // The empty bar has an outline on the grey background
    expect(getComputedStyle(bar(3)).boxShadow).not.toBe("none");
    expect(bar(3).offsetWidth).toBe(bar(1).offsetWidth);
});
