import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const ROW = ".o_field_widget[name=line_ids] .o_data_row";
const EDITED = ".o_field_widget[name=line_ids] .o_selected_row";
const DETAILS = ".o_field_widget[name=line_ids] .o_track_details";

/** A row that is read: the task, when it is due, and who does it. */
function row(number, task, due, responsible) {
    return (
        `${ROW}:nth-child(${number})` +
        `:has(td[name=task_text]:contains("${task}"))` +
        `:has(td[name=due_text]:contains("${due}"))` +
        `:has(td[name=responsible_text]:contains("${responsible}"))`
    );
}

addTour("crm_tracks_template_tour", {
    steps: () => [
        {
            content: "Write a new template",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Our way",
        },
        ...stepUtils.saveForm(),
        {
            content: "A template without tasks says that it cannot be applied",
            trigger: 'div[name=empty_hint]:contains("cannot be applied yet")',
        },
        {
            content: "Add a task",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Say what to do, and go to the next row",
            trigger: `${EDITED} td[name=summary] input`,
            run: "edit Call && press Enter",
        },
        {
            content: "The row is read in its parts",
            trigger: row(1, "Call", "Day 0", "owner"),
        },
        {
            content: "Say what to do then",
            trigger: `${EDITED}:nth-child(2) td[name=summary] input`,
            run: "edit Send the offer",
        },
        {
            content: "It waits for the task before by itself",
            trigger: `${EDITED} td[name=delay_from] select:value(previous)`,
        },
        {
            content: "An end date is not offered",
            trigger: `${EDITED}:not(:has(option[value=end]))`,
        },
        {
            content: "Two",
            trigger: `${EDITED} td[name=delay_count] input`,
            run: "edit 2",
        },
        {
            content: "Weekdays",
            trigger: `${EDITED} td[name=delay_unit] select`,
            run: "select weekdays",
        },
        {
            content: "Look at the details",
            trigger: `${EDITED} .o_track_task_toggle`,
            run: "click",
        },
        {
            content: "They fold out in place, without what is in the row",
            trigger: `${DETAILS}:has([name=note]):not(:has([name=delay_count])):not(:has([name=summary]))`,
        },
        {
            content: "The task requires a note",
            trigger: `${DETAILS} [name=require_feedback] input`,
            run: "check",
        },
        {
            content: "No dialog was opened. That is all",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=name] input",
            run: "click",
        },
        {
            content: "It waits for the first one, and says what it needs",
            trigger: row(2, "Send the offer", "2 weekdays after Call", "owner"),
        },
        {
            content: "what it needs",
            trigger: `${ROW} td[name=task_text]:contains("needs a note")`,
        },
        {
            content: "The one it waits for is set off",
            trigger: `${ROW} em:contains("Call")`,
        },
        {
            content: "The details are folded in",
            trigger: "body:not(:has(.o_track_details))",
        },
        {
            content: "Preview them for a Friday",
            trigger: ".o_field_widget[name=preview_date] button",
            run: "click",
        },
        {
            content: "by its date",
            trigger: ".o_field_widget[name=preview_date] input",
            run: "edit 03/06/2026 && press Enter",
        },
        {
            content: "It is due on Tuesday at the earliest",
            trigger:
                '.o_track_timeline_row:contains("Send the offer"):contains("Tue 03/10/2026, at the earliest")',
        },
        {
            content: "Change the first one",
            trigger: `${ROW}:nth-child(1) td[name=task_text]`,
            run: "click",
        },
        {
            content: "It is called something else",
            trigger: `${EDITED} td[name=summary] input`,
            run: "edit Ring them && press Tab",
        },
        {
            content: "The second one says so",
            trigger: row(2, "Send the offer", "2 weekdays after Ring them", "owner"),
        },
        {
            content: "Add a third one",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "It waits for the one before, in weekdays as that one",
            trigger: `${EDITED}:nth-child(3) td[name=summary] input`,
            run: "edit File it && press Enter",
        },
        {
            content: "It is the last one",
            trigger: row(3, "File it", "1 weekday after Send the offer", "owner"),
        },
        {
            content: "An empty row ends the entry",
            trigger: `${EDITED}:nth-child(4) td[name=summary] input`,
            run: "press Enter",
        },
        {
            content: "and is no task",
            trigger: `.o_field_widget[name=line_ids]:not(:has(.o_data_row:nth-child(4)))`,
        },
        {
            content: "Move it before the offer",
            trigger: `${ROW}:nth-child(3) .o_row_handle`,
            run: `drag_and_drop(${ROW}:nth-child(2))`,
        },
        {
            content: "Both wait for another one now",
            trigger: row(2, "File it", "1 weekday after Ring them", "owner"),
        },
        {
            content: "the offer for the filing",
            trigger: row(3, "Send", "2 weekdays after File it", "owner"),
        },
        ...stepUtils.saveForm(),
        {
            content: "There are tasks, so nothing is missing",
            trigger: ".o_form_view:not(:has(div[name=empty_hint]))",
        },
        {
            content: "Go back to the list",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Look at the library",
            trigger: "button[name=action_open_library]",
            run: "click",
        },
        {
            content: "Choose one",
            trigger:
                '.modal .o_data_row:contains("Support query") input[type=checkbox]',
            run: "click",
        },
        {
            content: "and another",
            trigger:
                '.modal .o_data_row:contains("Event preparation …") input[type=checkbox]',
            run: "click",
        },
        {
            content: "Create them",
            trigger: ".modal button[name=action_make]",
            run: "click",
        },
        {
            content: "They are in the list",
            trigger: '.o_list_view .o_data_row:contains("Event preparation …")',
        },
        {
            content: "Open one",
            trigger:
                '.o_list_view .o_data_row:contains("Support query") td[name=display_name]',
            run: "click",
        },
        {
            content: "It is read in its parts",
            trigger: row(
                1,
                "Confirm that the query was received",
                "First working day",
                "owner"
            ),
        },
    ],
});
