import {addTour} from "./add_tour";

const task = (name) => `.o_tracks_task:has(.o_tracks_summary:contains("${name}"))`;
const item = (label) => `.o-dropdown-item:contains("${label}")`;

addTour("crm_tracks_form_tour", {
    steps: () => [
        {
            content: "The form of the track has the card, without its head",
            trigger: `.o_form_view .o_tracks_card:not(:has(.o_tracks_head)) ${task("Write")}`,
        },
        {
            content: "Complete the first task",
            trigger: `${task("Write")} button[name=tick]`,
            run: "click",
        },
        {
            content: "The next one is assigned",
            trigger: `${task("Write")}.o_tracks_done ~ ${task("Call")}.o_tracks_open`,
        },
        {
            content: "The form says how much is done",
            trigger: ".o_field_widget[name=progress]:contains(33)",
        },
        // Add tasks below the one that is open
        {
            content: "Open its menu",
            trigger: `${task("Call")} .o_tracks_task_menu`,
            run: "click",
        },
        {
            content: "Add a task below it",
            trigger: item("Add a Task Below"),
            run: "click",
        },
        {
            content: "Say what",
            trigger: `${task("Call")} + li input[name=new_task]`,
            run: "edit Ask && press Enter",
        },
        {
            content: "The next one comes below the new one",
            trigger: `${task("Call")} + ${task("Ask")} + li input[name=new_task]`,
            run: "edit Thank && press Enter",
        },
        {
            content: "Enough",
            trigger: `${task("Ask")} + ${task("Thank")} + li input[name=new_task]`,
            run: "press Escape",
        },
        {
            content: "They stand between the open task and the last one",
            trigger: `.o_tracks_tasks:not(:has(input)) ${task("Thank")} + ${task("Meet")}`,
        },
        // The buttons of the form
        {
            content: "Pause the track",
            trigger: ".o_statusbar_buttons button[name=action_pause]",
            run: "click",
        },
        {
            content: "The card is grey, and says why",
            trigger: ".o_tracks_card.o_tracks_quiet .o_tracks_banner:contains(hold)",
        },
        {
            content: "Resume it",
            trigger: ".o_statusbar_buttons button[name=action_open_resume]",
            run: "click",
        },
        {
            content: "The task is open again",
            trigger: `.o_tracks_card:not(.o_tracks_quiet) ${task("Call")}.o_tracks_open`,
        },
        // To the end: it is stopped, and its tasks can still be read
        {
            content: "Stop the track",
            trigger: ".o_statusbar_buttons button[name=action_stop]",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Its tasks are still there, and cannot be changed",
            trigger: `.o_tracks_over ${task("Call")}.o_tracks_cancelled:not(:has(button))`,
        },
    ],
});
