#!/usr/bin/env bash
# What a user of `pip install asdbench` gets: bash ci/wheel.sh [EXPERIMENT]
# The wheel is built, installed with all that it needs into a virtual environment of its own, and
# runs an experiment (the demo, if none is named) in an empty folder, where no checkout is. Of the
# demo, the board is checked.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
experiment="${1:-demo}"

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
export ASDBENCH_CACHE="$place/cache"

rm -rf "$root/build" # what an older build has left would be packed too
python3 -m venv "$place/env"
"$place/env/bin/pip" wheel -q --no-deps --wheel-dir "$place" "$root"
"$place/env/bin/pip" install -q "$place"/asdbench-*.whl
mkdir "$place/empty"
cd "$place/empty"
"$place/env/bin/asdbench" --version
"$place/env/bin/asdbench" list
"$place/env/bin/asdbench" run "$experiment"
[ "$experiment" != demo ] || "$place/env/bin/python" -P "$root/ci/demo.py" --out runs/demo
