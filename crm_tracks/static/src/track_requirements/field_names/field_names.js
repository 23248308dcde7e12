import {onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {PathField} from "../../path_field/path_field";
import {TagsList} from "@web/core/tags_list/tags_list";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

const UNUSABLE_TYPES = ["properties", "properties_definition", "separator"];

/**
 * Names of fields of one model, separated by commas, shown by their labels.
 */
export class FieldNames extends PathField {
    static template = "crm_tracks.FieldNames";
    static components = {...PathField.components, TagsList};

    setup() {
        super.setup();
        this.fieldService = useService("field");
        this.shown = useState({labels: {}});
        onWillStart(() => this.loadLabels(this.getModel(this.props)));
        onWillUpdateProps((props) => this.loadLabels(this.getModel(props)));
    }

    async loadLabels(model) {
        const found = model ? await this.fieldService.loadFields(model) : {};
        this.shown.labels = Object.fromEntries(
            Object.entries(found).map(([name, {string}]) => [name, string])
        );
    }

    get names() {
        const names = this.value.split(",");
        return [...new Set(names.map((name) => name.trim()).filter(Boolean))];
    }

    get tags() {
        return this.names.map((name) => ({
            id: name,
            text: this.shown.labels[name] || name,
            onDelete: this.props.readonly ? undefined : () => this.remove(name),
        }));
    }

    get addLabel() {
        return _t("Add a Field");
    }

    filter(fieldDef) {
        return (
            !UNUSABLE_TYPES.includes(fieldDef.type) &&
            !this.names.includes(fieldDef.name) &&
            fieldDef.name !== "id"
        );
    }

    select(name) {
        return name && this.save([...this.names, name].join(","));
    }

    remove(name) {
        return this.save(this.names.filter((other) => other !== name).join(","));
    }
}

registry.category("fields").add("track_field_names", {
    component: FieldNames,
    displayName: _t("Field Names"),
    supportedTypes: ["char"],
});
