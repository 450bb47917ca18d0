#!/usr/bin/env bash
# The tests that are quick, with the oldest versions of what pyproject.toml allows.
#
#     ci/torture/oldest.sh [--short] [PYTHON]
#
# PYTHON makes the virtual environment, in a temporary folder; python3 by default. Every lower bound
# becomes a pin of pip's; with --short, nothing is tested but that the demo's methods run. The exit
# code is 0 where everything held. Hypothesis's profile "ci" has no deadlines: a busy computer would
# miss them. PIP_EXTRA_INDEX_URL may name PyTorch's index for the CPU: the versions on PyPI bring
# gigabytes for GPUs.
set -euo pipefail
cd "$(dirname "$0")/../.."

short=""
if [ "${1:-}" = --short ]; then short=yes; shift; fi
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"${1:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"

"$python" - <<'PINS' >"$folder/oldest.txt"
import re, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
for line in project["dependencies"]:
    name, lowest = re.match(r"([\w.-]+)>=([\w.]+)", line).groups()
    print(f"{name}=={lowest}")
PINS
cat "$folder/oldest.txt"
"$python" -m pip install -q -c "$folder/oldest.txt" -e . 'pytest>=8.4,<10' 'pytest-xdist>=3.6,<4' \
    'hypothesis>=6.120' 'jsonschema>=4.23,<5' 'setuptools>=77'

ASDBENCH_CACHE="$folder/cache"
export ASDBENCH_CACHE
(cd "$folder" && venv/bin/asdbench run smoke --methods all --repeats 1 --out "$folder/runs")
[ -n "$short" ] && exit
"$python" -m pytest -q -n2 --hypothesis-profile=ci tests/config tests/evaluation tests/results tests/tracking/test_client.py \
    tests/training/test_fitted.py tests/training/test_restored.py
