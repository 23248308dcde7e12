/**
 * A form with a field that stores fields of deals, and a mock server.
 */
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect} from "@odoo/hoot";
import {queryAllTexts} from "@odoo/hoot-dom";

export const SELECTOR = ".o_model_field_selector";
const ITEM = ".o_model_field_selector_popover_item";

class Task extends models.Model {
    _name = "task";
    target_model = fields.Char();
    path = fields.Char();
}

/** Define the models whose fields are selected; the one of the task is "deal". */
export function definePathModels(...selected) {
    defineMailModels();
    defineModels([Task, ...selected]);
}

/**
 * Mount the form of a task on a deal; saves are steps.
 *
 * @param {String} widget
 * @param {Object} [values] of the task
 * @param {String} [attributes] of the field
 */
export async function mountPathField(widget, values, attributes = "") {
    Task._records = [{id: 1, target_model: "deal", path: false, ...values}];
    onRpc("task", "web_save", ({args}) => {
        expect.step(`save ${JSON.stringify(args[1].path)}`);
    });
    await mountView({
        type: "form",
        resModel: "task",
        resId: 1,
        arch: `
            <form>
                <field name="target_model" invisible="1"/>
                <field name="path" widget="${widget}" ${attributes}/>
            </form>`,
    });
}

export const openSelector = () => contains(SELECTOR).click();

export const queryOffered = () => queryAllTexts(`${ITEM}_name`);

export const select = (label) => contains(`${ITEM}_name:contains(${label})`).click();

export const follow = (label) =>
    contains(`${ITEM}:contains(${label}) ${ITEM}_relation`).click();
