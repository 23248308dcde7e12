#!/usr/bin/env bash
# tools/uninstall_check.sh: a real uninstall unmutes every muted activity.
#
# Creates the database uninstall_check, loses an opportunity with a track and closes two
# tickets, uninstalls the bridges, the reminders and then crm_tracks, and checks the
# database and the log (.dev/uninstall_check.log) after each.
# Exits with 1 if a check fails; the database is dropped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
db=uninstall_check
log=.dev/$db.log
shell() { # runs stdin; an exception ends the check
    "$python" -m odoo shell -c .dev/odoo.conf -d "$db" --no-http --max-cron-threads 0 \
        >>"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
}
trap 'drop "$db"' EXIT

echo "=> $db: installing crm_tracks, the helpdesk and the reminders"
drop "$db"
"$python" -m odoo server -c .dev/odoo.conf -d "$db" --with-demo \
    -i crm_tracks,crm_tracks_reminders,helpdesk_mgmt_merge --no-http --stop-after-init >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; echo "crm_tracks could not be installed." >&2; exit 2; }
expect "the bridges install themselves" "$(printf 'installed\ninstalled')" \
    "SELECT state FROM ir_module_module
      WHERE name IN ('crm_tracks_helpdesk_mgmt', 'crm_tracks_helpdesk_mgmt_merge')"

echo "=> $db: closing two tickets, one of them with a track"
shell <<'PYTHON'
admin = env.ref("base.user_admin")
template = env["track.template"].create(
    {"name": "Ticket check", "line_ids": [(0, 0, {"summary": "Of a ticket"})]}
)
tickets = env["helpdesk.ticket"].create(
    [
        {"name": name, "description": "-", "user_id": admin.id}
        for name in ("Ticket without a track", "Ticket with a track")
    ]
)
tickets[1].with_user(admin).tracks_apply(template)
tickets[0].activity_schedule(summary="Plain of a ticket", user_id=admin.id)
tickets.stage_id = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
# a track that has created a ticket, and one that will create a ticket next week
team = env["helpdesk.ticket.team"].create({"name": "Check"})
making = env["track.template"].create(
    {
        "name": "Ticket maker",
        "line_ids": [
            (0, 0, {"action": "ticket", "ticket_team_id": team.id, "delay_count": 7})
        ],
    }
)
partners = env["res.partner"].create([{"name": "Ticket made"}, {"name": "To be made"}])
runs = partners.with_user(admin).tracks_apply(making)
runs[0].line_ids.action_run_now()
env.cr.commit()
PYTHON
of_tickets="summary IN ('Plain of a ticket', 'Of a ticket')"
expect "muted while the tickets are closed" \
    "$(printf 'Of a ticket\tFalse\tTrue\nPlain of a ticket\tFalse\tTrue')" \
    "SELECT summary, active, muted FROM mail_activity WHERE $of_tickets ORDER BY summary"

echo "=> $db: uninstalling the bridge, and running the cron once"
shell <<'PYTHON'
module = env["ir.module.module"].search([("name", "=", "crm_tracks_helpdesk_mgmt")])
module.button_immediate_uninstall()
PYTHON
shell <<'PYTHON'
env.ref("crm_tracks.ir_cron_tracks").method_direct_trigger()
PYTHON
expect_clean "$log" 'could not be deleted \(\[[0-9]'
expect "the bridges are uninstalled, and the helpdesk is not" \
    "$(printf 'crm_tracks\tinstalled\ncrm_tracks_helpdesk_mgmt\tuninstalled\ncrm_tracks_helpdesk_mgmt_merge\tuninstalled\nhelpdesk_mgmt_merge\tinstalled')" \
    "SELECT name, state FROM ir_module_module
      WHERE name IN ('crm_tracks', 'crm_tracks_helpdesk_mgmt', 'crm_tracks_helpdesk_mgmt_merge',
                     'helpdesk_mgmt_merge') ORDER BY name"
