import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {TrackTasksRenderer} from "./track_tasks_renderer";
import {registry} from "@web/core/registry";

/**
 * The part of a form that is shown below a row: without the fields that the row has.
 *
 * @param {Object} archInfo of the form
 * @returns {Object} archInfo
 */
function getDetails(archInfo) {
    const xmlDoc = archInfo.xmlDoc.cloneNode(true);
    for (const node of xmlDoc.querySelectorAll(".o_track_in_row")) {
        node.remove();
    }
    for (const sheet of xmlDoc.querySelectorAll("sheet")) {
        sheet.replaceWith(...sheet.childNodes);
    }
    // the focus is set where the details fold out
    return {...archInfo, xmlDoc, disableAutofocus: true};
}

/**
 * The tasks of a template: rows that are written in place, and whose details fold out.
 *
 * On a phone, they are cards that open in a dialog, as everywhere in Odoo.
 */
export class TrackTasksField extends X2ManyField {
    static components = {...X2ManyField.components, ListRenderer: TrackTasksRenderer};
    static defaultProps = {...X2ManyField.defaultProps, editable: "bottom"};

    setup() {
        super.setup();
        if (this.props.viewMode === "list") {
            this.details = getDetails(this.props.views.form);
        }
    }

    get rendererProps() {
        const props = super.rendererProps;
        if (this.props.viewMode === "list") {
            props.details = this.details;
        }
        return props;
    }
}

registry.category("fields").add("track_tasks", {
    ...x2ManyField,
    component: TrackTasksField,
    additionalClasses: ["o_field_one2many"],
});
