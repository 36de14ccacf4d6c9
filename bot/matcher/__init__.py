"""From a message to the topics that answer it: text and records in, records out."""

import os

# A message's few numbers are soonest multiplied on one core, and the library's threads, which wait by spinning, make two
# processes on two cores thirty times as slow. It reads this when numpy is first imported, so that importing numpy before
# this package leaves it as it was; who wants more cores, sets more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
