"""The scheduler: one pure function, `plan.plan`, and the decisions it is made of.

`order` says whose turn it is, `gate` who may not start yet, `backfill` when, `release` who must
make room, `why` what a waiting job is told; where a job goes is the pool's (`compute.packing`).
"""
