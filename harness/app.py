"""The wiring of the room: settings, and what runs are made of.

The only file that names adapters; it imports them inside functions, so that a command loads what it uses.
"""

from __future__ import annotations

import importlib.util
import time
import tomllib
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from harness.baseline import NO_BASELINE, Baseline, baseline_from
from harness.bench import silent
from harness.cases import ConfigError, Figure, Gate
from harness.config import Config, config_from
from harness.gold import Gold, drift, gold_from
from harness.jsonl import read_json, read_rows
from harness.judging.registry import JudgeChoice, judge_name, model_place
from harness.runs import RunFolder, digest, digest_of

if TYPE_CHECKING:
    from harness.adapters.kb_provenance import KbProvenance
    from harness.app_judge import Judging
    from harness.bench import Bench, Progress
    from harness.gold import Drift
    from harness.ports import Judge, OfflineRagas, Target
    from harness.trial import Metric, Resources
    from kb.workspace import Workspace

INSTALL = "pip install 'eco2-agent-kb[{extra}]'"
_EXTRA_MODULES = {"eval": "ragas"}


@dataclass(frozen=True)
class Settings:
    """What the environment decides: KB_WORKSPACE, where neither a flag nor the current folder says otherwise.

    HARNESS_JUDGE_KEY is sent to the address of a judge's model, and nowhere else.
    """

    workspace: Path | None = None
    judge_key: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        folder = Path(environ["KB_WORKSPACE"]) if environ.get("KB_WORKSPACE") else None
        return cls(folder, environ.get("HARNESS_JUDGE_KEY", ""))