expect "the activities that only the stage had muted are back" \
    "$(printf 'Of a ticket\tTrue\tFalse\nPlain of a ticket\tTrue\tFalse')" \
    "SELECT summary, active, COALESCE(muted, FALSE) FROM mail_activity
      WHERE $of_tickets ORDER BY summary"
expect "what made tickets by itself is for people" \
    "$(printf 'done\tactivity\nopen\tactivity\ntemplate\tactivity')" \
    "SELECT kind, action FROM (
         SELECT 'template' AS kind, action, summary FROM track_line
          UNION ALL SELECT state, action, summary FROM track_run_line) AS task
      WHERE summary = 'Ticket for Check' ORDER BY kind"
expect "nothing of the bridges is left" 0 \
    "SELECT (SELECT count(*) FROM information_schema.tables
              WHERE table_name ~ '^helpdesk.*track')
          + (SELECT count(*) FROM ir_model_data WHERE module ~ '^crm_tracks_helpdesk')
          + (SELECT count(*) FROM ir_model WHERE model = 'helpdesk.track.choice')"

echo "=> $db: giving a task to a team of activities, and uninstalling that bridge"
shell <<'PYTHON'
env["ir.module.module"].search([("name", "=", "mail_activity_team")]).button_immediate_install()
PYTHON
shell <<'PYTHON'
admin = env.ref("base.user_admin")
team = env["mail.activity.team"].create({"name": "Check", "member_ids": admin.ids})
template = env["track.template"].create(
    {
        "name": "Of a team",
        "line_ids": [(0, 0, {"summary": "Of a team", "activity_team_id": team.id})],
    }
)
partner = env["res.partner"].create({"name": "Of a team"})
run = partner.with_user(admin).tracks_apply(template)
assert run.sudo().line_ids.activity_id.team_id == team
env["ir.module.module"].search([("name", "=", "crm_tracks_mail_activity_team")]).button_immediate_uninstall()
PYTHON
expect_clean "$log" 'could not be deleted \(\[[0-9]'
expect "the activity still has its team" Check \
    "SELECT team.name->>'en_US' FROM mail_activity
       JOIN mail_activity_team team ON team.id = team_id WHERE summary = 'Of a team'"
expect "nothing of the bridge to the teams is left" 0 \
    "SELECT (SELECT count(*) FROM information_schema.columns
              WHERE column_name = 'activity_team_id' AND table_name ~ '^track')
          + (SELECT count(*) FROM ir_model_data WHERE module = 'crm_tracks_mail_activity_team')"
shell <<'PYTHON'
# its activities need a type, which those below do not have
env["ir.module.module"].search([("name", "=", "mail_activity_team")]).button_immediate_uninstall()
PYTHON

echo "=> $db: using the reminders, and uninstalling them"
shell <<'PYTHON'
from datetime import datetime, timedelta

admin = env.ref("base.user_admin")
env["res.config.settings"].create({"track_digest": "daily"}).execute()
users = env["res.users"].with_user(admin)
users._make_track_calendar_url("Check", datetime.now() + timedelta(days=30))
users.env["res.users.apikeys"]._generate("rpc", "Other", datetime.now() + timedelta(days=30))
env.cr.commit()
PYTHON
expect "there are two keys" 2 "SELECT count(*) FROM res_users_apikeys"
shell <<'PYTHON'
module = env["ir.module.module"].search([("name", "=", "crm_tracks_reminders")])
module.button_immediate_uninstall()
PYTHON
expect_clean "$log" 'could not be deleted \(\[[0-9]'
expect "the key for the calendar is deleted, and the other one is not" Other \
    "SELECT name FROM res_users_apikeys"
