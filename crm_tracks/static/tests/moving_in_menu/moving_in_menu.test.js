import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

describe.current.tags("desktop");

class Template extends models.Model {
    _name = "track.template";
    name = fields.Char();
    _records = [{id: 1, name: "Onboarding"}];
}

class Other extends models.Model {
    _name = "other";
    name = fields.Char();
    _records = [{id: 1, name: "Another"}];
}

defineMailModels();
defineModels([Template, Other]);

const ENTRY = "Import from Elsewhere";

async function openMenu(resModel, isManager = true) {
    onRpc("has_group", ({args}) =>
        args[1] === "crm_tracks.group_track_manager" ? isManager : true
    );
    await mountView({
        type: "list",
        resModel,
        arch: `<list><field name="name"/></list>`,
        // Odoo's own entries
        config: {actionId: 1, actionType: "ir.actions.act_window"},
    });
    await contains(".o_cp_action_menus button").click();
    return queryAllTexts(".o-dropdown--menu .o-dropdown-item");
}

test("the entry opens the dialog", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
    expect(await openMenu("track.template")).toInclude(ENTRY);
    await contains(".o_tracks_moving_in").click();
    expect.verifySteps(["crm_tracks.track_moving_in_action"]);
});

test("for Tracks administrators", async () => {
    expect(await openMenu("track.template", false)).not.toInclude(ENTRY);
});

test("in the list of templates only", async () => {
    expect(await openMenu("other")).not.toInclude(ENTRY);
});
