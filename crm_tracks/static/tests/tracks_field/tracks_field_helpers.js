/**
 * A form with the Tracks tab, and a mock server.
 */
import {expect, queryAll, queryRect} from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {deepCopy} from "@web/core/utils/objects";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    track_run_ids = fields.One2many({relation: "track.run"});
    _records = [{id: 1, name: "Office fit-out", track_run_ids: []}];
}

class TrackRun extends models.Model {
    _name = "track.run";
    name = fields.Char();
}

export class TrackRunLine extends models.Model {
    _name = "track.run.line";
    summary = fields.Char();
}

export function defineTabModels() {
    defineMailModels();
    defineModels([Deal, TrackRun, TrackRunLine]);
}

/**
 * Mount the form of a deal with these tracks.
 *
 * @param {Object[]} runs
 * @param {Object} [data] further data of the tab
 * @param {Object} [options]
 */
export async function mountTab(
    runs,
    data = {},
    {attributes = "", fields: others = "", widget = "tracks"} = {}
) {
    onRpc("track.run", "get_tab_data", ({args}) => {
        expect.step(`load ${args.join(" ")}`);
        return {
            readonly: false,
            reopening: false,
            activities: {hold_text: "", tasks: []},
            // Every response is a new object, as from the server
            runs: deepCopy(runs),
            ...data,
        };
    });
    await mountView({
        type: "form",
        resModel: "deal",
        resId: 1,
        arch: `<form>${others}<field name="track_run_ids" widget="${widget}" ${attributes}/></form>`,
    });
    await expect.waitForSteps(["load deal 1"]);
}

/**
 * Record each call of this method as a step.
 *
 * @param {String} model
 * @param {String} method
 * @param {Function} describeCall
 */
export function onStep(model, method, describeCall) {
    onRpc(model, method, (call) => {
        expect.step(describeCall(call));
        return true;
    });
}

const FINGER = 40; // px

/**
 * Expect these elements to be a finger's breadth wide and high.
 *
 * @param {String} selector
 * @param {Number} count how many there are at least
 */
export function expectFingersBreadth(selector, count) {
    const elements = queryAll(selector);
    expect(elements.length).toBeGreaterThan(count - 1);
    for (const element of elements) {
        const {width, height} = queryRect(element);
        expect(Math.round(Math.min(width, height))).toBeGreaterThan(FINGER - 1, {
            message: element.title || element.name || element.textContent,
        });
    }
}
