#!/bin/sh
# One line a decision record: status, id, title; those in force first. Exit 1 when a record lacks id or status.
# Usage, from the repository root: sh skills/onboarding/scripts/decisions.sh [FOLDER]
set -eu

folder=${1:-adr}
if [ ! -d "$folder" ]; then
    echo "no folder '$folder' here; run this from the repository root or name the folder of the decisions" >&2
    exit 3
fi

set -- "$folder"/[0-9]*.md
if [ ! -f "$1" ]; then
    echo "no decision in '$folder' has a name that begins with its number; name the folder of the decisions" >&2
    exit 3
fi

failed=0
lines=$(awk '
function unquote(text) { gsub(/^["'\'' ]+|["'\'' ]+$/, "", text); return text }
function value(line) { sub(/^[a-z_-]+:[ ]*/, "", line); return unquote(line) }
function finish() {
    if (file == "") return
    if (id == "" || status == "") { print file ": no id or no status in the front matter" > "/dev/stderr"; bad = 1 }
    else printf "%d %-10s %s  %s%s\n", order[status] ? order[status] : 9, status, id, title, chain
}
BEGIN { order["accepted"] = 1; order["proposed"] = 2; order["rejected"] = 3; order["deprecated"] = 4; order["superseded"] = 5 }
FNR == 1 { finish(); file = FILENAME; id = status = title = chain = ""; inside = ($0 == "---"); next }
inside && $0 == "---" { inside = 0 }
inside && /^id:/ { id = value($0) }
inside && /^status:/ { status = value($0) }
inside && /^title:/ { title = value($0) }
inside && /^superseded_by:/ { next_id = value($0); gsub(/[][" ]/, "", next_id); if (next_id != "") chain = "  -> " next_id }
inside && /^amended_by:/ { by = value($0); gsub(/[][" ]/, "", by); if (by != "") chain = chain "  (part amended by " by ")" }
END { finish(); exit bad }
' "$@") || failed=$?
printf '%s\n' "$lines" | sort | cut -c3-
exit "$failed"
