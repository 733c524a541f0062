from django.db import migrations, models

STATES = [
    ("queued", "waiting"),
    ("running", "running"),
    ("done", "done"),
    ("cancelled", "ended early, the best is kept"),
    ("failed", "failed"),
]
#: A run that was broken off is one that failed. The owner of a table is held by its policies too.
NOT_LOST = """
ALTER TABLE plans_draftrun NO FORCE ROW LEVEL SECURITY;
UPDATE plans_draftrun SET state = 'failed', fault = 'plan.broken_off' WHERE state = 'lost';
ALTER TABLE plans_draftrun FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_runs_go_on")]

    operations = [
        migrations.RunSQL(NOT_LOST, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="draftrun", name="draftrun_state_known"),
        migrations.AlterField(
            model_name="draftrun",
            name="state",
            field=models.CharField(choices=STATES, default="queued", max_length=12),
        ),
        migrations.AlterField(
            model_name="siting",
            name="state",
            field=models.CharField(choices=STATES, default="queued", max_length=12),
        ),
        migrations.AddConstraint(
            model_name="draftrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _ in STATES])),
                name="draftrun_state_known",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="stations",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="draftgrid",
            name="station",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="draftgrid",
            name="walk",
            field=models.FloatField(null=True),
        ),
    ]
