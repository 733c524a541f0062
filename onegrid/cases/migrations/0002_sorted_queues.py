"""An index in the order of the queue: the first page of any filter needs no sort."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["tenant_id", "due_at", "opened_at", "id"], name="case_due_ix"
            ),
        ),
    ]
