"""Like cases are found by cell and box from the index alone; queues and feeds read by change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_rule_versions_and_late_helpers")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_cell_open_ix"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("cell__gt", ""),
                    models.Q(
                        ("state__in", ["closed", "not_accepted", "withdrawn"]), _negated=True
                    ),
                ),
                fields=["tenant_id", "cell", "opened_at", "lon", "lat"],
                name="case_cell_near_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["tenant_id", "changed_at"], name="case_changed_ix"),
        ),
    ]
