from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0006_complement'),
    ]

    operations = [
        migrations.AddField(
            model_name='listingvector',
            name='latent',
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name='listingvector',
            name='space',
            field=models.CharField(blank=True, max_length=32),
            preserve_default=False,
        ),
    ]
