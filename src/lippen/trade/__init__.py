"""What is sold, in what words, at what price, and what is new.

Lippen fetches nothing and follows nobody. This works on what people chose to tell (sightings) and on what an
organisation lawfully holds (listings), and never on who wrote it.
"""
