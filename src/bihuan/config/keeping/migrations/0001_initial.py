from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('folder', models.TextField(blank=True)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('good', models.BooleanField()),
                ('bytes', models.PositiveBigIntegerField(default=0)),
                ('report', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', '-ended_at'], name='keeping_run_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['backup', 'drill', 'restore'])), name='keeping_run_kind'), models.CheckConstraint(condition=models.Q(('ended_at__gte', models.F('begun_at'))), name='keeping_run_order')],
            },
        ),
    ]
