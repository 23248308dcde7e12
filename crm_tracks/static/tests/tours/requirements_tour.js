import {addTour} from "./add_tour";

const task = (name) => `.o_tracks_task:has(.o_tracks_summary:contains("${name}"))`;
const activity = (name) => `.o-mail-Activity:contains("${name}")`;

addTour("crm_tracks_requirements_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "The first task says what it needs; tick it",
            trigger: `${task("Send the offer")}:contains("needs a note and Expected Closing") button[name=action_done]`,
            run: "click",
        },
        {
            content: "Done is not possible: the date is missing",
            trigger:
                '.o_tracks_done_popover:has(.o_track_missing:contains("Expected Closing")):has(button[name=done]:disabled) button:contains("Discard")',
            run: "click",
        },
        {
            content: "Nor in the chatter",
            trigger: `${activity("Send the offer")} .o-mail-Activity-markDone`,
            run: "click",
        },
        {
            content: "where it is said, too",
            trigger:
                '.o-mail-ActivityMarkAsDone:has(.o_track_missing:contains("Expected Closing")):has(button[aria-label="Done"]:disabled) button:contains("Discard")',
            run: "click",
        },
        {
            content: "Enter the date in the form",
            trigger: ".o_field_widget[name=date_deadline] .o_input",
            run: "edit 05/05/2030 && press Enter",
        },
        {
            content: "Tick again: the form is saved",
            trigger: `${task("Send the offer")} button[name=action_done]`,
            run: "click",
        },
        {
            content: "Only the feedback is missing now",
            trigger:
                ".o_tracks_done_popover:not(:has(.o_track_missing)):has(button[name=done]:disabled) textarea",
            run: "edit Sent by mail",
        },
        {
            content: "Done",
            trigger: ".o_tracks_done_popover button[name=done]:enabled",
            run: "click",
        },
        {
            content: "It is done, and the next one is assigned",
            trigger: `.o_tracks:has(.o_tracks_done:contains("Send the offer")) ${task("Call")}.o_tracks_open`,
        },
        {
            content: "Tick that one in the chatter",
            trigger: `${activity("Call")} .o-mail-Activity-markDone`,
            run: "click",
        },
        {
            content: "It needs feedback",
            trigger:
                ".o-mail-ActivityMarkAsDone:has(.o_track_needs_feedback):has(button[aria-label='Done']:disabled) textarea",
            run: "edit They agree",
        },
        {
            content: "Done",
            trigger: ".o-mail-ActivityMarkAsDone button[aria-label='Done']:enabled",
            run: "click",
        },
        {
            content: "The tab follows; skip the last task",
            trigger: `${task("Visit")}.o_tracks_open .o_tracks_task_menu`,
            run: "click",
        },
        {
            content: "by its menu",
            trigger: '.o-dropdown-item:contains("Skip…")',
            run: "click",
        },
        {
            content: "with a reason",
            trigger: ".o_tracks_skip_popover input[name=reason]",
            run: "edit They visited us && press Enter",
        },
        {
            content: "The track is done",
            trigger: '.o_tracks_ended:contains("1 finished track")',
            run: "click",
        },
        {
            content: "Unfold it",
            trigger: ".o_tracks_card button[name=fold]",
            run: "click",
        },
        {
            content: "The reason is shown",
            trigger: `${task("Visit")}.o_tracks_skipped:contains("They visited us")`,
        },
    ],
});
