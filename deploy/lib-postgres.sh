# shellcheck shell=bash
# The private PostgreSQL of deploy/up, and the preparation of its database. Sourced after lib.sh, never run.

# Prints the folder with the newest installed PostgreSQL's programs.
postgres_programs() {
  local folder
  folder="$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -n 1)"
  [[ -x "$folder/initdb" ]] || die "PostgreSQL is not installed: run deploy/install."
  echo "$folder"
}

# Runs a command as a user that PostgreSQL accepts: it refuses root, and its package brings the user postgres.
as_postgres() {
  if [[ "$(id -u)" == 0 ]]; then
    (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
  else
    "$@"
  fi
}

# Makes a folder that only PostgreSQL's user reads.
own_folder() {
  mkdir -p "$1"
  [[ "$(id -u)" != 0 ]] || chown postgres: "$1"
  chmod 700 "$1"
}

# Prints where the private PostgreSQL keeps its data: deploy/.run/postgres, or below /var/lib where its user cannot reach that (a clone in /root).
postgres_folder() {
  local folder="$RUN/postgres"
  own_folder "$folder"
  if ! as_postgres test -x "$folder"; then
    folder="/var/lib/accessgov-$(printf '%s' "$ROOT" | cksum | cut -d' ' -f1)"
    own_folder "$folder"
  fi
  echo "$folder"
}

# Makes the private PostgreSQL's data folder once.
make_postgres_cluster() {
  local folder="$1"
  as_postgres test -f "$folder/data/PG_VERSION" && return
  say "Creating a private PostgreSQL in $folder ..."
  as_postgres rm -rf "$folder/data.new" "$folder/data"
  (umask 077 && secret postgres | as_postgres tee "$folder/password" > /dev/null)
  as_postgres "$(postgres_programs)/initdb" -D "$folder/data.new" -U postgres -A scram-sha-256 --pwfile="$folder/password" \
    -E UTF8 --locale=C.UTF-8 --data-checksums > "$RUN/logs/initdb.log"
  as_postgres rm "$folder/password"
  as_postgres mv "$folder/data.new" "$folder/data"
}

# Removes the lock file of a server that died with its machine: its pid may be somebody else's by now, and PostgreSQL would not dare to.
forget_dead_postmaster() {
  local lock="$1/data/postmaster.pid" pid
  pid="$(as_postgres head -n 1 "$lock" 2> /dev/null)" || return 0
  [[ "$(readlink "/proc/$pid/cwd" 2> /dev/null)" == "$1/data" ]] && die "A PostgreSQL that deploy/up does not know runs on $1/data (pid $pid)."
  as_postgres rm -f "$lock"
}

# Prints the private PostgreSQL's port: chosen once and remembered, chosen again when somebody else has taken it.
postgres_port() {
  local file="$RUN/postgres.port" port
  port="${ACCESSGOV_POSTGRES_PORT:-$(cat "$file" 2> /dev/null || echo 7432)}"
  port="$(free_port "$port")"
  echo "$port" | tee "$file"
}

# Starts the private PostgreSQL with the settings that lose nothing, and waits until it answers.
start_private_postgres() {
  local folder port tries=0
  folder="$(postgres_folder)"
  make_postgres_cluster "$folder"
  forget_dead_postmaster "$folder"
  port="$(postgres_port)"
  local command=("$(postgres_programs)/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories=
    -c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=200 -c log_min_messages=warning)
  if [[ "$(id -u)" == 0 ]]; then
    command=(setpriv --reuid=postgres --regid=postgres --init-groups -- "${command[@]}")
  fi
  (cd / && exec setsid "${command[@]}" < /dev/null >> "$RUN/logs/postgres.log" 2>&1 9>&-) &
  remember_process postgres $!
  # The password stays out of the arguments of psql, which every user of the machine can list.
  POSTGRES="host=127.0.0.1 port=$port user=postgres dbname=postgres"
  PGPASSWORD="$(secret postgres)"
  export PGPASSWORD
  POSTGRES_IS_PRIVATE=1
  until psql -XAtqc 'select 1' "$POSTGRES" > /dev/null 2>&1; do
    running_process postgres > /dev/null || { tail -n 20 "$RUN/logs/postgres.log" >&2; die "PostgreSQL did not start."; }
    tries=$((tries + 1))
    ((tries < 600)) || die "PostgreSQL did not answer within 60 s: see $RUN/logs/postgres.log."
    sleep 0.1
  done
  say "PostgreSQL runs on 127.0.0.1:$port."
}

# Takes the PostgreSQL of ACCESSGOV_POSTGRES (a superuser's libpq connection string), or starts the private one.
find_postgres() {
  if [[ -n "${ACCESSGOV_POSTGRES:-}" ]]; then
    POSTGRES="$ACCESSGOV_POSTGRES"
    POSTGRES_IS_PRIVATE=0
    psql -XAtqc 'select 1' "$POSTGRES" > /dev/null || die "ACCESSGOV_POSTGRES does not lead to a PostgreSQL that answers."
    say "Using the PostgreSQL of ACCESSGOV_POSTGRES."
  else
    start_private_postgres
  fi
}

# Creates what is missing: the databases, and login roles per service that can touch nothing but its own.
prepare_database() {
  POLICY_DECISION_PASSWORD="$(secret database-policy-decision)" IDENTITY_FEDERATION_PASSWORD="$(secret database-identity-federation)" \
    BREAK_GLASS_PASSWORD="$(secret database-break-glass)" RECERTIFICATION_PASSWORD="$(secret database-recertification)" \
    AUDIT_APPEND_PASSWORD="$(secret database-audit-append)" AUDIT_SEAL_PASSWORD="$(secret database-audit-seal)" AUDIT_READ_PASSWORD="$(secret database-audit-read)" \
    psql -X -q -v ON_ERROR_STOP=1 -v private="$POSTGRES_IS_PRIVATE" \
    -f "$ROOT/deploy/database.sql" "$POSTGRES" > /dev/null || die "The database could not be prepared."
}

# Prints the connection string (in Npgsql's form) of a login role: its name, its secret's name, the database.
service_connection() {
  local host port
  IFS=' ' read -r host port < <(psql -XAtq "$POSTGRES" <<< '\echo :HOST :PORT')
  printf 'Host=%s;Port=%s;Database=%s;Username=%s;Password=%s' "$host" "$port" "${3:-accessgov}" "$1" "$(secret "$2")"
}
