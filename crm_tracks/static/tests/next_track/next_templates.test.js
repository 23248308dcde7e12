/**
 * The buttons in the form of a track that start what comes next.
 */
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {queryAllTexts, waitFor} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Template extends models.Model {
    _name = "track.template";
    name = fields.Char();
    _records = [
        {id: 5, name: "Renewal"},
        {id: 6, name: "Event …"},
    ];
}

class Run extends models.Model {
    _name = "track.run";
    name = fields.Char();
    offered_template_ids = fields.Many2many({relation: "track.template"});
    _records = [{id: 1, name: "Sales", offered_template_ids: [5, 6]}];
}

defineMailModels();
defineModels([Template, Run]);

const BUTTON = "button[name=start_next]";

async function mountTrack() {
    onRpc("track.run", "web_save", ({args}) => {
        expect.step(`save ${JSON.stringify(args[1])}`);
    });
    await mountView({
        type: "form",
        resModel: "track.run",
        resId: 1,
        arch: `
            <form>
                <field name="name"/>
                <field name="offered_template_ids" widget="track_next_templates"
                    readonly="1"/>
            </form>`,
    });
}

/**
 * @param {Object} env of the mock server
 * @param {Number[]} ids of the templates that are offered from then on
 * @returns {Object} the action that tells of the start
 */
function tell(env, ids) {
    env["track.run"].write([1], {offered_template_ids: [[6, 0, ids]]});
    return {
        type: "ir.actions.client",
        tag: "display_notification",
        params: {
            type: "success",
            message: "“Renewal” was started.",
            next: {type: "ir.actions.act_window_close"},
        },
    };
}

test("one click starts a template, which is not offered afterwards", async () => {
    onRpc("track.run", "action_start_next", function ({args}) {
        expect.step(`start ${args[1]} after ${args[0]}`);
        return tell(this.env, [6]);
    });
    await mountTrack();
    expect(queryAllTexts(BUTTON)).toEqual(["Start “Renewal”", "Start “Event …”"]);
    await contains(`${BUTTON}:eq(0)`).click();
    await waitFor(".o_notification");
    await expect.waitForSteps(["start 5 after 1"]);
    await waitFor(`${BUTTON}:only`);
    expect(queryAllTexts(BUTTON)).toEqual(["Start “Event …”"]);
    expect(".o_notification").toHaveText("“Renewal” was started.");
});

test("what was typed is saved before", async () => {
    onRpc("track.run", "action_start_next", function () {
        expect.step("start");
        return tell(this.env, []);
    });
    await mountTrack();
    await contains(".o_field_widget[name=name] input").edit("Sales in May");
    await contains(`${BUTTON}:eq(0)`).click();
    await expect.waitForSteps(['save {"name":"Sales in May"}', "start"]);
    await waitFor(`.o_form_view:not(:has(${BUTTON}))`);
});

test("the buttons cannot be clicked while a template is started", async () => {
    const started = Promise.withResolvers();
    onRpc("track.run", "action_start_next", async function () {
        await started.promise;
        return tell(this.env, []);
    });
    await mountTrack();
    await contains(`${BUTTON}:eq(0)`).click();
    await waitFor(`${BUTTON}:eq(0):disabled`);
    expect(`${BUTTON}:disabled`).toHaveCount(2);
    started.resolve();
    await waitFor(`.o_form_view:not(:has(${BUTTON}))`);
});

test("a refusal leaves the buttons as they are", async () => {
    expect.errors(1);
    onRpc("track.run", "action_start_next", () => {
        throw new Error("no longer offered");
    });
    await mountTrack();
    await contains(`${BUTTON}:eq(0)`).click();
    await expect.waitForErrors(["no longer offered"]);
    await waitFor(`${BUTTON}:eq(0):enabled`);
    expect(`${BUTTON}:enabled`).toHaveCount(2);
});
