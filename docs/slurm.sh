#!/usr/bin/env bash
# asdbench on the nodes of a SLURM allocation: sbatch slurm.sh run paper --data /shared/dcase2020
#
# Ray on every node, asdbench on the first, with what follows the script's name. The environment
# that has asdbench and Ray must be active, and --out on a disk that all nodes see. When the time
# is nearly over, asdbench is told to stop; the same sbatch goes on where it was.
#SBATCH --job-name=asdbench
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --cpus-per-task=32
#SBATCH --time=12:00:00
#SBATCH --signal=B:TERM@120
set -euo pipefail

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
head="${nodes[0]}"
address="$head:${RAY_PORT:-6379}"
on_each=(--cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" --ntasks-per-node=1)
ray=(ray start --block --num-cpus="${SLURM_CPUS_PER_TASK:-1}")

alive='
import sys, ray
ray.init(sys.argv[1], logging_level="ERROR", log_to_driver=False)
print(sum(node["Alive"] for node in ray.nodes()))'

# Told before asdbench begins, the script ends; told while it begins, asdbench is told then.
begins="" asdbench="" told=""
tell() { kill -TERM "$asdbench" 2>/dev/null || true; }
stop() { [ -n "$begins" ] || exit 143; told=yes; [ -z "$asdbench" ] || tell; }
trap stop TERM INT
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

srun --nodes=1 --nodelist="$head" "${on_each[@]}" "${ray[@]}" --head --port="${address##*:}" &
until ray status --address="$address" >/dev/null 2>&1; do
    jobs -r %1 >/dev/null 2>&1 || { echo "Ray has not started on $head" >&2; exit 1; }
    sleep 1
done
if [ "${#nodes[@]}" -gt 1 ]; then
    srun --nodes="$((${#nodes[@]} - 1))" --exclude="$head" "${on_each[@]}" \
        "${ray[@]}" --address="$address" &
    # A cell asks for what the cluster has when the command begins.
    until [ "$(python -c "$alive" "$address")" -ge "${#nodes[@]}" ]; do sleep 1; done
fi

begins=yes
RAY_ADDRESS="$address" asdbench "$@" --engine ray &
asdbench=$!
[ -z "$told" ] || tell
code=0
wait "$asdbench" || code=$?
# `wait` ends when a signal comes; then asdbench still says how to go on, and its exit code counts.
while [ -n "$told" ]; do told="" code=0; wait "$asdbench" || code=$?; done
exit "$code"
