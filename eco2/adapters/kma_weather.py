"""Weather of a 5 km grid cell: what was observed at the last full hour, and the forecast's sky and chance of rain.

The observation has no sky and no probability of precipitation, the forecast has both for every hour to come; the
nearest hour of the forecast fills them in, so that the temperature that is told was measured.

Source: KMA short-term forecast service VilageFcstInfoService_2.0 (data.go.kr 15084084), operations getUltraSrtNcst and
getVilageFcst: parameters serviceKey, numOfRows, pageNo, dataType, base_date, base_time, nx, ny; categories T1H, REH,
PTY observed, SKY (1 clear, 3 mostly cloudy, 4 overcast) and POP forecast; PTY 0 none, 1 rain, 2 rain and snow, 3 snow,
4 shower, 5 drops, 6 drops and flurries, 7 flurries; values of 900 and more, or of -900 and less, mean "missing". The
observation of an hour is sure to be there 40 minutes later, forecasts of 02, 05, …, 23 h 10 minutes later. The grid's
constants are those of the service's guide: Lambert conformal conic, 30° and 60° N, origin 126° E 38° N at (43, 136).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from math import cos, log, pi, radians, sin, tan
from typing import Any

from eco2.adapters.data_go_kr import items_of
from eco2.adapters.http_source import HttpSource
from eco2.outside import Found, Precipitation, Sky, Spot, Weather
from eco2.policy import CallFailed

PATH = "live:kma"
KST = timezone(timedelta(hours=9))
_EARTH_KM, _CELL_KM = 6371.00877, 5.0
_SOUTH, _NORTH, _MERIDIAN, _PARALLEL = radians(30), radians(60), radians(126), radians(38)
_ORIGIN_X, _ORIGIN_Y = 43, 136
_COLUMNS, _ROWS = 149, 253
_OBSERVED_AFTER, _FORECAST_AFTER = timedelta(minutes=40), timedelta(minutes=10)
_FORECAST_HOURS = (2, 5, 8, 11, 14, 17, 20, 23)
_MOST_ROWS = 100  # an hour has about a dozen categories; the hours up to the next issue are wanted
_MISSING = 900.0
_SKY: Mapping[int, Sky] = {1: "clear", 3: "cloudy", 4: "overcast"}
_FALLS: Mapping[int, Precipitation] = {
    0: "none", 1: "rain", 2: "sleet", 3: "snow", 4: "rain", 5: "rain", 6: "sleet", 7: "snow",
}  # fmt: skip


class KmaWeather:
    """Asks the service; `now` gives the time with its zone."""

    def __init__(self, source: HttpSource, now: Callable[[], datetime]) -> None:
        self._source, self._now = source, now

    def weather(self, spot: Spot, seconds: float) -> Found[Weather] | None:
        """Return the weather at a spot; None outside the grid and where the service has no data.

        Raises:
            TimedOut, CallFailed: the service gave no usable answer.
        """
        cell = grid(spot.lat, spot.lon)
        if cell is None:
            return None
        now = self._now().astimezone(KST)
        observed = self._rows("/getUltraSrtNcst", observed_base(now), cell, seconds / 2)
        forecast = self._rows("/getVilageFcst", forecast_base(now), cell, seconds / 2) if observed else []
        if not observed or not forecast:
            return None
        return Found(self._fact(spot, cell, observed_base(now), _observed(observed), _nearest(forecast, now)), PATH, 1)

    def _rows(self, path: str, base: datetime, cell: tuple[int, int], seconds: float) -> list[Mapping[str, Any]]:
        params: dict[str, str | int | float] = {
            "dataType": "JSON", "pageNo": 1, "numOfRows": _MOST_ROWS, "nx": cell[0], "ny": cell[1],
            "base_date": f"{base:%Y%m%d}", "base_time": f"{base:%H%M}",
        }  # fmt: skip
        return items_of(self._source.get(path, params, seconds))

    def _fact(
        self,
        spot: Spot,
        cell: tuple[int, int],
        base: datetime,
        observed: Mapping[str, float],
        forecast: Mapping[str, float],
    ) -> Weather:
        try:
            return Weather(
                f"kma-{cell[0]}-{cell[1]}-{base:%Y%m%d%H%M}",
                spot.name,
                spot.name_en,
                base.isoformat(),
                _SKY[int(forecast["SKY"])],
                _FALLS[int(observed["PTY"])],
                observed["T1H"],
                int(observed["REH"]),
                int(forecast["POP"]),
            )
        except KeyError as error:
            raise CallFailed(f"{self._source.name} lacks a usable {str(error.args[0])!r:.20} for this hour") from None


def grid(lat: float, lon: float) -> tuple[int, int] | None:
    """Return the cell (nx, ny) of a point in degrees; None outside the service's 149 x 253 cells.

    >>> grid(37.5665, 126.978)
    (60, 127)
    """
    if not (-85 <= lat <= 85 and -180 <= lon <= 180):
        return None
    radius = _EARTH_KM / _CELL_KM
    cone = log(cos(_SOUTH) / cos(_NORTH)) / log(_steep(_NORTH) / _steep(_SOUTH))
    scale = radius * _steep(_SOUTH) ** cone * cos(_SOUTH) / cone
    out, origin = scale / _steep(radians(lat)) ** cone, scale / _steep(_PARALLEL) ** cone
    angle = ((radians(lon) - _MERIDIAN + pi) % (2 * pi) - pi) * cone
    x, y = int(out * sin(angle) + _ORIGIN_X + 0.5), int(origin - out * cos(angle) + _ORIGIN_Y + 0.5)
    return (x, y) if 1 <= x <= _COLUMNS and 1 <= y <= _ROWS else None


def observed_base(now: datetime) -> datetime:
    """Return the last full hour (KST) whose observation is out."""
    return (now.astimezone(KST) - _OBSERVED_AFTER).replace(minute=0, second=0, microsecond=0)


def forecast_base(now: datetime) -> datetime:
    """Return the issue (KST) of the latest forecast that is out; before 02:10 that is yesterday's 23:00."""
    out = (now.astimezone(KST) - _FORECAST_AFTER).replace(minute=0, second=0, microsecond=0)
    hour = max((hour for hour in _FORECAST_HOURS if hour <= out.hour), default=None)
    return out.replace(hour=hour) if hour is not None else (out - timedelta(days=1)).replace(hour=_FORECAST_HOURS[-1])


def _steep(lat: float) -> float:
    return tan(pi / 4 + lat / 2)


def _observed(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return _values(rows, "obsrValue")


def _nearest(rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, float]:
    """Return the forecast of the hour nearest to now that has any row."""
    hours: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        hours.setdefault(f"{row.get('fcstDate')}{row.get('fcstTime')}", []).append(row)
    known = {hour: at for hour in hours if (at := _time(hour)) is not None}
    nearest = min(known, key=lambda hour: (abs(known[hour] - now), hour), default=None)
    return _values(hours[nearest], "fcstValue") if nearest else {}


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=KST)
    except ValueError:
        return None


def _values(rows: Sequence[Mapping[str, Any]], key: str) -> dict[str, float]:
    """Return the values that are numbers and not "missing", by category."""
    found: dict[str, float] = {}
    for row in rows:
        try:
            value = float(str(row.get(key)))
        except ValueError:
            continue
        if abs(value) < _MISSING:
            found[str(row.get("category"))] = value
    return found
