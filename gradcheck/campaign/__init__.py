"""Many cases of many units, on one machine or many, kept as they are judged: see docs/campaign.md.

plan      which cases are still to be judged, in batches       store     what was found, in a folder that is locked
work      judges a batch, on a worker                          crew      the workers, of dask.distributed
course    gives batches out and keeps what comes back          summary   all that was found, unit by unit
"""
