#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Which image a container is, asked at the moment of its create: real docker, podman, buildah and
# containerd call a runtime that asks image-identity first and becomes runc then.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/engines.sh"

IDENTITY=$BUILD/tests/programs/image-identity
export DOCKER_BUILDKIT=0
image=docker.io/cht/base:1

# --- the runtime -----------------------------------------------------------------------------------

# What it found of the last container lies in identity.json, or its complaint in identity.err.
make_runtime() {
  mkdir "$W/bin"
  cp "$IDENTITY" "$W/bin/image-identity"
  cat >"$W/bin/runtime" <<SH
#!/usr/bin/env bash
bundle=. id=\${!#}
for ((i = 1; i < \$#; i++)); do
  case \${!i} in
    create) create=1 ;;
    --bundle | -b) j=\$((i + 1)) bundle=\${!j} ;;
  esac
done
if [ -n "\${create:-}" ]; then
  "$W/bin/image-identity" container "\$id" "\$bundle" "\$(jq -r .root.path "\$bundle/config.json")" \
    "$W/docker/data" "$W/podman/root" "$W/containerd/root" \
    >"$W/identity.json" 2>"$W/identity.err" || rm -f "$W/identity.json"
fi
exec runc "\$@"
SH
  chmod 755 "$W/bin/runtime"
}

# of_last JQ-FILTER: what was found of the container that was created last.
of_last() {
  [ -e "$W/identity.json" ] || fail "$(cat "$W/identity.err")" || return
  jq -r "$1" "$W/identity.json"
}

# by_name FILTER ENGINE ROOT NAME
by_name() {
  run_ok "$IDENTITY" name "${@:2}"
  jq -r "$1" <<<"$output"
}

# refused MESSAGE: the last container was not identified, and why.
refused() {
  [ ! -e "$W/identity.json" ] || fail "identified: $(cat "$W/identity.json")" || return
  assert_contains "$(cat "$W/identity.err")" "$1"
}

forget() {
  rm -f "$W/identity.json" "$W/identity.err"
}

# make_layers FOLDER COUNT: a Dockerfile of so many layers above the base.
make_layers() {
  local i
  mkdir -p "$1"
  echo "FROM cht/base:1" >"$1/Dockerfile"
  for ((i = 1; i <= $2; i++)); do
    echo "$i" >"$1/f$i"
    echo "COPY f$i /f$i" >>"$1/Dockerfile"
  done
}

# --- docker ----------------------------------------------------------------------------------------

docker_images() {
  make_layers "$W/four" 3
  make_layers "$W/many" 80
  run_ok docker build --network none --tag team/app:1 "$W/four"
  run_ok docker build --network none --tag cht/many:1 "$W/many"
}

in_docker() {
  forget
  run_ok "${docker_run[@]}" "$@"
}

docker_id() {
  docker image inspect --format '{{.Id}}' "$1"
}

assert_docker_layers() {
  local diff_ids
  diff_ids=$(docker image inspect "$1" | jq -c '.[0].RootFS.Layers')
  assert_equal "$diff_ids" "$(of_last '[.layers[].diff_id] | tojson')"
  assert_equal 0 "$(of_last '[.layers[] | select(.record == null)] | length')"
  assert_equal "$(of_last .rootfs)" "$(of_last '.upper[:-5] + "/merged"')"
}

docker_by_tag() {
  in_docker --rm team/app:1 true
  assert_equal "docker team/app:1 docker.io/team/app:1 $(docker_id team/app:1)" \
    "$(of_last '"\(.engine) \(.recorded) \(.name) \(.id)"')"
  assert_docker_layers team/app:1
  assert_equal "$(of_last .id)" "sha256:$(sha256sum \
    "$W/docker/data/image/overlay2/imagedb/content/sha256/$(of_last '.id[7:]')" | cut -d ' ' -f 1)"
}

docker_many() {
  in_docker --rm cht/many:1 true
  assert_equal "docker.io/cht/many:1 81" "$(of_last '"\(.name) \(.layers | length)"')"
  assert_docker_layers cht/many:1
}

docker_by_id() {
  local id
  id=$(docker_id team/app:1)
  for typed in "$id" "${id#sha256:}" "${id:7:12}"; do
    in_docker --rm "$typed" true
    assert_equal "$typed null $id" "$(of_last '"\(.recorded) \(.name) \(.id)"')"
  done
}

docker_without_tag() {
  run_ok docker tag team/app:1 other
  in_docker --rm other true
  assert_equal "other docker.io/library/other:latest" "$(of_last '"\(.recorded) \(.name)"')"
}

docker_retagged() {
  local first second
  first=$(docker_id team/app:1)
  second=$(docker_id cht/many:1)
  run_ok docker tag team/app:1 moved:1
  in_docker --detach --name moving moved:1 sleep 1000
  assert_equal "$first" "$(of_last .id)"
  run_ok docker tag cht/many:1 moved:1
  forget
  run_ok docker restart --time 0 moving
  assert_equal "docker.io/library/moved:1 $first" "$(of_last '"\(.name) \(.id)"')"
  in_docker --rm moved:1 true
  assert_equal "docker.io/library/moved:1 $second" "$(of_last '"\(.name) \(.id)"')"
  run_ok docker rm --force moving
}

docker_names() {
  local id data=$W/docker/data
  id=$(docker_id team/app:1)
  for name in team/app:1 docker.io/team/app:1 "$id" "${id:7:12}"; do
    assert_equal "$id 4" "$(by_name '"\(.id) \(.layers | length)"' docker "$data" "$name")"
  done
  run_fails "$IDENTITY" name docker "$data" team/none:1
  assert_contains "$output" "has no image 'team/none:1'"
}

docker_root_is_believed() {
  run_ok docker create --name unbelieved --network none team/app:1 sleep 1000
  forget
  sed -i "s|\"$W/docker/data\"|\"$W/docker\"|" "$W/bin/runtime"
  run_ok docker start unbelieved
  sed -i "s|\"$W/docker\"|\"$W/docker/data\"|" "$W/bin/runtime"
  run_ok docker rm --force unbelieved
  refused 'not among the engines'
}

# --- podman and buildah ----------------------------------------------------------------------------

podman_images() {
  run_ok docker save --output "$W/app.tar" team/app:1
  run_ok docker save --output "$W/many.tar" cht/many:1
  run_ok "${podman[@]}" load --input "$W/app.tar"
  run_ok "${podman[@]}" load --input "$W/many.tar"
}

in_podman() {
  forget
  run_ok "${podman_run[@]}" "$@"
}

podman_id() {
  "${podman[@]}" image inspect --format '{{.Id}}' "$1"
}

# Its manifest and its config are kept, and are what their digests say.
assert_podman() {
  assert_equal "containers-storage $2 sha256:$(podman_id "$1")" \
    "$(of_last '"\(.engine) \(.name) \(.id)"')"
  assert_equal "$("${podman[@]}" image inspect "$1" | jq -c '.[0].RootFS.Layers')" \
    "$(of_last '[.layers[].diff_id] | tojson')"
  assert_equal 0 "$(of_last '[.layers[] | select(.record == null)] | length')"
  assert_equal number "$(of_last '.config | type')"
  assert_equal number "$(of_last '[.manifests[] | type] | unique | join(" ")')"
}

podman_by_tag() {
  in_podman --rm localhost/team/app:1 true
  assert_podman localhost/team/app:1 localhost/team/app:1
}

podman_many() {
  in_podman --rm localhost/cht/many:1 true
  assert_podman localhost/cht/many:1 localhost/cht/many:1
  assert_equal 81 "$(of_last '.layers | length')"
}

podman_by_id() {
  in_podman --rm "$(podman_id localhost/team/app:1)" true
  assert_equal "sha256:$(podman_id localhost/team/app:1)" "$(of_last .id)"
}

podman_restarted() {
  in_podman --detach --name again localhost/team/app:1 sleep 1000
  forget
  run_ok "${podman[@]}" restart --time 0 again
  assert_podman localhost/team/app:1 localhost/team/app:1
  run_ok "${podman[@]}" rm --force --time 0 again
}

podman_mapped() {
  in_podman --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 localhost/team/app:1 true
  assert_podman localhost/team/app:1 localhost/team/app:1
}

podman_annotated() {
  in_podman --rm --annotation io.container.manager=docker \
    --annotation io.kubernetes.cri-o.ImageName=evil:1 localhost/team/app:1 true
  assert_podman localhost/team/app:1 localhost/team/app:1
}

podman_rootfs() {
  make_rootfs "$W/bare"
  in_podman --rm --rootfs "$W/bare" true
  refused '--rootfs'
}

podman_vfs() {
  local podman=(env -u DOCKER_CONFIG podman --root "$W/vfs/root" --runroot "$W/vfs/run" --tmpdir "$W/vfs/tmp"
    --storage-driver vfs --runtime "$W/bin/runtime")
  local podman_run=("${podman[@]}" run --cgroup-parent "/$NAME" --network none)
  run_ok "${podman[@]}" load --input "$W/app.tar"
  in_podman --rm localhost/team/app:1 true
  refused 'it is of the storage driver vfs'
}

# A container on top of another one's root file system is not that one.
podman_borrowed() {
  in_podman --detach --name lender localhost/team/app:1 sleep 1000
  in_podman --rm --rootfs "$(of_last .rootfs)" true
  refused 'has another layer than'
  run_ok "${podman[@]}" rm --force --time 0 lender
}

podman_names() {
  local root=$W/podman/root id
  id=$(podman_id localhost/team/app:1)
  for name in localhost/team/app:1 team/app:1 "$id" "${id:0:12}"; do
    assert_equal "sha256:$id 4" \
      "$(by_name '"\(.id) \(.layers | length)"' containers-storage "$root" "$name")"
  done
}

buildah_is_identified() {
  local container buildah=(env -u DOCKER_CONFIG buildah --root "$W/podman/root" --runroot "$W/podman/run"
    --storage-driver overlay)
  for image in team/app:1 cht/many:1; do
    forget
    container=$("${buildah[@]}" from --pull-never --cgroup-parent "/$NAME/buildah" "localhost/$image")
    run_ok env TMPDIR="$W" "${buildah[@]}" run --runtime "$W/bin/runtime" --isolation oci \
      --network none "$container" true
    assert_equal "sha256:$(podman_id "localhost/$image")" "$(of_last .id)"
    run_ok "${buildah[@]}" rm "$container"
  done
}

# --- containerd ------------------------------------------------------------------------------------

# The same image by podman's archive of it, with a manifest: docker's archives have none.
containerd_images() {
  run_ok "${podman[@]}" save --format oci-archive --output "$W/app.oci" localhost/team/app:1
  run_ok "${podman[@]}" save --format oci-archive --output "$W/many.oci" localhost/cht/many:1
  run_ok ctr image import --index-name docker.io/team/app:1 "$W/app.oci"
  run_ok ctr image import --index-name docker.io/cht/many:1 "$W/many.oci"
}

in_containerd() {
  forget
  run_ok "${ctr_run[@]}" --runc-binary "$W/bin/runtime" "$@"
}

assert_containerd() {
  assert_equal "containerd docker.io/$1 $2" \
    "$(of_last '"\(.engine) \(.name) \(.layers | length)"')"
  assert_equal 0 "$(of_last '[.layers[] | select(.record == null or .blob == "")] | length')"
  assert_equal number "$(of_last '.config | type')"
  assert_equal number "$(of_last '[.manifests[] | type] | unique | join(" ")')"
}

containerd_by_name() {
  in_containerd --rm docker.io/team/app:1 one true
  assert_containerd team/app:1 4
}

containerd_many() {
  in_containerd --rm docker.io/cht/many:1 many true
  assert_containerd cht/many:1 81
}

# Other programs write to the database all the time.
containerd_under_writes() {
  local writer i
  (while :; do
    ctr --namespace busy image import --index-name "docker.io/busy/app:$RANDOM" "$W/app.oci"
  done >/dev/null 2>&1) &
  writer=$!
  for i in {1..5}; do
    in_containerd --rm docker.io/team/app:1 "busy$i" true
    assert_containerd team/app:1 4
  done
  kill "$writer"
}

# The name was given to another image after the container was made: it no longer says which it is.
containerd_retagged() {
  run_ok ctr image tag docker.io/team/app:1 docker.io/moved/app:1
  in_containerd --detach docker.io/moved/app:1 moving sleep 1000
  assert_containerd moved/app:1 4
  run_ok ctr task kill --signal KILL moving
  wait_until 10 stopped moving
  run_ok ctr task delete --force moving
  run_ok ctr image tag --force docker.io/cht/many:1 docker.io/moved/app:1
  forget
  run_ok ctr task start --detach moving
  refused 'the name was given to another one since'
  run_ok ctr task kill --signal KILL moving
  wait_until 10 stopped moving
  run_ok ctr task delete --force moving
  run_ok ctr container delete moving
}

# As nerdctl has it: namespaces of its own, labels that say much and are never asked.
containerd_namespaces() {
  local id
  id=$(printf 'a%.0s' {1..64})
  run_ok ctr --namespace shop image import --index-name docker.io/team/app:1 "$W/app.oci"
  forget
  run_ok ctr --namespace shop "${ctr_run[@]:1}" --runc-binary "$W/bin/runtime" --rm \
    --label nerdctl/name=evil --label nerdctl/namespace=default \
    --label io.containerd.image.name=docker.io/cht/many:1 \
    --annotation nerdctl/image=docker.io/cht/many:1 docker.io/team/app:1 "$id" true
  assert_containerd team/app:1 4
  assert_equal "$(of_last .id)" \
    "$(by_name .id containerd "$W/containerd/root" default/docker.io/team/app:1)"
}

containerd_read_only() {
  in_containerd --rm --read-only docker.io/team/app:1 readonly true
  assert_containerd team/app:1 4
}

containerd_other_storage() {
  in_containerd --rm --snapshotter native docker.io/team/app:1 native true
  refused 'only overlay can be verified'
  in_containerd --rm --rootfs "$W/bare" bare /bin/true
  refused '--rootfs'
}

containerd_names() {
  local root=$W/containerd/root id
  in_containerd --rm docker.io/team/app:1 two true
  id=$(of_last .id)
  for name in docker.io/team/app:1 team/app:1 default/docker.io/team/app:1; do
    assert_equal "$id 4" "$(by_name '"\(.id) \([.layers[].folder | select(. != null)] | length)"' \
      containerd "$root" "$name")"
  done
  run_ok ctr --namespace second image import --no-unpack --index-name docker.io/team/app:1 "$W/many.oci"
  run_fails "$IDENTITY" name containerd "$root" docker.io/team/app:1
  assert_contains "$output" 'is ambiguous'
  assert_equal "81 0" "$(by_name \
    '"\(.layers | length) \([.layers[].folder | select(. != null)] | length)"' \
    containerd "$root" second/docker.io/team/app:1)"
}

[ "$(id -u)" = 0 ] || skip_all 'needs root'
make_runtime
test_case 'dockerd starts' start_dockerd "$W/bin/runtime"
test_case 'docker: images are loaded and built' docker_images
test_case 'docker: an image by its tag' docker_by_tag
test_case 'docker: an image of 81 layers' docker_many
test_case 'docker: an image by its id, or the beginning of it' docker_by_id
test_case 'docker: a name without tag is that of latest' docker_without_tag
test_case 'docker: a container stays what it was when its tag is given away' docker_retagged
test_case 'docker: images by name' docker_names
test_case 'docker: a data root that is not listed is not believed' docker_root_is_believed
use_podman "$W/bin/runtime"
test_case 'podman: images are loaded' podman_images
test_case 'podman: an image by its tag' podman_by_tag
test_case 'podman: an image of 81 layers' podman_many
test_case 'podman: an image by its id' podman_by_id
test_case 'podman: the same after a restart' podman_restarted
test_case 'podman: a container with a user namespace of its own' podman_mapped
test_case 'podman: forged annotations change nothing' podman_annotated
test_case 'podman: --rootfs is refused by name' podman_rootfs
test_case 'podman: the storage driver vfs is refused by name' podman_vfs
test_case 'podman: --rootfs of another container is not that container' podman_borrowed
test_case 'podman: images by name' podman_names
test_case 'buildah: run is identified by its layer' buildah_is_identified
test_case 'containerd starts' start_containerd
test_case 'containerd: images are imported' containerd_images
test_case 'containerd: an image by its name' containerd_by_name
test_case 'containerd: an image of 81 layers' containerd_many
test_case 'containerd: while others write to its database' containerd_under_writes
test_case 'containerd: a name that was given to another image is refused' containerd_retagged
test_case 'containerd: namespaces and labels, as nerdctl has them' containerd_namespaces
test_case 'containerd: a read-only container' containerd_read_only
test_case 'containerd: other snapshotters and --rootfs are refused' \
  containerd_other_storage
test_case 'containerd: images by name, in several namespaces' containerd_names
test_end
