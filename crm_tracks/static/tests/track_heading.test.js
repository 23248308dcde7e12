import {
    click,
    contains,
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
    mockService,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";

describe.current.tags("desktop");

class MailActivity extends mailModels.MailActivity {
    track_heading = fields.Char();
    track_run_id = fields.Integer();
    track_url = fields.Char();

    get _to_store_defaults() {
        const added = ["track_heading", "track_run_id", "track_url"];
        return [...super._to_store_defaults, ...added];
    }
}

defineModels({...mailModels, MailActivity});

const createActivity = (pyEnv, values) => {
    const partnerId = pyEnv["res.partner"].create({});
    pyEnv["mail.activity"].create({
        can_write: true,
        date_deadline: serializeDate(today()),
        res_id: partnerId,
        res_model: "res.partner",
        state: "today",
        summary: "Call the customer",
        ...values,
    });
    return partnerId;
};

test("an activity of a track names it in the chatter, and links to it", async () => {
    mockService("action", {
        doAction(action) {
            if (action.tag === "crm_tracks.show_track") {
                asyncStep(`show ${action.params.run_id}`);
                return;
            }
            return super.doAction(...arguments);
        },
    });
    const pyEnv = await startServer();
    const partnerId = createActivity(pyEnv, {
        track_heading: "Sales follow-through · 2 of 6",
        track_run_id: 7,
        track_url: "/mail/view?track_run_id=7",
    });
    onRpc("mail.activity", "action_open_track", ({args}) => {
        asyncStep(`open ${args[0].length}`);
        return {
            type: "ir.actions.client",
            tag: "crm_tracks.show_track",
            params: {run_id: 7},
        };
    });
    await start();
    await openFormView("res.partner", partnerId);
    await click(".o-mail-Activity a[href='/mail/view?track_run_id=7']", {
        text: "Sales follow-through · 2 of 6",
    });
    await waitForSteps(["open 1", "show 7"]);
});

test("an activity without a track, or of one that is hidden, shows no line", async () => {
    const pyEnv = await startServer();
    const partnerId = createActivity(pyEnv, {
        track_heading: false,
        track_run_id: false,
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Activity", {text: "“Call the customer”"});
    await contains(".o_track_heading", {count: 0});
});

test("the popover of the activity view names the track, too", async () => {
    const pyEnv = await startServer();
    await start();
    const activity = getService("mail.store")["mail.activity"].insert({
        id: 1,
        mail_template_ids: [],
        res_id: createActivity(pyEnv, {}),
        res_model: "res.partner",
        state: "today",
        summary: "Call the customer",
        track_heading: "Sales follow-through · 2 of 6",
        track_run_id: 7,
    });
    await mountWithCleanup(ActivityListPopoverItem, {
        props: {activity, onClickEditActivityButton: () => true},
    });
    await contains(".o-mail-ActivityListPopoverItem .o_track_heading a", {
        text: "Sales follow-through · 2 of 6",
    });
});
