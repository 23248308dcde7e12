import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {queryAllTexts, queryRect} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

const TASKS = [
    {label: "Call", day: "2026-03-05", since: "2026-03-05", waits: false, off: false},
    {label: "Offer", day: "2026-03-09", since: "2026-03-05", waits: true, off: false},
    {label: "Review", day: "2026-03-14", since: "2026-03-05", waits: false, off: true},
];

class Template extends models.Model {
    _name = "template";
    direction = fields.Selection({
        selection: [
            ["start", "From a start date"],
            ["end", "Backwards"],
        ],
    });
    timeline = fields.Json();
    _records = [
        {
            id: 1,
            direction: "start",
            timeline: {
                day: "2026-03-05",
                days_off: ["2026-03-07", "2026-03-08", "2026-03-14"],
                tasks: TASKS,
            },
        },
    ];
}

defineMailModels();
defineModels([Template]);

const ROW = "li.o_track_timeline_row";

/**
 * Mount the form of a template with this timeline.
 *
 * @param {Object} [values] of the template, which override the values above
 */
async function mountTimeline(values = {}) {
    Object.assign(Template._records[0], values);
    await mountView({
        type: "form",
        resModel: "template",
        resId: 1,
        arch: `<form><field name="timeline" widget="track_timeline"/></form>`,
    });
}

/** The day of the middle of a task's sign, counted from the first day shown. */
function getPlace(number, days) {
    const axis = queryRect(`${ROW}:eq(${number}) .o_track_timeline_axis`);
    const sign = queryRect(`${ROW}:eq(${number}) .o_track_timeline_sign`);
    return Math.floor(((sign.x + sign.width / 2 - axis.x) / axis.width) * days);
}

test("each task has its place on the axis, and its day in words", async () => {
    await mountTimeline();
    expect("ol").toHaveAttribute(
        "aria-label",
        "Tasks of a track that starts on 03/05/2026"
    );
    expect(queryAllTexts(`${ROW} .o_track_timeline_label`)).toEqual([
        "Call",
        "Offer",
        "Review",
    ]);
    expect(queryAllTexts(`${ROW} .o_track_timeline_text`)).toEqual([
        "Thu 03/05/2026",
        "Mon 03/09/2026, at the earliest",
        "Sat 03/14/2026, day off",
    ]);
    expect([0, 1, 2].map((number) => getPlace(number, 10))).toEqual([0, 4, 9]);
    expect(
        ".o_track_timeline_axis:not([aria-hidden]):not(.o_track_timeline_ticks)"
    ).toHaveCount(0);
});

test("what waits for the task before is dashed, from that task on", async () => {
    await mountTimeline();
    expect(`${ROW} .o_track_timeline_sign.o_track_timeline_waits`).toHaveCount(1);
    const dashed = `${ROW}:eq(1) .o_track_timeline_line`;
    expect(dashed).toHaveStyle({"border-block-start-style": "dashed"});
    expect(`${ROW}:eq(2) .o_track_timeline_line`).toHaveStyle({
        "border-block-start-style": "solid",
    });
    // four of ten days
    const axis = queryRect(`${ROW}:eq(1) .o_track_timeline_axis`);
    expect(Math.round((queryRect(dashed).width / axis.width) * 10)).toBe(4);
});

test("days off are marked in each row, and the axis names some days", async () => {
    await mountTimeline();
    expect(`${ROW}:eq(0) .o_track_timeline_off`).toHaveCount(3);
    expect(queryAllTexts(".o_track_timeline_tick")).toEqual([
        "Mar 5",
        "Mar 7",
        "Mar 9",
        "Mar 11",
        "Mar 13",
    ]);
});

test("a long time is named in whole weeks, and with its years", async () => {
    const far = {...TASKS[2], day: "2027-06-05"};
    await mountTimeline({
        timeline: {day: "2026-03-05", days_off: [], tasks: [TASKS[0], far]},
    });
    const ticks = queryAllTexts(".o_track_timeline_tick");
    expect(ticks).toHaveLength(5);
    expect(ticks.slice(0, 2)).toEqual(["Mar 5, 26", "Jun 11, 26"]);
});

test("back from an end, the line goes from the task to the end", async () => {
    await mountTimeline({
        direction: "end",
        timeline: {
            day: "2026-03-14",
            days_off: [],
            tasks: [{...TASKS[0], since: "2026-03-14"}],
        },
    });
    expect("ol").toHaveAttribute(
        "aria-label",
        "Tasks of a track that ends on 03/14/2026"
    );
    const axis = queryRect(`${ROW} .o_track_timeline_axis`);
    const line = queryRect(`${ROW} .o_track_timeline_line`);
    expect(getPlace(0, 10)).toBe(0);
    expect(Math.round((line.width / axis.width) * 10)).toBe(9);
});

test("a task that cannot be dated keeps its row, and has no place", async () => {
    await mountTimeline({
        timeline: {
            day: "2026-03-05",
            days_off: [],
            tasks: [TASKS[0], {...TASKS[1], day: false, waits: false}],
        },
    });
    expect(`${ROW}:eq(1) .o_track_timeline_text`).toHaveText("No date");
    expect(`${ROW}:eq(1) .o_track_timeline_sign`).toHaveCount(0);
});

test("without anything to show it takes no place", async () => {
    await mountTimeline({timeline: false});
    expect(".o_track_timeline").toHaveCount(0);
});

test("a date that was moved from a day off says so", async () => {
    const [call, offer] = TASKS;
    const tasks = [call, {...offer, moved: true}];
    await mountTimeline({timeline: {day: call.day, days_off: [], tasks}});
    expect(queryAllTexts(`${ROW} .o_track_timeline_text`)).toEqual([
        "Thu 03/05/2026",
        "Mon 03/09/2026, at the earliest, moved from a day off",
    ]);
});
