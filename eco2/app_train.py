"""The wiring of `eco2 train`: labelled messages and the words of the rules become a file of weights."""

from __future__ import annotations

from pathlib import Path

from eco2.parts import Reader


def trained(workspace: Path | None = None) -> str:
    """Return the file of weights that the train rows of a workspace teach.

    Args:
        workspace: the folder with kb.toml; None for the nearest one upward.

    Raises:
        UtteranceError: the rows cannot be read.
        KbError: the workspace or its rules cannot be.
    """
    from eco2.train import train
    from eco2.utterances import UTTERANCES, read_utterances
    from kb.app import open_workspace

    root = open_workspace(workspace).root
    return train(read_utterances(root / UTTERANCES, "train"), reader_of(root))


def reader_of(root: Path) -> Reader:
    """Return how messages are read with the rules of a workspace and, where it has one, its frozen world."""
    from eco2.adapters.offline_model import reader
    from eco2.adapters.recorded_world import RecordedWorld
    from eco2.vocabulary import vocabulary
    from kb.app import open_workspace, rulebook

    rules = rulebook(open_workspace(root))
    folder = root / "datasets" / "world"
    if not folder.is_dir():
        return reader(vocabulary(rules))
    world = RecordedWorld(folder, "datasets/world")
    return reader(vocabulary(rules, world.spots(), world.places(None)))
