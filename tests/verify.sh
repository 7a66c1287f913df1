# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of verify-rootfs on real engines: an image with all that is hard in it, and a
# createRuntime hook that calls verify-rootfs as the plugin image-verify does.

# add_hard_things FOLDER: what a layer may have in it.
add_hard_things() {
  local long
  long=$(printf '%0200d' 7)
  mkdir -p "$1"/{tmp,usr/bin,usr/lib,var/cache/old,var/opaque/below,srv/empty,dev,"$long/$long"}
  chmod 1777 "$1/tmp"
  chmod 2755 "$1/srv/empty"
  head -c 3000000 /dev/urandom >"$1/usr/lib/big"
  head -c 512 /dev/urandom >"$1/usr/lib/block"
  head -c 513 /dev/urandom >"$1/usr/lib/block-and-one"
  : >"$1/usr/lib/nothing"
  echo setuid >"$1/usr/bin/setuid"
  chown 12:34 "$1/usr/bin/setuid"
  chmod 4755 "$1/usr/bin/setuid"
  echo 'with a capability' >"$1/usr/bin/capable"
  setcap cap_net_raw+ep "$1/usr/bin/capable"
  echo 'of two names' >"$1/usr/bin/linked"
  setcap cap_net_admin+ep "$1/usr/bin/linked"
  ln "$1/usr/bin/linked" "$1/usr/bin/linked-too"
  echo 'of three names' >"$1/usr/lib/one"
  ln "$1/usr/lib/one" "$1/usr/lib/two"
  ln "$1/usr/lib/one" "$1/srv/three"
  echo "somebody's" >"$1/srv/owned"
  chown 3000000:3000001 "$1/srv/owned"
  chmod 0600 "$1/srv/owned"
  mknod "$1/dev/zero-too" c 1 5
  mknod "$1/dev/block" b 259 3
  mkfifo "$1/srv/fifo"
  ln -s /usr/bin/setuid "$1/srv/absolute"
  ln -s ../nowhere "$1/srv/dangling"
  ln -s "$long/$long" "$1/srv/far"
  echo long >"$1/$long/$long/$long"
  echo Grüße >"$1/srv/Grüße, 世界 🐋"
  echo spaces >"$1/srv/ a name	with \"quotes\" & <signs>"
  echo percent >"$1/srv/100%s"
  echo latin >"$1/srv/"$'caf\xe9'
  setfattr -n user.note -v 'with = signs'$'\n''and lines' "$1/srv/owned"
  truncate --size 200000 "$1/srv/holes"
  printf 'in a hole' | dd of="$1/srv/holes" bs=1 seek=100000 conv=notrunc status=none
  echo old >"$1/var/cache/old/file"
  echo gone >"$1/var/cache/gone"
  echo below >"$1/var/opaque/below/file"
}

# pack FILE FOLDER [TAR-ARGUMENT…]: a layer.
pack() {
  local file=$1 folder=$2
  shift 2
  tar -C "$folder" --format=pax --sparse --xattrs --xattrs-include='*' --numeric-owner \
    --pax-option=delete=atime,delete=ctime --sort=name --sparse-version=0.1 -cf "$file" "${@:-.}"
}

# make_layers FOLDER: the layers of the image, 1.tar, 2.tar, …, the lowest first.
make_layers() {
  local at=$1 index
  mkdir -p "$at"/{one,two/var/cache,two/var/opaque,two/usr/bin}
  make_rootfs "$at/one"
  add_hard_things "$at/one"
  chmod 0700 "$at/one" # as mktemp makes it
  pack "$at/1.tar" "$at/one"
  : >"$at/two/var/cache/.wh.gone"
  : >"$at/two/var/cache/.wh.old"
  : >"$at/two/var/opaque/.wh..wh..opq"
  echo new >"$at/two/var/opaque/new"
  echo 'other content' >"$at/two/usr/bin/capable"
  pack "$at/2.tar" "$at/two" var usr
  # Folders that the stream does not list, and an empty layer.
  mkdir -p "$at/three/usr/share/deep/er" "$at/three/tmp"
  echo implied >"$at/three/usr/share/deep/er/file"
  echo temporary >"$at/three/tmp/file"
  pack "$at/3.tar" "$at/three" usr/share/deep/er/file tmp/file
  pack "$at/4.tar" "$at" --files-from /dev/null
  for index in 5 6; do
    mkdir -p "$at/$index/etc"
    echo "$index" >"$at/$index/etc/layer"
    pack "$at/$index.tar" "$at/$index"
  done
}

