from odoo import SUPERUSER_ID, api

NAME_BEFORE = "Tracks: create the activities whose day has come"
NAME = "Tracks: assign and run due tasks, compare tracks with their records"
# What the rules said until branches saw the templates of their parent companies.
RULES = {
    "track_template_company_rule": "",
    "track_line_company_rule": "template_id.",
    "track_line_update_company_rule": "line_id.template_id.",
}


def migrate(cr, version):
    _allow_fields(cr)
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    _share_with_branches(env)
    _rename_scheduled_action(env)


def _rename_scheduled_action(env):
    """Give the scheduled action its new name, unless somebody has named it."""
    cron = env.ref("crm_tracks.ir_cron_tracks", raise_if_not_found=False)
    if cron and cron.name == "Tracks: create the activities whose day has come":
        cron.name = (
            "Tracks: assign and run due tasks, compare tracks with their records"
        )


def _share_with_branches(env):
    """Let branches read the templates of their parent companies.

    Rules are not updated with the addon; those that somebody changed stay as they are.
    """
    for name, path in RULES.items():
        rule = env.ref(f"crm_tracks.{name}", raise_if_not_found=False)
        known = f'[("{path}company_id", "in", company_ids + [False])]'
        if rule and rule.domain_force.strip() == known:
            rule.write(
                {
                    "domain_force": f'["|", ("{path}company_id", "=", False), '
                    f'("{path}company_id", "parent_of", company_ids)]',
                    "perm_write": False,
                    "perm_create": False,
                    "perm_unlink": False,
                }
            )


def _allow_fields(cr):
    """Keep for which model the fields that tasks set were allowed.

    What was saved or started before that was kept is allowed for the model of its
    template, or of its track.
    """
    cr.execute(
        """
        UPDATE track_line_update
           SET allowed_model = target.model
          FROM track_line
          JOIN (SELECT rel.template_id, min(ir_model.model) AS model
                  FROM track_template_ir_model_rel rel
                  JOIN ir_model ON ir_model.id = rel.model_id
                 GROUP BY rel.template_id
                HAVING count(*) = 1) target
            ON target.template_id = track_line.template_id
         WHERE track_line.id = track_line_update.line_id
           AND track_line_update.allowed_model IS NULL
        """
    )
    cr.execute(
        """
        UPDATE track_run_line
           SET settings = (
                   SELECT jsonb_agg(
                              jsonb_build_object('model', track_run.res_model) || each
                              ORDER BY number)
                     FROM jsonb_array_elements(settings)
                          WITH ORDINALITY AS setting(each, number))
          FROM track_run
         WHERE track_run.id = track_run_line.run_id
           AND jsonb_typeof(settings) = 'array'
           AND settings <> '[]'
        """
    )
