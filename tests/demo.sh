#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make demo`: a real container by runc through container-hooks-runtime, with a hook at each of the
# six stages. Shows which fired, and what the plugins made of config.json.
. "$(dirname "$0")/lib.sh"

stages=(prestart createRuntime createContainer startContainer poststart poststop)

stop() {
  echo "make demo: $1" >&2
  exit 1
}

heading() {
  if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$1"; else printf '\n%s\n' "$1"; fi
}

# A hook that notes its stage. That of startContainer runs in the container and is found there; all
# others are found on the host.
write_hooks() {
  local stage folder
  mkdir -p "$W/share"
  printf '#!/bin/sh\necho "$1" >> "${0%%/*}/fired"\n' >"$W/share/note"
  chmod 755 "$W/share/note"
  for stage in "${stages[@]}"; do
    if [ "$stage" = startContainer ]; then folder=/share; else folder=$W/share; fi
    jq -n --arg stage "$stage" --arg path "$folder/note" '{($stage): [{path: $path, args: ["note", $stage]}]}'
  done | jq -s add >"$W/hooks.json"
}

# config.json as lines "where = what", an element of a list each.
flat() {
  jq -r 'def lines($at): if type == "object" and ($at | split(".") | length) < 3
      then to_entries[] | .key as $key | .value | lines("\($at).\($key)")
    elif type == "array" then to_entries[] | "\($at)[\(.key)] = \(.value | tojson)"
    else "\($at) = \(tojson)" end;
    lines("")' "$1" | cut -c 2-
}

[ "$(id -u)" = 0 ] || stop 'containers need root: run it as root'
install_toolkit
write_hooks
write_config "$file_hooks"
make_bundle "$W/bundle" '.process.args = ["/bin/echo", "  hello from a busybox container"]'
cp "$W/bundle/config.json" "$W/before.json"

heading 'container-hooks-runtime run demo'
"$RUNTIME" --root "$W/runc" run --bundle "$W/bundle" demo </dev/null ||
  stop "the container did not run; the runtime's log: $(tail -n 5 "$W/runtime.log" 2>&1)"

heading 'hooks that fired, in order (runc calls poststart early)'
cat -n "$W/share/fired" || stop 'no hook fired'
[ "$(sort "$W/share/fired")" = "$(printf '%s\n' "${stages[@]}" | sort)" ] &&
  [ "$(grep -v poststart "$W/share/fired")" = "$(printf '%s\n' "${stages[@]}" | grep -v poststart)" ] ||
  stop "not every hook fired once and in its order: ${stages[*]}"

heading 'what the plugin file-hooks made of config.json'
diff <(flat "$W/before.json") <(flat "$W/bundle/config.json") |
  sed -n "s|$W|…|g; s/^>/  +/p; s/^</  -/p"
cmp -s "$W/before.json" "$W/bundle/config.json" && stop 'config.json was not changed'
echo
