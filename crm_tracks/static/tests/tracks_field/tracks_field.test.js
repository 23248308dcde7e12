import {WAITING, makeRun, makeTask} from "./tracks_field_data";
import {animationFrame, expect, test} from "@odoo/hoot";
import {click, edit, press, queryAllTexts, queryOne, waitFor} from "@odoo/hoot-dom";
import {defineTabModels, mountTab, onStep} from "./tracks_field_helpers";
import {contains, mockService, onRpc} from "@web/../tests/web_test_helpers";

defineTabModels();

// The sign of an open task is within the button that completes it
const sign = (id) => `[data-task-id="${id}"] :is(i.o_tracks_sign, .o_tracks_sign i)`;
const TICK = "button[name=action_done]";

test("without a track it says so, and offers to apply one", async () => {
    onRpc("deal", "action_tracks_apply", ({args}) => {
        expect.step(`apply ${args}`);
        return {type: "ir.actions.act_window", res_model: "track.apply"};
    });
    mockService("action", {
        doAction: ({res_model: model}) => expect.step(`open ${model}`),
    });
    await mountTab([]);
    expect(".o_tracks").toHaveText(/No tracks yet/);
    await click("button[name=action_tracks_apply]");
    await animationFrame();
    await expect.waitForSteps(["apply 1", "open track.apply"]);
});

test("a task that waits says who will be assigned", async () => {
    const tasks = [
        makeTask({id: 1, ...WAITING, expected: "Carl"}),
        makeTask({id: 2, ...WAITING}),
    ];
    await mountTab([makeRun(tasks)]);
    const user = (id) => `[data-task-id="${id}"] .o_tracks_user`;
    expect(user(1)).toHaveText("Carl");
    expect(`${user(1)} button .text-muted`).toHaveCount(1);
    expect(`${user(1)} img`).toHaveCount(0);
    expect(user(2)).toHaveText("Assign");
});

test("each state has a sign of its own, and is named", async () => {
    await mountTab([
        makeRun([
            makeTask({id: 1, state: "done", status: "Done", feedback: "« Fine »"}),
            makeTask({id: 2, state: "skipped", status: "Skipped"}),
            makeTask({id: 3, urgency: "late", due_text: "3 days late"}),
            makeTask({id: 4}),
            makeTask({id: 5, state: "failed", status: "Failed", due_text: "No rights"}),
            makeTask({id: 6, state: "planned", status: "Planned"}),
            makeTask({id: 7, ...WAITING, due_text: "2 days after “Call”"}),
            makeTask({id: 8, state: "cancelled", status: "Cancelled"}),
        ]),
    ]);
    const signs = {
        1: ["fa-check-circle", "Done"],
        2: ["fa-step-forward", "Skipped"],
        3: ["fa-exclamation-circle", "Late"],
        4: ["fa-circle-o", "Open"],
        5: ["fa-exclamation-triangle", "Failed"],
        6: ["fa-calendar-o", "Planned"],
        7: ["fa-hourglass-o", "Waiting"],
        8: ["fa-ban", "Cancelled"],
    };
    for (const [id, [icon, label]] of Object.entries(signs)) {
        expect(sign(id)).toHaveClass(icon);
        const named = queryOne(sign(id)).closest("[aria-label]");
        expect(named.ariaLabel).toInclude(label);
    }
    expect("[data-task-id='1'] .o_tracks_feedback").toHaveText(/^«\sFine\s»$/);
    expect("[data-task-id='3'] .o_tracks_due").toHaveClass("text-danger");
    expect("[data-task-id='4'] .o_tracks_due").toHaveText(/In 16 days/);
    expect("[data-task-id='4'] .o_avatar img").toHaveCount(1);
    expect("[data-task-id='5'] .o_tracks_due").toHaveText("No rights");
    expect("[data-task-id='7'] .o_tracks_due").toHaveText("2 days after “Call”");
});

test("a task that waits for its condition has the sign of waiting, and no date", async () => {
    const text = "Waits until Tags contains Signed";
    const planned = {state: "planned", status: "Planned", user: false};
    await mountTab([
        makeRun([
            makeTask({id: 1, ...planned}),
            makeTask({id: 2, ...planned, due_text: text, condition_waits: true}),
        ]),
    ]);
    expect(".o_tracks_task:eq(0) .o_tracks_sign").toHaveClass("fa-calendar-o");
    expect(".o_tracks_task:eq(1) .o_tracks_sign").toHaveClass("fa-hourglass-o");
    expect(".o_tracks_task:eq(0) .o_tracks_day").toHaveText("03/20/2026");
    expect(".o_tracks_task:eq(1) .o_tracks_due").toHaveText(text);
});

