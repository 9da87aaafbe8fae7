from django.db import migrations, models

import lippen.site.accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0003_keys_wrapped_in_two_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerDraft",
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
                ("organisation", models.CharField(max_length=16)),
                ("report", models.CharField(max_length=32, unique=True)),
                ("sealed", models.TextField()),
                ("written_by", models.CharField(max_length=16)),
                ("on", models.DateField()),
            ],
        ),
        migrations.AlterField(
            model_name="decision",
            name="matter",
            field=models.CharField(
                choices=[
                    ("advice", "answering somebody who writes again and again"),
                    ("child", "handing a child's safety to child protection"),
                    ("adult", "handing an adult's safety to adult protection"),
                    ("close", "closing it, which deletes it"),
                ],
                max_length=8,
            ),
        ),
    ]
