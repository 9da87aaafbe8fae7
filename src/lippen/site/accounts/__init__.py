"""Organisations, people, dated roles, sign-in, and what each role may do.

What a role may do stands in `permissions.toml` and nowhere else: the checks and the public page are made from
it. A person acts in one role for one organisation at a time (`acting`); every URL says who may open it
(`access`).
"""
