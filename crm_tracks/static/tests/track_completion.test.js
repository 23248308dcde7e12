/**
 * Completing an activity of a track in the chatter and in the activity view.
 */
import {
    click,
    contains,
    insertText,
    mailModels,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import {describe, test} from "@odoo/hoot";
import {serializeDate, today} from "@web/core/l10n/dates";
import {
    asyncStep,
    defineModels,
    fields,
    getService,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";

describe.current.tags("desktop");

class MailActivity extends mailModels.MailActivity {
    track_completion = fields.Json();

    get _to_store_defaults() {
        return [...super._to_store_defaults, "track_completion"];
    }
}

defineModels({...mailModels, MailActivity});

const POPOVER = ".o-mail-ActivityMarkAsDone";
const DONE = `${POPOVER} button[aria-label='Done']`;
const NEXT = `${POPOVER} button[aria-label='Done and Schedule Next']`;
const OUTCOMES = [
    {name: "Reached", label: "Reached"},
    {name: "No answer", label: "No answer: again in 2 days"},
];
const makeCompletion = (values) => ({
    outcomes: [],
    needs_feedback: false,
    missing: [],
    ...values,
});

async function openMarkAsDone(completion) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    const activityId = pyEnv["mail.activity"].create({
        can_write: true,
        chaining_type: "suggest",
        date_deadline: serializeDate(today()),
        res_id: partnerId,
        res_model: "res.partner",
        state: "today",
        summary: "Call the customer",
        track_completion: completion,
    });
    for (const method of ["action_feedback", "action_track_done"]) {
        onRpc("mail.activity", method, ({args, kwargs}) => {
            const {outcome, feedback} = kwargs;
            asyncStep(`${method} ${args[0]} ${outcome} ${feedback}`);
            pyEnv["mail.activity"].unlink(args[0]);
            return true;
        });
    }
    await start();
    await openFormView("res.partner", partnerId);
    await click(".o-mail-Activity-markDone");
    await contains(POPOVER);
    return {pyEnv, activityId};
}

test("an activity that needs nothing is completed as ever", async () => {
    const {activityId} = await openMarkAsDone(false);
    await contains(".o_track_missing, .o_track_needs_feedback", {count: 0});
    await contains(".o_track_outcomes", {count: 0});
    await contains(`${NEXT}:enabled`);
    await click(`${DONE}:enabled`);
    await waitForSteps([`action_feedback ${activityId} undefined undefined`]);
});

test("required feedback has to be entered first", async () => {
    const {activityId} = await openMarkAsDone(makeCompletion({needs_feedback: true}));
    await contains(".o_track_needs_feedback", {text: "Feedback is required."});
    await contains(`${DONE}:disabled`);
    await contains(`${NEXT}:disabled`);
    await insertText(`${POPOVER} textarea`, "   ");
    await contains(`${DONE}:disabled`);
    await insertText(`${POPOVER} textarea`, "Sent");
    await contains(`${NEXT}:enabled`);
    await click(`${DONE}:enabled`);
    await waitForSteps([`action_feedback ${activityId} undefined    Sent`]);
});

test("required fields are named, and read again each time", async () => {
    const {pyEnv, activityId} = await openMarkAsDone(
        makeCompletion({missing: ["Expected Closing"]})
    );
    await contains(".o_track_missing", {
        text: "Required on the record: Expected Closing. Fill in the form and save it first.",
    });
    await contains(`${DONE}:disabled`);
    pyEnv["mail.activity"].write([activityId], {track_completion: false});
    await click(".o-mail-Activity-markDone");
    await contains(POPOVER, {count: 0});
    await click(".o-mail-Activity-markDone");
    await contains(`${DONE}:enabled`);
    await contains(".o_track_missing", {count: 0});
});

test("outcomes take the place of Done and Schedule Next", async () => {
    const {activityId} = await openMarkAsDone(makeCompletion({outcomes: OUTCOMES}));
    await contains(DONE, {count: 0});
    await contains(NEXT, {count: 0});
    await contains(".o_track_outcomes button", {count: 2});
    await contains(".o_track_outcomes button", {text: "No answer: again in 2 days"});
    await insertText(`${POPOVER} textarea`, "Voice mail");
    await click("button[data-outcome='No answer']");
    await waitForSteps([`action_track_done ${activityId} No answer Voice mail`]);
    await contains(".o-mail-Activity", {count: 0});
});

test("outcomes of an activity that needs feedback wait for it", async () => {
    const {activityId} = await openMarkAsDone(
        makeCompletion({outcomes: OUTCOMES, needs_feedback: true})
    );
    await contains(".o_track_outcomes button:disabled", {count: 2});
    await insertText(`${POPOVER} textarea`, "Agreed");
    await contains(".o_track_outcomes button:enabled", {count: 2});
    await click("button[data-outcome=Reached]");
    await waitForSteps([`action_track_done ${activityId} Reached Agreed`]);
});

test("the popover of the activity view offers the outcomes, too", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    onRpc("mail.activity", "action_track_done", ({args, kwargs}) => {
        asyncStep(`done ${args[0]} ${kwargs.outcome} ${kwargs.feedback}`);
        return true;
    });
    await start();
    const activity = getService("mail.store")["mail.activity"].insert({
        id: 1,
        can_write: true,
        chaining_type: "suggest",
        mail_template_ids: [],
        res_id: partnerId,
        res_model: "res.partner",
        state: "today",
        summary: "Call the customer",
        track_completion: makeCompletion({outcomes: OUTCOMES}),
    });
    await mountWithCleanup(ActivityListPopoverItem, {
        props: {
            activity,
            onActivityChanged: () => asyncStep("changed"),
            onClickEditActivityButton: () => true,
        },
    });
    await click(".o-mail-ActivityListPopoverItem-markAsDone");
    await contains(NEXT, {count: 0});
    await click("button[data-outcome=Reached]");
    await waitForSteps(["done 1 Reached false", "changed"]);
});
