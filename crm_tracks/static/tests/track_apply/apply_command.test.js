import {animationFrame, describe, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {edit, press, queryAllTexts} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {trackModels} from "@crm_tracks/track_apply/command_palette";

class Lead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    _records = [1, 2, 3].map((id) => ({id, name: `Lead ${id}`}));
}

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    _records = [1, 2].map((id) => ({id, name: `Deal ${id}`}));
}

describe.current.tags("desktop");
defineMailModels();
defineModels([Deal, Lead]);

const COMMAND = "Apply a Track";

async function mountBoard(resModel) {
    mockService("action", {
        doAction(action, {additionalContext: context}) {
            expect.step(`${action} ${context.active_model} ${context.active_ids}`);
        },
    });
    await mountView({
        type: "kanban",
        resModel,
        arch: `<kanban><templates>
            <t t-name="card"><field name="name"/></t>
        </templates></kanban>`,
        actionMenus: {},
    });
}

async function selectCards(...names) {
    for (const name of names) {
        await contains(`.o_kanban_record:contains(${name})`).click({altKey: true});
    }
}

async function searchCommand() {
    await press(["control", "k"]);
    await animationFrame();
    await contains(".o_command_palette_search input").click();
    await edit(COMMAND);
    await animationFrame();
    return queryAllTexts(`.o_command:contains(${COMMAND})`);
}

test("the palette applies a track to the chosen cards", async () => {
    await mountBoard("crm.lead");
    await selectCards("Lead 1", "Lead 3");
    expect(await searchCommand()).toEqual([COMMAND]);
    await contains(`.o_command:contains(${COMMAND})`).click();
    await expect.waitForSteps(["crm_tracks.track_apply_action crm.lead 1,3"]);
});

test("it does not without selected cards", async () => {
    await mountBoard("crm.lead");
    expect(await searchCommand()).toEqual([]);
});

test("nor for a model that is not registered", async () => {
    await mountBoard("deal");
    expect(trackModels.contains("deal")).toBe(false);
    await selectCards("Deal 1");
    expect(await searchCommand()).toEqual([]);
});
