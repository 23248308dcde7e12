import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {fuzzyLookup} from "@web/core/utils/search";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useAutofocus} from "@web/core/utils/hooks";

// The number of templates from which a search box is shown.
const SEARCH_FROM = 6;

/**
 * The applicable templates as cards, one of which can be selected.
 *
 * Once a template is selected, only its card is shown, until the user wants another one.
 * The record's field `template_choices` holds the content of the cards.
 */
export class TemplatePicker extends Component {
    static template = "crm_tracks.TemplatePicker";
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({
            search: "",
            isOpen: false, // By the user, after a template was selected
        });
        useAutofocus({refName: "search"});
    }

    get all() {
        return this.props.record.data.template_choices || [];
    }

    /** The templates shown: those that match the search, or the selected one. */
    get templates() {
        if (!this.isOpen) {
            return this.all.filter(({id}) => id === this.chosenId);
        }
        if (!this.state.search) {
            return this.all;
        }
        return fuzzyLookup(this.state.search, this.all, ({name}) => name);
    }

    get chosenId() {
        return this.props.record.data[this.props.name]?.id;
    }

    /** Whether all templates are shown. */
    get isOpen() {
        return this.state.isOpen || !this.chosenId;
    }

    get canOpen() {
        return !this.isOpen && !this.props.readonly && this.all.length > 1;
    }

    get hasSearch() {
        return this.isOpen && this.all.length >= SEARCH_FROM;
    }

    get groupName() {
        return `${this.props.id || this.props.name}_template`;
    }

    onSearch(ev) {
        this.state.search = ev.target.value;
    }

    /** Enter selects the only template that matches. */
    onSearchKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            if (this.templates.length === 1) {
                this.choose(this.templates[0]);
            }
        }
    }

    open() {
        this.state.search = "";
        this.state.isOpen = true;
    }

    async choose({id, name}) {
        await this.props.record.update({
            [this.props.name]: {id, display_name: name},
        });
        this.state.search = "";
        this.state.isOpen = false;
    }
}

registry.category("fields").add("track_template_picker", {
    component: TemplatePicker,
    displayName: _t("Track templates"),
    supportedTypes: ["many2one"],
    fieldDependencies: [{name: "template_choices", type: "json"}],
});
