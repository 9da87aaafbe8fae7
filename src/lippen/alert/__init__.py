"""A plain-words alert for workers and parents: what is about, what it can do, and where help is.

alert = read_alert(Path("alert.toml"))
write_alert(alert, Path("out/alert"))

It never says where or from whom anything was bought, and two people stand for it by their roles.
"""

from lippen.alert.notice import Alert, AlertRefused, Help, read_alert
from lippen.alert.writing import write_alert

__all__ = ["Alert", "AlertRefused", "Help", "read_alert", "write_alert"]
