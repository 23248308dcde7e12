import {Component, onMounted} from "@odoo/owl";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {useDateTimePicker} from "@web/core/datetime/datetime_picker_hook";

/**
 * A day that is being edited, with Odoo's date picker open.
 */
export class DayEdit extends Component {
    static template = "crm_tracks.DayEdit";
    static props = {
        value: {type: [String, {value: false}]}, // ISO
        label: String,
        onSave: Function, // Called with an ISO day or false
        onClose: Function,
    };

    setup() {
        const value = this.props.value ? deserializeDate(this.props.value) : false;
        const picker = useDateTimePicker({
            pickerProps: {type: "date", value},
            onApply: (day) => this.props.onSave(day ? serializeDate(day) : false),
            onClose: () => this.props.onClose(),
        });
        onMounted(() => picker.open(0));
    }
}
