import {
    contains,
    getMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {MainComponentsContainer} from "@web/core/main_components_container";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {registry} from "@web/core/registry";
import {waitFor} from "@odoo/hoot-dom";

defineMailModels();

/**
 * Show what was applied; the actions that follow are recorded as steps.
 *
 * @param {Object} [params]
 */
async function showApplied(params) {
    mockService("action", {
        doAction: (request) =>
            expect.step(
                typeof request === "string" ? request : JSON.stringify(request)
            ),
    });
    await mountWithCleanup(MainComponentsContainer);
    const showAction = registry.category("actions").get("crm_tracks_applied");
    const next = showAction(getMockEnv(), {
        params: {
            type: "success",
            message: "“Welcome” was applied to 2 records.",
            run_ids: [7, 8],
            ...params,
        },
    });
    expect(next).toEqual({type: "ir.actions.act_window_close"});
    await waitFor(".o_notification");
}

const button = (name) => `.o_notification button:contains(${name})`;

test("it says what was applied, and opens the tracks", async () => {
    await showApplied();
    expect(".o_notification").toHaveText(/“Welcome” was applied to 2 records./);
    await contains(button("Open")).click();
    await expect.waitForSteps([
        JSON.stringify({
            type: "ir.actions.act_window",
            name: "Started Tracks",
            res_model: "track.run",
            domain: [["id", "in", [7, 8]]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        }),
    ]);
    expect(".o_notification").toHaveCount(0);
});

test("a single track opens as a form", async () => {
    await showApplied({run_ids: [7]});
    await contains(button("Open")).click();
    await expect.waitForSteps([
        JSON.stringify({
            type: "ir.actions.act_window",
            name: "Started Tracks",
            res_model: "track.run",
            res_id: 7,
            views: [[false, "form"]],
        }),
    ]);
});

test("Undo takes them back, says so and reloads", async () => {
    onRpc("track.run", "action_take_back", ({args}) => {
        expect.step(`take back ${args}`);
        return "2 tracks were taken back.";
    });
    await showApplied({type: "warning"});
    await contains(button("Undo")).click();
    await expect.waitForSteps(["take back 7,8", "soft_reload"]);
    expect(".o_notification").toHaveCount(1);
    expect(".o_notification").toHaveText(/2 tracks were taken back./);
});
