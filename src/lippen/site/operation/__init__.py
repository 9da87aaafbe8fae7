"""Running a site for a year: serve, demo, backup, restore, upgrade, doctor, retire.

    starting        makes Django ready for one workspace, and puts failures of the database in one line
    lock            one process at a time has a site: serve, restore, upgrade and retire exclude each other
    schema          which migrations the database has, and bringing it up to date whole or not at all
    serving         web workers and the background worker in one process tree
    worker          background jobs and the register's sealer
    certificates    a local authority, and certificates for a site's own name
    demo            a filled workspace in which anybody signs in as each fictional person
    demo_desks, demo_planted, demo_door               its two desks, what waits there, and its residents' door
    kept_process    what stands beside the web workers: the background worker, a demo's door
    backup_file     the format of a backup, its digests and how they are checked
    backup, restoring, upgrading, doctor, retiring    the verbs of those names
    sqlite, postgresql                                what differs between the two databases

No model is here, and no page but the demo's.
"""
