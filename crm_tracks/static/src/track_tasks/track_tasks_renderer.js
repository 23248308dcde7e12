import {onPatched, useExternalListener, useState, useSubEnv} from "@odoo/owl";
import {ListRenderer} from "@web/views/list/list_renderer";
import {TaskDetails} from "./task_details/task_details";

// The text that a row shows in the place of a field, and of how many fields, unless the
// row is being edited.
const TEXTS = {
    summary: {name: "task_text", span: 1},
    activity_type_id: {name: "type_text", span: 1},
    delay_count: {name: "due_text", span: 3},
    responsible_type: {name: "responsible_text", span: 2},
};
// The field that takes the place of the user, by who is responsible for the task.
const RESPONSIBLES = {role: "responsible_role_id", team: "responsible_team_id"};
const FIELDS = Object.fromEntries(
    Object.entries(TEXTS).map(([field, {name}]) => [name, field])
);

/**
 * One row a task: texts, or fields while it is being edited. At most one task shows its
 * details, below its row; where rows can be edited, this is the edited one.
 */
export class TrackTasksRenderer extends ListRenderer {
    static recordRowTemplate = "crm_tracks.TrackTasksRenderer.RecordRow";
    static components = {...ListRenderer.components, TaskDetails};
    static props = [...ListRenderer.props, "details"];
    static useMagicColumnWidths = false;

    setup() {
        super.setup();
        this.unfolded = useState({id: false});
        useSubEnv({
            trackTasks: {
                unfolded: this.unfolded,
                isUnfolded: (record, id) => this.isUnfolded(record, id),
                toggle: (record) => this.toggleDetails(record),
                onKeydown: (ev, {id}) => this.onCellKeydown(ev, null, this.find(id)),
            },
        });
        // After this, the list sets the focus into the edited row, unless it is there.
        onPatched(() => {
            if (this.editedRecord && this.isUnfolded(this.editedRecord)) {
                this.activeRowId = this.editedRecord.id;
            }
        });
        // A row is dragged without its details, which would stand between the rows.
        useExternalListener(document, "pointerdown", (ev) => this.onPointerdown(ev), {
            capture: true,
        });
    }

    // ------------------------------------------------------------------
    // Rows
    // ------------------------------------------------------------------

    /** The record of a row, as the list has it: components have proxies of it. */
    find(id) {
        return this.props.list.records.find((record) => record.id === id);
    }

    getColumns(record) {
        const columns = super.getColumns(record);
        if (record.isInEdition && this.props.editable) {
            return columns.map((column) => this.getEditedColumn(column, record));
        }
        const shown = [];
        for (let index = 0; index < columns.length; index++) {
            const text = TEXTS[columns[index].name];
            if (text) {
                const column = this.allColumns.find(({name}) => name === text.name);
                // as a column of fields it is invisible
                shown.push({...column, invisible: false, colspan: text.span});
                index += text.span - 1;
            } else {
                shown.push(columns[index]);
            }
        }
        return shown;
    }

    /** A task for a role or team has that one where others have their user. */
    getEditedColumn(column, record) {
        const other =
            column.name === "responsible_id" &&
            RESPONSIBLES[record.data.responsible_type];
        const found = other && this.allColumns.find(({name}) => name === other);
        // as a column of its own it is invisible
        return found ? {...found, invisible: false} : column;
    }

    /** A click on a text sets the focus into the field in its place. */
    focusCell(column, forward) {
        const name = FIELDS[column?.name];
        const field = name && this.columns.find((each) => each.name === name);
        super.focusCell(field || column, forward);
    }

    /** Enter in a new row in which nothing was entered ends the entry of tasks. */
    editNextRecord(record) {
        const isUntouched = record.canBeAbandoned && !this.lastIsDirty;
        if (isUntouched && record === this.props.list.records.at(-1)) {
            this.props.list.leaveEditMode();
            this.focus(
                this.tableRef.el.querySelector(".o_field_x2many_list_row_add a")
            );
            return;
        }
        super.editNextRecord(...arguments);
    }

    // ------------------------------------------------------------------
    // Details
    // ------------------------------------------------------------------

    isUnfolded(record, id = this.unfolded.id) {
        if (!this.props.editable) {
            return id === record.id;
        }
        return (
            record.isInEdition && (id === record.id || this.hasInvalidDetails(record))
        );
    }

    /** Whether a field is invalid that is not in the row, and would not be seen. */
    hasInvalidDetails(record) {
        const columns = this.getColumns(record);
        return Object.keys(record.activeFields).some(
            (name) =>
                record.isFieldInvalid(name) &&
                !columns.some((column) => column.name === name)
        );
    }

    async toggleDetails(record) {
        if (this.isUnfolded(record)) {
            this.unfolded.id = false;
            return;
        }
        if (this.props.editable && !record.isInEdition) {
            const entered = await this.props.list.enterEditMode(record);
            if (!entered) {
                return;
            }
        }
        this.unfolded.id = record.id;
    }

    /** Escape leads out of the details: in the note, Tab is a part of the text. */
    onDetailsKeydown(ev) {
        const isOfMenu = document.querySelector(
            ".o-dropdown--menu, .o_datetime_picker"
        );
        if (ev.key === "Escape" && !isOfMenu) {
            ev.preventDefault();
            ev.stopPropagation();
            const row = ev.currentTarget.previousElementSibling;
            row.querySelector(".o_track_task_toggle").focus();
            this.unfolded.id = false;
        }
    }

    onPointerdown(ev) {
        const handle = ev.target.closest(".o_handle_cell");
        if (handle?.closest("table") === this.tableRef.el) {
            this.unfolded.id = false;
        }
    }

    /** The details belong to the edited row, and so does what they open. */
    onGlobalClick(ev) {
        if (!ev.target.closest(".o_track_details, .o-overlay-container")) {
            super.onGlobalClick(ev);
        }
    }
}
