# Shared by the scripts beside it: find Python, make the virtual environment, install what the lock file names.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
service_folder=/var/lib/bihuan

say() { printf '%s\n' "$*" >&2; }

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

usable_python() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && shared_python "$1"
}

shared_python() {
  # Started as root, web and worker become another user, who has to reach the interpreter itself: one below a closed
  # home (pyenv of root) is passed over.
  local folder
  is_root || return 0
  folder=$("$1" -c 'import os, sys; print(os.path.dirname(os.path.realpath(sys.executable)))' 2>/dev/null) || return 1
  passable "$folder"
}

passable() {
  # Whether a user without special rights can come into this folder.
  local folder=$1 mode
  while :; do
    mode=$(stat -c %a "$folder")
    [ $((8#$mode & 1)) = 1 ] || return 1
    [ "$folder" != / ] || return 0
    folder=$(dirname "$folder")
  done
}

install_packages() {
  # Debian packages, only as root; quiet unless it fails.
  local log
  log=$(mktemp)
  say "安装系统软件包 / installing system packages: $*"
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

find_python() {
  # Sets $python: 3.11 or newer with a working venv.
  local name
  for name in ${BIHUAN_PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14 /usr/bin/python3; do
    if command -v "$name" >/dev/null && usable_python "$name"; then
      python=$(command -v "$name")
      return
    fi
  done
  if is_root && command -v apt-get >/dev/null; then
    install_packages python3 python3-venv || true
    if usable_python /usr/bin/python3; then
      python=/usr/bin/python3
      return
    fi
  fi
  fail "缺少 Python 3.11 或更新版本及其 venv 模块（Debian：apt-get install python3-venv）。" \
    "Missing: Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv)."
}

open_to_all() {
  # Whether a user without special rights can come to this folder and read all of it.
  [ -z "$(find "$root/src" "$root/packs" ! -type l ! -perm -o=r -print -quit 2>/dev/null)" ] || return 1
  passable "$1"
}

choose_places() {
  # As root, database, web and worker become another user, who must reach programs and packs. What lies below a closed
  # home is therefore installed elsewhere; the mode of an existing folder is never changed.
  reachable=yes
  venv=$root/.venv
  if is_root && ! open_to_all "$root"; then
    reachable=no
    venv=$service_folder/venv-$(printf '%s' "$root" | sha256sum | cut -c1-12)
  fi
  venv=${BIHUAN_VENV:-$venv}
}

lock_stamp() { { "$venv/bin/python" -V && sha256sum <"$root/requirements.lock"; } | sha256sum | cut -d' ' -f1; }

source_stamp() {
  # Beside the checkout the sources are read in place; a copy is made anew when they change.
  if [ "$reachable" = yes ]; then
    sha256sum <"$root/pyproject.toml" | cut -d' ' -f1
  else
    (cd "$root" && find src pyproject.toml -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) |
      sha256sum | cut -d' ' -f1
  fi
}

stamped() { [ -f "$venv/$1" ] && [ "$(cat "$venv/$1")" = "$2" ]; }

install_lock() {
  say "安装 requirements.lock / installing requirements.lock → $venv"
  if command -v uv >/dev/null; then
    uv pip install --quiet --python "$venv/bin/python" --require-hashes -r "$root/requirements.lock"
  else
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
      --require-hashes -r "$root/requirements.lock"
  fi
}

install_project() {
  local options=(--quiet --disable-pip-version-check --no-input --no-deps)
  # With a setuptools of the lock file nothing is fetched to build; an older one cannot build alone.
  if "$venv/bin/python" -c \
    'import sys, setuptools; sys.exit(tuple(map(int, setuptools.__version__.split(".")[:2])) < (70, 1))' 2>/dev/null; then
    options+=(--no-build-isolation)
  fi
  if [ "$reachable" = yes ]; then
    "$venv/bin/python" -m pip install "${options[@]}" --editable "$root"
  else
    # A copy, built from a copy: nothing is left in the checkout.
    local copy
    copy=$(mktemp -d)
    cp -r "$root/src" "$root/pyproject.toml" "$root/README.md" "$copy/"
    rm -rf "$copy"/src/*.egg-info
    "$venv/bin/python" -m pip install "${options[@]}" --force-reinstall "$copy"
    rm -rf "$copy"
  fi
}

prepare() {
  # After this $venv/bin/python has everything, and $venv/bin is on the path.
  local mask lock source
  mask=$(umask)
  umask 022
  choose_places
  if ! usable_python "$venv/bin/python"; then
    find_python
    mkdir -p "$(dirname "$venv")"
    "$python" -m venv --clear "$venv"
  fi
  lock=$(lock_stamp)
  if ! stamped lock.stamp "$lock"; then
    # One that is there is brought up to date, not thrown away: somebody may be working in it.
    rm -f "$venv/lock.stamp" "$venv/source.stamp"
    install_lock
    printf '%s' "$lock" >"$venv/lock.stamp"
  fi
  source=$(source_stamp)
  if ! stamped source.stamp "$source"; then
    install_project
    printf '%s' "$source" >"$venv/source.stamp"
  fi
  umask "$mask"
  export PATH="$venv/bin:$PATH"
  cd "$root"
}
