import {Component, useState} from "@odoo/owl";
import {ModelFieldSelector} from "@web/core/model_field_selector/model_field_selector";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * A field of the records to which a template applies, stored by its path. The base of
 * fields that offer some of them only.
 */
export class PathField extends Component {
    static template = "crm_tracks.PathField";
    static components = {ModelFieldSelector};
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({refusals: 0});
        this.filter = this.filter.bind(this);
        this.update = this.update.bind(this);
    }

    /** The model of the template, which a task of an unsaved one knows as well. */
    getModel({record}) {
        return (
            record.evalContext.parent?.target_model ||
            record.data.target_model ||
            record.data.res_model
        );
    }

    get model() {
        return this.getModel(this.props);
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    /** Whether a field is offered: its description, its path, and its model. */
    filter() {
        return true;
    }

    /** Whether an offered field may be selected: some only lead on to another record. */
    isUsable() {
        return true;
    }

    update(path, {fieldDef}) {
        if (path && !this.isUsable(path, fieldDef)) {
            this.state.refusals++;
            return;
        }
        return this.select(path);
    }

    select(path) {
        return this.save(path);
    }

    save(value) {
        return this.props.record.update({[this.props.name]: value || false});
    }
}
