"""Pairs of a context and a claim that the offline judge must tell apart; kept apart from what it was fitted on."""

from __future__ import annotations

BOTTLE = "투명한 페트병은 속을 비우고 라벨을 뗀 뒤 헹궈서 찌그러뜨리고, 뚜껑을 닫아 내놓아요."
FEES = "강남구 대형폐기물 수수료: 책상 6,000원, 의자 3,000원, 2인용 소파 10,000원, 3인용 이상 소파 15,000원"
BATTERY = "리튬전지는 불이 날 수 있어 일반쓰레기에 버리면 안 되고, 전용 수거함에 넣어야 해요."
BONES = "닭 뼈와 조개껍데기는 음식물쓰레기가 아니라 종량제봉투에 버려요. 과일 껍질은 음식물쓰레기예요."
LAMPS = "깨진 형광등은 신문지에 싸서 불연성 종량제봉투에 넣고, 깨지지 않은 형광등은 형광등 수거함에 넣어요."
PRICES = "2025년 1월 전국 평균 시세는 kg당 신문지 120원, 골판지 80원, 알루미늄캔 1,200원이에요."
PEOPLE = "페티는 무색페트병, 메탈리는 금속류, 배리는 전지를 담당하는 캐릭터예요."
BOXES = "성수동 주민센터 1층에 폐건전지 수거함이 있고 평일 오전 9시부터 오후 6시까지 이용할 수 있어요."
PICKUP = "대형 가전은 1599-0903으로 예약하면 무료로 방문 수거해요. 소형 가전은 다섯 개 이상 모아야 신청할 수 있어요."
FRIDGE = "냉장고 수수료는 200리터 미만 8,000원, 200리터 이상 12,000원이에요."
CLOTHES = "옷과 신발은 의류수거함에 넣고, 이불과 베개는 의류수거함에 넣을 수 없어요."
CARTON = "종이팩은 헹궈서 펼쳐 말린 뒤 종이팩 수거함에 넣고, 수거함이 없으면 종이와 따로 묶어 내놓아요."
GLASS = "유리병은 색깔별로 나누지 않아도 돼요. 거울과 도자기는 불연성 봉투에 담아 버려요."
WEATHER = "2026년 1월 20일 오전 9시 서울의 기온은 영하 3도, 강수 확률은 20%이고 하늘은 맑아요."
DISTRICTS = (
    "강남구는 인터넷으로 신청하고 스티커를 붙여요. 문의는 02-3423-5959예요.",
    "마포구는 인터넷으로 신청하고 문 앞에 내놓아요. 문의는 02-3153-8600이에요.",
)
ENGLISH = "Rinse clear PET bottles, crush them and close the cap. Never put broken glass into the bottle bin."

