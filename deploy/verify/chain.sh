#!/usr/bin/env bash
# Checks the chain of leaves of a trail with sha256sum: each leaf names the SHA-256 of the one before, and its own number.
#
#   chain.sh TRAIL
#
# Where the beginning was pruned (the file minimum-index), a leaf must say so: which is the first that there is, and what it names.
# Says "verified N leaves", or which leaf is wrong, with status 1.
set -euo pipefail
export LC_ALL=C
trail=$1
size=$(sed -n 2p "$trail/checkpoint")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The path of a bundle: three digits, behind x and three digits for each thousand; the last one may be partial.
bundle_path() {
  local number=$1 width=$((size - 256 * $1)) path
  path=$(printf %03d $((number % 1000)))
  while ((number >= 1000)); do
    number=$((number / 1000))
    path=$(printf x%03d $((number % 1000)))/$path
  done
  path=$trail/tile/entries/$path
  if ((width < 256)) && [[ -e $path.p/$width ]]; then path=$path.p/$width; fi
  echo "$path"
}

# Takes a bundle apart: two bytes of length, then so many of leaf, each leaf into a file.
split_bundle() {
  od -An -v -tu1 -w1 "$1" | awk -v folder="$folder/leaves" '
    need == 0 && !half { high = $1; half = 1; next }
    need == 0 { need = high * 256 + $1; half = 0; file = sprintf("%s/%03d", folder, count++); next }
    { printf "%c", $1 + 0 > file; if (--need == 0) close(file) }
    END { if (need > 0 || half) { print "a bundle ends within a leaf"; exit 1 } }'
}

# Follows the chain through the leaves of a bundle; state is the hash that the next leaf must name, and its number.
follow() {
  (cd "$folder/leaves" && sha256sum -- *) > "$folder/sums"
  awk -v previous="$1" -v seq="$2" -v size="$size" -v state="$folder/state" -v claim="$claim" -v said="$folder/said" '
    NR == FNR { sum[$2] = $1; next }
    FNR > 1 || seq == size { next }
    !index($0, "\"prev\":\"" previous "\"") { print "leaf " seq " does not name the one before it"; exit 1 }
    !index($0, "\"seq\":" seq ",") { print "leaf " seq " has another number"; exit 1 }
    claim != "" && index($0, claim) && index($0, "\"kind\":\"trail.pruned\"") && index($0, "\"svc\":\"audit\"") { print seq > said }
    { name = FILENAME; sub(/.*\//, "", name); previous = sum[name]; seq++ }
    END { print previous, seq > state }' "$folder/sums" "$folder"/leaves/*
}

# After a pruning the first leaf that there is names one that is gone; the leaf trail.pruned has the same hash.
first=0
claim=
[[ ! -f "$trail/minimum-index" ]] || first=$(< "$trail/minimum-index")
[[ "$first" =~ ^(0|[1-9][0-9]{0,17})$ ]] && ((first % 256 == 0 && (first == 0 || first < size))) ||
  { echo "minimum-index does not name a bundle of the trail"; exit 1; }
printf '%064d 0\n' 0 > "$folder/state"
if ((first > 0)); then
  mkdir "$folder/leaves"
  split_bundle "$(bundle_path $((first / 256)))"
  previous=$(grep -ao '"prev":"[0-9a-f]\{64\}"' "$folder/leaves/000" | head -n 1 | cut -d'"' -f4)
  printf '%s %s\n' "$previous" "$first" > "$folder/state"
  claim="\"minimum\":$first,\"prev\":\"$previous\""
  rm -r "$folder/leaves"
fi
for ((bundle = first / 256; 256 * bundle < size; bundle++)); do
  mkdir "$folder/leaves"
  split_bundle "$(bundle_path "$bundle")"
  read -r previous seq < "$folder/state"
  follow "$previous" "$seq"
  rm -r "$folder/leaves"
done
read -r previous seq < "$folder/state"
((seq == size)) || { echo "there are $seq leaves, not $size"; exit 1; }
[[ -z "$claim" || -e "$folder/said" ]] || { echo "no leaf of kind trail.pruned says that what was before $first was removed"; exit 1; }
echo "verified $((seq - first)) leaves"
