import {addTour} from "./add_tour";

const task = (name) => `.o_tracks_task:has(.o_tracks_summary:contains("${name}"))`;
const date = (name) => `${task(name)} button[name=date_deadline]`;
const menu = (name) => `.o-dropdown-item:contains(${name})`;
// Any later day of the month that is shown
const OTHER_DAY =
    ".o_date_item_cell:not(.o_out_of_range, .o_selected, .o_today, [disabled]):last";

addTour("crm_tracks_pause_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        // Move a task together with those after it, and take that back
        {
            content: "Click the date of the first task",
            trigger: `${date("Write")}:contains(Today)`,
            run: "click",
        },
        {
            content: "Look at the next month",
            trigger: ".o_datetime_picker .o_next",
            run: "click",
        },
        {
            content: "Select a day",
            trigger: `.o_datetime_picker ${OTHER_DAY}`,
            run: "click",
        },
        {
            content: "The tasks after it are offered, with their dates; move them",
            trigger:
                ".o_tracks_move_popover:contains(Call):contains(Meet) button[name=move]",
            run: "click",
        },
        {
            content: "Take it back",
            trigger:
                ".o_notification:contains(2 tasks were moved.) button:contains(Undo)",
            run: "click",
        },
        {
            content: "The tasks have their dates back; pause the track",
            trigger: `.o_tracks_card:has(${date("Write")}:contains(Today)) .o_tracks_menu`,
            run: "click",
        },
        // Pause until a day, and resume with the dates
        {
            content: "Until a day",
            trigger: menu("Until"),
            run: "click",
        },
        {
            content: "A week is proposed",
            trigger: ".o_dialog button[name=pause]",
            run: "click",
        },
        {
            content: "It says until when",
            trigger: ".o_tracks_banner:contains(Tasks come back on)",
        },
    ],
});

addTour("crm_tracks_resume_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "Resume the track",
            trigger: ".o_tracks_banner button[name=resume]",
            run: "click",
        },
        {
            content: "It was on hold for five days; move its dates",
            trigger: ".o_dialog:contains(on hold for 5 days) button[name=action_move]",
            run: "click",
        },
        {
            content: "Its tasks are back, due later",
            trigger: `.o_form_view:not(:has(.o_tracks_banner)) ${date("Write")}:contains(In 4 days)`,
        },
    ],
});
