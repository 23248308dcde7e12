import {addTour} from "./add_tour";

const at = (record) =>
    `.o_form_view:has(.o_last_breadcrumb_item:contains("${record}"))`;
const bar = (text) => `.o_work_bar:contains("${text}")`;
// Of the tasks that follow: the list shows those of before until it is loaded again
const row = (record) =>
    `.o_data_row:contains("Write"):has(td[name=res_name]:contains("${record}"))`;
const select = (record) => `${row(record)} .o_list_record_selector input`;

addTour("crm_tracks_worklist_tour", {
    steps: () => [
        {
            content: "Work through the tasks of the list",
            trigger: ".o_control_panel button[name=action_work_through]",
            run: "click",
        },
        {
            content: "The latest task comes first, at its track; tick it",
            trigger: `${at("Tables")}:has(${bar("1 of 3")}) .o_tracks_card.o_tracks_shown .o_tracks_tick`,
            run: "click",
        },
        {
            content: "The next task is offered, on a contact",
            trigger: `${bar("Next:")}:contains("A customer") button.btn-primary[name=next_task]`,
            run: "click",
        },
        {
            content: "The contact is open at its track",
            trigger: `${at("A customer")}:has(${bar("2 of 3")}) .o_tracks_card`,
        },
        {
            content: "Complete the task in the chatter",
            trigger: ".o-mail-Activity-markDone",
            run: "click",
        },
        {
            content: "Mark it as done",
            trigger: ".o-mail-ActivityMarkAsDone button:contains(Done)",
            run: "click",
        },
        {
            content: "The next task is offered, on an opportunity again",
            trigger: `${bar("Next:")}:contains("Chairs") button.btn-primary[name=next_task]`,
            run: "click",
        },
        {
            content: "Complete the last task in the line above the tabs",
            trigger: `${at("Chairs")}:has(${bar("3 of 3")}) .o_track_stepper .o_tracks_tick`,
            run: "click",
        },
        {
            content: "Nothing is left: back to the list",
            trigger: `${bar("All tasks are done")} button[name=back]`,
            run: "click",
        },
        {
            content: "The list has the tasks that follow; select two of them",
            trigger: `.o_list_view ${select("Tables")}`,
            run: "click",
        },
        {
            content: "Select the second one",
            trigger: `.o_list_view ${select("Chairs")}`,
            run: "click",
        },
        {
            content: "Move them",
            trigger: ".o_control_panel button:contains(Move)",
            run: "click",
        },
        {
            content: "By days",
            trigger: ".modal .o_field_widget[name=move_by] label:contains(By Days)",
            run: "click",
        },
        {
            content: "By ten",
            trigger: ".modal .o_field_widget[name=days] input",
            run: "edit 10",
        },
        {
            content: "Apply",
            trigger: ".modal footer button:contains(Move)",
            run: "click",
        },
        {
            content: "It says how many were moved",
            trigger: ".o_notification:contains(2 tasks were moved.)",
        },
        {
            content: "The list is loaded again; select one",
            trigger: `.o_list_view:has(.o_data_row:contains("In 10 days")) ${select("A customer")}`,
            run: "click",
        },
        {
            content: "Skip it",
            trigger: ".o_selection_container button:contains(Skip)",
            run: "click",
        },
        {
            content: "Enter the reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Not needed",
        },
        {
            content: "Apply",
            trigger: ".modal footer button:contains(Skip)",
            run: "click",
        },
        {
            content: "It is skipped",
            trigger: ".o_notification:contains(1 task was skipped.)",
        },
    ],
});
