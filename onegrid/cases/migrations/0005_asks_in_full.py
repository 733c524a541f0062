import django.db.models.deletion
from django.db import migrations, models

import onegrid.common.tenancy.models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0004_category_questions"),
        ("organisation", "0002_import_batches"),
    ]

    operations = [
        migrations.AddField("ask", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "ask",
            "ruled_unit",
            onegrid.common.tenancy.models.TenantFK(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
            ),
        ),
        migrations.AddField("case", "asks_open", models.BooleanField(default=False)),
        migrations.AlterField(
            "ask",
            "state",
            models.CharField(
                choices=[
                    ("open", "To be decided"),
                    ("granted", "Granted"),
                    ("refused", "Refused"),
                    ("lapsed", "No longer needed"),
                ],
                default="open",
                max_length=8,
            ),
        ),
        migrations.AlterField("counit", "due_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "ask",
            models.Index(
                condition=models.Q(ended_at__isnull=True, kind="hold", state="granted"),
                fields=["tenant_id", "until"],
                name="ask_running_hold_ix",
            ),
        ),
        migrations.AddIndex(
            "ask",
            models.Index(
                condition=models.Q(kind="return", state__in=["granted", "refused"]),
                fields=["tenant_id", "decided_at"],
                name="ask_ruling_ix",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(asks_open=True),
                fields=["tenant_id", "due_at"],
                name="case_asks_ix",
            ),
        ),
    ]