expect "nothing of the reminders is left" 0 \
    "SELECT (SELECT count(*) FROM information_schema.columns
              WHERE column_name ~ '^track_(digest|calendar)')
          + (SELECT count(*) FROM ir_model_data WHERE module = 'crm_tracks_reminders')
          + (SELECT count(*) FROM ir_model WHERE model LIKE 'track.calendar%')
          + (SELECT count(*) FROM ir_config_parameter WHERE key ~ '^crm_tracks_reminders')
          + (SELECT count(*) FROM ir_cron WHERE cron_name ~ 'by e-mail')"

echo "=> $db: losing an opportunity with a track"
shell <<'PYTHON'
admin = env.ref("base.user_admin")
leaver = env["res.users"].create({"name": "Leaver", "login": "uninstall_leaver"})
lead = env["crm.lead"].create(
    {"name": "Uninstall check", "type": "opportunity", "user_id": admin.id}
)
template = env["track.template"].create(
    {
        "name": "Uninstall check",
        "line_ids": [
            (0, 0, {"summary": "Task"}),
            (0, 0, {"summary": "Next task", "delay_from": "previous"}),
        ],
    }
)
lead.with_user(admin).tracks_apply(template)
for summary, user in (("Plain", admin), ("Left", leaver), ("Done", admin)):
    activity = lead.activity_schedule(summary=summary, user_id=user.id)
lead.activity_schedule(summary="Unassigned", user_id=admin.id).user_id = False
activity.action_feedback()
lead.action_set_lost()
muted = env["mail.activity"].search_count(
    [("active", "=", False), ("muted", "=", True), ("res_id", "=", lead.id)]
)
assert muted == 4, muted
env.flush_all()
# by SQL, because the ORM would reassign the activity
env.cr.execute("UPDATE res_users SET active = FALSE WHERE id = %s", [leaver.id])
env.cr.commit()
PYTHON

lead="(SELECT id FROM crm_lead WHERE name = 'Uninstall check')"
of_lead="res_model = 'crm.lead' AND res_id = $lead"
expect "muted while it is lost" \
    "$(printf 'Done\tFalse\tNone\nLeft\tFalse\tTrue\nPlain\tFalse\tTrue\nTask\tFalse\tTrue\nUnassigned\tFalse\tTrue')" \
    "SELECT summary, active, NULLIF(muted, FALSE) FROM mail_activity WHERE $of_lead
     ORDER BY summary"
messages=$(sql "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = $lead")

echo "=> $db: uninstalling crm_tracks"
shell <<'PYTHON'
module = env["ir.module.module"].search([("name", "=", "crm_tracks")])
module.button_immediate_uninstall()
PYTHON
# records that cannot be deleted are logged as INFO, even an empty list: ([])
expect_clean "$log" 'could not be deleted \(\[[0-9]'

expect "crm_tracks is uninstalled" uninstalled \
    "SELECT state FROM ir_module_module WHERE name = 'crm_tracks'"
expect "its activities are back, each with somebody who is there" \
    "$(printf 'Done\tFalse\tTrue\tadmin\nLeft\tTrue\tFalse\tadmin\nPlain\tTrue\tFalse\tadmin\nTask\tTrue\tFalse\tadmin\nUnassigned\tTrue\tFalse\tNone')" \
    "SELECT summary, activity.active, date_done IS NOT NULL, login
       FROM mail_activity activity LEFT JOIN res_users ON res_users.id = user_id
      WHERE $of_lead ORDER BY summary"
expect "nobody was told" "$messages" \
    "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = $lead"
expect "no column is left" 0 \
    "SELECT count(*) FROM information_schema.columns WHERE table_name = 'mail_activity'
     AND column_name IN ('muted', 'track_run_line_id')"
expect "no table is left" 0 \
    "SELECT count(*) FROM information_schema.tables
      WHERE table_name ~ '^track_(template|line|run|run_line|apply)'"
expect "no field and no model is left" 0 \
    "SELECT (SELECT count(*) FROM ir_model WHERE model LIKE 'track.%')
          + (SELECT count(*) FROM ir_model_fields WHERE name = 'muted'
             AND model = 'mail.activity')"
exit $status
