import {formatFloat, formatPercentage} from "@web/views/fields/formatters";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * A number in a list, or a text with several, that opens the records which it counts.
 */
export class FigureField extends Component {
    static template = "crm_tracks.FigureField";
    static props = {
        ...standardFieldProps,
        action: String,
        percentage: {type: Boolean, optional: true},
    };

    setup() {
        this.action = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        const field = this.props.record.fields[this.props.name];
        if (this.props.percentage) {
            return formatPercentage(this.value, {digits: [16, 0]});
        }
        return field.type === "float"
            ? formatFloat(this.value, {digits: field.digits})
            : String(this.value || (field.type === "integer" ? 0 : ""));
    }

    /**
     * Whether nothing is counted; an average or a share of 0 counts something.
     */
    get isEmpty() {
        return (
            this.props.record.fields[this.props.name].type !== "float" && !this.value
        );
    }

    get label() {
        return `${this.props.record.fields[this.props.name].string}: ${this.text}`;
    }

    /**
     * Open the records: the row would open those of all its figures.
     */
    async open() {
        const {record} = this.props;
        await this.action.doActionButton({
            type: "object",
            name: this.props.action,
            resModel: record.resModel,
            resId: record.resId,
            resIds: record.resIds,
            context: record.context,
        });
    }
}

registry.category("fields").add("tracks_figure", {
    component: FigureField,
    displayName: _t("Figure"),
    supportedTypes: ["integer", "float", "char"],
    extractProps: ({options}) => ({
        action: options.action,
        percentage: Boolean(options.percentage),
    }),
});
