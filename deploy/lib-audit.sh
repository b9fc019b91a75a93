# shellcheck shell=bash
# The folder and the user of the audit trail. Sourced after lib.sh, never run.

# Runs a command as the audit trail's user, who cannot take the immutable flag from files; as ourselves where we are not root.
as_audit() {
  if [[ "$(id -u)" == 0 ]]; then
    setpriv --reuid=accessgov-audit --regid=accessgov-audit --clear-groups --bounding-set -linux_immutable --no-new-privs -- "$@"
  else
    "$@"
  fi
}

# Makes a folder that only the audit trail's user reads.
audit_folder_at() {
  mkdir -p "$1"
  [[ "$(id -u)" != 0 ]] || chown accessgov-audit: "$1"
  chmod 700 "$1"
}

# Prints where the trail, its keys and its program are: deploy/.run/audit, or below /var/lib where its user cannot reach that (a clone in /root).
audit_folder() {
  local folder="$RUN/audit"
  audit_folder_at "$folder"
  if ! as_audit test -x "$folder"; then
    folder="/var/lib/accessgov-audit-$(printf '%s' "$ROOT" | cksum | cut -d' ' -f1)"
    audit_folder_at "$folder"
  fi
  echo "$folder"
}

# Makes the keys that are missing: two that sign checkpoints, one that finds subjects, one of the first epoch.
make_audit_keys() {
  local folder="$1" name
  audit_folder_at "$folder/keys"
  audit_folder_at "$folder/epochs"
  for name in keys/ed25519 keys/secret epochs/1; do
    [[ -s "$folder/$name" ]] || [[ "$name" == epochs/1 && -n "$(ls -A "$folder/epochs")" ]] ||
      random_secret | as_audit tee "$folder/$name" > /dev/null
  done
  [[ -s "$folder/keys/ecdsa.pem" ]] ||
    openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt | as_audit tee "$folder/keys/ecdsa.pem" > /dev/null
}

# Puts the service's program where its user reads it.
place_audit_program() {
  local folder="$1"
  rm -rf "$folder/bin"
  cp -r "$RUN/bin/Audit" "$folder/bin"
  # It stays ours: the service reads its program and cannot change it.
  chmod -R go+rX "$folder/bin"
}
