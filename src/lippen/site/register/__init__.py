"""The register: one entry for every consultation, alteration, disclosure, combination and erasure of personal
data.

The invariants: an entry is committed before the first byte of the answer it is about leaves; when it cannot
be written nothing leaves; no entry is changed or removed but with its whole month, when a policy says so and
a signed note stays. `register` imports no other app: it knows a reader by the plain words of `Reader` and a
record by its class and its id. Each app declares its classes of data when it starts (`classes`).
"""
