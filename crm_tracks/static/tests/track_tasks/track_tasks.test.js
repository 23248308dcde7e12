/**
 * The tasks of a template: rows that are written in place, and whose details fold out.
 */
import {animationFrame, tick} from "@odoo/hoot-mock";
import {
    MockServer,
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {press, queryAllTexts} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Template extends models.Model {
    _name = "template";
    name = fields.Char();
    line_ids = fields.One2many({relation: "line", relation_field: "template_id"});
}

class Line extends models.Model {
    _name = "line";
    template_id = fields.Many2one({relation: "template"});
    sequence = fields.Integer();
    summary = fields.Char();
    task_text = fields.Html();
    delay_count = fields.Integer();
    delay_unit = fields.Selection({
        selection: [
            ["days", "days"],
            ["weekdays", "weekdays"],
            ["weeks", "weeks"],
        ],
        default: "days",
    });
    delay_from = fields.Selection({
        selection: [
            ["start", "after the start"],
            ["previous", "after the previous task"],
            ["end", "before the end date"],
        ],
        default: "start",
    });
    possible = fields.Json({default: ["start", "previous"]});
    due_text = fields.Html();
    responsible_text = fields.Html();
    responsible_type = fields.Selection({
        selection: [
            ["user", "Specific user"],
            ["role", "Member of a role"],
        ],
        default: "user",
    });
    responsible_id = fields.Char();
    responsible_role_id = fields.Char();
    place = fields.Char();
    needs_place = fields.Boolean();
    outcome_ids = fields.One2many({relation: "outcome", relation_field: "line_id"});
}

class Outcome extends models.Model {
    _name = "outcome";
    line_id = fields.Many2one({relation: "line"});
    name = fields.Char();
}

defineMailModels();
defineModels([Template, Line, Outcome]);

const ARCH = `
    <form js_class="track_template_form">
        <field name="name"/>
        <field name="line_ids" widget="track_tasks" mode="list,kanban">
            <list>
                <field name="sequence" widget="handle"/>
                <field name="task_text" column_invisible="1"/>
                <field name="due_text" column_invisible="1"/>
                <field name="possible" column_invisible="1"/>
                <field name="summary" required="not id"/>
                <field name="delay_count"/>
                <field name="delay_unit" widget="track_row_selection"/>
                <field name="delay_from" widget="track_row_selection"
                    options="{'whitelist_fname': 'possible'}"/>
                <widget name="track_task_toggle"/>
            </list>
            <kanban>
                <field name="sequence" widget="handle"/>
                <templates>
                    <t t-name="card"><field name="summary"/></t>
                </templates>
            </kanban>
            <form>
                <sheet>
                    <group>
                        <field name="summary" class="o_track_in_row"/>
                        <div class="o_track_in_row"><field name="delay_count"/></div>
                        <field name="place" required="needs_place"/>
                        <field name="needs_place"/>
                        <field name="outcome_ids">
                            <list editable="bottom"><field name="name"/></list>
                        </field>
                    </group>
                </sheet>
            </form>
        </field>
    </form>`;

const LIST = ".o_field_widget[name=line_ids]";
const TBODY = `${LIST} > .o_field_x2many > .o_list_renderer > table > tbody`;
const ROW = `${TBODY} > .o_data_row`;
const EDITED = `${ROW}.o_selected_row`;
const DETAILS = `${TBODY} > .o_track_details`;
const ADD = `${TBODY} > tr > .o_field_x2many_list_row_add a`;
const NAME = ".o_field_widget[name=name] input:first";

/** Mount the form of a template with these tasks. */
async function mountTemplate(lines, params = {}) {
    Line._records = lines.map((line, index) => ({
        id: index + 1,
        sequence: index + 1,
        template_id: 1,
        task_text: `<b>${line.summary}</b>`,
        due_text: `Day ${line.delay_count || 0}`,
        ...line,
    }));
    Template._records = [
        {id: 1, name: "Ours", line_ids: Line._records.map(({id}) => id)},
    ];
    await mountView({
        type: "form",
        resModel: "template",
        resId: 1,
        arch: ARCH,
        ...params,
    });
}

/** The tasks as they were saved. */
const getSaved = () => [...MockServer.env.line];

/** Fold the details of a row out or in, and wait for the focus. */
async function toggle(number) {
    await contains(`${ROW}:eq(${number}) .o_track_task_toggle`).click();
    await tick();
    await animationFrame();
}

/** The name of the cell or the field that has the focus. */
const getFocus = () =>
    document.activeElement
        .closest("td[name], .o_field_widget[name]")
        ?.getAttribute("name");

test.tags("desktop");
test("a row is read as texts, and edited as fields", async () => {
    await mountTemplate([{summary: "Call"}, {summary: "Write", delay_count: 3}]);
    expect(queryAllTexts(`${ROW} td[name=task_text] b`)).toEqual(["Call", "Write"]);
    expect(queryAllTexts(`${ROW} td[name=due_text]`)).toEqual(["Day 0", "Day 3"]);
    expect(`${ROW} td[name=due_text][colspan='3']`).toHaveCount(2);
    expect(`${ROW} td[name=summary]`).toHaveCount(0);
    await contains(`${ROW}:eq(1) td[name=due_text]`).click();
    // a click on a text leads to the field in its place
    expect(`${EDITED} td[name=delay_count] input`).toBeFocused();
    expect(`${EDITED} td[name=delay_count] input`).toHaveValue("3");
    expect(`${EDITED} td[name=due_text]`).toHaveCount(0);
    expect(`${ROW} td[name=task_text]`).toHaveCount(1);
});

test.tags("desktop");
test("a task for a role has it in its row, where others have their user", async () => {
    const columns = `
        <field name="responsible_text" column_invisible="1"/>
        <field name="responsible_role_id" column_invisible="1"/>
        <field name="responsible_type" widget="track_row_selection"/>
        <field name="responsible_id" invisible="responsible_type != 'user'"/>
        <widget name="track_task_toggle"/>`;
    const widget = '<widget name="track_task_toggle"/>';
    const lines = [{summary: "Call"}, {summary: "Write", responsible_type: "role"}];
    await mountTemplate(lines, {arch: ARCH.replace(widget, columns)});
    await contains(`${ROW}:eq(0) td[name=responsible_text]`).click();
    expect(`${EDITED} td[name=responsible_id] input`).toHaveCount(1);
    expect(`${EDITED} td[name=responsible_role_id]`).toHaveCount(0);
    await contains(`${ROW}:eq(1) td[name=responsible_text]`).click();
    expect(`${EDITED} td[name=responsible_id]`).toHaveCount(0);
    await contains(`${EDITED} td[name=responsible_role_id] input`).edit("Sales");
    await clickSave();
    expect(getSaved()[1].responsible_role_id).toBe("Sales");
});

test.tags("desktop");
test("Enter goes to the next row, and in an empty row ends the entry", async () => {
    await mountTemplate([{summary: "Call"}]);
    await contains(ADD).click();
    await contains(`${EDITED} td[name=summary] input`).edit("Write", {confirm: false});
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(ROW).toHaveCount(3);
    expect(getFocus()).toBe("summary");
    expect(`${EDITED} td[name=summary] input`).toHaveValue("");
    await press("Enter");
    await animationFrame();
    expect(ROW).toHaveCount(2);
    expect(ADD).toBeFocused();
});

test.tags("desktop");
test("an empty row is not saved as a task", async () => {
    await mountTemplate([{summary: "Call"}]);
    await contains(ADD).click();
    await contains(`${EDITED} td[name=summary] input`).edit("Write", {confirm: false});
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(ROW).toHaveCount(3);
    await clickSave();
    expect(ROW).toHaveCount(2);
    expect(getSaved()).toHaveLength(2);
});

test.tags("desktop");
test("what is incomplete in a row stays, and is marked", async () => {
    await mountTemplate([{summary: "Call"}]);
    await contains(ADD).click();
    await contains(`${EDITED} td[name=delay_count] input`).edit("5", {confirm: false});
    await press("Enter");
    await animationFrame();
    expect(ROW).toHaveCount(2);
    expect(`${EDITED} td[name=summary] .o_field_invalid`).toHaveCount(1);
    await clickSave();
    expect(getSaved()).toHaveLength(1);
    expect(`${EDITED} td[name=delay_count] input`).toHaveValue("5");
});

test.tags("desktop");
test("a selection offers what is possible, and the value that it has", async () => {
    await mountTemplate([
        {summary: "Call", possible: ["start"]},
        {summary: "Write", possible: ["start", "previous"], delay_from: "end"},
    ]);
    const options = () => queryAllTexts(`${EDITED} td[name=delay_from] option`);
    await contains(`${ROW}:eq(0) td[name=task_text]`).click();
    expect(options()).toEqual(["after the start"]);
    await contains(`${ROW}:eq(1) td[name=task_text]`).click();
    expect(options()).toEqual([
        "after the start",
        "after the previous task",
        "before the end date",
    ]);
    await contains(`${EDITED} td[name=delay_from] select`).select("previous");
    await contains(`${EDITED} td[name=delay_unit] select`).select("weekdays");
    expect(options()).toEqual(["after the start", "after the previous task"]);
    await clickSave();
    expect(getSaved()[1]).toMatchObject({
        delay_from: "previous",
        delay_unit: "weekdays",
    });
});

test.tags("desktop");
test("details fold out in place, without the fields of the row", async () => {
    await mountTemplate([{summary: "Call"}, {summary: "Write", place: "Here"}]);
    await toggle(1);
    expect(`${ROW}:eq(1).o_selected_row + .o_track_details`).toHaveCount(1);
    expect(".modal").toHaveCount(0);
    expect(`${DETAILS} .o_field_widget[name=place] input`).toHaveValue("Here");
    expect(`${DETAILS} .o_field_widget[name=summary]`).toHaveCount(0);
    expect(`${DETAILS} .o_field_widget[name=delay_count]`).toHaveCount(0);
    expect(getFocus()).toBe("place");
    expect(`${EDITED} .o_track_task_toggle`).toHaveAttribute("aria-expanded", "true");
    await contains(`${DETAILS} .o_field_widget[name=place] input`).edit("There");
    await toggle(1);
    expect(DETAILS).toHaveCount(0);
    await clickSave();
    expect(getSaved()[1].place).toBe("There");
});

test.tags("desktop");
test("a new task has its details in the same row", async () => {
    await mountTemplate([]);
    await contains(ADD).click();
    await contains(`${EDITED} td[name=summary] input`).edit("Call");
    await toggle(0);
    await contains(`${DETAILS} .o_field_widget[name=place] input`).edit("Here");
    await clickSave();
    expect(getSaved().map(({summary, place}) => [summary, place])).toEqual([
        ["Call", "Here"],
    ]);
});

test.tags("desktop");
test("the details are those of the edited row", async () => {
    await mountTemplate([{summary: "Call"}, {summary: "Write"}]);
    await toggle(0);
    await toggle(1);
    expect(DETAILS).toHaveCount(1);
    expect(`${ROW}:eq(1) + .o_track_details`).toHaveCount(1);
    await contains(`${DETAILS} .o_field_widget[name=place]`).click();
    expect(DETAILS).toHaveCount(1);
    await contains(NAME).click();
    expect(DETAILS).toHaveCount(0);
    expect(EDITED).toHaveCount(0);
});

test.tags("desktop");
test("rows of a list within the details are written there", async () => {
    await mountTemplate([{summary: "Call"}, {summary: "Write"}]);
    await toggle(0);
    const add = `${DETAILS} .o_field_x2many_list_row_add a`;
    await contains(add).click();
    await contains(`${DETAILS} .o_selected_row input`).edit("Reached", {
        confirm: false,
    });
    expect(`${DETAILS} .o_selected_row input`).toBeFocused();
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(`${DETAILS} .o_data_row`).toHaveCount(2);
    expect(`${DETAILS} .o_selected_row input`).toBeFocused();
    expect(EDITED).toHaveCount(1);
    await contains(NAME).click();
    await clickSave();
    expect(getSaved()[0].outcome_ids).toHaveLength(1);
});

test.tags("desktop");
test("details fold out where one of their fields is missing", async () => {
    await mountTemplate([{summary: "Call"}]);
    await toggle(0);
    await contains(`${DETAILS} .o_field_widget[name=needs_place] input`).click();
    await toggle(0);
    expect(DETAILS).toHaveCount(0);
    await contains(`${EDITED} td[name=summary] input`).click();
    await press("Enter");
    await animationFrame();
    expect(EDITED).toHaveCount(1);
    expect(`${DETAILS} .o_field_widget[name=place].o_field_invalid`).toHaveCount(1);
    await contains(`${DETAILS} .o_field_widget[name=place] input`).edit("Here");
    await contains(NAME).click();
    expect(DETAILS).toHaveCount(0);
});

test.tags("desktop");
test("discarding the form discards what was changed in row and details", async () => {
    await mountTemplate([{summary: "Call", place: "Here"}]);
    await contains(`${ROW} td[name=task_text]`).click();
    await contains(`${EDITED} td[name=summary] input`).edit("Ring");
    await toggle(0);
    await contains(`${DETAILS} .o_field_widget[name=place] input`).edit("There");
    await contains(".o_form_button_cancel").click();
    expect(`${EDITED} td[name=summary] input`).toHaveValue("Call");
    expect(`${DETAILS} .o_field_widget[name=place] input`).toHaveValue("Here");
});

test.tags("desktop");
test("a row that is dragged folds its details in", async () => {
    await mountTemplate([{summary: "Call"}, {summary: "Write"}]);
    await toggle(0);
    expect(DETAILS).toHaveCount(1);
    await contains(`${ROW}:eq(1) .o_row_handle`).dragAndDrop(`${ROW}:eq(0)`);
    expect(DETAILS).toHaveCount(0);
    expect(queryAllTexts(`${ROW} td[name=task_text]`)).toEqual(["Write", "Call"]);
});

test.tags("desktop");
test("Escape leads from the details to the row, Tab into them", async () => {
    await mountTemplate([{summary: "Call", place: "Here"}, {summary: "Write"}]);
    await toggle(0);
    await contains(`${DETAILS} .o_field_widget[name=place] input`).edit("There");
    await press("Escape");
    await animationFrame();
    expect(DETAILS).toHaveCount(0);
    expect(`${EDITED} .o_track_task_toggle`).toBeFocused();
    await toggle(0);
    await contains(`${EDITED} .o_track_task_toggle`).focus();
    await press("Tab");
    await animationFrame();
    expect(getFocus()).toBe("place");
    await clickSave();
    expect(getSaved()[0].place).toBe("There");
});

test.tags("desktop");
test("who may not write a template reads its details", async () => {
    await mountTemplate([{summary: "Call", place: "Here"}], {readonly: true});
    await toggle(0);
    expect(EDITED).toHaveCount(0);
    expect(`${DETAILS} .o_field_widget[name=place]`).toHaveText("Here");
    expect(`${DETAILS} input:not([disabled])`).toHaveCount(0);
    await toggle(0);
    expect(DETAILS).toHaveCount(0);
});

test.tags("mobile");
test("on a phone, a task is a card that opens in a dialog", async () => {
    await mountTemplate([{summary: "Call", place: "Here"}]);
    expect(`${LIST} .o_kanban_record:contains(Call)`).toHaveCount(1);
    await contains(`${LIST} .o_kanban_record:contains(Call)`).click();
    expect(".modal .o_field_widget[name=summary] input").toHaveValue("Call");
    await contains(".modal .o_field_widget[name=place] input").edit("There");
    await contains(".modal .o_form_button_save").click();
    await clickSave();
    expect(getSaved()[0].place).toBe("There");
});
