import {Component, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatInteger} from "@web/views/fields/formatters";
import {parseInteger} from "@web/views/fields/parsers";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useBus} from "@web/core/utils/hooks";

/**
 * An integer that can be empty, which is not the same as 0.
 *
 * The standard field reads an empty input as 0, and its hook does not save 0 in place
 * of an empty value.
 */
export class OptionalIntegerField extends Component {
    static template = "crm_tracks.OptionalIntegerField";
    static props = {
        ...standardFieldProps,
        placeholder: {type: String, optional: true},
    };

    setup() {
        this.input = useRef("input");
        const {bus} = this.props.record.model;
        useBus(bus, "WILL_SAVE_URGENTLY", () => this.commit());
        useBus(bus, "NEED_LOCAL_CHANGES", ({detail}) =>
            detail.proms.push(this.commit())
        );
    }

    get text() {
        const value = this.props.record.data[this.props.name];
        return value === false ? "" : formatInteger(value);
    }

    setDirty(isDirty) {
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", isDirty);
    }

    onInput() {
        this.setDirty(this.input.el.value !== this.text);
    }

    /**
     * Take over what was typed.
     */
    async commit() {
        const {name, record} = this.props;
        const typed = this.input.el?.value.trim();
        if (typed === undefined || typed === this.text) {
            return;
        }
        let value = false;
        try {
            value = typed ? parseInteger(typed) : false;
        } catch {
            record.setInvalidField(name);
            return;
        }
        await record.update({[name]: value});
        this.setDirty(false);
    }
}

registry.category("fields").add("tracks_optional_integer", {
    component: OptionalIntegerField,
    displayName: _t("Optional Integer"),
    supportedTypes: ["integer"],
    isEmpty: (record, name) => record.data[name] === false,
    extractProps: ({placeholder}) => ({placeholder}),
});
