/**
 * The server's data of a record's tracks, for the tests of the Tracks tab.
 */

export function makeTask(values) {
    return {
        id: 1,
        label: values.summary || "Task",
        summary: "Task",
        note: "",
        action: "activity",
        automated: false,
        action_text: "",
        options: [],
        completion: false,
        result: "",
        has_result: false,
        icon: "fa-phone",
        type: "Call",
        state: "open",
        status: "Open",
        muted: false,
        urgency: "",
        date_deadline: "2026-03-20",
        due_text: "In 16 days",
        condition_waits: false,
        has_meeting: false,
        user: {id: 7, name: "Anna"},
        expected: "",
        feedback: "",
        ...values,
    };
}

export const AUTOMATED = {
    action: "email",
    automated: true,
    summary: "",
    label: "E-mail: Welcome",
    icon: "fa-envelope-o",
    type: "Send an e-mail",
    user: false,
};

export function makeRun(tasks, values) {
    return {
        id: 1,
        name: "Sales follow-through",
        template: "Sales follow-through",
        previous: "",
        next: [],
        state: "running",
        status: "Running",
        held: false,
        quiet: false,
        hold_text: "",
        direction: "start",
        start_date: "2026-03-04",
        end_date: false,
        date_linked: false,
        date_field: "",
        date_done: false,
        stop_reason: "",
        options: [],
        progress: 0,
        progress_text: `0 of ${tasks.length}`,
        series_text: "",
        tasks,
        ...values,
    };
}

export const WAITING = {
    state: "waiting",
    status: "Waiting",
    date_deadline: false,
    user: false,
};