test("a track says its options", async () => {
    await mountTab([
        makeRun([makeTask({id: 1})], {
            id: 1,
            options: ["Ends when: Won", "Not before 8"],
        }),
        makeRun([makeTask({id: 2})], {id: 2}),
    ]);
    expect(".o_tracks_options").toHaveCount(1);
    expect(".o_tracks_options").toHaveText("Ends when: Won · Not before 8");
});

test("what can be done to a task depends on its state", async () => {
    await mountTab([
        makeRun([
            makeTask({id: 1, state: "done", status: "Done"}),
            makeTask({id: 2}),
            makeTask({id: 3, state: "failed", status: "Failed"}),
            makeTask({id: 4, ...WAITING}),
            makeTask({id: 5, has_meeting: true}),
        ]),
    ]);
    const buttons = (id) =>
        [...document.querySelectorAll(`[data-task-id="${id}"] button[name]`)].map(
            (button) => button.name
        );
    const edits = ["summary", "add_note", "date_deadline", "user_id"];
    expect(buttons(1)).toEqual(["action_reopen"]);
    expect(buttons(2)).toEqual(["tick", ...edits, "action_done"]);
    expect(buttons(3)).toEqual([...edits, "action_retry"]);
    expect(buttons(4)).toEqual([...edits, "action_done"]);
    expect(buttons(5)).toEqual([
        "tick",
        "summary",
        "add_note",
        "user_id",
        "action_done",
    ]);
    // Only tasks that have not begun can be dragged
    expect(".o_tracks_handle").toHaveCount(1);
    expect("[data-task-id='4'] .o_tracks_handle").toHaveCount(1);
    // Every button has a text, or a label for screen readers
    for (const button of document.querySelectorAll(".o_tracks button")) {
        expect(button.textContent.trim() || button.ariaLabel).not.toBeEmpty();
    }
});

test("a card on hold is grey with all of its tasks, under its banner", async () => {
    await mountTab([
        makeRun(
            [
                makeTask({id: 1, muted: true, status: "Inactive"}),
                makeTask({id: 2, ...WAITING}),
                makeTask({id: 3, state: "planned", status: "Planned"}),
            ],
            {quiet: true, status: "Inactive", hold_text: "3 tasks on hold."}
        ),
        makeRun([makeTask({id: 4})], {id: 2}),
    ]);
    expect(".o_tracks_card:eq(0) .o_tracks_banner [role=status]").toHaveText(
        "3 tasks on hold."
    );
    // Open tasks of another track are not affected
    expect(".o_tracks_banner").toHaveCount(1);
    expect(".o_tracks_card:eq(1)").not.toHaveClass("o_tracks_quiet");
    expect(".o_tracks_card:eq(0)").toHaveClass("o_tracks_quiet");
    const ground = (selector) =>
        getComputedStyle(document.querySelector(selector)).backgroundColor;
    const grey = ground("[data-task-id='1']");
    expect(ground("[data-task-id='2']")).toBe(grey);
    expect(ground("[data-task-id='3']")).toBe(grey);
    expect(ground("[data-task-id='4']")).not.toBe(grey);
    // The text already contains the date
    expect("[data-task-id='3'] .o_tracks_day").toHaveCount(0);
    expect(".o_tracks_status").toHaveText("Inactive");
    expect("[data-task-id='1']").toHaveClass("o_tracks_muted");
    expect(sign(1)).toHaveClass("fa-pause-circle");
    expect(".o_tracks_tick:first").toHaveAttribute(
        "aria-label",
        "Mark “Task” done (Inactive)"
    );
    expect("[data-task-id='2']").not.toHaveClass("o_tracks_muted");
    // Muted tasks can still be completed
    expect(`[data-task-id='1'] ${TICK}`).toHaveCount(1);
});

