#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/deps.sh build|demo|check|full|ci: installs what is missing for a purpose, on Debian and as root;
# elsewhere says what is missing. Does nothing when nothing is.
set -euo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# package=what shows that it is there: a command, a header, or a file (a pattern from /).
build=(gcc=cc libc6-dev=stdio.h pkg-config=pkg-config libjson-c-dev=json-c/json.h
  libconfig-dev=libconfig.h libssl-dev=openssl/evp.h zlib1g-dev=zlib.h libzstd-dev=zstd.h)
demo=("${build[@]}" runc=runc busybox-static=static-busybox jq=jq)
check=("${demo[@]}" libcriterion-dev=criterion/criterion.h docker.io=dockerd containerd=ctr
  podman=podman buildah=buildah python3=/usr/bin/python3 curl=curl
  python3-yaml=/usr/lib/python3/dist-packages/yaml/__init__.py logrotate=logrotate
  systemd=/lib/systemd/systemd-journald mandoc=mandoc strace=strace g++=g++ clang=clang
  openssl=openssl gpgv=gpgv gpg=gpg
  gpg-agent=gpg-agent skopeo=skopeo docker-registry=docker-registry
  libclang-rt-14-dev=/usr/lib/*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a)
full=("${check[@]}" valgrind=valgrind cppcheck=cppcheck llvm-14=llvm-cov-14)
ci=("${check[@]}" clang-format=clang-format clang-tidy=clang-tidy)

present() {
  case $1 in
    static-busybox) # a dynamic one names its loader (/lib…/ld-…) right behind the ELF header
      [ -x /bin/busybox ] && ! head -c 2048 /bin/busybox | grep -q '/ld-'
      ;;
    /*) compgen -G "$1" >/dev/null ;;
    *.h) [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

purpose=${1:-}
case $purpose in build | demo | check | full | ci) ;; *)
  echo "usage: tests/deps.sh build|demo|check|full|ci" >&2
  exit 2
  ;;
esac

declare -n wanted=$purpose
missing=()
for entry in "${wanted[@]}"; do
  present "${entry#*=}" || missing+=("${entry%%=*}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "tests/deps.sh: missing for 'make $purpose', by Debian's names: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "tests/deps.sh: missing for 'make $purpose'; as root: apt-get install ${missing[*]}" >&2
  exit 1
fi

echo "installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } \
  </dev/null >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "tests/deps.sh: cannot install ${missing[*]}; see apt-get's words above" >&2
  exit 1
fi
for entry in "${wanted[@]}"; do
  present "${entry#*=}" && continue
  echo "tests/deps.sh: ${entry#*=} is still missing after installing ${entry%%=*}" >&2
  exit 1
done
