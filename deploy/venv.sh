#!/bin/sh
# venv.sh PYTHON REQUIREMENT NAME: install REQUIREMENT of this checkout into .venv and leave .venv/NAME.stamp.
# A full install serves the core too, so `make eval` after `make test` installs nothing.
set -eu
python=$1 requirement=$2 name=$3
if [ "$name" = core ] && [ -e .venv/full.stamp ] && [ .venv/full.stamp -nt pyproject.toml ] && [ .venv/full.stamp -nt constraints.txt ]; then
  touch .venv/core.stamp
  exit 0
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed, $("$python" --version) found; name another with PYTHON=python3.12" >&2
  exit 1
}
# An install that was cut off leaves packages without metadata, over which pip stumbles for ever after.
[ ! -e .venv/unfinished ] || rm -rf .venv
[ -x .venv/bin/python ] || "$python" -m venv .venv || {
  echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2
  exit 1
}
echo "installing $requirement into .venv (once; about a minute for the core, three for everything)"
log=.venv/install.log
touch .venv/unfinished
.venv/bin/pip install --disable-pip-version-check -q -c constraints.txt -e "$requirement" >"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  echo "pip could not install $requirement; the whole log is $log" >&2
  exit 1
}
rm .venv/unfinished
touch ".venv/$name.stamp" .venv/core.stamp
