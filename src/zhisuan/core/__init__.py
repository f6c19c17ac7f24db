"""The shared language of the centre: units, ids, money, clock, errors, records that cross walls.

Standard library alone and no I/O, because it travels with the runner into every
algorithm's environment.
"""
