import django.db.models.deletion
import onegrid.common.ids
import onegrid.common.tenancy.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_cases_tied_together'),
        ('duties', '0001_duties_rules_and_law'),
        ('organisation', '0002_import_batches'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='item',
            field=onegrid.common.tenancy.models.TenantFK(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.dutyitem'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('item__isnull', False)), fields=['tenant_id', 'item'], name='case_item_ix'),
        ),
        migrations.CreateModel(
            name='CertificateAsk',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('at', models.DateTimeField()),
                ('outside', models.CharField(blank=True, max_length=60)),
                ('answered_at', models.DateTimeField(null=True)),
                ('case', onegrid.common.tenancy.models.TenantFK(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='cases.case')),
                ('item', onegrid.common.tenancy.models.TenantFK(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.dutyitem')),
                ('unit', onegrid.common.tenancy.models.TenantFK(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant_id', 'at'], name='certificateask_at_ix')],
                'constraints': [models.UniqueConstraint(fields=('tenant_id', 'case', 'item'), name='certificateask_once_uq')],
            },
        ),
    ]
