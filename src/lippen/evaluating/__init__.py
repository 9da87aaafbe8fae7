"""How well what Lippen finds agrees with what is known to be true: a module for each capability."""
