"""Weather: one observation for a place; as an enrichment, a tip where it matters for what is thrown away."""

from __future__ import annotations

from datetime import datetime

from eco2.agents.row import Sources
from eco2.agents.spots import Here, everywhere, here, together
from eco2.evidence import fact_evidence, fact_id, rule_statement, rules_evidence
from eco2.outside import Found, Weather
from eco2.phrases import say, with_josa
from eco2.tables import question
from eco2.turns import Finding, Statement, Status, Task

_OTHER_DAY = question("weather_of_another_day")
_UMBRELLA = question("umbrella")
_DUST = question("fine_dust")
_SKY = {"clear": ("맑고", "clear"), "cloudy": ("구름이 많고", "cloudy"), "overcast": ("흐리고", "overcast")}
_FALLS = {
    "none": ("비나 눈은 오지 않아요", "no rain or snow"), "rain": ("비가 와요", "rain"), "snow": ("눈이 와요", "snow"),
    "sleet": ("진눈깨비가 와요", "sleet"),
}  # fmt: skip
_PAPER = frozenset({"paper", "paper-pack", "clothing"})


def weather(task: Task, sources: Sources) -> Finding:
    """Answer what the weather is where the text or the location says; beside another intent, give a tip or nothing."""
    named = sources.named(task.text)
    if "weather" in task.intents:
        return together([_asked(task, place, sources) for place in everywhere(task, named, sources)])
    spot = here(task, named, sources).spot
    found = sources.outside.weather(spot) if spot else None
    return _tip(task, found, sources) if found else Finding("weather", task.index, "aside", tip=True)


def no_weather(task: Task, sources: Sources) -> Finding:
    """Say that there is no live source; as an enrichment, say nothing."""
    if "weather" not in task.intents:
        return Finding("weather", task.index, "aside", degraded=("weather: no live source, tip left out",), tip=True)
    return Finding("weather", task.index, "unknown", (say("weather_no_source"),), degraded=("weather: no live source",))


def _asked(task: Task, place: Here, sources: Sources) -> Finding:
    if place.spot is None:
        return _nowhere(task, place.unknown)
    found = sources.outside.weather(place.spot)
    name = place.spot.name_en if task.language == "en" else place.spot.name
    return _observed(task, found) if found else _nowhere(task, name)


def _observed(task: Task, found: Found[Weather]) -> Finding:
    statement = sentence(found)
    before = [say("weather_other_day")] if _OTHER_DAY.search(task.text) else []
    before += [say("weather_no_dust")] if _DUST.search(task.text) else []
    falls = found.fact.precipitation != "none"
    after = [say("umbrella_yes" if falls else "umbrella_no")] if _UMBRELLA.search(task.text) and not before else []
    evidence = (fact_evidence(found, statement.text_ko, statement.text_en),)
    status: Status = "unknown" if before else "answered"
    return Finding("weather", task.index, status, (*before, statement, *after), evidence, found.recorded_at)


def _tip(task: Task, found: Found[Weather], sources: Sources) -> Finding:
    """Give the rule that keeps things dry when it rains or snows and paper or clothes are thrown away."""
    classes = {sources.words.classes[mention.keys[0]] for mention in sources.named(task.text).things}
    dry = [
        rule
        for class_id in sorted(classes & _PAPER)
        for rule in sources.rules.of_class(class_id)
        if rule.aspect == "dry"
    ]
    if found.fact.precipitation == "none" or not dry:
        return Finding("weather", task.index, "aside", recorded_at=found.recorded_at, tip=True)
    statement = falling(found)
    evidence = (fact_evidence(found, statement.text_ko, statement.text_en), *rules_evidence(dry[:1]))
    return Finding(
        "weather", task.index, "answered", (statement, rule_statement(dry[0])), evidence, found.recorded_at, tip=True
    )


def sentence(found: Found[Weather]) -> Statement:
    """Return an observation with all its fields, stamped when it was recorded."""
    fact = found.fact
    sky, falls = _SKY[fact.sky], _FALLS[fact.precipitation]
    ko_when, en_when = _when(found)
    ko = (
        f"{ko_when} {fact.place}은(는) {sky[0]} {falls[0]}. 기온은 {_degrees_ko(fact)}도, 습도는 {fact.humidity_pct}%, "
        f"강수 확률은 {fact.pop_pct}%예요."
    )
    en = (
        f"{en_when} the sky over {fact.place_en} is {sky[1]} with {falls[1]}. "
        f"The temperature is {fact.temperature_c:g} °C, the humidity {fact.humidity_pct}% "
        f"and the chance of precipitation {fact.pop_pct}%."
    )
    return Statement(with_josa(ko), en, fact_id(found))


def falling(found: Found[Weather]) -> Statement:
    """Return only what falls from the sky, for a tip."""
    fact, (ko_when, en_when) = found.fact, _when(found)
    falls = _FALLS[fact.precipitation]
    return Statement(
        f"{ko_when} {fact.place}에 {falls[0]}.", f"{en_when} there is {falls[1]} in {fact.place_en}.", fact_id(found)
    )


def _when(found: Found[Weather]) -> tuple[str, str]:
    """Return when it was observed in both languages, and that it was recorded where it was."""
    at = datetime.fromisoformat(found.fact.observed_at)
    half, hour = ("오전", "a.m.") if at.hour < 12 else ("오후", "p.m."), at.hour % 12 or 12
    minute_ko, minute_en = (f" {at.minute}분", f":{at.minute:02}") if at.minute else ("", "")
    ko = f"{at.year}년 {at.month}월 {at.day}일 {half[0]} {hour}시{minute_ko}"
    en = f"{hour}{minute_en} {half[1]} on {at.day} {at:%B} {at.year}"
    return (
        (f"{ko}에 기록된 자료로,", f"As recorded at {en},")
        if found.recorded_at
        else (f"{ko} 관측으로,", f"As observed at {en},")
    )


def _degrees_ko(fact: Weather) -> str:
    return f"영하 {-fact.temperature_c:g}" if fact.temperature_c < 0 else f"{fact.temperature_c:g}"


def _nowhere(task: Task, unknown: str) -> Finding:
    statement = say("weather_unknown_place", place=unknown) if unknown else say("weather_missing_place")
    return Finding("weather", task.index, "unknown", (statement,))
