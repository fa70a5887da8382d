from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0008_evidence"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="announced_at",
            field=models.DateTimeField(null=True),
        ),
    ]