SUPPORTED: tuple[tuple[str | tuple[str, ...], str], ...] = (
    (BOTTLE, "투명 페트병은 라벨을 떼고 뚜껑을 닫아 버립니다."),
    (BOTTLE, "페트병은 찌그러뜨려서 배출하세요."),
    (BOTTLE, "투명한 페트병은 속을 비우고 라벨을 뗀 뒤 헹궈서 찌그러뜨리고, 뚜껑을 닫아 내놓아요."),
    (FEES, "강남구에서 의자를 버리는 수수료는 3,000원이에요."),
    (FEES, "책상 수수료는 6천 원입니다."),
    (FEES, "2인용 소파는 만 원이에요."),
    (FEES, "3인용 이상 소파의 수수료는 15000원입니다."),
    (BATTERY, "리튬전지는 전용 수거함에 넣으세요."),
    (BATTERY, "리튬전지를 일반쓰레기에 버리지 마세요."),
    (BONES, "닭 뼈는 종량제봉투에 버려야 합니다."),
    (BONES, "조개껍데기는 음식물쓰레기가 아니에요."),
    (BONES, "과일 껍질은 음식물쓰레기로 버려요."),
    (LAMPS, "깨진 형광등은 신문지로 감싸 불연성 종량제봉투에 버려요."),
    (LAMPS, "깨지지 않은 형광등은 형광등 수거함에 넣으면 됩니다."),
    (PRICES, "골판지의 전국 평균 시세는 1kg에 80원이에요."),
    (PRICES, "알루미늄캔은 kg당 1200원입니다."),
    (PRICES, "2025년 1월에 신문지는 kg당 120원이었어요."),
    (PEOPLE, "배리는 전지를 맡은 캐릭터예요."),
    (PEOPLE, "금속류 담당 캐릭터는 메탈리입니다."),
    (PEOPLE, "페티는 무색페트병 캐릭터예요."),
    (BOXES, "성수동 주민센터에 폐건전지 수거함이 있어요."),
    (BOXES, "폐건전지 수거함은 평일 18시까지 이용할 수 있어요."),
    (PICKUP, "대형 가전은 1599-0903으로 예약하면 무상으로 수거해 가요."),
    (PICKUP, "소형 가전은 5개 이상이면 신청할 수 있어요."),
    (FRIDGE, "200L 이상 냉장고는 12,000원이에요."),
    (FRIDGE, "200리터가 안 되는 냉장고의 수수료는 8천 원이에요."),
    (CLOTHES, "베개는 의류수거함에 넣으면 안 돼요."),
    (CLOTHES, "신발은 의류수거함에 넣어요."),
    (CARTON, "종이팩은 헹군 다음 말려서 종이팩 수거함에 넣어 주세요."),
    (GLASS, "유리병은 색깔별로 나눌 필요가 없어요."),
    (GLASS, "도자기는 불연성 봉투에 버려요."),
    (WEATHER, "서울의 기온은 영하 3도예요."),
    (WEATHER, "서울은 하늘이 맑아요."),
    (DISTRICTS, "마포구 문의 전화는 02-3153-8600이에요."),
    (DISTRICTS, "강남구는 스티커를 붙여서 내놓아요."),
    (ENGLISH, "Close the cap of a clear PET bottle."),
    (ENGLISH, "Broken glass must not go into the bottle bin."),
)
UNSUPPORTED: tuple[tuple[str | tuple[str, ...], str, str], ...] = (
    (BOTTLE, "투명 페트병은 라벨을 떼고 뚜껑을 열어 버립니다.", "action polarity"),
    (BOTTLE, "투명 페트병은 라벨을 떼지 않고 내놓아요.", "polarity"),
    (BOTTLE, "투명 페트병은 찌그러뜨리지 마세요.", "polarity"),
    (BOTTLE, "투명 페트병은 종량제봉투에 버려요.", "name addition"),
    (FEES, "강남구에서 의자를 버리는 수수료는 6,000원이에요.", "number topic"),
    (FEES, "책상 수수료는 8,000원입니다.", "number"),
    (FEES, "2인용 소파는 15,000원이에요.", "number topic"),
    (FEES, "침대 수수료는 10,000원입니다.", "name topic addition number"),
    (FEES, "마포구에서 의자를 버리는 수수료는 3,000원이에요.", "name topic addition"),
    (BATTERY, "리튬전지는 일반쓰레기에 버려도 돼요.", "polarity"),
    (BATTERY, "리튬전지는 전용 수거함에 넣으면 안 돼요.", "polarity"),
    (BATTERY, "리튬전지는 물에 담갔다가 우체국에 반납하세요.", "name addition action"),
    (BONES, "닭 뼈는 음식물쓰레기로 버려요.", "polarity topic"),
    (BONES, "과일 껍질은 종량제봉투에 버려요.", "polarity topic"),
    (BONES, "조개껍데기는 음식물쓰레기예요.", "polarity topic"),
    (LAMPS, "깨진 형광등은 형광등 수거함에 넣어요.", "polarity topic name"),
    (LAMPS, "모든 형광등은 형광등 수거함에 넣어요.", "condition"),
    (PRICES, "골판지의 전국 평균 시세는 1kg에 120원이에요.", "number topic"),
    (PRICES, "알루미늄캔은 kg당 1,250원입니다.", "number"),
    (PRICES, "신문지는 톤당 120원이에요.", "unit"),
    (PRICES, "2024년 1월에 신문지는 kg당 120원이었어요.", "date"),
    (PEOPLE, "배리는 금속류를 담당하는 캐릭터예요.", "topic name"),
    (PEOPLE, "전지를 담당하는 캐릭터는 터틀이에요.", "name addition topic"),
    (PEOPLE, "페티는 전지를 담당하지 않아요.", "polarity"),
    (BOXES, "성수동 주민센터 3층에 폐건전지 수거함이 있어요.", "number"),
    (BOXES, "폐건전지 수거함은 주말에도 이용할 수 있어요.", "date name addition polarity"),
    (BOXES, "폐건전지 수거함은 오후 8시까지 이용할 수 있어요.", "date"),
    (PICKUP, "대형 가전은 1599-0930으로 예약해요.", "number"),
    (PICKUP, "소형 가전은 세 개 이상 모아야 신청할 수 있어요.", "number"),
    (PICKUP, "대형 가전은 유료로 방문 수거해요.", "polarity addition"),
    (FRIDGE, "200L 이상 냉장고는 8,000원이에요.", "number topic"),
    (FRIDGE, "냉장고는 크기와 상관없이 12,000원이에요.", "condition addition"),
    (CLOTHES, "이불은 의류수거함에 넣어도 돼요.", "polarity"),
    (CLOTHES, "신발은 의류수거함에 넣을 수 없어요.", "polarity"),
    (CARTON, "수거함이 없으면 종이팩을 종이와 섞어 내놓아요.", "action polarity"),
    (GLASS, "유리병은 반드시 색깔별로 나눠야 해요.", "polarity"),
    (GLASS, "거울은 유리병 수거함에 넣어요.", "name addition topic"),
    (WEATHER, "서울의 기온은 영상 3도예요.", "number"),
    (WEATHER, "서울의 강수 확률은 80%예요.", "number"),
    (WEATHER, "서울의 하늘은 흐려요.", "polarity"),
    (DISTRICTS, "마포구 문의 전화는 02-3423-5959예요.", "number topic"),
    (DISTRICTS, "마포구는 스티커를 붙여서 내놓아요.", "topic action"),
    (ENGLISH, "Open the cap of a clear PET bottle.", "polarity addition name"),
    (ENGLISH, "Broken glass may go into the bottle bin.", "polarity"),
)
