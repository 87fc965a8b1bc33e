"""Somebody else's bot: it knows nothing of this project, and `harness run --target` scores it all the same."""

FAQ = {
    "페트병": "페트병은 라벨을 떼고 내용물을 비운 뒤 뚜껑을 닫아 배출해요.",
    "우유팩": "우유팩은 물로 헹군 뒤 펼쳐서 말려 종이팩 수거함에 넣어요.",
    "형광등": "깨진 형광등은 종량제봉투에 그냥 버려요.",
}


def answer(request: dict) -> dict:
    """One request, one response: `answer` is all that a target owes."""
    question = request["turns"][-1]
    text = question if isinstance(question, str) else question["text"]
    found = [sentence for word, sentence in FAQ.items() if word in text]
    return {"answer": " ".join(found) or "그건 잘 모르겠어요."}
