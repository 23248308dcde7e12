import {Component, useEffect, useRef, useState} from "@odoo/owl";

/**
 * A text that becomes an input when the user clicks it.
 *
 * Enter or leaving the input saves the text, Escape discards it. An empty text is never
 * saved.
 */
export class InlineEdit extends Component {
    static template = "crm_tracks.InlineEdit";
    static props = {
        // The text shown, and the text edited when it differs
        text: String,
        value: {type: String, optional: true},
        label: String, // Describes the click, for the title and screen readers
        name: String,
        readonly: {type: Boolean, optional: true},
        class: {type: String, optional: true},
        onSave: Function,
    };

    setup() {
        this.state = useState({editing: false, text: ""});
        this.input = useRef("input");
        this.button = useRef("button");
        useEffect(
            (el) => {
                el?.focus();
                el?.select();
            },
            () => [this.input.el]
        );
        useEffect(
            (el) => {
                if (el && this.giveBackFocus) {
                    this.giveBackFocus = false;
                    el.focus();
                }
            },
            () => [this.button.el]
        );
    }

    start() {
        this.state.text = this.props.value ?? this.props.text;
        this.state.editing = true;
    }

    async save() {
        if (!this.state.editing) {
            return;
        }
        this.state.editing = false;
        const text = this.state.text.trim();
        if (text && text !== (this.props.value ?? this.props.text)) {
            await this.props.onSave(text);
        }
    }

    onKeydown(ev) {
        if (!["Enter", "Escape"].includes(ev.key) || ev.isComposing) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        this.giveBackFocus = true;
        if (ev.key === "Enter") {
            return this.save();
        }
        this.state.editing = false;
    }
}
