#!/bin/sh
# Start PostgreSQL, Redis and RabbitMQ on their standard ports of this machine where nothing listens there yet.
# On Debian or Ubuntu as root what is missing is installed first; elsewhere one line says what to install.
set -u

listening() { "${PYTHON:-python3}" - "$1" <<'PY'
import socket, sys
with socket.socket() as probe:
    probe.settimeout(1)
    sys.exit(probe.connect_ex(("127.0.0.1", int(sys.argv[1]))))
PY
}

wait_for() {
  for _ in $(seq 60); do listening "$2" && { echo "$1 listens on port $2"; return 0; }; sleep 1; done
  echo "$1 did not come up on port $2 within a minute" >&2
  return 1
}

install() {
  command -v "$1" >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null
  else
    echo "$1 is not installed; install the package $2" >&2
    return 1
  fi
}

start_postgresql() {
  install pg_ctlcluster postgresql || return 1
  set -- $(pg_lsclusters -h | head -n 1)
  pg_ctlcluster --skip-systemctl-redirect "$1" "$2" start
}
start_redis() {
  install redis-server redis-server || return 1
  redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no >/dev/null
}
start_rabbitmq() { install rabbitmq-server rabbitmq-server && rabbitmq-server -detached; }

status=0
for service in postgresql:5432 redis:6379 rabbitmq:5672; do
  name=${service%%:*} port=${service##*:}
  listening "$port" && { echo "$name listens on port $port"; continue; }
  "start_$name" && wait_for "$name" "$port" || status=1
done
exit $status
