"""Running a site for a year: serve, demo, backup, restore, upgrade, doctor, retire. No page and no model."""
