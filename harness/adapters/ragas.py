"""ragas metrics that need no model and no network. Imported when one of them is measured: ragas takes seconds to load.

Its telemetry is on until told otherwise before its first import; its averages leave NaN out, so they are not used:
each value comes back as it is and a NaN becomes UNMEASURED.
"""

from __future__ import annotations

import asyncio
import os
import warnings
from collections.abc import Sequence

os.environ["RAGAS_DO_NOT_TRACK"] = "true"
with warnings.catch_warnings():
    # ragas 0.4.3 warns of itself: the ID-based metrics exist only in the modules that it calls deprecated.
    warnings.simplefilter("ignore")
    from ragas.dataset_schema import SingleTurnSample
    from ragas.metrics._context_precision import IDBasedContextPrecision
    from ragas.metrics._context_recall import IDBasedContextRecall
    from ragas.metrics.collections import NonLLMStringSimilarity


def id_context_recall(retrieved: Sequence[str], reference: Sequence[str]) -> float:
    """Share of reference ids that were retrieved; NaN without reference ids."""
    return float(asyncio.run(IDBasedContextRecall().single_turn_ascore(_sample(retrieved, reference))))


def id_context_precision(retrieved: Sequence[str], reference: Sequence[str]) -> float:
    """Share of retrieved ids that are in the reference; NaN when nothing was retrieved."""
    return float(asyncio.run(IDBasedContextPrecision().single_turn_ascore(_sample(retrieved, reference))))


def string_similarity(response: str, reference: str) -> float:
    """1 minus the normalised Levenshtein distance."""
    return float(asyncio.run(NonLLMStringSimilarity().ascore(reference=reference, response=response)).value)


def _sample(retrieved: Sequence[str], reference: Sequence[str]) -> SingleTurnSample:
    return SingleTurnSample(retrieved_context_ids=list(retrieved), reference_context_ids=list(reference))
