#!/bin/sh
# What lint, types and tests do not see in a change: who imports whom, and which files must travel together.
# Usage, from the repository root: sh skills/code-review/scripts/check_diff.sh [BASE]
# BASE is a commit or branch (default: HEAD, so the uncommitted change is checked).
# Exit 0 nothing found, 1 findings (one a line), 3 usage.
set -eu

base=${1:-HEAD}
if ! git rev-parse --verify --quiet "$base^{commit}" > /dev/null; then
    echo "no commit '$base' here; give a branch or commit, or nothing for the uncommitted change" >&2
    exit 3
fi

# Names as they are, one a line: only the line end parts them.
listed() { git -c core.quotePath=false "$@"; }
changed=$({ listed diff --name-only --diff-filter=d "$base"; listed ls-files --others --exclude-standard; } | sort -u)
IFS='
'
found=0

finding() {
    echo "$1"
    found=1
}

touched() {
    printf '%s\n' "$changed" | grep -q "$1"
}

# A pattern that must not stand in changed files below a folder; the third word is what to say about it.
forbidden() {
    for file in $(printf '%s\n' "$changed" | grep "$1" | grep -v "${4:-^$}" || true); do
        lines=$(grep -nE "$2" "$file" | cut -d: -f1 | tr '\n' ' ' || true)
        [ -z "$lines" ] || finding "$file:${lines%% *}: $3"
    done
}

forbidden '^harness/.*\.py$' '^[[:space:]]*(from|import) eco2' 'harness must not import eco2 [adr:0017]'
forbidden '^kb/.*\.py$' '^[[:space:]]*(from|import) (eco2|harness)' 'kb imports no other room'
forbidden '^eco2/.*\.py$' '^[[:space:]]*(from|import) harness' 'eco2 must not import harness'
forbidden '^\(kb\|eco2\|harness\)/.*\.py$' '^[[:space:]]*print\(' 'print belongs in cli.py' '/cli[a-z_]*\.py$'
forbidden '^\(kb\|eco2\|harness\)/.*\.py$' '^[[:space:]]*except[[:space:]]*:' 'bare except'

if touched '^kb/rules/.*\.yaml$' && ! touched '^datasets/gold/rules\.jsonl$'; then
    finding 'datasets/gold/rules.jsonl: a rule changed, the truth did not; harness gold accept --reason "..." if that is right [adr:0019]'
fi
# Each line of FROZEN is a hash, two blanks, a path and perhaps a reason.
for sealed in $(sed -n 's/^[0-9a-f]*  \([^ ]*\).*/\1/p' datasets/FROZEN 2> /dev/null || true); do
    if printf '%s\n' "$changed" | grep -qxF "$sealed" && ! touched '^datasets/FROZEN$'; then
        finding "$sealed: a sealed file changed; its new hash and the reason belong into the same commit [adr:0019]"
    fi
done
if ! git diff --quiet --diff-filter=D "$base" -- adr; then
    finding 'adr: a record was deleted; supersede or reject it instead'
fi

[ "$found" -eq 0 ] && echo 'nothing found'
exit "$found"
