import {DateTimeField, dateField} from "@web/views/fields/datetime/datetime_field";
import {registry} from "@web/core/registry";
import {useEffect} from "@odoo/owl";

/**
 * The end date of a template that counts back: what the user enters after selecting it.
 *
 * It takes the focus when it appears, and when another template is selected. The cards
 * of the templates could not give it: this field appears later than they close.
 */
export class EndDateField extends DateTimeField {
    setup() {
        super.setup();
        useEffect(
            () => {
                this.startDate.el?.focus();
            },
            () => [this.props.record.data.template_id?.id]
        );
    }
}

registry.category("fields").add("track_end_date", {
    ...dateField,
    component: EndDateField,
});
