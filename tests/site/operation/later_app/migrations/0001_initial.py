from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.CreateModel("Visit", [("id", models.BigAutoField(primary_key=True))]),
        migrations.RunSQL(
            "UPDATE accounts_organisation SET name = name || ' (upgraded)'", migrations.RunSQL.noop
        ),
    ]
