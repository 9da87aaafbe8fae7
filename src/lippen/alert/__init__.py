"""A plain-words alert for workers and parents: what is about, what it can do, and where help is.

alert = read_alert(Path("alert.toml"))
write_alert(alert, Path("out/alert"))

It is refused where a rule sees that it says where or from whom anything is sold. No rule knows the names of
people and places, so two people stand for it, by their roles.
"""

from lippen.alert.notice import Alert, AlertRefused, Help, not_current, read_alert
from lippen.alert.writing import write_alert

__all__ = ["Alert", "AlertRefused", "Help", "not_current", "read_alert", "write_alert"]
