"""Two who close a report stand for its photographs too. What was asked before then, or agreed to and interrupted,
names none, so it is asked for anew: it goes, and the report still lies there.
"""

from django.db import migrations, models


def ask_anew(apps, _):
    apps.get_model("desk", "Decision").objects.filter(matter="close").delete()


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_an_answer_waits_for_a_second_person")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="photographs",
            field=models.CharField(blank=True, default="", max_length=131),
            preserve_default=False,
        ),
        migrations.RunPython(ask_anew),
    ]
