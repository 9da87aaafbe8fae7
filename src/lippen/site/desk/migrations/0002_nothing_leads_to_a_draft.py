from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="log", name="signed_by"),
        migrations.RemoveField(model_name="log", name="signed_at"),
        migrations.AlterField(
            model_name="log", name="written_by", field=models.CharField(blank=True, max_length=16)
        ),
        migrations.AlterField(model_name="log", name="written_at", field=models.DateTimeField(null=True)),
        migrations.RemoveConstraint(model_name="fetch", name="desk_one_fetch_a_day"),
        migrations.AddConstraint(
            model_name="fetch",
            constraint=models.UniqueConstraint(
                fields=("person", "sealed", "photograph", "on"), name="desk_one_fetch_a_day"
            ),
        ),
    ]
