import {addTour} from "./add_tour";

/** A task of the tab in this state; “Call” has copies, of which `text` names one. */
const task = (name, state, text = name) =>
    `.o_tracks_task.o_tracks_${state}:has(.o_tracks_summary:contains("${name}")):contains("${text}")`;
const activity = (name) => `.o-mail-Activity:contains("${name}")`;
const outcome = (name) => `.o_track_outcomes button[data-outcome="${name}"]`;

const tickInTab = (name) => ({
    content: `Tick “${name}” in the tab`,
    trigger: `${task(name, "open")} button[name=action_done]`,
    run: "click",
});
const writeInTab = (feedback) => ({
    content: "The popover has the outcomes in place of Done",
    trigger:
        '.o_tracks_done_popover:not(:has(button[name=done])):has(button:contains("No answer: again in 2 days")) textarea',
    run: `edit ${feedback}`,
});
const selectInTab = (name) => ({
    content: `Select “${name}” in the tab`,
    trigger: `.o_tracks_done_popover ${outcome(name)}`,
    run: "click",
});
const tickInChatter = (name) => ({
    content: `Mark “${name}” as done in the chatter`,
    trigger: `${activity(name)} .o-mail-Activity-markDone`,
    run: "click",
});
const writeInChatter = (feedback) => ({
    content: "The chatter offers the same outcomes",
    trigger:
        '.o-mail-ActivityMarkAsDone:not(:has(button[aria-label="Done"])):has(button:contains("No answer: again in 2 days")) textarea',
    run: `edit ${feedback}`,
});
const selectInChatter = (name) => ({
    content: `Select “${name}” in the chatter`,
    trigger: `.o-mail-ActivityMarkAsDone ${outcome(name)}`,
    run: "click",
});
const reopen = (text) => ({
    content: `Reopen “Call” (${text})`,
    trigger: `${task("Call", "done", text)} button[name=action_reopen]`,
    run: "click",
});

const repeated = {
    content: "A copy is due in 2 days",
    trigger: `.o_tracks_tasks:has(${task("Call", "done", "No answer")}) ${task("Call", "open", "In 2 days")}`,
};

addTour("crm_tracks_outcomes_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "The task says with what it can end",
            trigger: `${task("Call", "open")}:contains("Reached · No answer: again in 2 days (3 times) · Not interested: end")`,
        },

        // Reached: the track goes on
        tickInTab("Call"),
        writeInTab("They have time"),
        selectInTab("Reached"),
        {
            content: "The outcome is shown",
            trigger: `${task("Call", "done", "Reached")}:contains("They have time")`,
        },
        {
            content: "The next task is assigned",
            trigger: `${task("Send the offer", "open")}`,
        },
        {
            content: "In the chatter too, with the outcome of the call",
            trigger: `.o-mail-Chatter:has(.o-mail-Message:contains("Reached")) ${activity("Send the offer")}`,
        },
        reopen("Reached"),
        {
            content: "The call is open again, and the next task waits",
            trigger: `.o_tracks_tasks:has(${task("Call", "open")}) ${task("Send the offer", "waiting")}`,
        },

        // No answer: the same task again
        tickInTab("Call"),
        writeInTab("Mailbox"),
        selectInTab("No answer"),
        repeated,
        {
            content: "It can be repeated twice more",
            trigger: `${task("Call", "open")}:contains("No answer: again in 2 days (2 times)")`,
        },
        reopen("Mailbox"),
        {
            content: "The copy is gone",
            trigger: `.o_tracks_tasks:not(:has(${task("Call", "done")})) ${task("Call", "open", "Today")}`,
        },
        tickInTab("Call"),
        writeInTab("Mailbox"),
        selectInTab("No answer"),

        repeated,

        // Not interested: the track ends
        tickInTab("Call"),
        writeInTab("They have a supplier"),
        selectInTab("Not interested"),
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
            content: "The next task was skipped, with the reason",
            trigger: task(
                "Send the offer",
                "skipped",
                "Outcome “Not interested” of “Call”"
            ),
        },
        reopen("Not interested"),
        {
            content: "The track runs again",
            trigger: `.o_tracks_tasks:has(${task("Call", "open", "In 2 days")}) ${task("Send the offer", "waiting")}`,
        },

        // The same in the chatter
        tickInChatter("Call"),
        writeInChatter("They call back"),
        selectInChatter("Reached"),
        {
            content: "The next task is assigned in the chatter",
            trigger: activity("Send the offer"),
        },
        {
            content: "The tab follows",
            trigger: `.o_tracks_tasks:has(${task("Call", "done", "They call back")}) ${task("Send the offer", "open")}`,
        },
        reopen("They call back"),
        {
            content: "The activity of the next task is withdrawn",
            trigger: `.o-mail-Chatter:not(:has(${activity("Send the offer")})) ${activity("Call")}`,
        },
        tickInChatter("Call"),
        writeInChatter("Engaged"),
        selectInChatter("No answer"),
        {
            content: "The tab has a third call",
            trigger: `.o_tracks_tasks:has(${task("Call", "done", "Engaged")}) ${task("Call", "open", "In 2 days")}`,
        },
        {
            content: "The chatter has its activity",
            trigger: `.o-mail-Chatter:has(.o-mail-Message:contains("Engaged")) ${activity("Call")}`,
        },
        tickInChatter("Call"),
        writeInChatter("They have a supplier"),
        selectInChatter("Not interested"),
        {
            content: "No activity is left, and the track is done",
            trigger:
                '.o-mail-Chatter:not(:has(.o-mail-Activity)) .o-mail-Message:contains("Track Sales is done.")',
        },
        {
            content: "The tab says so",
            trigger: `.o_tracks_card:contains("4 of 4") ${task("Send the offer", "skipped", "Outcome “Not interested” of “Call”")}`,
        },
    ],
});
