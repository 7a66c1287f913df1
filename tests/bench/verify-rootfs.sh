#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/verify-rootfs.sh [ROUNDS]: what verify-rootfs costs, against SHA-256 of the same bytes by
# openssl, in the same rounds. An image of 200 MB in 6,000 files and four layers, in memory of files
# that were just written.
. "$(dirname "$0")/lib.sh"
rounds=${1:-8}
measure=$BUILD/bench/measure
verify=$BUILD/verify-rootfs

# Each layer: 1500 files of some tens of kilobytes, as programs and libraries are.
make_layer() {
  local folder=$W/$1/fs file size
  mkdir -p "$folder"
  for ((file = 0; file < 1500; file++)); do
    [ $((file % 30)) != 0 ] || mkdir -p "$folder/folder-$1-$((file / 30))"
    size=$(((file * 7919 % 64) * 1024 + file % 1024 + 512))
    head -c "$size" "$W/noise" >"$folder/folder-$1-$((file / 30))/file-$file"
    printf %d $((file + $1)) >>"$folder/folder-$1-$((file / 30))/file-$file"
  done
  tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner -cf "$W/$1.tar" .
  gzip -k "$W/$1.tar"
}

# mount_layers LAYER…: mounts these, the lowest first, and makes a plan of them, by their tars
# compressed.
mount_layers() {
  local layer lowers=
  for layer; do
    lowers=$W/$layer/fs${lowers:+:$lowers}
    jq -n --arg id "sha256:$(sha256sum <"$W/$layer.tar" | cut -d ' ' -f 1)" \
      --arg folder "$W/$layer/fs" --arg record "$W/$layer.tar.gz" \
      '{"diff-id": $id, folder: $folder, kind: "blob", record: $record}'
  done >"$W/layers"
  jq -cs --arg at "$W" '{version: 1, id: "bench", bundle: $at, rootfs: "\($at)/rootfs",
    upper: "\($at)/upper/fs", layers: .}' "$W/layers" >"$W/plan"
  jq -n --arg at "$W" '{id: "bench", bundle: $at}' >"$W/state.json"
  verify_arguments=(--id bench --rootfs "$W/rootfs" --plan "$W/plan" --state "$W/state"
    --plan-digest "sha256:$(sha256sum <"$W/plan" | cut -d ' ' -f 1)")
  mount -t overlay overlay -o "lowerdir=$lowers,upperdir=$W/upper/fs,workdir=$W/upper/work" \
    "$W/rootfs"
}

# took COLUMN COMMAND…: what `measure` prints there.
took() {
  local column=$1
  shift
  "$measure" "$@" <"$W/state.json" | cut -d ' ' -f "$column"
}

# against NAME TARGET COLUMN OURS… -- THEIRS…: both in turn, round by round.
against() {
  local name=$1 target=$2 column=$3 ours=() round
  shift 3
  while [ "$1" != -- ]; do
    ours+=("$1")
    shift
  done
  shift
  for ((round = 0; round < rounds; round++)); do
    echo "$(took "$column" "${ours[@]}") $(took "$column" "$@")"
  done >"$W/rounds"
  in_rounds "$name" "$target" ms
}

head -c 70000 /dev/urandom >"$W/noise"
for layer in 1 2 3 4; do make_layer "$layer" & done
wait
mkdir -p "$W/rootfs" "$W/upper/fs" "$W/upper/work" "$W/state"
echo '{}' >"$W/config.json"
sleep 4 # what was written just now is not believed by its times
du -shc "$W"/?.tar | tail -n 1

hash=(openssl dgst -sha256 "$W/1.tar" "$W/2.tar" "$W/3.tar" "$W/4.tar")
mount_layers 1 2 3 4
check=("$verify" "${verify_arguments[@]}")
unpack='for i in 1 2 3 4; do gzip -d <"$0/$i.tar.gz" | openssl dgst -sha256; done >/dev/null'
first='rm -rf "$0"/records; exec "$@"'
processor=2 clock=1 # the columns: of all cores together, and on the clock

against 'a blob for the first time, one core' '<1.3' $processor \
  sh -c "$first" "$W/state" "${check[@]}" --threads 1 -- sh -c "$unpack" "$W"
against 'all files, one core' '<1.5' $processor "${check[@]}" --threads 1 -- "${hash[@]}"
against 'all files, two cores' '<0.9' $clock "${check[@]}" --threads 2 -- "${hash[@]}"
"${check[@]}" --cache metadata <"$W/state.json"
against 'nothing was written to since, one core' '<0.25' $processor \
  "${check[@]}" --threads 1 --cache metadata -- "${hash[@]}"

# The same files as one layer: its digest is one stream's, which one thread hashes and another reads.
umount "$W/rootfs"
mkdir -p "$W/all/fs"
cp -a "$W"/[1-4]/fs/. "$W/all/fs"
tar -C "$W/all/fs" --sort=name --owner=0 --group=0 --numeric-owner -cf "$W/all.tar" .
gzip -k "$W/all.tar"
mount_layers all
check=("$verify" "${verify_arguments[@]}")
"${check[@]}" <"$W/state.json"
against 'all files, one layer, two cores' '<0.9' $clock "${check[@]}" --threads 2 -- "${hash[@]}"
megabytes 'memory of a check' '<64' "$(took 3 "${check[@]}")"
test_end
