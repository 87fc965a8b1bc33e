"""Words for settings in Korean and English, each with the one word that stands for all its spellings."""

from __future__ import annotations

from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    "timeout": "timeout timeouts 타임아웃 시간제한 제한시간",
    "interval": "interval intervals 주기 간격 period",
    "ttl": "ttl",
    "retention": "retention retain retains retained kept keep keeps 보존기간 보관기간 유지기간 보존 보관 유지",
    "limit": "limit limits 한도 제한 상한 cap quota",
    "retry": "retries retry retried 재시도 재시도횟수",
    "size": "size 크기",
    "length": "length 길이 maxlen",
    "port": "port 포트",
    "replica": "replicas replica 레플리카 복제본",
    "concurrency": "concurrency 동시성 동시실행",
    "prefetch": "prefetch 프리페치",
    "threshold": "threshold 임계값 임계치 문턱 문턱값",
    "window": "window 윈도우",
    "delay": "delay 지연시간 대기시간 backoff 백오프",
    "lease": "lease 임대",
    "cooldown": "cooldown 쿨다운",
    "capacity": "capacity 용량",
    "deadline": "deadline 마감",
    "lifetime": "lifetime expiry expiration expire expires 만료 만료시간 수명 유효기간",
    "budget": "budget 예산",
    "shard": "shards shard 샤드",
    "partition": "partitions partition 파티션",
    "heartbeat": "heartbeat 하트비트",
    "dimension": "dimension dimensions 차원",
    "temperature": "temperature",
    "count": "count 개수 횟수",
}
SAME: Mapping[str, str] = {
    "heartbeat": "하트비트", "chat": "채팅", "worker": "워커", "gateway": "게이트웨이", "request": "요청",
    "upload": "업로드", "image": "이미지", "queue": "큐 대기열", "token": "토큰", "session": "세션", "cache": "캐시",
    "connection": "연결 커넥션", "stream": "스트림", "event": "이벤트", "model": "모델", "message": "메시지",
    "database": "데이터베이스 db", "pool": "풀", "lock": "락 잠금", "server": "서버", "job": "작업",
    "context": "컨텍스트", "batch": "배치", "chunk": "청크", "key": "키", "file": "파일",
    "client": "클라이언트", "embedding": "임베딩", "index": "색인 인덱스", "search": "검색", "node": "노드",
    "maximum": "max maximal 최대",
}  # fmt: skip
SETTING = {spelt: word for word, spellings in SETTINGS.items() for spelt in spellings.split()}
FOLDED = {spelt: word for word, spellings in SAME.items() for spelt in spellings.split()}
# They belong to a name, but do not say whose it is.
VAGUE = frozenset(
    "default maximum min minimum total overall initial new current each single per base 기본 기본값 최소"
    " 전체 총 초기 현재 모든 각 시간 값 설정 setting value 기간 횟수 rate key time".split()
)
STOPS = frozenset(
    "the a an our its their this that these those his her all any and or but so we it you they i with by to at from via"
    " as is are be has have set sets use uses using keep keeps give gives run runs allow allows make makes need needs"
    " get gets into when while because since only also then there here which who where after before until within about"
    " let lets number put apply applies every both will must shall do does up"
    " 및 또는 그리고 때 위해 동안 둔다 한다 쓴다 이다 있다 잡는다 정한다"
    " 설정한다 된다 같다 다 로 으로 이며 이고 두고 하고 둡니다 합니다 입니다".split()
)
