# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A system of one's own for a test that installs: behind lib.sh, in a mount namespace that the script has
# made before, as it starts:
#
#     namespace=$(readlink /proc/self/ns/mnt)
#     [[ ${CALLERS_NAMESPACE:-} =~ ^mnt:\[[0-9]+\]$ ]] || CALLERS_NAMESPACE=$namespace
#     if [ "$(id -u)" = 0 ] && [ "$CALLERS_NAMESPACE" = "$namespace" ]; then
#       CALLERS_NAMESPACE=$namespace exec unshare --mount --propagation private "$0" "$@"
#     fi
#
# The namespace that it was called in comes along, so that it is known to have been left. A word that
# names no namespace counts as none.

# What is installed lies over /usr and /etc, what else is written lies in memory, and all of it is gone
# afterwards. Nothing is done where that, for whatever reason, would be the system's own: the caller's
# namespace must have been left.
own_folders() {
  local folder
  [[ $namespace =~ ^mnt:\[[0-9]+\]$ && $CALLERS_NAMESPACE =~ ^mnt:\[[0-9]+\]$ ]] || return
  [ "$namespace" != "$CALLERS_NAMESPACE" ] || return
  mkdir "$W/over" && mount -t tmpfs tmpfs "$W/over" && mkdir "$W/over"/{usr,etc}{,.work} || return
  for folder in usr etc; do
    mount -t overlay overlay "/$folder" \
      -o "lowerdir=/$folder,upperdir=$W/over/$folder,workdir=$W/over/$folder.work" || return
  done
  for folder in run var srv opt; do
    mount -t tmpfs tmpfs "/$folder" || return
  done
  mkdir -p /var/{lib,log,tmp}
  ln -s /run /var/run
  rm -rf /etc/{docker,containerd,crio,containers,container-hooks}
}