# make_archive FILE NAME LAYER…: an image archive as `docker save` writes it, of these layers.
make_archive() {
  local file=$1 name=$2 folder=$W/archive layer index=0 names=() ids=() config arch
  shift 2
  case $(uname -m) in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  rm -rf "$folder"
  mkdir "$folder"
  for layer; do
    index=$((index + 1))
    cp "$layer" "$folder/$index.tar"
    names+=("$index.tar")
    ids+=("sha256:$(sha256sum "$layer" | cut -d ' ' -f 1)")
  done
  jq -n --arg arch "$arch" '{
    architecture: $arch, os: "linux", config: {Cmd: ["/bin/sh"], Env: ["PATH=/bin"]},
    rootfs: {type: "layers", diff_ids: $ARGS.positional}}' --args "${ids[@]}" >"$folder/config"
  config=$(sha256sum "$folder/config" | cut -d ' ' -f 1)
  mv "$folder/config" "$folder/$config.json"
  jq -n --arg config "$config.json" --arg name "$name" \
    '[{Config: $config, RepoTags: [$name], Layers: $ARGS.positional}]' --args "${names[@]}" \
    >"$folder/manifest.json"
  tar -C "$folder" -cf "$file" manifest.json "${names[@]}" "$config.json"
}

# make_many FOLDER COUNT: small layers 1.tar to COUNT.tar above a root file system.
make_many() {
  local at=$1 index
  mkdir -p "$at/1"
  make_rootfs "$at/1"
  pack "$at/1.tar" "$at/1"
  for ((index = 2; index <= $2; index++)); do
    mkdir -p "$at/$index/etc"
    echo "$index" >"$at/$index/etc/file-$index"
    echo "$index" >"$at/$index/etc/layer"
    pack "$at/$index.tar" "$at/$index"
  done
}

# verify_hook ROOT: a hook that makes a plan of a container of the engine with this data root and
# calls verify-rootfs. What is in $W/options is added to its arguments; $W/tamper is run before, with
# `plan` and `digest` set.
verify_hook() {
  cp "$BUILD/tests/programs/verify-plan" "$TOOLKIT"
  : >"$W/options"
  : >"$W/tamper"
  mkdir -p "$W/plans"
  cat >"$W/hook" <<HOOK
#!/usr/bin/env bash
set -e
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=\$(cat)
id=\$(jq -r .id <<<"\$state")
bundle=\$(jq -r .bundle <<<"\$state")
rootfs=\$(jq -r .root.path "\$bundle/config.json")
case \$rootfs in /*) ;; *) rootfs=\$bundle/\$rootfs ;; esac
plan=$W/plans/\$id.json
digest=\$("$TOOLKIT/verify-plan" "\$id" "\$bundle" "\$rootfs" "\$plan" "$1")
. "$W/tamper"
eval "exec \"$TOOLKIT/verify-rootfs\" --id \"\$id\" --bundle \"\$bundle\" --rootfs \"\$rootfs\" \
  --image cht/hard:1 --plan \"\$plan\" --plan-digest \"\$digest\" --state $W/state \
  --log $W/verify.log --log-level debug \$(cat "$W/options")" <<<"\$state"
HOOK
  chmod 755 "$W/hook"
  jq -n --arg hook "$W/hook" '{createRuntime: [{path: $hook}]}' >"$W/hooks.json"
  write_config "$file_hooks"
}
