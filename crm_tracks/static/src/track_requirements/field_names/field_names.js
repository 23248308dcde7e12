import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {ModelFieldSelector} from "@web/core/model_field_selector/model_field_selector";
import {TagsList} from "@web/core/tags_list/tags_list";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

const UNUSABLE_TYPES = ["properties", "properties_definition", "separator"];

/**
 * Names of fields of one model, separated by commas, shown by their labels.
 */
export class FieldNames extends Component {
    static template = "crm_tracks.FieldNames";
    static components = {ModelFieldSelector, TagsList};
    static props = {...standardFieldProps};

    setup() {
        this.fieldService = useService("field");
        this.state = useState({labels: {}});
        this.filter = this.filter.bind(this);
        this.add = this.add.bind(this);
        onWillStart(() => this.loadLabels(this.getModel(this.props)));
        onWillUpdateProps((props) => this.loadLabels(this.getModel(props)));
    }

    /** The model of the template, which a task of an unsaved one knows as well. */
    getModel({record}) {
        return record.evalContext.parent?.target_model || record.data.target_model;
    }

    async loadLabels(model) {
        const found = model ? await this.fieldService.loadFields(model) : {};
        this.state.labels = Object.fromEntries(
            Object.entries(found).map(([name, {string}]) => [name, string])
        );
    }

    get model() {
        return this.getModel(this.props);
    }

    get names() {
        const names = (this.props.record.data[this.props.name] || "").split(",");
        return [...new Set(names.map((name) => name.trim()).filter(Boolean))];
    }

    get tags() {
        return this.names.map((name) => ({
            id: name,
            text: this.state.labels[name] || name,
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

    save(names) {
        return this.props.record.update({[this.props.name]: names.join(",") || false});
    }

    add(name) {
        return name && this.save([...this.names, name]);
    }

    remove(name) {
        return this.save(this.names.filter((other) => other !== name));
    }
}

registry.category("fields").add("track_field_names", {
    component: FieldNames,
    displayName: _t("Field Names"),
    supportedTypes: ["char"],
});
