import {addTour} from "./add_tour";

const ROW = ".modal .o_track_preview_row";
const OFFER = `${ROW}:contains("Send the offer")`;

addTour("crm_tracks_trial_tour", {
    steps: () => [
        {
            content: "Rename the template, without saving it",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tried twice",
        },
        {
            content: "Try it",
            trigger: "button[name=action_open_trial]",
            run: "click",
        },
        {
            content: "The latest record is proposed",
            trigger: ".modal .o_field_widget[name=res_id] input:value(Chairs)",
        },
        {
            content: "There is one model only, so none is asked for",
            trigger: ".modal .o_form_view:not(:has(.o_field_widget[name=model_id]))",
        },
        {
            content: "The tasks are shown, with their assignee",
            trigger: `${ROW}:contains("Call them"):contains("Ada Author (owner)")`,
        },
        {
            content: "The condition is not met",
            trigger: `${OFFER}:contains("2 days after “Call them”") .badge:contains("Not met now")`,
        },
        {
            content: "Nothing can be chosen",
            trigger: ".modal .o_track_preview:not(:has(input, button))",
        },
        {
            content: "Look for another record",
            trigger: ".modal .o_field_widget[name=res_id] input",
            run: "edit Urgent",
        },
        {
            content: "Select it",
            trigger: '.o-autocomplete--dropdown-item:contains("Urgent desks")',
            run: "click",
        },
        {
            content: "Its condition is met",
            trigger: `${OFFER} .badge:contains(/^Met now$/)`,
        },
        {
            content: "Try another day",
            trigger: ".modal .o_field_widget[name=start_date] button",
            run: "click",
        },
        {
            content: "by its date",
            trigger: ".modal .o_field_widget[name=start_date] input",
            run: "edit 03/06/2020 && press Enter",
        },
        {
            content: "The first task is due then, which is in the past",
            trigger: `${ROW}:contains("Fri 03/06/2020"):contains("Due in the past")`,
        },
        {
            content: "Close the dialog",
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The template was saved, as by any button of a form",
            trigger: ".o_form_view:not(:has(.o_form_button_save:visible))",
        },
        {
            content: "The dialog is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
