import django.contrib.postgres.fields
import django.db.models.deletion
import onegrid.common.ids
import onegrid.common.tenancy.models
from django.db import migrations, models

from onegrid.common.tenancy.operations import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_item_and_certificates'),
        ('organisation', '0002_import_batches'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('check_code', models.CharField(choices=[('class_lowered', 'Class lowered after intake'), ('kind_softened', 'Complaint relabelled'), ('copied', 'Answer copied from another case'), ('too_short', 'Answer says too little'), ('part_left', 'A part left without an answer of its own'), ('just_in_time', 'Done minutes before due, then asked to reopen'), ('own_call', 'Verdict from a number or account of the handling side')], max_length=20)),
                ('round', models.SmallIntegerField()),
                ('step_seq', models.IntegerField()),
                ('found_at', models.DateTimeField()),
                ('evidence', models.JSONField(default=dict)),
                ('finding', models.CharField(blank=True, choices=[('confirmed', 'Confirmed'), ('unfounded', 'Explained')], max_length=12)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.UUIDField(null=True)),
                ('words', models.TextField(blank=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('clock', models.CharField(choices=[('response', 'response'), ('solution', 'solution'), ('plan', 'plan'), ('legal', 'legal'), ('sign', 'sign'), ('callback', 'callback'), ('supervise', 'supervise')], max_length=12)),
                ('round', models.SmallIntegerField()),
                ('percent', models.SmallIntegerField()),
                ('receiver', models.CharField(choices=[('handler', 'Whoever handles it'), ('grid', 'Grid worker and community clerk'), ('community', 'Community secretary'), ('street', 'Street office'), ('unit_head', 'Head of the unit'), ('office', 'County office')], max_length=12)),
                ('reached', models.CharField(blank=True, choices=[('handler', 'Whoever handles it'), ('grid', 'Grid worker and community clerk'), ('community', 'Community secretary'), ('street', 'Street office'), ('unit_head', 'Head of the unit'), ('office', 'County office')], max_length=12)),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('reason', models.CharField(choices=[('ladder', 'Time used up'), ('supervised', 'A reply to a supervision is wanted'), ('replied', 'A supervision was answered'), ('reopening', 'A reopening waits for a decision')], max_length=12)),
                ('account_id', models.UUIDField()),
                ('role', models.CharField(choices=[('resident', 'Resident'), ('grid_worker', 'Grid worker'), ('community_clerk', 'Community clerk'), ('community_secretary', 'Community secretary'), ('unit_member', 'Unit team member'), ('unit_head', 'Head of unit'), ('street_officer', 'Street officer'), ('dispatcher', 'County dispatcher'), ('callback_agent', 'Call-back agent'), ('supervisor', 'Supervisor'), ('system_admin', 'System administrator'), ('security_admin', 'Security administrator'), ('audit_admin', 'Audit administrator')], max_length=24)),
                ('at', models.DateTimeField()),
                ('sms', models.BooleanField(default=False)),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Rung',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('percent', models.SmallIntegerField()),
                ('receiver', models.CharField(choices=[('handler', 'Whoever handles it'), ('grid', 'Grid worker and community clerk'), ('community', 'Community secretary'), ('street', 'Street office'), ('unit_head', 'Head of the unit'), ('office', 'County office')], max_length=12)),
                ('clocks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('response', 'response'), ('solution', 'solution'), ('plan', 'plan'), ('legal', 'legal'), ('sign', 'sign'), ('callback', 'callback'), ('supervise', 'supervise')], max_length=12), size=None)),
                ('sms', models.BooleanField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Supervision',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('kind', models.CharField(choices=[('daily', 'Daily supervision'), ('listed', 'Listed supervision'), ('talk', 'Talk with the head of the unit')], max_length=8)),
                ('trigger', models.SmallIntegerField(choices=[(1, 'Refused or passed on without reason'), (2, 'Not done in time'), (3, 'Could be solved, but was not'), (4, 'Handled badly, with ill effect'), (5, 'Something else')])),
                ('rule', models.CharField(blank=True, max_length=24)),
                ('round', models.SmallIntegerField()),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.UUIDField(null=True)),
                ('text', models.TextField()),
                ('published', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('open', 'Reply awaited'), ('replied', 'Reply to be looked at'), ('settled', 'Settled'), ('lapsed', 'Lapsed: the case was withdrawn')], default='open', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('reply_due', models.DateTimeField()),
                ('rung', models.SmallIntegerField(default=0)),
                ('next_mark_at', models.DateTimeField(null=True)),
                ('reply', models.TextField(blank=True)),
                ('replied_at', models.DateTimeField(null=True)),
                ('replied_by', models.UUIDField(null=True)),
                ('rejections', models.SmallIntegerField(default=0)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.UUIDField(null=True)),
                ('settlement', models.TextField(blank=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WatchRule',
            fields=[
                ('id', models.UUIDField(default=onegrid.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', onegrid.common.tenancy.models.TenantIdField()),
                ('code', models.CharField(max_length=24)),
                ('trigger', models.SmallIntegerField(choices=[(1, 'Refused or passed on without reason'), (2, 'Not done in time'), (3, 'Could be solved, but was not'), (4, 'Handled badly, with ill effect'), (5, 'Something else')])),
                ('kind', models.CharField(choices=[('daily', 'Daily supervision'), ('listed', 'Listed supervision'), ('talk', 'Talk with the head of the unit')], max_length=8)),
                ('fact', models.CharField(choices=[('promise_share', 'share of the promised time used up, in per cent'), ('sign_share', 'share of the time for signing used up, in per cent'), ('returns_refused', 'returns that were refused'), ('unsolved', 'reported done, but not solved in the words of the resident'), ('checks_failed', 'failed verifications'), ('reopenings', 'reopenings'), ('reminders', 'reminders by the resident')], max_length=20)),
                ('at_least', models.IntegerField()),
                ('reply_days', models.SmallIntegerField()),
                ('basis', models.CharField(blank=True, max_length=200)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RemoveConstraint(
            model_name='step',
            name='step_action_known',
        ),
        migrations.AddField(
            model_name='case',
            name='excluded_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='case',
            name='supervised',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='case',
            name='to_check',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='clock',
            name='rung',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='case',
            name='channel',
            field=models.CharField(choices=[('web', 'Website'), ('app', 'App'), ('phone', 'Phone desk'), ('hotline', 'Hotline 12345'), ('counter', 'At the counter'), ('door', 'At the door'), ('grid_worker', 'Grid worker'), ('corner', 'Talk corner'), ('letter', 'Letter'), ('email', 'E-mail'), ('api', 'Interface'), ('import', 'Import')], max_length=16),
        ),
        migrations.AlterField(
            model_name='slapolicy',
            name='channel',
            field=models.CharField(blank=True, choices=[('web', 'Website'), ('app', 'App'), ('phone', 'Phone desk'), ('hotline', 'Hotline 12345'), ('counter', 'At the counter'), ('door', 'At the door'), ('grid_worker', 'Grid worker'), ('corner', 'Talk corner'), ('letter', 'Letter'), ('email', 'E-mail'), ('api', 'Interface'), ('import', 'Import')], max_length=16),
        ),
        migrations.AlterField(
            model_name='standardtext',
            name='action',
            field=models.CharField(choices=[('open', 'open'), ('submit', 'submit'), ('start_triage', 'start_triage'), ('ask_info', 'ask_info'), ('supply_info', 'supply_info'), ('give_up_waiting', 'give_up_waiting'), ('refuse', 'refuse'), ('appeal', 'appeal'), ('answer_now', 'answer_now'), ('classify', 'classify'), ('reclassify', 'reclassify'), ('dispatch', 'dispatch'), ('ask_return', 'ask_return'), ('uphold_return', 'uphold_return'), ('refuse_return', 'refuse_return'), ('to_arbitration', 'to_arbitration'), ('designate', 'designate'), ('add_unit', 'add_unit'), ('release_unit', 'release_unit'), ('co_report', 'co_report'), ('meet', 'meet'), ('accept', 'accept'), ('start', 'start'), ('publish_plan', 'publish_plan'), ('report_milestone', 'report_milestone'), ('ask_hold', 'ask_hold'), ('grant_hold', 'grant_hold'), ('refuse_hold', 'refuse_hold'), ('resume', 'resume'), ('ask_extension', 'ask_extension'), ('grant_extension', 'grant_extension'), ('refuse_extension', 'refuse_extension'), ('ask_ending', 'ask_ending'), ('grant_ending', 'grant_ending'), ('refuse_ending', 'refuse_ending'), ('hand_over', 'hand_over'), ('external_news', 'external_news'), ('external_done', 'external_done'), ('take_back', 'take_back'), ('finish', 'finish'), ('send_to_verify', 'send_to_verify'), ('skip_verify', 'skip_verify'), ('verify_ok', 'verify_ok'), ('verify_fail', 'verify_fail'), ('log_callback', 'log_callback'), ('close', 'close'), ('ask_reopen', 'ask_reopen'), ('reopen', 'reopen'), ('refuse_reopen', 'refuse_reopen'), ('merge', 'merge'), ('unmerge', 'unmerge'), ('follow', 'follow'), ('split', 'split'), ('child_answered', 'child_answered'), ('link', 'link'), ('join', 'join'), ('emergency', 'emergency'), ('supervise', 'supervise'), ('reply_supervision', 'reply_supervision'), ('settle_supervision', 'settle_supervision'), ('reject_reply', 'reject_reply'), ('escalate', 'escalate'), ('ask_party', 'ask_party'), ('party_answered', 'party_answered'), ('call_units', 'call_units'), ('publish', 'publish'), ('keep_verdict', 'keep_verdict'), ('change_kind', 'change_kind'), ('name_subjects', 'name_subjects'), ('take_away', 'take_away'), ('withdraw', 'withdraw'), ('note', 'note'), ('attach', 'attach'), ('remind', 'remind'), ('mark_due_soon', 'mark_due_soon'), ('mark_overdue', 'mark_overdue')], max_length=20),
        ),
        migrations.AlterField(
            model_name='step',
            name='action',
            field=models.CharField(choices=[('open', 'open'), ('submit', 'submit'), ('start_triage', 'start_triage'), ('ask_info', 'ask_info'), ('supply_info', 'supply_info'), ('give_up_waiting', 'give_up_waiting'), ('refuse', 'refuse'), ('appeal', 'appeal'), ('answer_now', 'answer_now'), ('classify', 'classify'), ('reclassify', 'reclassify'), ('dispatch', 'dispatch'), ('ask_return', 'ask_return'), ('uphold_return', 'uphold_return'), ('refuse_return', 'refuse_return'), ('to_arbitration', 'to_arbitration'), ('designate', 'designate'), ('add_unit', 'add_unit'), ('release_unit', 'release_unit'), ('co_report', 'co_report'), ('meet', 'meet'), ('accept', 'accept'), ('start', 'start'), ('publish_plan', 'publish_plan'), ('report_milestone', 'report_milestone'), ('ask_hold', 'ask_hold'), ('grant_hold', 'grant_hold'), ('refuse_hold', 'refuse_hold'), ('resume', 'resume'), ('ask_extension', 'ask_extension'), ('grant_extension', 'grant_extension'), ('refuse_extension', 'refuse_extension'), ('ask_ending', 'ask_ending'), ('grant_ending', 'grant_ending'), ('refuse_ending', 'refuse_ending'), ('hand_over', 'hand_over'), ('external_news', 'external_news'), ('external_done', 'external_done'), ('take_back', 'take_back'), ('finish', 'finish'), ('send_to_verify', 'send_to_verify'), ('skip_verify', 'skip_verify'), ('verify_ok', 'verify_ok'), ('verify_fail', 'verify_fail'), ('log_callback', 'log_callback'), ('close', 'close'), ('ask_reopen', 'ask_reopen'), ('reopen', 'reopen'), ('refuse_reopen', 'refuse_reopen'), ('merge', 'merge'), ('unmerge', 'unmerge'), ('follow', 'follow'), ('split', 'split'), ('child_answered', 'child_answered'), ('link', 'link'), ('join', 'join'), ('emergency', 'emergency'), ('supervise', 'supervise'), ('reply_supervision', 'reply_supervision'), ('settle_supervision', 'settle_supervision'), ('reject_reply', 'reject_reply'), ('escalate', 'escalate'), ('ask_party', 'ask_party'), ('party_answered', 'party_answered'), ('call_units', 'call_units'), ('publish', 'publish'), ('keep_verdict', 'keep_verdict'), ('change_kind', 'change_kind'), ('name_subjects', 'name_subjects'), ('take_away', 'take_away'), ('withdraw', 'withdraw'), ('note', 'note'), ('attach', 'attach'), ('remind', 'remind'), ('mark_due_soon', 'mark_due_soon'), ('mark_overdue', 'mark_overdue')], max_length=20),
        ),
        migrations.AlterField(
            model_name='step',
            name='channel',
            field=models.CharField(choices=[('web', 'Website'), ('app', 'App'), ('phone', 'Phone desk'), ('hotline', 'Hotline 12345'), ('counter', 'At the counter'), ('door', 'At the door'), ('grid_worker', 'Grid worker'), ('corner', 'Talk corner'), ('letter', 'Letter'), ('email', 'E-mail'), ('api', 'Interface'), ('import', 'Import')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('to_check', True)), fields=['tenant_id', 'changed_at'], name='case_to_check_ix'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['closed', 'not_accepted']), ('supervised', True), _negated=True), name='case_supervised_stays_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('lead_unit__isnull', True), models.Q(('excluded_ids__contains', [models.F('lead_unit_id')]), _negated=True), _connector='OR'), name='case_accused_never_leads'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('excluded_ids__overlap', models.F('co_unit_ids')), _negated=True), name='case_accused_never_helps'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['open', 'submit', 'start_triage', 'ask_info', 'supply_info', 'give_up_waiting', 'refuse', 'appeal', 'answer_now', 'classify', 'reclassify', 'dispatch', 'ask_return', 'uphold_return', 'refuse_return', 'to_arbitration', 'designate', 'add_unit', 'release_unit', 'co_report', 'meet', 'accept', 'start', 'publish_plan', 'report_milestone', 'ask_hold', 'grant_hold', 'refuse_hold', 'resume', 'ask_extension', 'grant_extension', 'refuse_extension', 'ask_ending', 'grant_ending', 'refuse_ending', 'hand_over', 'external_news', 'external_done', 'take_back', 'finish', 'send_to_verify', 'skip_verify', 'verify_ok', 'verify_fail', 'log_callback', 'close', 'ask_reopen', 'reopen', 'refuse_reopen', 'merge', 'unmerge', 'follow', 'split', 'child_answered', 'link', 'join', 'emergency', 'supervise', 'reply_supervision', 'settle_supervision', 'reject_reply', 'escalate', 'ask_party', 'party_answered', 'call_units', 'publish', 'keep_verdict', 'change_kind', 'name_subjects', 'take_away', 'withdraw', 'note', 'attach', 'remind', 'mark_due_soon', 'mark_overdue'])), name='step_action_known'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='case',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='cases.case'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='unit',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='case',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='cases.case'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='case',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='cases.case'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='escalation',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='cases.escalation'),
        ),
        migrations.AddConstraint(
            model_name='rung',
            constraint=models.UniqueConstraint(fields=('tenant_id', 'percent'), name='rung_percent_uq'),
        ),
        migrations.AddConstraint(
            model_name='rung',
            constraint=models.CheckConstraint(condition=models.Q(('percent__range', (1, 1000))), name='rung_percent'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='case',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='supervisions', to='cases.case'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='unit',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='supervision',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='cases.supervision'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='supervision',
            field=onegrid.common.tenancy.models.TenantFK(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='cases.supervision'),
        ),
        migrations.AddConstraint(
            model_name='watchrule',
            constraint=models.UniqueConstraint(fields=('tenant_id', 'code', 'valid_from'), name='watchrule_version_uq'),
        ),
        migrations.AddConstraint(
            model_name='watchrule',
            constraint=models.CheckConstraint(condition=models.Q(('at_least__gt', 0), ('reply_days__gt', 0), ('trigger__range', (1, 5))), name='watchrule_numbers'),
        ),
        migrations.AddConstraint(
            model_name='watchrule',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='watchrule_valid_span'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['tenant_id', 'found_at'], name='alarm_open_ix'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['tenant_id', 'found_at', 'id'], name='alarm_found_ix'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(fields=('tenant_id', 'case', 'check_code', 'step_seq'), name='alarm_once_uq'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finding', ''), ('settled_at__isnull', True), ('words', '')), models.Q(models.Q(('finding', ''), _negated=True), models.Q(('words', ''), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='alarm_settled_with_words'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(condition=models.Q(('state__in', ['open', 'replied'])), fields=['tenant_id', 'reply_due'], name='supervision_open_ix'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(condition=models.Q(('next_mark_at__isnull', False)), fields=['tenant_id', 'next_mark_at'], name='supervision_sweep_ix'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(fields=['tenant_id', 'issued_at'], name='supervision_issued_ix'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.UniqueConstraint(condition=models.Q(('rule', ''), _negated=True), fields=('tenant_id', 'case', 'rule', 'round'), name='supervision_rule_once_uq'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.UniqueConstraint(condition=models.Q(('rule', ''), ('state__in', ['open', 'replied'])), fields=('tenant_id', 'case', 'trigger', 'kind'), name='supervision_by_hand_once_uq'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__range', (1, 5)), models.Q(('text', ''), _negated=True)), name='supervision_says_why'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_by__isnull', False), ('rule', '')), models.Q(models.Q(('rule', ''), _negated=True), ('issued_by__isnull', True)), _connector='OR'), name='supervision_has_author'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'replied'), _negated=True), models.Q(('replied_at__isnull', False), models.Q(('reply', ''), _negated=True)), _connector='OR'), name='supervision_reply_whole'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state__in', ['open', 'replied'])), models.Q(('settled_at__isnull', False), ('state__in', ['settled', 'lapsed'])), _connector='OR'), name='supervision_settled_has_time'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('settled_by__isnull', True), models.Q(('settled_by', models.F('replied_by')), _negated=True), _connector='OR'), name='supervision_settled_by_another'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('next_mark_at__isnull', True), ('state', 'open'), _connector='OR'), name='supervision_marks_only_open'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['tenant_id', 'account_id', 'at'], name='reminder_account_ix'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['tenant_id', 'account_id'], name='reminder_unread_ix'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['tenant_id', 'case'], name='reminder_case_ix'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(condition=models.Q(('escalation__isnull', False)), fields=('tenant_id', 'escalation', 'account_id'), name='reminder_once_uq'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('read_at__isnull', True), ('read_at__gte', models.F('at')), _connector='OR'), name='reminder_read_after'),
        ),
        migrations.AddIndex(
            model_name='escalation',
            index=models.Index(fields=['tenant_id', 'at'], name='escalation_at_ix'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(fields=('tenant_id', 'case', 'supervision', 'clock', 'round', 'percent'), name='escalation_once_uq', nulls_distinct=False),
        ),
        append_only('cases_escalation'),
    ]
