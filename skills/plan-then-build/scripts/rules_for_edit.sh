#!/bin/sh
# A pre-edit hook: shows the model which decisions, incidents and rules bind the file that it is about to edit.
# Standard input: the hook's JSON, `tool_input.file_path` is what counts. Standard output: JSON for the client, or nothing.
# It informs and never blocks: exit 0 whatever happens, without a permission decision, after five seconds at most.

folder=$(CDPATH='' cd -- "$(dirname -- "$0")" 2> /dev/null && pwd) || exit 0
for python in python3 "${CLAUDE_PROJECT_DIR:-.}/.venv/bin/python"; do
    if command -v "$python" > /dev/null 2>&1; then
        "$python" "$folder/rules_for_edit.py" 2> /dev/null || :
        exit 0
    fi
done
exit 0
