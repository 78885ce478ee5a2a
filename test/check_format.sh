#!/usr/bin/env bash
#
# check_format.sh
#	  The C files are laid out as .clang-format says.  Where no clang-format of
#	  the right version is at hand, says so and does not fail.
#
set -euo pipefail
cd "$(dirname "$0")/.."

tools/format.sh --check || [ $? = 2 ]
