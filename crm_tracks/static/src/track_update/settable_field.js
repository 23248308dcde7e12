import {registry} from "@web/core/registry";
import {
    FieldSelectorField,
    fieldSelectorField,
} from "@web/views/fields/field_selector/field_selector_field";

/** The kinds of fields that a task can set, as in tools/field_values.py. */
export const SETTABLE_TYPES = [
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2many",
    "many2one",
    "monetary",
    "selection",
    "text",
];

/** Chooses one of the record's own fields, of those that a task can set. */
export class SettableField extends FieldSelectorField {
    filter(fieldDef) {
        return (
            super.filter(fieldDef) &&
            !fieldDef.readonly &&
            SETTABLE_TYPES.includes(fieldDef.type)
        );
    }
}

registry.category("fields").add("track_settable_field", {
    ...fieldSelectorField,
    component: SettableField,
    extractProps: (...args) => ({
        ...fieldSelectorField.extractProps(...args),
        allowProperties: false,
        followRelations: false,
    }),
});
