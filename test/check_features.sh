#!/bin/sh
# The features' SQL type and documentation agree with their one list.
exec perl "$(dirname "$0")/features.pl" --check
