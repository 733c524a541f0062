"""What stands behind the commands of ``cli``.

`county`, `services` and `terminal` stay light: they run in the resident supervisor. `prepare`,
`people` and `rows` need Django and are imported only after `with_django` has set it up.
"""
