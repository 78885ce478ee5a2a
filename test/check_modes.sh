#!/usr/bin/env bash
#
# check_modes.sh
#	  Scripts can be run, and nothing else has the executable bit.
#
# A script begins with #! and the program that reads it.
#
set -euo pipefail
cd "$(dirname "$0")/.."

scripts=0
failed=0
while IFS= read -r -d '' file; do
	IFS= read -r -N 2 begin <"$file" || true
	if [ "$begin" = '#!' ]; then
		scripts=$((scripts + 1))
		[ -x "$file" ] || { echo "$file: a script that is not executable"; failed=1; }
	elif [ -x "$file" ]; then
		echo "$file: executable, but no script"
		failed=1
	fi
done < <(find . -type f -not -path './.git/*' -not -path '*/build/*' -not -path './tmp_check/*' -not -path './results/*' \
	-not -path './bench/peers/*' -not -path './bench/results/*' -not -name '*.so' -not -name '*.o' -not -name '*.bc' -print0)

echo "Executable scripts: $scripts"
exit $failed
