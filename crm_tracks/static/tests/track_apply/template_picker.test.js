import {animationFrame, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {edit, press, queryAllTexts} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

const NAMES = [
    "Sales follow-through",
    "Support query",
    "Client onboarding",
    "Client offboarding",
    "Event preparation …",
    "Monthly invoice",
];

class Template extends models.Model {
    _name = "track.template";
    name = fields.Char();
    _records = NAMES.map((name, index) => ({id: index + 1, name}));
}

class Wizard extends models.Model {
    _name = "track.apply";
    template_id = fields.Many2one({relation: "track.template"});
    template_choices = fields.Json();
    direction = fields.Char();
    end_date = fields.Date();
}

// As in the dialog: shown once a template that counts back is selected
const END_DATE = `<field name="direction" invisible="1"/>
    <group invisible="not template_id">
        <field name="end_date" widget="track_end_date" invisible="direction != 'end'"/>
    </group>`;

defineMailModels();
defineModels([Template, Wizard]);

/**
 * Mount the list of the first templates; one of them may be selected.
 *
 * @param {Number} count
 * @param {Object} [options]
 */
async function mountPicker(
    count,
    {chosen = false, attributes = "", fields: others = ""} = {}
) {
    Wizard._records = [
        {
            id: 1,
            template_id: chosen,
            template_choices: NAMES.slice(0, count).map((name, index) => ({
                id: index + 1,
                name,
                details: `${index + 1} tasks`,
            })),
        },
    ];
    await mountView({
        type: "form",
        resModel: "track.apply",
        resId: 1,
        arch: `<form>
            <field name="template_id" widget="track_template_picker" ${attributes}/>
            ${others}
        </form>`,
    });
}

const names = () => queryAllTexts(".o_track_template .fw-bold");
const chosen = () => queryAllTexts(".o_track_template_chosen .fw-bold");

test("the templates that fit are cards, of which one is chosen", async () => {
    await mountPicker(3);
    expect("[role=radiogroup]").toHaveAttribute("aria-label", "Template to apply");
    expect(names()).toEqual(NAMES.slice(0, 3));
    expect(".o_track_template:first").toHaveText(/1 tasks/);
    expect(chosen()).toEqual([]);
    await contains(".o_track_template:eq(1)").click();
    expect(chosen()).toEqual(["Support query"]);
    expect(".o_track_template input").toBeChecked();
});

test("without a template it says who can write one", async () => {
    await mountPicker(0);
    expect(".o_field_widget").toHaveText(/Ask a Tracks administrator/);
    expect(".o_track_template").toHaveCount(0);
});

test("few templates need no search", async () => {
    await mountPicker(5);
    expect(".o_track_search").toHaveCount(0);
});

test("after the choice the others are gone, until they are asked for", async () => {
    await mountPicker(3);
    expect(".o_track_other_template").toHaveCount(0);
    await contains(".o_track_template:eq(1)").click();
    expect(names()).toEqual(["Support query"]);
    await contains(".o_track_other_template").click();
    expect(names()).toEqual(NAMES.slice(0, 3));
    expect(chosen()).toEqual(["Support query"]);
    await contains(".o_track_template:eq(2)").click();
    expect(names()).toEqual(["Client onboarding"]);
    expect(".o_track_template input").toBeChecked();
});

test("a template that was chosen before stands alone", async () => {
    await mountPicker(6, {chosen: 6});
    expect(names()).toEqual(["Monthly invoice"]);
    expect(".o_track_search").toHaveCount(0);
});

test("the only template needs no way to others", async () => {
    await mountPicker(1, {chosen: 1});
    expect(".o_track_other_template").toHaveCount(0);
});

test("many are searched; Enter takes the only match", async () => {
    await mountPicker(6);
    expect(".o_track_search").toHaveAttribute("aria-label", "Search templates");
    await contains(".o_track_search").click();
    await edit("client o");
    await animationFrame();
    expect(names()).toEqual(["Client onboarding", "Client offboarding"]);
    await press("Enter");
    await animationFrame();
    expect(chosen()).toEqual([]);
    await edit("client off");
    await animationFrame();
    await press("Enter");
    await animationFrame();
    expect(chosen()).toEqual(["Client offboarding"]);
    expect(names()).toEqual(["Client offboarding"]);
});

test.tags("desktop");
test("the search has the focus, which would open the keyboard of a phone", async () => {
    await mountPicker(6);
    expect(".o_track_search").toBeFocused();
});

test("a template that counts back asks for the end date first", async () => {
    Wizard._onChanges = {
        template_id: (record) => {
            record.direction = record.template_id === 2 ? "end" : "start";
        },
    };
    await mountPicker(3, {fields: END_DATE});
    await contains(".o_track_template:eq(0)").click();
    expect("[name=end_date]").toHaveCount(0);
    await contains(".o_track_other_template").click();
    await contains(".o_track_template:eq(1)").click();
    await animationFrame();
    expect("[name=end_date] input").toBeFocused();
});

test("another template that counts back asks for it again", async () => {
    Wizard._onChanges = {
        template_id: (record) => {
            record.direction = "end";
        },
    };
    await mountPicker(3, {fields: END_DATE});
    await contains(".o_track_template:eq(0)").click();
    await animationFrame();
    expect("[name=end_date] input").toBeFocused();
    await contains(".o_track_other_template").click();
    await contains(".o_track_template:eq(1)").click();
    await animationFrame();
    expect(chosen()).toEqual(["Support query"]);
    expect("[name=end_date] input").toBeFocused();
});

test("a proposed end date has the focus, too", async () => {
    Wizard._onChanges = {
        template_id: (record) => {
            Object.assign(record, {direction: "end", end_date: "2026-03-31"});
        },
    };
    await mountPicker(3, {fields: END_DATE});
    await contains(".o_track_template:eq(1)").click();
    await animationFrame();
    expect("[name=end_date] :is(input, button)").toBeFocused();
});

test("a search that finds nothing says so", async () => {
    await mountPicker(6);
    await contains(".o_track_search").click();
    await edit("zzz");
    await animationFrame();
    expect(names()).toEqual([]);
    expect(".o_field_widget").toHaveText(/No matching template/);
});

test("read-only, nothing is chosen", async () => {
    await mountPicker(3, {chosen: 1, attributes: 'readonly="1"'});
    expect(".o_track_template input:enabled").toHaveCount(0);
    expect(chosen()).toEqual(["Sales follow-through"]);
});
