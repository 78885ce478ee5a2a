#!/usr/bin/env bash
#
# full_scale.sh
#	  The full log: 26 million events of 22,278 users, 12 GB of JSON, to features
#	  for all users, once through a load and once in place, against a hundredth
#	  and a tenth of it.
#
# Takes about 54 GB of disk below TMPDIR (/tmp without) while it runs.  What is
# timed is in bench/topics/scale.sh; making the log is not.
#
TOPIC=scale SIZE=full exec "$(dirname "$0")/run.sh"
