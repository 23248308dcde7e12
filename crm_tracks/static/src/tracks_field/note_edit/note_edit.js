import {Component, markup, onMounted, useRef, useState} from "@odoo/owl";
import {MAIN_PLUGINS} from "@html_editor/plugin_sets";
import {Wysiwyg} from "@html_editor/wysiwyg";
import {endPos} from "@html_editor/utils/position";
import {isHtmlEmpty} from "@web/core/utils/html";
import {localization} from "@web/core/l10n/localization";
import {_t} from "@web/core/l10n/translation";

/**
 * The editor of a task's note.
 *
 * Ctrl+Enter saves. Escape discards an unchanged note; after a change it moves the
 * focus to the buttons, because the Tab key indents inside the editor.
 */
export class NoteEdit extends Component {
    static template = "crm_tracks.NoteEdit";
    static components = {Wysiwyg};
    static props = {
        value: String, // HTML that the server has sanitized
        label: String,
        resModel: String, // The record to which images are attached
        resId: Number,
        onSave: Function, // Called with the HTML, or false for an empty note
        onClose: Function,
    };

    setup() {
        this.state = useState({isSaving: false});
        this.saveButton = useRef("save");
        this.config = {
            content: markup(this.props.value),
            Plugins: MAIN_PLUGINS,
            classList: ["form-control", "o_tracks_note_input"],
            debug: Boolean(this.env.debug),
            direction: localization.direction || "ltr",
            placeholder: _t("e.g. Ask for the order number."),
            dropImageAsAttachment: true,
            allowVideo: false,
            getRecordInfo: () => ({
                resModel: this.props.resModel,
                resId: this.props.resId,
            }),
        };
        onMounted(() => {
            const {editable} = this.editor;
            editable.setAttribute("role", "textbox");
            editable.setAttribute("aria-multiline", "true");
            editable.setAttribute("aria-label", this.props.label);
            this.editor.shared.selection.focusEditable();
            document.getSelection().setPosition(...endPos(editable));
            this.before = this.editor.getContent();
        });
    }

    onLoad(editor) {
        this.editor = editor;
    }

    get isChanged() {
        return this.editor.getContent() !== this.before;
    }

    async save() {
        if (this.state.isSaving) {
            return;
        }
        if (!this.isChanged) {
            this.props.onClose();
            return;
        }
        this.state.isSaving = true;
        try {
            const content = this.editor.getElContent();
            await this.editor.shared.imageSave.savePendingImages(content);
            const html = content.innerHTML;
            const isEmpty = isHtmlEmpty(markup(html)) && !content.querySelector("img");
            await this.props.onSave(isEmpty ? false : html);
        } catch (error) {
            // Keep the text in the editor
            this.state.isSaving = false;
            throw error;
        }
        this.props.onClose();
    }

    onKeydown(ev) {
        if (ev.isComposing) {
            return;
        }
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            ev.stopPropagation();
            return this.save();
        }
        if (ev.key === "Escape" && !ev.defaultPrevented) {
            ev.stopPropagation();
            const isInEditor = this.editor.editable.contains(ev.target);
            if (isInEditor && this.isChanged) {
                this.saveButton.el.focus();
            } else {
                this.props.onClose();
            }
        }
    }
}
