"""算力: nodes, devices, pool, quota, queue, scheduler and the life of a job."""
