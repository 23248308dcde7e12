import {IntegerField, integerField} from "@web/views/fields/integer/integer_field";
import {parseInteger} from "@web/views/fields/parsers";
import {registry} from "@web/core/registry";
import {useInputField} from "@web/views/fields/input_field_hook";
import {useNumpadDecimal} from "@web/views/fields/numpad_decimal_hook";
import {useState} from "@odoo/owl";

/**
 * An integer that can be empty, which is not the same as 0.
 */
export class OptionalIntegerField extends IntegerField {
    static template = "crm_tracks.OptionalIntegerField";
    static props = {
        ...IntegerField.props,
        placeholder: {type: String, optional: true},
    };

    /**
     * In place of the standard setup, which reads an empty input as 0.
     *
     * @override
     */
    setup() {
        this.state = useState({hasFocus: false});
        useInputField({
            getValue: () => this.formattedValue,
            refName: "numpadDecimal",
            parse: (text) =>
                text.trim() ? parseInteger(text, {allowOperation: true}) : false,
        });
        useNumpadDecimal();
    }
}

registry.category("fields").add("tracks_optional_integer", {
    ...integerField,
    component: OptionalIntegerField,
    extractProps: (fieldInfo, ...others) => ({
        ...integerField.extractProps(fieldInfo, ...others),
        placeholder: fieldInfo.placeholder,
    }),
});
