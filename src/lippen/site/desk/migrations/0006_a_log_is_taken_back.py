"""A log that was released at once can be taken back by the colleague who looks it over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0005_closing_names_its_photographs")]

    operations = [
        migrations.AddField(
            model_name="log",
            name="taken_back_for",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="log",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "waits for a second person"),
                    ("held", "held at the desk"),
                    ("signed", "signed off, waits for its batch"),
                    ("released", "released"),
                    ("taken", "taken back by the desk"),
                ],
                default="draft",
                max_length=8,
            ),
        ),
    ]
