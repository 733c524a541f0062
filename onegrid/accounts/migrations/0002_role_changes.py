import onegrid.common.ids
import onegrid.common.tenancy.models
from django.db import migrations, models

from onegrid.common.tenancy.operations import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoleChange',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('at', models.DateTimeField()),
                ('change', models.CharField(choices=[('given', 'given'), ('ended', 'ended')], max_length=8)),
                ('by_id', models.UUIDField(null=True)),
                ('by_name', models.CharField(max_length=64)),
                ('user_id', models.UUIDField()),
                ('username', models.CharField(max_length=64)),
                ('full_name', models.CharField(max_length=64)),
                ('role', models.CharField(max_length=24)),
                ('area_level', models.CharField(max_length=12)),
                ('area_id', models.UUIDField(null=True)),
                ('unit_id', models.UUIDField(null=True)),
                ('valid_to', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant_id', 'at'], name='rolechange_at_ix')],
                'constraints': [models.CheckConstraint(condition=models.Q(('change__in', ['given', 'ended'])), name='rolechange_change_known')],
            },
        ),
        append_only('accounts_rolechange'),
    ]
