import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {MultiRecordSelector} from "@web/core/record_selectors/multi_record_selector";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {getTargetModel} from "../settable_field/settable_field";

function parseIds(text) {
    return (text || "")
        .split(",")
        .map((id) => parseInt(id, 10))
        .filter((id) => id);
}

/**
 * The value that a task writes to a field, with the input that suits the type of the
 * field. It is stored as text (tools/field_values.py).
 */
export class TrackValue extends Component {
    static template = "crm_tracks.TrackValue";
    static components = {MultiRecordSelector, RecordSelector};
    static props = {...standardFieldProps};

    setup() {
        this.fieldService = useService("field");
        this.nameService = useService("name");
        this.state = useState({def: null, names: []});
        useRecordObserver((record) => this.load(record));
    }

    async load(record) {
        const {field_name: name} = record.data;
        const model = getTargetModel(record);
        const ids = parseIds(record.data[this.props.name]);
        const defs = name && model ? await this.fieldService.loadFields(model) : {};
        const def = defs[name] || null;
        if (def?.relation) {
            const names = await this.nameService.loadDisplayNames(def.relation, ids);
            // a deleted record, or one that the user may not read, has no name
            this.state.names = ids.map((id) =>
                typeof names[id] === "string" ? names[id] : `#${id}`
            );
        }
        this.state.def = def;
    }

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    get kind() {
        const {type} = this.state.def || {};
        if (["many2one", "many2many", "selection", "boolean"].includes(type)) {
            return type;
        }
        return ["date", "datetime"].includes(type) ? "days" : "text";
    }

    get options() {
        if (this.kind === "boolean") {
            return [
                ["true", _t("Yes")],
                ["false", _t("No")],
            ];
        }
        return this.state.def.selection;
    }

    get ids() {
        return parseIds(this.text);
    }

    get label() {
        return this.state.def?.string || _t("Value");
    }

    /** The value as text, when it is read-only. */
    get words() {
        if (["many2one", "many2many"].includes(this.kind)) {
            return this.state.names.join(", ");
        }
        if (["selection", "boolean"].includes(this.kind)) {
            return (this.options.find(([key]) => key === this.text) || [
                "",
                this.text,
            ])[1];
        }
        if (this.kind === "days") {
            return this.text === "1"
                ? _t("1 day after the task")
                : _t("%s days after the task", this.text);
        }
        return this.text;
    }

    update(text) {
        return this.props.record.update({[this.props.name]: String(text)});
    }
}

registry.category("fields").add("track_value", {
    component: TrackValue,
    displayName: _t("Value of a field"),
    supportedTypes: ["char"],
    fieldDependencies: [
        {name: "field_name", type: "char"},
        {name: "model_name", type: "char"},
    ],
});
