#!/bin/sh
# agents.sh BIN: hold the MCP server, the skills and the plugin against the validators that others publish.
# The node packages are pinned in deploy/agents; where they cannot be installed this says so and leaves them out,
# unless REQUIRE_AGENTS is set. The Python validator of skills is a development dependency.
set -eu
bin=$1
root=$(pwd)
node=$root/deploy/agents
port=${AGENTS_PORT:-8769}
scenarios="server-initialize ping tools-list tools-call-error resources-list prompts-list completion-complete dns-rebinding-protection"

"$bin/kb" index >/dev/null

echo "== skills: kb skills check, agentskills validate"
"$bin/kb" skills check skills --strict
for skill in skills/*/; do
  "$bin/agentskills" validate "$skill" >/dev/null || { echo "agentskills refuses $skill" >&2; exit 1; }
done

if [ ! -x "$node/node_modules/.bin/conformance" ] && ! npm ci --prefix "$node" --loglevel=error >"$node/install.log" 2>&1; then
  echo "left out: conformance, inspector and plugin checks; npm could not install deploy/agents (its log: deploy/agents/install.log)" >&2
  [ -z "${REQUIRE_AGENTS:-}" ] || exit 1
  exit 0
fi
PATH=$node/node_modules/.bin:$PATH
export PATH

echo "== plugin: claude plugin validate --strict"
claude plugin validate --strict "$root"

echo "== MCP: conformance over HTTP"
out=$(mktemp -d)
"$bin/kb" mcp --http --port "$port" 2>"$out/server.log" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$out"' EXIT
tries=0
until "$bin/python" -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)' "$port" 2>"$out/probe"; do
  tries=$((tries + 1))
  [ $tries -lt 60 ] || { echo "kb mcp --http did not come up on port $port" >&2; exit 1; }
  sleep 0.5
done
for scenario in $scenarios; do
  if conformance server --url "http://127.0.0.1:$port/mcp" --scenario "$scenario" -o "$out/conformance" >"$out/log" 2>&1; then
    echo "passed   $scenario"
  else
    tail -n 20 "$out/log" >&2
    echo "failed   $scenario" >&2
    exit 1
  fi
done

echo "== MCP: inspector over stdio"
inspect() { mcp-inspector --cli "$bin/kb" mcp "$@"; }
inspect --method tools/list >"$out/tools.json"
"$bin/python" -c 'import json, sys; print(*(tool["name"] for tool in json.load(open(sys.argv[1]))["tools"]))' "$out/tools.json"
inspect --method tools/call --tool-name search_knowledge --tool-arg "query=SSE 샤딩" >/dev/null
inspect --method resources/list >/dev/null
echo "passed   tools/list, tools/call, resources/list"
