"""Policy, requests, orders, holds, recordings."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('about_kind', models.CharField(max_length=8)),
                ('about_id', models.UUIDField()),
                ('number', models.CharField(max_length=40)),
                ('outlet', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=300)),
                ('by', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('lifted_by', models.CharField(blank=True, default='', max_length=60)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_because', models.CharField(blank=True, default='', max_length=300)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('about_kind__in', ['case', 'customer'])), name='privacy_hold_about'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='privacy_hold_reason'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('about_kind', 'about_id'), name='privacy_hold_once')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('list_name', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(max_length=10)),
                ('state', models.CharField(max_length=10)),
                ('subjects', models.JSONField(default=list)),
                ('made_by', models.CharField(blank=True, default='', max_length=60)),
                ('made_at', models.DateTimeField()),
                ('checked_by', models.CharField(blank=True, default='', max_length=60)),
                ('confirmed_by', models.CharField(blank=True, default='', max_length=60)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('contents', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['erasure', 'retention'])), name='privacy_order_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'checked', 'running', 'clearing', 'done', 'dropped'])), name='privacy_order_state'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'retention'), _negated=True), ('confirmed_by', ''), models.Q(models.Q(('checked_by', ''), _negated=True), models.Q(('confirmed_by', models.F('checked_by')), _negated=True)), _connector='OR'), name='privacy_order_two_people')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('handler', models.CharField(blank=True, default='', max_length=200)),
                ('reached', models.CharField(blank=True, default='', max_length=200)),
                ('reveals_a_day', models.PositiveIntegerField(blank=True, null=True)),
                ('exported_rows', models.PositiveIntegerField(blank=True, null=True)),
                ('request_days', models.PositiveIntegerField(default=15)),
                ('log_days', models.PositiveIntegerField(default=180)),
                ('receipt_years', models.PositiveIntegerField(blank=True, null=True)),
                ('unsaid_months', models.PositiveIntegerField(blank=True, null=True)),
                ('announcement', models.TextField(blank=True, default='')),
                ('announcement_version', models.CharField(blank=True, default='', max_length=40)),
                ('changed_by', models.CharField(blank=True, default='', max_length=60)),
                ('changed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='privacy_policy_one'), models.CheckConstraint(condition=models.Q(('log_days__gte', 180)), name='privacy_logs_half_a_year')],
            },
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('attachment', models.UUIDField(primary_key=True, serialize=False)),
                ('announced', models.BooleanField()),
                ('announcement_version', models.CharField(blank=True, default='', max_length=40)),
                ('agreed', models.BooleanField()),
                ('by', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('announced', False), models.Q(('announcement_version', ''), _negated=True), _connector='OR'), name='privacy_recording_text')],
            },
        ),
        migrations.CreateModel(
            name='OrderItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.UUIDField()),
                ('number', models.CharField(max_length=40)),
                ('form', models.CharField(max_length=80)),
                ('kept_until', models.DateField()),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='privacy.order')),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'form'], name='privacy_item_form')],
                'constraints': [models.UniqueConstraint(fields=('order', 'case', 'form'), name='privacy_item_once')],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=8)),
                ('about_kind', models.CharField(max_length=8)),
                ('about_id', models.UUIDField()),
                ('customer_number', models.CharField(max_length=40)),
                ('outlet', models.CharField(max_length=40)),
                ('identity', models.CharField(max_length=300)),
                ('namesakes', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('state', models.CharField(default='open', max_length=10)),
                ('words', models.JSONField(default=dict)),
                ('until', models.DateField(null=True)),
                ('finished', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='privacy.order')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_on'], name='privacy_request_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['access', 'erasure'])), name='privacy_request_kind'), models.CheckConstraint(condition=models.Q(('about_kind__in', ['contact', 'customer'])), name='privacy_request_about'), models.CheckConstraint(condition=models.Q(('identity', ''), _negated=True), name='privacy_request_identity')],
            },
        ),
    ]
