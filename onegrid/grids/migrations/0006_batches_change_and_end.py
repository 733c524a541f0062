import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0005_batches_of_buildings'),
    ]

    operations = [
        migrations.AddField(
            model_name='buildingbatch',
            name='changed',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='buildingbatch',
            name='ended',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='buildingbatch',
            name='source',
            field=models.UUIDField(null=True),
        ),
    ]
