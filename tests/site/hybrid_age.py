"""age files as the sandbox seals and opens them, which is not the code of the browser: tests check one by the
other.
"""

from lippen.sandbox.desk.age_files import NotOpened, open_age, recipient_of, seal_age

__all__ = ["NotOpened", "open_age", "recipient_of", "seal_age"]