class Site:
    """One workspace as the harness sees it. Nothing is read before it is asked for.

    Args:
        folder: where the user stands: targets are loaded from there.
        environ: the environment, which targets see; changed only while a suite runs.
        workspace: a folder given by flag.
        tell: says a line to the user.
        progress: shows how far a suite is.
    """

    def __init__(
        self,
        folder: Path,
        environ: MutableMapping[str, str],
        workspace: Path | None = None,
        tell: Callable[[str], None] = lambda _: None,
        progress: Progress = silent,
    ) -> None:
        self.folder = folder
        self.environ = environ
        self._given = workspace or Settings.from_env(environ).workspace
        self._tell = tell
        self.progress = progress
        self.choice = JudgeChoice()

    @cached_property
    def workspace(self) -> Workspace:
        """Raises: ConfigError: the folder does not exist or its `kb.toml` cannot be read."""
        from kb import app as kb_app
        from kb.documents import KbError

        try:
            return kb_app.open_workspace(self._given, self.environ)
        except KbError as error:
            raise ConfigError(str(error)) from error

    @cached_property
    def root(self) -> Path:
        """The workspace; the current folder where there is none and the knowledge of the wheel is used."""
        return self.folder if self.workspace.is_packaged else self.workspace.root

    @cached_property
    def config(self) -> Config:
        """Raises: ConfigError: `[harness]` in `kb.toml` cannot be used."""
        path = self.root / "kb.toml"
        if not path.is_file():
            return Config()
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8")).get("harness", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: {error}; mend the TOML") from error
        if not isinstance(table, Mapping):
            raise ConfigError(f"{path}: harness must be a table [harness], got {table!r}")
        return config_from(table, str(path))

    @cached_property
    def gold(self) -> Gold:
        """Raises: DataError: a row is damaged."""
        paths = self.files(self.config.gold)
        return gold_from(row for path in paths for _, row in read_rows(path, self.shown(path)))

    @cached_property
    def provenance(self) -> KbProvenance:
        from harness.adapters.kb_provenance import KbProvenance

        return KbProvenance(self.workspace, self.gold)

    @cached_property
    def judge(self) -> Judge:
        """The judge in use, which remembers what it was asked."""
        return self.judging.judge

    @cached_property
    def judging(self) -> Judging:
        """Raises: ConfigError: no judge of that name."""
        return self.judging_by(self.choice if self.choice.says_which else replace(self.choice, judge=self.config.judge))

    def judging_by(self, choice: JudgeChoice) -> Judging:
        """Wire another judge than the one in use; see `judging`."""
        from harness.app_judge import Judging, Surroundings

        name = judge_name(choice.judge, choice.model)
        budget_usd = self.config.judge_budget_usd if choice.budget_usd is None else choice.budget_usd
        key = Settings.from_env(self.environ).judge_key
        around = Surroundings(
            self.folder, self.root, lambda: self.workspace, self.config.timeout_s, key, choice.prices, budget_usd,
            self._tell,
        )  # fmt: skip
        return Judging(name, model_place(name, choice.model), around)

    def judge_as(self, recorded: Mapping[str, str]) -> None:
        """Take the judge that scored a run, where the user names no other."""
        if recorded.get("name") and not self.choice.says_which:
            self.choice = replace(self.choice, judge=recorded["name"], model=recorded.get("model", ""))
            for made in ("judging", "judge", "resources"):
                self.__dict__.pop(made, None)

    @cached_property
    def resources(self) -> Resources:
        from harness.checked_judge import CheckedJudge
        from harness.claims import split_claims
        from harness.trial import Resources

        config = self.config
        return Resources(
            CheckedJudge(self.judge),
            split_claims,
            self.gold,
            self.provenance,
            config.agents_of,
            _ragas,
            config.contracts,
            lambda: self.judging.answers,
        )

    def packaged(self) -> Site:
        """The same, of the content that the package carries: in a checkout that is the repository."""
        package = Path(str(files("kb")))
        content = package / "_content"
        return Site(self.folder, self.environ, content if content.is_dir() else package.parent, self._tell)

    def gates(self, path: str = "") -> list[Gate]:
        """Raises: ConfigError: there is no such file, or it cannot be used."""
        from harness.adapters.yaml_gates import gates_from

        name = path or self.config.gates
        try:
            text = (self.root / name).read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"no gates in {self.root / name}; write them, or name the file by --gates") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{self.root / name}: {error}; save it as UTF-8") from error
        return gates_from(text, name)

    def gates_if_any(self) -> list[Gate]:
        """The gates of `kb.toml`; none where the file does not exist."""
        return self.gates() if (self.root / self.config.gates).is_file() else []

    def baseline(self) -> Baseline:
        """Raises: DataError: the file is damaged."""
        path = self.root / self.config.baseline
        return baseline_from(read_json(path), self.config.baseline) if path.is_file() else NO_BASELINE

    @property
    def latest(self) -> Path:
        """Where the newest run is found; the others lie beside it."""
        return self.root / self.config.reports

    def run_folder(self, path: Path | None) -> RunFolder:
        """The folder of a run; the newest when none is given."""
        return RunFolder(self.folder / path if path else self.latest, self.complaint)

    @staticmethod
    def complaint(schema: str, row: object) -> str | None:
        """What keeps a row from being of a schema."""
        from harness.adapters.json_schema import complaint

        return complaint(schema, row)

    def metrics(self, names: Sequence[str]) -> list[Metric]:
        """The rows of a run; those whose library is not installed are told and left out.

        Raises:
            UnknownMetric: a name is neither in the table nor a `module:attribute`.
        """
        from harness.app_targets import home_of
        from harness.loading import load
        from harness.metrics import chosen

        rows = chosen(names, lambda name: load(name, home_of(name, (self.folder, self.root))))
        lacking = {extra for extra, module in _EXTRA_MODULES.items() if importlib.util.find_spec(module) is None}
        for row in rows:
            if row.extra in lacking:
                self._tell(f"N/A: {row.name} needs an extra; {INSTALL.format(extra=row.extra)}")
        return [row for row in rows if row.extra not in lacking]

    def bench(self) -> Bench:
        """What a run needs of the world."""
        from harness.bench import Bench

        return Bench(
            root=self.root,
            config=self.config,
            environ=self.environ,
            surroundings={} if self.workspace.is_packaged else {"KB_WORKSPACE": str(self.root)},
            complaint=self.complaint,
            target=self.target,
            metrics=self.metrics,
            resources=lambda: self.resources,
            others=self.other_figures,
            inputs=self.input_digests,
            versions=self.versions,
            clock_s=time.perf_counter,
            sleep_s=time.sleep,
            tell=self._tell,
            progress=self.progress,
            afford=lambda rehearse: self.judging.afford(rehearse),
        )

    def target(self, spec: str, timeout_s: float) -> Target:
        """Open a target by its string.

        Raises:
            TargetUnusable: it cannot be loaded.
        """
        from harness.app_targets import opened

        return opened(spec, timeout_s, (self.folder, self.root), self.environ)

    def versions(self) -> dict[str, str]:
        """What runs are made with, as far as known: the package, the index of the workspace."""
        from harness.adapters.kb_provenance import index_revision

        return {"package": _package_version(), "index": index_revision(self.workspace, self.environ)}

    def drift(self) -> Drift | None:
        """Where rules and their accepted snapshot differ; None where nothing was ever accepted."""
        if not any(id_.startswith("rule:") for id_ in self.gold.texts):
            return None
        return drift(self.gold, self.provenance.sentences)

    def other_figures(self) -> list[Figure]:
        """What no case measures: the judge on labelled observations, the knowledge against its snapshot."""
        found = self.drift()
        count = len(self.gold.texts)
        own = [] if found is None else [Figure("knowledge", "knowledge_drift", float(found.count), count)]
        from harness.mutation.figures import gated_figures

        return [*own, *self._judge_figures(), *gated_figures(self)]

    def input_digests(self) -> list[str]:
        """What scores depend on beside cases and observations: truth, labelled observations, the rules themselves."""
        data = [digest(path) for path in (*self.files(self.config.gold), *self.files(self.config.observations))]
        rules = digest_of([self.provenance.sentences, *map(repr, self.config.contracts)])
        return [*data, rules, digest_of([self.judging.identity])]

    def files(self, folder: str) -> list[Path]:
        """The JSONL files of a folder of the workspace, by name."""
        return sorted((self.root / folder).glob("*.jsonl"))

    def shown(self, path: Path) -> str:
        """A path as messages show it: relative to the workspace where it lies in there."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    @staticmethod
    def draw(view: Mapping[str, object], template: str) -> str:
        """The HTML report, or a part of it."""
        from harness.adapters.html import html

        return html(view, template)

    def _judge_figures(self) -> list[Figure]:
        from harness.judging.figures import judge_figures
        from harness.judging.labelled import read_observations

        return judge_figures(self.judge, read_observations(self.files(self.config.observations)))


def _package_version() -> str:
    try:
        return version("eco2-agent-kb")
    except PackageNotFoundError:
        return ""


def _ragas() -> OfflineRagas:
    from harness.adapters import ragas

    return ragas
