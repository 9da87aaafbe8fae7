"""The resident's door: it hands out a static page, and keeps what is sealed there until a desk fetches it.

    envelope    the three envelopes, byte for byte: what is none of them is refused
    blanks      what stands in a slot without an answer, and looks like one
    store       the file in which sealed things lie; its verbs are the door's and, later, the desk's
    proof       the work that each message costs
    senders     how much one network has sent, and how many are waited for
    page        the page's files and the partnership's manifest, read whole and served from memory
    answers     what every answer carries
    door        which message gets which answer
    keeping     sweeps what has expired, and puts the file into an order that tells nothing
    serving     the process, and what it is told

What it publishes is made and checked by people, in no process of its own:

    partnership, areas, desk_keys   what a partnership says of itself, and its desks' keys
    partnership_key, hybrid_keys    the key that signs, and those that something is sealed to
    manifest, publishing            what is signed, and how it gets to where the door finds it
    written, parts                  files and values that people wrote, read as strictly as the page does
    alike                           names that nobody tells apart
    fingerprint                     the six words by which the key is known
    page_check                      whether a page is the one that was signed; the one that asks outside
    leaflet                         what stands on the paper (`lippen.paper` sets and writes it)

No Django is here, no session, no cookie and no log, and nothing of the site's other rooms: who breaks into
this process finds no way to the rest. What it cannot do it says in docs/threat-models/speak.md.
"""
