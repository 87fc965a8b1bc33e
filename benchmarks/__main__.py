"""Run every benchmark one after the other: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import runpy
import sys

BENCHMARKS = (
    "benchmarks.retrieval",
    "benchmarks.abstention",
    "benchmarks.citations",
    "benchmarks.speed",
    "benchmarks.intents",
    "benchmarks.multi_intent",
    "benchmarks.pipeline",
    "benchmarks.pictures",
    "benchmarks.faults",
    "benchmarks.blame",
    "benchmarks.judge",
    "benchmarks.gate_power",
    "benchmarks.harness_runs",
    "benchmarks.harness_faults",
    "benchmarks.load_truth",
    "benchmarks.report_opening",
    "benchmarks.planted",
    "benchmarks.onboarding",
    "benchmarks.triggers",
)


def main() -> None:
    for name in BENCHMARKS:
        sys.argv = [name]
        runpy.run_module(name, run_name="__main__")


if __name__ == "__main__":
    main()