test("read-only users see everything and can change nothing", async () => {
    await mountTab([makeRun([makeTask({id: 1}), makeTask({id: 2, state: "done"})])], {
        readonly: true,
    });
    expect(".o_tracks_summary").toHaveCount(2);
    expect("button[name=action_tracks_apply]").toHaveCount(0);
    expect(".o_tracks_task button").toHaveCount(0);
    expect(".o_tracks_add").toHaveCount(0);
    await click(".o_tracks_menu");
    await animationFrame();
    expect(queryAllTexts(".o-dropdown-item")).toEqual(["Open Track"]);
});

test("in a form that is read-only nothing can be changed either", async () => {
    await mountTab([makeRun([makeTask({id: 1})])], {}, {attributes: 'readonly="1"'});
    expect(".o_tracks_task button").toHaveCount(0);
});

test("a paused track is resumed, a running one paused, by the menu", async () => {
    onStep("track.run", "action_pause", ({args}) => `pause ${args}`);
    onStep("track.run", "action_open_resume", ({args}) => `resume ${args}`);
    await mountTab([
        makeRun([makeTask({id: 1})]),
        makeRun([makeTask({id: 2, muted: true})], {
            id: 2,
            state: "paused",
            status: "Paused",
            quiet: true,
        }),
    ]);
    await click("[data-run-id='1'] .o_tracks_menu");
    await animationFrame();
    expect(queryAllTexts(".o-dropdown-item")).toEqual([
        "Pause",
        "Pause Until…",
        "Stop…",
        "Reassign…",
        "Add a Task",
        "Open Track",
    ]);
    await contains(".o-dropdown-item:contains(Pause)").click();
    await expect.waitForSteps(["pause 1", "load deal 1"]);
    expect("[data-run-id='2'] .o_tracks_status").toHaveText("Paused");
    await click("[data-run-id='2'] .o_tracks_menu");
    await animationFrame();
    await contains(".o-dropdown-item:contains(Resume)").click();
    await expect.waitForSteps(["resume 2", "load deal 1"]);
});

test("a Tracks administrator creates a template from a track, also from an ended one", async () => {
    onStep("track.run", "action_make_template", ({args}) => `template of ${args}`);
    await mountTab([makeRun([makeTask({id: 1, state: "done"})], {state: "done"})], {
        can_make_template: true,
    });
    await click(".o_tracks_ended");
    await animationFrame();
    await click(".o_tracks_menu");
    await animationFrame();
    expect(queryAllTexts(".o-dropdown-item")).toEqual([
        "Open Track",
        "Create Template",
    ]);
    await contains(".o-dropdown-item:contains(template)").click();
    await expect.waitForSteps(["template of 1", "load deal 1"]);
});

test("stopping needs a confirmation", async () => {
    onStep("track.run", "action_stop", ({args}) => `stop ${args}`);
    await mountTab([makeRun([makeTask({id: 1})])]);
    await click(".o_tracks_menu");
    await animationFrame();
    await contains(".o-dropdown-item:contains(Stop)").click();
    expect.verifySteps([]);
    await contains(".modal .btn-primary:contains(Stop)").click();
    await expect.waitForSteps(["stop 1", "load deal 1"]);
});

test("done and stopped tracks fold away", async () => {
    await mountTab([
        makeRun([makeTask({id: 1})]),
        makeRun([makeTask({id: 2, state: "done"})], {
            id: 2,
            state: "done",
            status: "Done",
        }),
        makeRun([makeTask({id: 3, state: "cancelled"})], {
            id: 3,
            state: "stopped",
            status: "Stopped",
        }),
    ]);
    expect(".o_tracks_card").toHaveCount(1);
    expect(".o_tracks_ended").toHaveText("1 finished track, 1 stopped track");
    expect(".o_tracks_ended").toHaveAttribute("aria-expanded", "false");
    await contains(".o_tracks_ended").click();
    expect(".o_tracks_card").toHaveCount(3);
    expect("[data-task-id='2']").toHaveCount(0);
    await contains("[data-run-id='2'] button[name=fold]").click();
    expect("[data-task-id='2']").toHaveCount(1);
});

test("a folded track says what comes next", async () => {
    await mountTab([
        makeRun([
            makeTask({id: 1, state: "done"}),
            makeTask({id: 2, ...WAITING}),
            makeTask({id: 3, label: "Book the hotel", due_text: "Tomorrow"}),
        ]),
    ]);
    await contains("button[name=fold]").click();
    expect(".o_tracks_next").toHaveText("Next: Book the hotel, Tomorrow, Anna");
});

