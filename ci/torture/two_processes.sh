#!/usr/bin/env bash
# Two `asdbench tune` on one study in a real PostgreSQL; one is killed and started again.
#
#     ci/torture/two_processes.sh [VENV]
#
# VENV is a virtual environment with asdbench and a PostgreSQL driver (pip install psycopg2-binary,
# or 'psycopg[binary]'); .venv by default. Debian's package `postgresql` is installed where it is missing and that can be
# done. The server lives in a temporary folder, listens on a socket there and on no port, and is
# gone at the end. The exit code is 0 where everything held.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="$(cd "${1:-$here/../../.venv}" && pwd)/bin/python"

driver=""
for name in psycopg psycopg2; do
    if "$python" -c "import $name" 2>/dev/null; then driver="$name"; fi
done
[ -n "$driver" ] || { echo "no driver: $python -m pip install psycopg2-binary" >&2; exit 2; }
find_server() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
if [ -z "$(find_server)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq postgresql >/dev/null
fi
server="$(find_server)"
[ -n "$server" ] || { echo "no PostgreSQL: apt-get install postgresql" >&2; exit 2; }

folder="$(mktemp -d "${TMPDIR:-/tmp}/two-XXXXXX")" # short: a socket's path has 107 characters
mkdir "$folder/runs" "$folder/sql"
run=()
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chmod 755 "$folder"
    chown postgres "$folder/sql"
    run=(runuser -u postgres --)
fi
as_owner() { (cd "$folder/sql" && "${run[@]}" "$@"); }
cleanup() {
    as_owner "$server/pg_ctl" -D "$folder/sql/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap cleanup EXIT

as_owner "$server/initdb" -D "$folder/sql/data" -U asdbench -A trust >/dev/null
as_owner "$server/pg_ctl" -D "$folder/sql/data" -w -l "$folder/sql/log" \
    -o "-k $folder/sql -c listen_addresses=''" start >/dev/null
as_owner "$server/createdb" -h "$folder/sql" -U asdbench studies
echo "a $("$server/postgres" --version) on a socket of its own, through $driver"

export OPTUNA_STORAGE="postgresql+$driver://asdbench@/studies?host=$folder/sql"
export ASDBENCH_CACHE="$folder/runs/cache"
unset MLFLOW_TRACKING_URI
"$python" "$here/two_processes.py" "$folder/runs"
