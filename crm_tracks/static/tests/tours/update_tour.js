import {addTour} from "./add_tour";

const ROW = ".o_list_view .o_data_row";

addTour("crm_tracks_update_tour", {
    steps: () => [
        {
            content: "Look at the running tracks",
            trigger: "button[name=action_open_updates]",
            run: "click",
        },
        {
            content: "The list says what would be added, changed and removed",
            trigger: `${ROW}:contains("Desks"):contains("Sign"):contains("Meet"):contains("Write")`,
        },
        {
            content: "Compare the first track with its template",
            trigger: `${ROW}:contains("Desks") td[name=res_name]`,
            run: "click",
        },
        {
            content: "Its tasks stand side by side",
            trigger: '.modal th:contains("After the Update")',
        },
        {
            content: "A task is added",
            trigger: '.modal tr:contains("Added"):contains("Sign")',
        },
        {
            content: "Change nothing yet",
            trigger: '.modal footer button:contains("Discard")',
            run: "click",
        },
        {
            content: "Mark the track on the desks",
            trigger: `body:not(:has(.modal)) ${ROW}:contains("Desks") .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "Update it",
            trigger: "button[name=action_update_from_template]",
            run: "click",
        },
        {
            content: "The result says so",
            trigger: '.modal .o_field_widget[name=summary_text]:contains("1 updated")',
        },
        {
            content: "Take it back",
            trigger: ".modal button[name=action_undo]",
            run: "click",
        },
        {
            content: "It was undone",
            trigger: '.modal .o_field_widget[name=summary_text]:contains("1 undone")',
        },
    ],
});
