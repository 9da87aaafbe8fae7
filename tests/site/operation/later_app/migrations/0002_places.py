import os
import signal

from django.db import migrations, models


def fail(_apps, _schema_editor):
    how = os.environ.get("LATER_FAILS")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "error":
        raise ValueError("this cannot be migrated")


class Migration(migrations.Migration):
    dependencies = [("later_app", "0001_initial")]
    operations = [
        migrations.AddField("Visit", "place", models.CharField(max_length=20, default="")),
        migrations.RunPython(fail, migrations.RunPython.noop),
    ]
