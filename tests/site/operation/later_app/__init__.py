"""An app that a later Lippen might have. Its second migration fails when LATER_FAILS is set."""
