"""Lippen helps community groups, council, services and police act together against organised crime's harm."""

import os

# Read once, when the compiled learners are loaded. Threads that wait for one another then sleep: spinning,
# they take twenty times as long on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
