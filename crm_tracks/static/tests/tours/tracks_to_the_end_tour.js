import {addTour} from "./add_tour";

const task = (name) => `.o_tracks_task:has(.o_tracks_summary:contains("${name}"))`;
const EDITABLE = `${task("Call")} .o_tracks_note_edit [contenteditable=true]`;

const tick = (name, feedback) => [
    {
        content: `Tick “${name}”`,
        trigger: `${task(name)}.o_tracks_open:not(.o_tracks_muted) button[name=action_done]`,
        run: "click",
    },
    {
        content: "Say how it went",
        trigger: ".o_tracks_done_popover textarea",
        run: `edit ${feedback}`,
    },
    {
        content: "Done",
        trigger: ".o_tracks_done_popover button[name=done]",
        run: "click",
    },
    {
        content: "The chatter has it",
        trigger: `.o-mail-Message:contains("${feedback}")`,
    },
];

/** A whole track in its tab: every task, a note, a pause and a closing. */
addTour("crm_tracks_to_the_end_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        ...tick("Write", "They answered"),
        {
            content: "The first one is done, the second one assigned",
            trigger: `.o_tracks:has(${task("Write")}.o_tracks_done:contains("They answered")) .o_tracks_count:contains("1 of 3")`,
        },
        // Add a note in place
        {
            content: "Open its menu",
            trigger: `${task("Call")}.o_tracks_open .o_tracks_task_menu`,
            run: "click",
        },
        {
            content: "Add a note",
            trigger: '.o-dropdown-item:contains("Add a Note")',
            run: "click",
        },
        {
            content: "Write it",
            trigger: EDITABLE,
            run: "editor Ask for the budget",
        },
        {
            content: "Save it",
            trigger: `${task("Call")} button[name=save_note]`,
            run: "click",
        },
        {
            content: "It shows in the row",
            trigger: `${task("Call")} .o_tracks_note:contains("Ask for the budget")`,
        },
        {
            content: "and in the chatter",
            trigger: '.o-mail-Activity:contains("Ask for the budget")',
        },
        // Pause and resume, lose and restore with the banner
        {
            content: "What can be done with the track?",
            trigger: ".o_tracks_menu",
            run: "click",
        },
        {
            content: "Pause it",
            trigger: '.o-dropdown-item:contains("Pause")',
            run: "click",
        },
        {
            content: "Its task is inactive; resume it",
            trigger: `.o_tracks:has(${task("Call")}.o_tracks_muted) .o_tracks_banner button[name=resume]:contains("Resume")`,
            run: "click",
        },
        {
            content: "Lose the opportunity",
            trigger: `.o_form_view:not(:has(.o_tracks_banner)) .o_statusbar_buttons button:contains("Lost")`,
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_lost_reason_apply]",
            run: "click",
        },
        {
            content: "Restore it by the banner",
            trigger: '.o_tracks_banner button[name=reopen]:contains("Restore")',
            run: "click",
        },
        {
            content: "The form knows it, too",
            trigger:
                '.o_form_view:not(:has(.o_tracks_banner)) .o_statusbar_buttons button:contains("Lost")',
        },
        ...tick("Call", "They want it"),
        ...tick("Sign", "Signed"),
        {
            content: "The track is done, and folded away",
            trigger:
                '.o_tracks:not(:has(.o_tracks_card)) .o_tracks_ended:contains("1 finished track")',
            run: "click",
        },
        {
            content: "The chatter says so, and has nothing left to do",
            trigger:
                '.o-mail-Chatter:not(:has(.o-mail-Activity)) .o-mail-Message:contains("Track Long way is done")',
        },
        {
            content: "Unfold it",
            trigger:
                '.o_tracks_card:has(.o_tracks_status:contains("Done")) button[name=fold]',
            run: "click",
        },
        {
            content: "Every task can still be read",
            trigger: `.o_tracks:has(${task("Write")}.o_tracks_done):has(${task("Call")}.o_tracks_done) ${task("Sign")}.o_tracks_done:contains("Signed")`,
        },
    ],
});
