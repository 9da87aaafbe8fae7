"""How often the trade's models are right, on marked texts that they have not seen: a module for each task."""
