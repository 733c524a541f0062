from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_siting")]

    operations = [
        migrations.AddField(
            model_name="draftrun",
            name="again",
            field=models.SmallIntegerField(default=0),
        ),
    ]
