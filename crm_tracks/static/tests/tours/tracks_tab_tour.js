import {addTour} from "./add_tour";

const card = (name) => `.o_tracks_card[aria-label="${name}"]`;
const task = (name) => `.o_tracks_task:has(.o_tracks_summary:contains("${name}"))`;

addTour("crm_tracks_tab_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        // Rename a track
        {
            content: "Click its name",
            trigger: `${card("Sales")} button[name=name]`,
            run: "click",
        },
        {
            content: "Think again",
            trigger: `${card("Sales")} input[name=name]`,
            run: "edit Nonsense && press Escape",
        },
        {
            content: "The name is what it was; click it once more",
            trigger: `${card("Sales")} button[name=name]`,
            run: "click",
        },
        {
            content: "Give it another one",
            trigger: `${card("Sales")} input[name=name]`,
            run: "edit Big sale && press Enter",
        },
        // Reorder tasks that have not begun, by dragging
        {
            content: "The open task has no handle, those that wait have one",
            trigger: `${card("Big sale")} ${task("Write")}:not(:has(.o_tracks_handle))`,
        },
        {
            content: "Drag the last task one up",
            trigger: `${task("Meet")} .o_tracks_handle`,
            run: `drag_and_drop ${task("Call")} .o_tracks_summary`,
        },
        {
            content: "It waits for the first one now",
            trigger: `${task("Meet")}:contains("Same day as “Write”")`,
        },
        // Complete a task with a feedback
        {
            content: "Tick the first task",
            trigger: `${task("Write")} button[name=action_done]`,
            run: "click",
        },
        {
            content: "Say how it went",
            trigger: ".o_tracks_done_popover textarea",
            run: "edit They answered",
        },
        {
            content: "Done",
            trigger: ".o_tracks_done_popover button[name=done]",
            run: "click",
        },
        {
            content: "It is done, and says how",
            trigger: `${task("Write")}.o_tracks_done:contains("They answered")`,
        },
        {
            content: "The next one is assigned",
            trigger: `${task("Meet")}.o_tracks_open`,
        },
        {
            content: "in the chatter, too",
            trigger: '.o-mail-Activity:contains("Meet")',
        },
        // Add a task, and move it up with its menu
        {
            content: "Add a task",
            trigger: `${card("Big sale")} button[name=add]`,
            run: "click",
        },
        {
            content: "Say what",
            trigger: `${card("Big sale")} input[name=new_task]`,
            run: "edit Ask for a reference && press Enter",
        },
        {
            content: "It is the last one; open its menu",
            trigger: `${task("Ask for a reference")}:last-child .o_tracks_task_menu`,
            run: "click",
        },
        {
            content: "Move it up",
            trigger: '.o-dropdown-item:contains("Move Up")',
            run: "click",
        },
        {
            content: "The other one waits for it now",
            trigger: `${task("Call")}:last-child:contains("Same day as “Ask for a reference”")`,
        },
        // Move the end date of the other track
        {
            content: "Click its end date",
            trigger: `${card("Fair")} button[name=period]`,
            run: "click",
        },
        {
            content: "Select another date",
            trigger: ".o_tracks_date_dialog .o_datetime_input",
            run: "edit 07/31/2030 && press Enter",
        },
        {
            content: "The new date of its task is shown",
            trigger:
                '.o_tracks_preview tr:contains("Book the room"):contains("06/20/2030"):contains("07/21/2030")',
        },
        {
            content: "Take it",
            trigger: ".modal button[name=move]:enabled",
            run: "click",
        },
        {
            content: "The task moved",
            trigger: `${card("Fair")}:contains("ends 07/31/2030") ${task("Book the room")}:contains("07/21/2030")`,
        },
        // Lose and restore
        {
            content: "Lose the opportunity",
            trigger: ".o_statusbar_buttons button:contains('Lost')",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_lost_reason_apply]",
            run: "click",
        },
        {
            content: "Its card says how many tasks are on hold, and why",
            trigger: `${card("Fair")} .o_tracks_banner:contains("1 task on hold. This opportunity was lost on")`,
        },
        {
            content: "They keep their place, on a grey ground",
            trigger: `${card("Fair")}.o_tracks_quiet ${task("Book the room")}.o_tracks_muted`,
        },
        {
            content: "Restore it",
            trigger: ".o_statusbar_buttons button:contains('Restore')",
            run: "click",
        },
        {
            content: "They are back",
            trigger: `.o_tracks:not(:has(.o_tracks_banner)) ${task("Book the room")}.o_tracks_open:not(.o_tracks_muted)`,
        },
    ],
});
