#!/usr/bin/env bash
# Checks the chain of leaves of a trail with sha256sum: each leaf names the SHA-256 of the one before, and its own number.
#
#   chain.sh TRAIL
#
# Says "verified N leaves", or which leaf is wrong, with status 1. It starts some programs for every leaf: about a hundred leaves a second.
set -euo pipefail
trail=$1
size=$(sed -n 2p "$trail/checkpoint")
leaf=$(mktemp)
trap 'rm -f "$leaf"' EXIT

# The path of the bundle with this number: three digits, behind x and three digits for each thousand.
bundle_path() {
  local number=$1 path
  path=$(printf %03d $((number % 1000)))
  while ((number >= 1000)); do
    number=$((number / 1000))
    path=$(printf x%03d $((number % 1000)))/$path
  done
  echo "$trail/tile/entries/$path"
}

previous=$(printf '%064d' 0)
for ((seq = 0; seq < size; seq++)); do
  if ((seq % 256 == 0)); then
    bundle=$(bundle_path $((seq / 256)))
    offset=0
    ((size - seq >= 256)) || [[ ! -e $bundle.p/$((size - seq)) ]] || bundle=$bundle.p/$((size - seq))
  fi
  length=$((16#$(od -An -tx1 -j "$offset" -N 2 "$bundle" | tr -d ' \n')))
  dd if="$bundle" of="$leaf" bs=64K iflag=skip_bytes,count_bytes skip=$((offset + 2)) count="$length" status=none
  offset=$((offset + 2 + length))
  grep -q "\"prev\":\"$previous\"" "$leaf" || { echo "leaf $seq does not name the one before it"; exit 1; }
  grep -q "\"seq\":$seq," "$leaf" || { echo "leaf $seq has another number"; exit 1; }
  previous=$(sha256sum < "$leaf" | cut -d ' ' -f 1)
done
echo "verified $size leaves"
