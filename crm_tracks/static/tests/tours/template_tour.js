import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const FORM = ".modal .o_form_view .o_field_widget";
const ROW = ".o_field_widget[name=line_ids] .o_data_row";

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
            content: "Say what to do",
            trigger: `${FORM}[name=summary] input`,
            run: "edit Call && press Tab",
        },
        {
            content: "It reads as a sentence while one writes",
            trigger: `${FORM}[name=sentence]:contains("Day 0 · Call · owner")`,
        },
        {
            content: "Add another one",
            trigger: ".modal .o_form_button_save_new",
            run: "click",
        },
        {
            content: "Wait for an empty form",
            trigger: `${FORM}[name=sentence]:contains("To-Do")`,
        },
        {
            content: "Say what to do then",
            trigger: `${FORM}[name=summary] input`,
            run: "edit Send the offer",
        },
        {
            content: "Two",
            trigger: `${FORM}[name=delay_count] input`,
            run: "edit 2",
        },
        {
            content: "of which unit?",
            trigger: `${FORM}[name=delay_unit] .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: "Weekdays",
            trigger: '.o_select_menu_item:contains("weekdays")',
            run: "click",
        },
        {
            content: "It waits for the task before by itself",
            trigger: `${FORM}[name=sentence]:contains("2 weekdays after Call")`,
        },
        {
            content: "That is all",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It waits for the first one",
            trigger: `${ROW}:contains("2 weekdays after Call · Send the offer · owner")`,
        },
        {
            content: "The one it waits for is set off",
            trigger: `${ROW} em:contains("Call")`,
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
            trigger: `${ROW}:nth-child(1) td[name=sentence]`,
            run: "click",
        },
        {
            content: "It is called something else",
            trigger: `${FORM}[name=summary] input`,
            run: "edit Ring them",
        },
        {
            content: "Close it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The second one says so",
            trigger: `${ROW}:contains("2 weekdays after Ring them · Send the offer · owner")`,
        },
        {
            content: "Add a third one",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "It waits for the one before by itself",
            trigger: `${FORM}[name=summary] input`,
            run: "edit File it",
        },
        {
            content: "Close it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It is the last one",
            trigger: `${ROW}:nth-child(3):contains("Same day as Send the offer · File it")`,
        },
        {
            content: "Move it before the offer",
            trigger: `${ROW}:nth-child(3) .o_row_handle`,
            run: `drag_and_drop(${ROW}:nth-child(2))`,
        },
        {
            content: "Both wait for another one now",
            trigger: `${ROW}:nth-child(2):contains("Same day as Ring them · File it")`,
        },
        {
            content: "the offer for the filing",
            trigger: `${ROW}:nth-child(3):contains("2 weekdays after File it · Send")`,
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
            content: "It reads as sentences",
            trigger: `${ROW}:contains("First working day · Confirm that the query was received · owner")`,
        },
    ],
});
