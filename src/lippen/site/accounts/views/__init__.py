"""Pages of accounts. They call services and selectors, and touch no model."""
