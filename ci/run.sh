#!/usr/bin/env bash
# What CI runs, and anyone can: the README's own two commands in a fresh virtual environment, then
# the linters. Where real recordings lie beside the checkout, the tests run on them too.
set -euo pipefail
cd "$(dirname "$0")/.."

recordings="$PWD/../shared/data/real"
if [ -d "$recordings" ]; then
    ASDBENCH_RECORDINGS="$(cd "$recordings" && pwd)"
    export ASDBENCH_RECORDINGS
fi
# The tests of pages skip without a browser, the test of the LaTeX table without LaTeX.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install() { apt-get update -qq && apt-get install -y -qq "$@" >/dev/null || true; }
    command -v chromedriver >/dev/null || install chromium chromium-driver
    command -v pdflatex >/dev/null ||
        install --no-install-recommends texlive-latex-base texlive-latex-recommended
fi
ASDBENCH_CACHE="$(mktemp -d)"
export ASDBENCH_CACHE
trap 'rm -rf "$ASDBENCH_CACHE"' EXIT

rm -rf .venv
# The README's commands, taken from it: what it says is what is run.
mapfile -t commands < <(grep -E '^(python3 -m venv|\.venv/bin/pip)' README.md)
[ "${#commands[@]}" = 2 ]
for command in "${commands[@]}"; do
    echo "+ $command"
    eval "$command"
done

.venv/bin/pip install -q -e '.[dev]'
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/lint-imports
.venv/bin/python ci/architecture.py --check
.venv/bin/python ci/calibration/run.py --short --check
for campaign in kills disk large_store long_run bad_plugins fuzz many same_numbers; do
    .venv/bin/python "ci/torture/$campaign.py" --short
done
.venv/bin/python ci/demo.py --out runs/demo # which the README's command has made
bash ci/wheel.sh smoke # as a user of `pip install asdbench` has it; with no word, the demo
bash ci/bench/gpu.sh --device cpu --to runs/gpu # every line of it, with tiny sizes
