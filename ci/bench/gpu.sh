#!/usr/bin/env bash
# asdbench on a GPU, in about 12 minutes on one H100: bash ci/bench/gpu.sh [--device cpu] [--to DIR]
# Takes the Python that PYTHON names if it has asdbench and PyTorch; else it makes an environment,
# .venv-gpu, with the newest PyTorch for CUDA that asdbench allows. All else goes to
# ci/bench/gpu/all.py. With --device cpu every line is tried with tiny sizes: that takes minutes,
# and its figures mean nothing. What was found is in DIR (gpu/): gpu.md, gpu.json, a file a part.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"

python="${PYTHON:-$root/.venv/bin/python}"
if ! "$python" -c 'import asdbench, torch, librosa' 2>/dev/null; then
    python="$root/.venv-gpu/bin/python"
    [ -x "$python" ] || python3 -m venv "$root/.venv-gpu"
    "$python" -m pip install -q -e "$root[test]"
fi
"$python" - "$@" <<'CHECK'
import sys, torch
if "cpu" not in sys.argv and not torch.cuda.is_available():
    sys.exit(f"PyTorch {torch.__version__} sees no GPU; --device cpu tries the script with tiny sizes")
CHECK
export ASDBENCH_CACHE="${ASDBENCH_CACHE:-$(mktemp -d)}"
exec "$python" "$root/ci/bench/gpu/all.py" "$@"
