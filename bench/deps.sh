#!/usr/bin/env bash
#
# deps.sh
#	  Installs the peers that the benchmark runs when they are there: pandas,
#	  scikit-learn, R's ranger, survival and packages of data sets by apt, and by pip, into
#	  bench/peers, what Debian does not have.
#
set -euo pipefail
cd "$(dirname "$0")"

python=/usr/bin/python3

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

packages=()
[ -x "$python" ] && "$python" -c 'import pandas' 2>/dev/null || packages+=(python3-pandas)
[ -x "$python" ] && "$python" -c 'import sklearn' 2>/dev/null || packages+=(python3-sklearn)
[ -x "$python" ] && "$python" -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
if [ ${#packages[@]} -gt 0 ]; then
	as_root apt-get -qq install -y --no-install-recommends "${packages[@]}"
fi
if ! Rscript -e 'loadNamespace("ranger")' >/dev/null 2>&1; then
	as_root apt-get -qq install -y --no-install-recommends r-cran-ranger ||
		echo "apt cannot install ranger here; it will be skipped" >&2
fi
if ! Rscript -e 'loadNamespace("survival")' >/dev/null 2>&1; then
	as_root apt-get -qq install -y --no-install-recommends r-cran-survival ||
		echo "apt cannot install R's survival here; it will be skipped" >&2
fi
for package in modeldata kernlab mlbench cardata; do
	dpkg -s r-cran-$package >/dev/null 2>&1 || as_root apt-get -qq install -y --no-install-recommends r-cran-$package ||
		echo "apt cannot install r-cran-$package here; its data sets will be skipped" >&2
done
for peer in duckdb xgboost lightgbm catboost narwhals polars polars-runtime-32 chdb chdb-core pyspark py4j; do
	"$python" -m pip install --quiet --no-deps --upgrade --target peers $peer ||
		echo "pip cannot install $peer here; it will be skipped" >&2
done
