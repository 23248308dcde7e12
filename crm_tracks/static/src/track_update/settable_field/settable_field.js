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

/** The model of the updated record, which an unsaved task knows as well. */
export function getTargetModel(record) {
    return record.evalContext.parent?.target_model || record.data.model_name;
}

/** Selects one of the record's own fields that a task can set. */
export class SettableField extends FieldSelectorField {
    static template = "crm_tracks.SettableField";

    get resModel() {
        return getTargetModel(this.props.record);
    }

    /** A new field clears the value; tags are added to the existing ones by default. */
    async update(name, fieldInfo) {
        const isMany = fieldInfo?.fieldDef?.type === "many2many";
        await this.props.record.update({
            [this.props.name]: name,
            operation: isMany ? "add" : "set",
            value: "",
        });
    }

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
