#!/usr/bin/env bash
# Checks the signature of a checkpoint with openssl: Ed25519 over its text.
#
#   signature.sh CHECKPOINT VERIFIER-KEY
#
# Says what openssl says, with its status.
set -euo pipefail
checkpoint=$1 key=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The key is name+id+base64 of the byte 1 and the 32 bytes of the public key; RFC 8410 puts twelve bytes before those.
id=$(cut -d + -f 2 <<< "$key")
{ printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'; cut -d + -f 3- <<< "$key" | base64 -d | tail -c 32; } > "$folder/key.der"

# The text ends before the empty line; a line of a signature has the key's id in its first four bytes.
sed '/^$/,$d' "$checkpoint" > "$folder/text"
while read -r _ name signature; do
  [[ $name == "${key%%+*}" ]] || continue
  base64 -d <<< "$signature" > "$folder/bytes"
  [[ $(od -An -tx1 -N 4 "$folder/bytes" | tr -d ' \n') != "$id" ]] || tail -c +5 "$folder/bytes" > "$folder/signature"
done < <(sed '1,/^$/d' "$checkpoint")
[[ -e $folder/signature ]] || { echo "no signature of this key"; exit 1; }
openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$folder/key.der" -in "$folder/text" -sigfile "$folder/signature"
