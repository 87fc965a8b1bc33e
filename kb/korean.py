"""Korean words without their particles and endings, by a list of suffixes: enough to look a stem up, not to parse.

Nothing here is indexed: the lexical leg works on pairs of syllables (`kb.tokens`). A cut may fall wrong ("재시도" loses
"도"); it falls the same way when a table is learnt and when it is asked, so that the stem is found all the same.
"""

from __future__ import annotations

from functools import lru_cache

SHORTEST = 2
_ROUNDS = 2
_SUFFIXES = """
은 는 이 가 을 를 의 에 에서 에게 로 으로 와 과 도 만 까지 부터 이나 나 랑 이랑 하고 라는 이라는 라고 이라고 처럼
보다 마다 에는 에서는 으로는 로는 에도 에서도 들 들이 들을 들은 들의 들에 이다 입니다 인 이며 이고 합니다 하는
하여 해야 했다 한다 하면 하기 하지 하려면 해서 할 한 했던 하며 하게 하도록 되는 된 되어 됩니다 되었다 됐다
되면 되고 되지 될 됨 함 했습니다 되었습니다 하세요 시키는 시킨 시켜 적인 적으로 적 성 화 이란 란 인가 인지 였다
이었다 였던 이던 했나 했을 됐을 되던 됐던 하던 였나 인데 이면 라면 이라면 라서 이라서
""".split()
_LONGEST_FIRST = sorted(_SUFFIXES, key=lambda suffix: (-len(suffix), suffix))


@lru_cache(maxsize=1 << 16)
def cuts(word: str) -> tuple[str, ...]:
    """A run of Hangul as it stands, then with one suffix less, the longest that fits, then with two.

    At least two syllables stay.
    """
    found = [word]
    for _ in range(_ROUNDS):
        suffix = next((s for s in _LONGEST_FIRST if len(word) - len(s) >= SHORTEST and word.endswith(s)), None)
        if suffix is None:
            break
        word = word.removesuffix(suffix)
        found.append(word)
    return tuple(found)


def stem(word: str) -> str:
    """A run of Hangul without the suffixes that `cuts` takes off."""
    return cuts(word)[-1]
