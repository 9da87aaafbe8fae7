from django.db import migrations, models

import lippen.site.accounts.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AccountsNamed",
            fields=[
                ("month", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("hashes", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.CharField(db_index=True, max_length=16)),
                ("on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ref",
                    models.CharField(
                        default=lippen.site.accounts.models.new_reference,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("by", models.CharField(blank=True, db_index=True, max_length=16)),
                ("goes_to", models.CharField(max_length=16)),
                ("on", models.DateField()),
                (
                    "seen_by",
                    models.CharField(choices=[("worker", "worker"), ("resident", "resident")], max_length=8),
                ),
                ("week", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("street", "In the street"),
                            ("phone", "By phone or text message"),
                            ("social", "On social media or in a chat"),
                            ("dark web", "On the dark web"),
                            ("shop", "In a shop"),
                        ],
                        max_length=8,
                    ),
                ),
                ("product", models.CharField(max_length=120)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("price_gbp", models.CharField(blank=True, max_length=9)),
                ("quantity", models.CharField(blank=True, max_length=40)),
                ("larger_area", models.CharField(max_length=80)),
            ],
        ),
    ]