test("renaming: Enter and leaving take the name, Escape does not", async () => {
    onStep("track.run", "write", ({args}) => `rename ${JSON.stringify(args)}`);
    await mountTab([makeRun([makeTask({id: 1})])]);
    await contains("button[name=name]").click();
    await edit("Nonsense");
    await press("Escape");
    await animationFrame();
    expect("button[name=name]").toHaveText("Sales follow-through");
    expect("button[name=name]").toBeFocused();
    await contains("button[name=name]").click();
    await edit("   ");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([]);
    await contains("button[name=name]").click();
    await edit("Big sale");
    await press("Enter");
    await animationFrame();
    await expect.waitForSteps(['rename [[1],{"name":"Big sale"}]', "load deal 1"]);
});

test("completing asks for a feedback, and tells if it is ahead of the turn", async () => {
    onStep(
        "track.run.line",
        "action_done",
        ({args, kwargs}) => `done ${args} ${kwargs.feedback}`
    );
    await mountTab([makeRun([makeTask({id: 1}), makeTask({id: 2, ...WAITING})])]);
    await contains(`[data-task-id='2'] ${TICK}`).click();
    expect(".o_tracks_done_popover").toHaveText(/not this task's turn yet/);
    await press("Escape");
    await animationFrame();
    expect(".o_tracks_done_popover").toHaveCount(0);
    expect(`[data-task-id='2'] ${TICK}`).toBeFocused();
    await contains(`[data-task-id='1'] ${TICK}`).click();
    expect(".o_tracks_done_popover").not.toHaveText(/not this task's turn yet/);
    await contains(".o_tracks_done_popover textarea").edit("They agree", {
        confirm: false,
    });
    await contains(".o_tracks_done_popover button[name=done]").click();
    await expect.waitForSteps(["done 1 They agree", "load deal 1"]);
});

test("a task is reordered by its menu, and shown there at once", async () => {
    onStep("track.run.line", "web_resequence", ({args}) => `order ${args[0]}`);
    await mountTab([
        makeRun([
            makeTask({id: 1}),
            makeTask({id: 2, ...WAITING}),
            makeTask({id: 3, ...WAITING}),
        ]),
    ]);
    await contains("[data-task-id='3'] .o_tracks_task_menu").click();
    expect(queryAllTexts(".o-dropdown-item")).toEqual([
        "Skip…",
        "Add a Note",
        "Edit…",
        "Move Up",
        "Add a Task Below",
        "Remove",
    ]);
    await contains(".o-dropdown-item:contains(Move Up)").click();
    await expect.waitForSteps(["order 1,3,2", "load deal 1"]);
});

test("new dates are shown before they are saved", async () => {
    onRpc("track.run", "get_dates_preview", ({args}) => {
        expect.step(`preview ${args}`);
        const [, , day] = args;
        return {
            moved:
                day === "2026-03-04"
                    ? []
                    : [{id: 1, label: "Call", old: "2026-03-04", new: day}],
            kept: [{id: 2, label: "Meet", old: "2026-03-10", reason: "meeting"}],
        };
    });
    onStep("track.run", "write", ({args}) => `move ${JSON.stringify(args)}`);
    await mountTab([makeRun([makeTask({id: 1, label: "Call"})])]);
    await contains("button[name=period]").click();
    await expect.waitForSteps(["preview 1,start_date,2026-03-04"]);
    expect(".modal button[name=move]").not.toBeEnabled();
    expect(".o_tracks_preview tbody tr").toHaveCount(1);
    expect(".o_tracks_preview").toHaveText(/Unchanged: the task has a meeting/);
    await contains(".o_tracks_date_dialog input").edit("03/06/2026", {
        confirm: "Enter",
    });
    await animationFrame();
    await expect.waitForSteps(["preview 1,start_date,2026-03-06"]);
    await waitFor(".modal button[name=move]:enabled");
    expect(".o_tracks_preview tbody tr:first").toHaveText(
        "Call 03/04/2026 03/06/2026",
        {
            inline: true,
        }
    );
    await contains(".modal button[name=move]").click();
    await expect.waitForSteps([
        'move [[1],{"start_date":"2026-03-06"}]',
        "load deal 1",
    ]);
});
