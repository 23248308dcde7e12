def migrate(cr, version):
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
