"""The words of `amounts`: units, numbers that are written out, parts, coins and currencies.

An ounce is 28 g and a pound 448 g, as sellers weigh them; an eighth, a quarter and a sixteenth are of an
ounce. What coins and notes are called is British; `a ton` is a hundred.
"""

from __future__ import annotations

from typing import Final

MASS: Final = {
    **dict.fromkeys(("g", "gs", "g's", "gr", "grs", "gm", "gms", "gram", "grams", "gramme", "grammes"), 1.0),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"), 1000.0),
    **dict.fromkeys(("oz", "ozs", "oz's", "ounce", "ounces", "zip", "zips"), 28.0),
    **dict.fromkeys(("lb", "lbs", "pound"), 448.0),
    **dict.fromkeys(("q", "qs"), 7.0),
    **{"qp": 112.0, "hp": 224.0},
    **dict.fromkeys(("point", "points"), 0.1),
    **dict.fromkeys(("eighth", "eighths", "8th", "8ths", "henry", "henrys"), 3.5),
    **dict.fromkeys(("teenth", "teenths", "sixteenth"), 1.75),
}
MILLI: Final = ("mg", "mgs", "milligram", "milligrams")
MICRO: Final = ("ug", "mcg", "μg", "ugs", "mics", "micrograms", "microgram")
VOLUME: Final = {
    **dict.fromkeys(("ml", "mls", "millilitre", "millilitres"), 1.0),
    **dict.fromkeys(("litre", "litres", "liter", "liters"), 1000.0),
    "cl": 10.0,
}
COUNTED: Final = {
    "tablets": "tablet tablets tab tabs pill pills cap caps capsule capsules caplets softgels bar bars "
    "pellets press presses pressies",
    "blotters": "blotter blotters hit hits trip trips",
    "patches": "patch patches",
    "vapes": "vape vapes cart carts cartridge cartridges pen pens disposable disposables",
    "canisters": "canister canisters tank tanks cylinder cylinders balloon balloons charger chargers",
    "sleeves": "sleeve sleeves carton cartons",
    "pouches": "pouch pouches",
    "bags": "bag bags baggie baggies",
    "wraps": "wrap wraps ticket tickets",
    "boxes": "box boxes",
    "packs": "packs",
    "vials": "vial vials amp amps ampoule ampoules",
    "bottles": "bottle bottles",
    "sheets": "sheet sheets",
    "pieces": "piece pieces pc pcs unit units joint joints gummy gummies brownie brownies cookie "
    "cookies prerolls seed seeds",
}
COUNT_OF: Final = {word: unit for unit, words in COUNTED.items() for word in words.split()}
SPOKEN: Final = {
    **{"half": 0.5, "half a": 0.5, "half an": 0.5, "quarter": 0.25, "quarter of an": 0.25},
    **dict.fromkeys(("a", "an", "one", "single"), 1.0),
    **dict.fromkeys(("two", "couple of", "a couple of"), 2.0),
    **{
        "three": 3.0,
        "four": 4.0,
        "five": 5.0,
        "six": 6.0,
        "seven": 7.0,
        "eight": 8.0,
        "nine": 9.0,
        "ten": 10.0,
    },
    **{"twelve": 12.0, "a dozen": 12.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0},
    **{"fifty": 50.0, "hundred": 100.0, "a hundred": 100.0},
}
PARTS: Final = {
    **{"1/2": 0.5, "1/4": 0.25, "3/4": 0.75, "1/8": 0.125, "1/16": 0.0625},
    **{"½": 0.5, "¼": 0.25, "¾": 0.75, "⅛": 0.125},
}
MONEY: Final = {
    **{"fiver": 5.0, "tenner": 10.0, "score": 20.0, "pony": 25.0, "bullseye": 50.0},
    **{"ton": 100.0, "monkey": 500.0, "grand": 1000.0},
}
BAG: Final = {
    **dict.fromkeys(("ten", "tenner", "10"), 10.0),
    **dict.fromkeys(("twenty", "20", "score"), 20.0),
    "forty": 40.0,
}
CURRENCY: Final = {
    **dict.fromkeys(("£", "quid", "pound", "pounds", "gbp", "sterling"), "GBP"),
    **dict.fromkeys(("€", "euro", "euros", "eur"), "EUR"),
    **dict.fromkeys(("$", "dollar", "dollars", "usd", "bucks"), "USD"),
    **dict.fromkeys(("฿", "₿", "btc", "bitcoin", "bitcoins"), "BTC"),
}
