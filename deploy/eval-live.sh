#!/bin/sh
# eval-live.sh BIN: put the golden suite to a real language model, record what it answers, score it; see docs/pipeline.md.
# The model is ECO2_MODEL, else the default of the provider whose key is there. With ECO2_TAPE=replay nobody is asked:
# the recordings of ECO2_TAPES answer, under the name by which they were recorded. ARGS goes to `harness run`.
# Leaves with 3 when something is missing.
set -eu
bin=$1
tape=${ECO2_TAPE:-record} tapes=${ECO2_TAPES:-reports/tapes} out=${OUT:-reports/live} model=${ECO2_MODEL:-}
missing() {
  echo "eval-live: $1" >&2
  exit 3
}
case $tape in
record)
  if [ -n "$model" ]; then :
  elif [ -n "${OPENAI_API_KEY:-}" ]; then model=openai:gpt-5.2
  elif [ -n "${GEMINI_API_KEY:-}" ]; then model=gemini:gemini-3.6-flash
  else missing "no model to ask; set OPENAI_API_KEY, GEMINI_API_KEY or ECO2_MODEL=compatible:URL#MODEL, or ECO2_TAPE=replay"
  fi ;;
replay)
  [ -n "$model" ] || [ ! -f "$tapes/MODEL" ] || model=$(cat "$tapes/MODEL")
  [ -n "$model" ] || missing "nothing to replay in $tapes; record first, or name another folder in ECO2_TAPES" ;;
*) missing "ECO2_TAPE is '$tape'; use 'record' or 'replay'" ;;
esac
[ -x "$bin/harness" ] || "${MAKE:-make}" --no-print-directory .venv/core.stamp
if [ "$tape" = record ]; then
  mkdir -p "$tapes"
  echo "$model" >"$tapes/MODEL"
fi
echo "eval-live: $tape, $model, tapes in $tapes"
export ECO2_MODEL="$model" ECO2_TAPE="$tape" ECO2_TAPES="$tapes"
# shellcheck disable=SC2086  # ARGS is words
"$bin/harness" run --suite golden --out "$out" ${ARGS:-}
echo "eval-live: $out/report.md"
