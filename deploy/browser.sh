#!/bin/sh
# Install Chromium and a Korean font where they are missing; the tests look at the report with them.
set -eu
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing=1
[ -n "${missing:-}" ] || { echo "a Chromium is installed"; exit 0; }
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-nanum >/dev/null
  echo "chromium and fonts-nanum are installed"
else
  echo "no Chromium found; install chromium and a Korean font (Debian: chromium fonts-nanum)" >&2
  exit 1
fi
