#!/bin/sh
# The three machine checks of `make lint types` on a few files, in seconds: ruff, ruff's format, mypy --strict.
# Usage, from the repository root: sh skills/lint-and-types/scripts/check_files.sh [FILE.py ...]
# Without files: the Python files that differ from HEAD. Nothing is rewritten.
# Exit 0 clean, 1 findings, 3 usage or no tools.
set -u

bin=${VENV_BIN:-.venv/bin}
if [ ! -x "$bin/ruff" ] || [ ! -x "$bin/mypy" ]; then
    echo "no ruff and mypy in $bin; 'make lint' makes .venv, run it once" >&2
    exit 3
fi

if [ "$#" -eq 0 ]; then
    # One path a line; names with blanks stay whole because only the newline splits.
    listed() { git -c core.quotePath=false "$@" -- '*.py'; }
    changed=$({ listed diff --name-only --diff-filter=d HEAD; listed ls-files --others --exclude-standard; } | sort -u)
    if [ -z "$changed" ]; then
        echo 'no Python file differs from HEAD'
        exit 0
    fi
    IFS='
'
    # shellcheck disable=SC2086
    set -f -- $changed
    unset IFS
fi
for file in "$@"; do
    if [ ! -f "$file" ]; then
        echo "no file '$file' here; give paths from the repository root" >&2
        exit 3
    fi
done

found=0
"$bin/ruff" check -- "$@" || found=1
"$bin/ruff" format --check -- "$@" || found=1
"$bin/mypy" -- "$@" || found=1
exit "$found"
