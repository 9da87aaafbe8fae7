"""The site: a Django project in which partners work together, each reading what it may and no more.

    configuration   what a workspace says of its site, and where its keys lie
    keys            the secrets: a type each, never in the database and never printed
    form            how every page looks and answers: components, tokens, security headers, error pages
    accounts        organisations, people, roles, sign-in, and what each role may do
    api             the same for an organisation's own programs, by keys
    handling        files that are taken out: how each row may be handled, and cells that nothing runs
    register        every consultation, alteration, disclosure, combination and erasure, sealed
    speak           the resident's door: what is sealed in a browser, in a process and a file of its own
    operation       serve, demo, backup, restore, upgrade, doctor, retire

In an app `services` is the only writer and `selectors` the only reader of personal data; views and API
handlers call those two and touch no model. `register` imports no other app. `speak` is none: it
imports nothing of the rest, and no Django.
"""
