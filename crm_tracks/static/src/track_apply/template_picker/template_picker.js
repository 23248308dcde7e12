import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {fuzzyLookup} from "@web/core/utils/search";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

// The number of templates from which a search box is shown.
const SEARCH_FROM = 6;

/**
 * The applicable templates as cards, one of which can be selected.
 *
 * The record's field `template_choices` holds the content of the cards.
 */
export class TemplatePicker extends Component {
    static template = "crm_tracks.TemplatePicker";
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({search: ""});
    }

    get all() {
        return this.props.record.data.template_choices || [];
    }

    /** The templates that match the search, and always the selected one. */
    get templates() {
        if (!this.state.search) {
            return this.all;
        }
        const found = fuzzyLookup(this.state.search, this.all, ({name}) => name);
        const chosen = this.all.filter(
            ({id}) => id === this.chosenId && !found.some((other) => other.id === id)
        );
        return [...found, ...chosen];
    }

    get chosenId() {
        return this.props.record.data[this.props.name]?.id;
    }

    get hasSearch() {
        return this.all.length >= SEARCH_FROM;
    }

    get groupName() {
        return `${this.props.id || this.props.name}_template`;
    }

    onSearch(ev) {
        this.state.search = ev.target.value;
    }

    choose({id, name}) {
        return this.props.record.update({
            [this.props.name]: {id, display_name: name},
        });
    }
}

registry.category("fields").add("track_template_picker", {
    component: TemplatePicker,
    displayName: _t("Track templates"),
    supportedTypes: ["many2one"],
    fieldDependencies: [{name: "template_choices", type: "json"}],
});
