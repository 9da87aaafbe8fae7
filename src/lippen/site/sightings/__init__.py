"""The room Sightings: where people who work here tell, in a minute, what they happened to see for sale.

limits          how many, how long, and when a batch goes
models          what waits, which accounts were named this month, who told today
redacting       handles, numbers and links out of what was typed, and what is compared of them
accounts_named  whether an account was named this month already; the form stops then
services        to tell, to let a sighting wait that came another way, and to take one back
together        what waits becomes an import of the organisation that holds sightings
sweeping        what is done each hour
"""
