"""A key can be wrapped in two ways, so what is wrapped now says by what it opens: what was kept until now, by a
passphrase.
"""

import json
from base64 import b64decode

from django.db import migrations

_BOX = {"salt": 16, "nonce": 12, "box": 80}


def say_what_opens_it(apps, _):
    for key in apps.get_model("desk", "DeskKey").objects.exclude(wrapped=""):
        told = json.loads(key.wrapped)
        if told.get("v") != 1 or set(told) != {"v", *_BOX}:
            raise ValueError(f"desk key {key.ref} is no wrapped key")
        for part, length in _BOX.items():
            if len(b64decode(told[part], validate=True)) != length:
                raise ValueError(f"desk key {key.ref} is no wrapped key: {part} has another length")
        key.wrapped = json.dumps({"v": 2, "passphrase": {part: told[part] for part in _BOX}})
        key.save(update_fields=["wrapped"])


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_nothing_leads_to_a_draft")]

    operations = [migrations.RunPython(say_what_opens_it)]
