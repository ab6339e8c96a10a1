"""The core: jobs, schedules, the guard and the life of a run. It imports nothing of ours."""
