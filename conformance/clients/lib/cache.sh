# Where a kit keeps what it installs, and how it installs it. Needs KIT_DIR and KIT_NAME.
export KIT_CACHE=${KIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sts-interop}
CACHE=$KIT_CACHE/$KIT_NAME
KIT_PY=$CACHE/venv/bin/python

install_apt() { # files that list packages; of those the missing ones. Daemons are never started by these kits through the system
  local p missing=()
  for p in $(cat "$@"); do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  command -v npm >/dev/null || missing+=(nodejs npm)
  [ ${#missing[@]} -eq 0 ] && return
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
}

install_kit() { # npm folder names
  local d
  install_apt "$KIT_DIR/apt.txt"
  mkdir -p "$CACHE"
  [ -x "$KIT_PY" ] || python3 -m venv "$CACHE/venv"
  "$KIT_PY" -m pip install -q -r "$KIT_DIR/requirements.txt"
  for d in "$@"; do
    mkdir -p "$CACHE/$d"
    cmp -s "$KIT_DIR/$d/package.json" "$CACHE/$d/package.json" && [ -d "$CACHE/$d/node_modules" ] && continue
    cp "$KIT_DIR/$d/package.json" "$CACHE/$d/"
    (cd "$CACHE/$d" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error)
  done
}
