# shellcheck shell=bash
# Functions that the scripts in this folder share. Sourced, never run.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
RUN="$ROOT/deploy/.run"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Says one line of progress.
say() { printf '%s\n' "$*"; }

# Says why the work cannot go on, and ends.
die() { printf '%s\n' "$*" >&2; exit 1; }

# Makes the folder that everything generated lives in; nobody else may read it.
make_run_folder() {
  mkdir -p "$RUN/secrets" "$RUN/logs" "$RUN/pids"
  chmod 700 "$RUN/secrets" "$RUN/logs" "$RUN/pids"
  # PostgreSQL's user passes through to its own folder, and sees nothing on the way.
  chmod 711 "$RUN"
}

# Prints a random secret: 256 bits, hexadecimal.
random_secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# Prints the secret of that name, which is generated when it is asked for the first time.
secret() {
  local file="$RUN/secrets/$1"
  if [[ ! -s "$file" ]]; then
    (umask 077 && random_secret > "$file.new" && mv "$file.new" "$file")
  fi
  cat "$file"
}

# Generates an ES256 private key in PEM once, and its public key beside it.
signing_key() {
  local file="$RUN/secrets/$1"
  [[ -s "$file.pem" && -s "$file.public.pem" ]] && return
  (umask 077
    openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$file.new"
    openssl pkey -in "$file.new" -pubout -out "$file.public.pem"
    mv "$file.new" "$file.pem")
}

# Writes the clients of a new installation from deploy/clients.json, with hashed secrets, for a console at this address.
write_clients() {
  local console="$1" hashes='{}' id hash
  while read -r id; do
    hash="$(printf '%s' "$(secret "client-$id")" | sha256sum | cut -d' ' -f1)"
    hashes="$(jq --arg id "$id" --arg hash "$hash" '. + {($id): {secretSha256: $hash}}' <<< "$hashes")"
  done < <(jq -r '.[] | select(.public | not).id' "$ROOT/deploy/clients.json")
  (umask 077 && jq --argjson hashes "$hashes" --arg console "$console" \
    'map(del(.purpose) + ($hashes[.id] // {}) | walk(if type == "string" then sub("\\$\\{CONSOLE_URL\\}"; $console) else . end))' \
    "$ROOT/deploy/clients.json" > "$RUN/secrets/clients.json")
}

# Is a TCP port of the loopback address taken?
port_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# Prints the first port that is free, beginning with the first given one, and is none of the others.
free_port() {
  local port="$1"
  shift
  while [[ " $* " == *" $port "* ]] || port_taken "$port"; do port=$((port + 1)); done
  echo "$port"
}

# Is it the process of that pid which listens on a TCP port? Another program may have taken it, and answers there too.
listens_on() {
  local pid="$1" port="$2" inode
  while read -r inode; do
    [[ -z "$(find "/proc/$pid/fd" -lname "socket:\[$inode\]" -print -quit 2> /dev/null)" ]] || return 0
  done < <(awk -v port="$(printf ':%04X' "$port")" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2> /dev/null)
  return 1
}

# Prints when a living process began, in clock ticks since the machine did: with its pid that names it beyond doubt.
process_start() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | awk '$1 != "Z" { print $20 }'; }

# Remembers a process that we started.
remember_process() { printf '%s %s %s\n' "$2" "$(process_start "$2")" "$(cat /proc/sys/kernel/random/boot_id)" > "$RUN/pids/$1"; }

# Prints the pid of a process that we started and that still runs; fails when there is none. A pid that was given to somebody else is none.
running_process() {
  local pid start boot
  [[ -f "$RUN/pids/$1" ]] && read -r pid start boot < "$RUN/pids/$1" || return 1
  [[ "$boot" == "$(cat /proc/sys/kernel/random/boot_id)" && -n "$start" && "$(process_start "$pid")" == "$start" ]] && echo "$pid"
}

# Stops a process that we started: with the given signal, and after 30 s with SIGKILL.
stop_process() {
  local name="$1" signal="$2" pid waited=0
  if pid="$(running_process "$name")"; then
    kill "-$signal" "$pid" 2> /dev/null || true
    while running_process "$name" > /dev/null; do
      sleep 0.1
      waited=$((waited + 1))
      if ((waited == 300)); then
        say "$name did not end within 30 s and is killed."
        kill -KILL "$pid" 2> /dev/null || true
      fi
    done
    # Whoever read our lines may be gone; the rest is stopped all the same.
    say "$name stopped." 2> /dev/null || true
  fi
  rm -f "$RUN/pids/$name"
}

# Stops everything that deploy/up started, services before their database.
stop_all() {
  stop_process console TERM
  stop_process edge TERM
  stop_process trail-sealer TERM
  stop_process audit TERM
  stop_process recertification TERM
  stop_process break-glass TERM
  stop_process identity-federation TERM
  stop_process policy-decision TERM
  stop_process postgres INT
}

# Ends unless the .NET SDK that global.json asks for is installed.
need_dotnet() {
  local known=''
  command -v dotnet > /dev/null && known="$(dotnet --list-sdks)"
  [[ $'\n'"$known" == *$'\n'10.* ]] ||
    die "The .NET 10 SDK is missing: install it as https://learn.microsoft.com/dotnet/core/install/linux-debian says."
}

# Installs the official Cedar engine from npm once per version and names its folder for the tests that compare with it. When npm gives nothing,
# it says what to do, and those tests fail unless ACCESSGOV_OFFICIAL_ENGINE=optional.
official_engine() {
  local wanted="$ROOT/tests/Testing/OfficialEngine/package.json" folder="$RUN/official-engine"
  [[ -n "${ACCESSGOV_CEDAR_WASM:-}" ]] && return
  if ! cmp -s "$wanted" "$folder/package.json"; then
    make_run_folder
    rm -rf "$folder" "$folder.new"
    mkdir "$folder.new"
    cp "$wanted" "$folder.new"
    npm install --prefix "$folder.new" --no-package-lock --no-audit --no-fund --silent --fetch-retries=4 --fetch-timeout=30000 < /dev/null > /dev/null 2>&1 ||
      { say "npm does not give the official Cedar engine, and the tests that compare with it need it. Connect this machine to an npm registry, or name in"
        say "ACCESSGOV_CEDAR_WASM a folder in which npm installed tests/Testing/OfficialEngine/package.json; ACCESSGOV_OFFICIAL_ENGINE=optional skips them."; return; }
    mv "$folder.new" "$folder"
  fi
  export ACCESSGOV_CEDAR_WASM="$folder"
}

# Prints a hash over the sources that a program is built from.
sources_hash() {
  (cd "$ROOT" && find services shared deploy/demo/DemoHospital deploy/policies Directory.Build.props Directory.Packages.props global.json -type f \
    -not -path '*/bin/*' -not -path '*/obj/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# Publishes a project to deploy/.run/bin/NAME when its sources have changed since.
publish() {
  local project="$1" name="$2" hash
  exec 8> "$RUN/build.lock"
  flock 8
  hash="$(sources_hash)"
  [[ -f "$RUN/bin/$name.sources" && "$(cat "$RUN/bin/$name.sources")" == "$hash" ]] && { exec 8>&-; return; }
  need_dotnet
  say "Building $name ..." >&2
  mkdir -p "$RUN/bin"
  rm -rf "${RUN:?}/bin/$name" "$RUN/bin/$name.sources"
  dotnet publish "$ROOT/$project" -c Release -o "$RUN/bin/$name" -v quiet -nologo < /dev/null >&2 8>&- 9>&- || die "$name does not build."
  printf '%s\n' "$hash" > "$RUN/bin/$name.sources"
  exec 8>&-
}
