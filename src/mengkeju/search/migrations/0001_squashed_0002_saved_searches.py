import django.db.models.deletion
import mengkeju.kernel.models.record
import mengkeju.search.engine.saved
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('search', '0001_initial'), ('search', '0002_saved_searches')]

    initial = True

    dependencies = [
        ('kernel', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=mengkeju.kernel.models.record.new_uid, editable=False, unique=True)),
                ('area', models.CharField(blank=True, db_index=True, max_length=40, verbose_name='地区代码')),
                ('origin_node', models.CharField(blank=True, editable=False, max_length=40)),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archived_reason', models.CharField(blank=True, editable=False, max_length=200)),
                ('account', models.UUIDField(db_index=True, null=True, verbose_name='设提醒的账号')),
                ('organisation', models.UUIDField(db_index=True, null=True)),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='提醒的名称')),
                ('query', models.JSONField(null=True, verbose_name='提醒的搜索条件')),
                ('way', models.CharField(default=mengkeju.search.engine.saved.Way['DAILY'], max_length=10)),
                ('paused_at', models.DateTimeField(null=True)),
                ('since_xact', models.BigIntegerField(default=0)),
                ('since_position', models.BigIntegerField(default=0)),
                ('archived_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['archived_at', 'paused_at', 'way'], name='saved_search_live')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('archived_at__isnull', True), ('archived_by__isnull', True)), models.Q(('archived_at__isnull', False), ('archived_by__isnull', False)), _connector='OR'), name='saved_search_archived_pair'), models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'daily', 'weekly'])), name='saved_search_way')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearchHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.UUIDField()),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_uid', models.UUIDField()),
                ('noted_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('search', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='search.savedsearch')),
            ],
            options={
                'indexes': [models.Index(fields=['told_at', 'noted_at'], name='saved_search_hit_due'), models.Index(fields=['search', 'account', '-told_at'], name='saved_search_hit_told')],
                'constraints': [models.UniqueConstraint(fields=('search', 'account', 'subject_type', 'subject_uid'), name='saved_search_hit_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearchReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.UUIDField()),
                ('told_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('search', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='search.savedsearch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('search', 'account'), name='saved_search_reader_once')],
            },
        ),
        migrations.CreateModel(
            name='SearchLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=mengkeju.kernel.models.record.new_uid, editable=False, unique=True)),
                ('account', models.UUIDField(null=True, verbose_name='搜索的账号')),
                ('organisation', models.UUIDField(null=True)),
                ('text', models.TextField(blank=True, verbose_name='搜索的文字')),
                ('at', models.DateTimeField(db_index=True)),
                ('total', models.PositiveIntegerField()),
                ('pruned_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pruned_at__isnull', True), models.Q(('account', None), ('text', '')), _connector='OR'), name='search_log_pruned')],
            },
        ),
    ]
