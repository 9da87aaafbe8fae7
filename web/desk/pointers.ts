// What in a log points to who spoke: what the resident's own page looks for, and what only somebody else
// would write.

import { hintsIn, type HintKind } from "../speak/hints.ts";
import { ENGLISH } from "../speak/words.ts";
import type { Finding } from "./gate.ts";
import { mended, type Mended } from "./slips.ts";

interface Rule {
  readonly rule: string;
  readonly says: string;
  readonly needs: Finding["needs"];
  readonly coarser?: string;
  /** Each found between two words' edges, whatever the case. */
  readonly signs: readonly string[];
}

const HOME =
  "flat|house|hoose|home|window|windae|windy|balcony|garden|door|stair|stairs|close|landing|bedroom" +
  "|kitchen|room|bathroom|veranda|step|yard";
const SOURCE =
  "source|informant|caller|witness|reporter|neighbour|neighbor|whoever (?:told|tells|said|reported" +
    "|wrote|rang|phoned|came)|" +
  "(?:person|man|woman|lady|boy|girl|one|somebody|someone|resident|tenant) (?:who |that )?(?:told" +
    "|telling|tells|came to|reported|reporting|rang|phoned|wrote|spoke|speaking|says|said)";
/** Somebody, by a word for a person or for what one does; `told of` below, it may be who told. */
const PERSON =
  "(?:man|men|woman|women|lad(?:y|ies)|gentleman|lads?|lass(?:es|ie|ies)?|laddies?|boys?|girls?|child|children|kids?" +
    "|weans?|bairns?|teenagers?|youths?|pupils?|students?|adults?|pensioners?|persons?|people|body|somebody|someone" +
    "|residents?|tenants?|locals?|neighbours?|neighbors?|visitors?|customers?|patients?|passers?-by|passengers?" +
    "|members?|volunteers?|workers?|drivers?|cleaners?|carers?|nurses?|teachers?|doctors?|shopkeepers?|owners?" +
    "|landlords?|postie|postman|barmaid|barman|guy|chap|bloke|fellow|wifie|mannie|mother|father|mum|dad|parents?" +
    "|users?|buyers?|friends?)";
const SPEAKS =
  "(?:said|says|saying|sayin|told|tellt|telt|tells|shouted|shouts|yelled|yells|cried|called out|goes|went" +
  "|replied|replies|answered|answers|whispered|screamed|roared|asked|asks|(?:was|were|wis) like|heard to " +
  "say)";
const HOURS = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\d{1,2})";
const MINUTES =
  "(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen" +
  "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty)(?:[- ](?:one|two|three|four|five|six|seven" +
  "|eight|nine))?|\\d{1,2}|quarter|hauf|half)(?: minutes?| mins?)?";
const HOURS_SCOTS =
  "(?:ane|wan|yin|twa|twae|three|fower|five|six|seven|seeven|echt|eicht|eight|nine|ten|eleven|eleeven|twal|twelve)";
const ONES = "(?:one|two|three|four|five|six|seven|eight|nine)";
const TEENS = "(?:thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)";
const OF_SIXTY = `(?:(?:twenty|thirty|forty|fifty)(?:[- ]${ONES})?|ten|eleven|twelve|${TEENS}|(?:oh|o) ${ONES})`;
const MONTH =
  "(?:january|february|march|april|may|june|july|august|september|october|november|december)";
const NTH =
  "(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh" +
  "|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)";
const NUMBER_WORD =
  `(?:${ONES}|ten|eleven|twelve|${TEENS}` +
  `|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]${ONES})?)`;
const ORDINAL = "(?:ground|first|second|third|fourth|fifth|sixth|top|bottom|upper|last|1st|2nd|3rd|4th|5th)";
const DIGIT = `(?:(?:double|treble|triple) )?(?:zero|oh|o|nought|naught|${ONES}|\\d+)`;
const CONTACT = "A number or an address leads to somebody. It has no place in what leaves the desk.";
const COLOUR = "(?:red|blue|green|black|white|yellow|brown|grey|purple|orange|pink)";

const RULES: readonly Rule[] = [
  {
    rule: "first person",
    says: "This is said by the person who told it. Say what happened, and leave out who says so.",
    needs: "second person",
    signs: [
      "i(?:'(?:m|ve|d|ll))?|im|ive|me|my|mine|myself|we(?:'(?:re|ve|d|ll))?|us|our|ours|ourselves",
      "ah(?:'(?:m|ve|d|ll))?|ma|masel|mysel|oor|oors|oorsels|wir|wirsels",
      "(?:the )?(?:writer|author|teller|sender) (?:of|o) (?:this|it|these)|the undersigned|yours truly|this (?:writer|yin)",
    ],
  },
  {
    rule: "vantage",
    says: "This tells from where it was seen or heard, or when somebody passes there. It can lead to a door.",
    needs: "second person",
    signs: [
      "(?:from|fae|frae|frm|through|thru|out of) (?:a|an|the|his|her|their|one's|ane's|that|this" +
        `|one)(?: [\\p{L}-]+){0,2} (?:${HOME})s?`,
      `(?:${HOME})s?(?:,)? (?:that |which )?(?:looks?|looking|faces?|facing|overlooks?|overlooking` +
        "|opposite|across|over the road|over the way)",
      `(?:${SOURCE}|person|tenant|resident|witness)(?:'s|s') (?:\\p{L}+ )?(?:${HOME})`,
      "(?:through|thru|thro) (?:the |a )?(?:wall|wa|ceiling|floor|letterbox|letter box)s?",
      "(?:lives?|living|stays?|staying|bides?|bidin|resides?|sleeps?|works?|working)(?: (?:directly" +
        "|right|richt|just|immediately))? (?:above|abune|below|ablow|beneath|under|next|nearby|opposite" +
        "|across|beside|upstairs|downstairs|over|facing|in the same|on the same|round the corner)",
      "next[- ]door|across the (?:landing|landin|road|street|hall|court)|over the (?:road|way|wall)" +
        "|(?:balcony|window|flat|house|people|family|close) opposite",
      "(?:floor|flat|storey|flair|landing) (?:above|abune|below|ablow|beneath|underneath)",
      "(?:upstairs|downstairs) (?:neighbour|tenant|flat)|neighbours?|neebours?",
      "(?:see|sees|seeing|seen|saw|hear|hears|heard|watch|watches|watched|visible|view)(?: " +
        "\\p{L}+){0,6} from (?:where|his|her|their|inside|within|up|across)",
      "(?:walks?|walking|walked|oot wi|out with|takes?) (?:the|their|a|his|her) (?:dog|dug)s?",
      "(?:early|late|night|back|day|morning) shifts?|works? nights|paper round|(?:way|road) (?:tae|to" +
        "|home from|back from|from) (?:his |her |their |the |an? )?(?:\\p{L}+ )?(?:work|wark|shift|job" +
        "|bakery|night class|church|mosque)",
      "(?:cleans?|sweeps?|mops?|washes|scrubs) (?:the|that|this|a) (?:stairs?|close|shop|office|landing" +
        "|hall)",
      `(?:${SOURCE})[^.!?\\n]{0,30} (?:lives?|stays?|bides?|works?|walks?|cleans?|passes|meets|sees` +
        "|hears|drives?|delivers?|looks after|is kept awake|cannot sleep)",
      "kept awake|keeps \\p{L}+ awake",
    ],
  },
  {
    rule: "source",
    says: "This speaks of whoever told it. Say what happens, and nothing of who saw it or how it came to you.",
    needs: "second person",
    signs: [
      "(?:sources?(?! of)|informants?|tellers?|reporters?|complainants?|(?:eye)?witness(?:es)?|the caller)",
      "(?:tellt|telt|told|reported|disclosed|witnessed|confided|passed on|handed in|related|phoned in|sent in) (?:to " +
        "(?:us|the desk) )?by",
      "(?:seen|heard|noticed|spotted|observed|overheard|described|raised|mentioned|written|shared) by " +
        `(?:[\\p{L}-]+ ){0,4}${PERSON}`,
      "(?:[\\p{L}'-]+ ){0,10}(?:saw|seen|sees|seeing|heard|hears|hearing|overheard|witnessed|watched) (?:it|all" +
        "|everything|what|them|him|her|(?:this|that)(?! (?:\\p{L}+ )?(?:day|night|week|weekend|month|year|morning|afternoon" +
        "|evening|spring|summer|autumn|winter|time|way)))(?: all| happen\\p{L}*)?",
      "(?:report|information|intelligence|message|account|story|tip|news|word) (?:comes?|came|cam|arrived|reached|is|was" +
        "|wis|has come|had come)[^.!?\\n]{0,40} (?:from|fae|by|through|via)",
      `(?:it|this|that|all|report|information|message|account|story|tip|news|word) (?:[\\p{L}-]+ ){0,3}(?:from|fae|by) ` +
        `(?:[\\p{L}-]+ ){0,4}${PERSON}`,
      "(?:comes?|came|cam|arrived|reached us|got here)(?: in| to us| to the desk)? (?:through|thru|by|over|via) " +
        "(?:the |our |a )?(?:page|web ?page|web ?site|form|phone|telephone|drop-in|desk)",
      `${PERSON} (?:[\\p{L}-]+ ){0,8}(?:told|tellt|telt|tells|informed|contacted|approached|alerted|wrote to|spoke to` +
        "|came to|went to|phoned|rang|called) (?:us|the desk|desk|a worker|the worker|our)",
      `${PERSON} (?:[\\p{L}-]+ ){0,8}(?:reported|reports|disclosed|described|confided|came forward|got in touch` +
        "|wrote in|phoned in|rang in|came in)",
      `according to (?:[\\p{L}-]+ ){0,4}${PERSON}`,
    ],
  },
  {
    rule: "contact",
    says: CONTACT,
    needs: "second person",
    signs: [
      "https?://[^\\s“”<>]+|www\\.[^\\s“”<>]+",
      "(?:[\\p{L}\\d-]+\\.)+(?:com|net|org|info|scot|uk|io|eu|me|tv|gg|ly|app|chat|link|shop|onion|de|fr|pl|ru|ro)" +
        "(?:/[^\\s“”<>]*)?",
      // Six and more digits in words, as one reads a number out.
      `(?:(?:${DIGIT})[ ,-]+){5,}(?:${DIGIT})`,
    ],
  },
  {
    rule: "kin",
    says: "A family tie: few have it, and whoever it is about knows them all.",
    needs: "second person",
    coarser: "someone",
    signs: [
      "(?:step|half[- ]?|foster[- ]?|grand|god)?(?:mothers?|fathers?|mums?|dads?|brothers?|sisters?" +
        "|sons?|daughters?|parents?|bro|sis)(?:[- ]in[- ]law)?",
      "mam|mammy|mummy|daddy|maw|paw|mither|faither|brithers?|dochters?|sis|nephews?|nieces?|cousins?" +
        "|aunts?|aunties?|aunty|uncles?",
      "gran|grans|granny|grannies|nan|nana|grandad|granda|grandpa|grandma|granpa|grandchild" +
        "|grandchildren|grandwean|husbands?|wife|wives|fianc[eé]e?|boyfriends?|girlfriends?|stepchild" +
        "|stepchildren|twins?|flatmates?|room-?mates?|spouse|widow|widower",
      "(?:his|her|their|an?|the|former|ex[- ]|my|tenant's|caller's|source's|\\p{L}+'s) (?:(?:former|ex" +
        "|late) )?partner|former partner|ex-(?:partner|wife|husband|boyfriend|girlfriend)",
      "(?:his|her|their|an|my|\\p{L}+'s) ex|related to|relatives? of|relations? of|(?:his|her|their|own" +
        "|\\p{L}+'s) (?:own |wee |young )?(?:child|children|kids?|weans?|bairns?|boys?|lassie|laddie" +
        "|lads?|girls?|family|folks)",
      "(?:an?|one|the|his|her|their|some|\\p{L}+'s) relatives?|relatives|in-?laws?" +
        "|(?:mairrit|married) (?:to|tae|on|wi|with|into)" +
        "|fostered|adopted by|(?:his|her|their|\\p{L}+'s) carers?|kinfolk|kinsfolk|next of kin|engaged to",
    ],
  },
  {
    rule: "exact time",
    says: "An exact day or time: whoever was there knows who else was.",
    needs: "look",
    signs: [
      "(?:[01]?\\d|2[0-3]):[0-5]\\d(?: ?[ap]\\.?m)?",
      "(?:0?\\d|1[0-2])[.:][0-5]\\d ?[ap]\\.?m",
      "(?:[01]\\d|2[0-3])[0-5]\\d ?(?:hrs?|hours?|h)",
      `${MINUTES} (?:past|efter|after|to|tae) ${HOURS}(?! or| and| people| of)`,
      "hauf (?:one|twa|three|fower|five|six|seven|eight|nine|ten|eleven|twelve)",
      "on the dot|to the minute",
      `(?:${HOURS}|${HOURS_SCOTS}) o'? ?clock`,
      `(?:the )?back (?:of|o'?) (?:${HOURS}|${HOURS_SCOTS})(?! (?:of|them|houses|flats|cars|vans))`,
      `(?:half|hauf) (?:${HOURS_SCOTS})(?! (?:of|or|and|people|days|weeks|months|hours|pounds?))`,
      `(?:at|about|around|by|from|since|until|till) ${HOURS_SCOTS} ${OF_SIXTY}(?! (?:pounds?|quid|people|of))`,
      `(?:${TEENS}|twenty[- ](?:one|two|three)) ${OF_SIXTY}(?! (?:pounds?|quid|people|of))`,
      `(?<!\\b(?:week|weeks) (?:of|from|after|before) )(?:the )?${NTH}(?: day)? (?:of |o' )?${MONTH}`,
      `${MONTH} (?:the )?${NTH}(?! (?:week|time|half))`,
      "(?!24/7)(?:0[1-9]|[12]\\d|3[01])/(?:0?[1-9]|1[0-2])(?:/\\d{2,4})?|[1-9]/(?:0[1-9]|1[0-2])/\\d{2,4}",
    ],
  },
  {
    rule: "unit",
    says: "This is one door. Say the street, or better the area.",
    needs: "look",
    coarser: "a home",
    signs: [
      "(?:flat|apartment|door|house|hoose|unit|room|number|nummer|no|nr)\\.? (?:no\\.? |number " +
        ")?\\d+[a-z]?(?:[/-]\\d+)?",
      "(?:[0-9]|g|pf)/[0-9]{1,2}",
      `${ORDINAL}[- ](?:floor|flair|storey)`,
      "(?:left|right)(?:[- ]hand)?(?: side)? (?:door|flat)|(?:on|tae|to) the (?:left|right)",
      `(?:${ORDINAL}|${COLOUR}) (?:front )?door`,
      "[a-z]{1,2}\\d[a-z\\d]? ?\\d[a-z]{2}",
      // A number one may be the first of anything.
      "(?:flat|apartment|number|nummer) (?:no\\.? |number )?(?!one\\b(?! (?:slash|stroke)))" +
        `${NUMBER_WORD}(?: (?:slash|stroke|oblique) ${NUMBER_WORD})?`,
      `${NUMBER_WORD} (?:slash|stroke|oblique) ${NUMBER_WORD}`,
      `${ORDINAL} (?:hoose|house|flat|close|stair|gate|gairden) ` +
        "(?:fae|frae|from|on|afore|before|efter|after|past|along|doon|down|up)",
      "(?:one|two|three|four|wan|twa|fower|[1-4]) up",
    ],
  },
  {
    rule: "quoted speech",
    says: "Words as somebody said them: whoever said them knows who heard. Say it in your own.",
    needs: "look",
    signs: [
      `${SPEAKS}(?: (?:tae|to|at))?(?: (?:her|him|them|us|me|the \\p{L}+))? ?[,:](?! (?:and|but|which` +
        "|who|that|as)\\b)",
      "(?:in (?:his|her|their|these|those) (?:own |exact |very )?words|(?:the|his|her|their) (?:exact " +
        "|very )?words were|(?:and|i) quote)",
    ],
  },
  {
    rule: "only witness",
    says: "This says that one person alone could know it.",
    needs: "second person",
    signs: [
      "(?:only|just|merely) (?:a |one |1 |wan |ane |the )?(?:single )?(?:one|1|wan|ane|person|man|woman" +
        "|witness|body)(?: \\p{L}+)? (?:saw|seen|sees|knows?|knew|kens?|heard|was|were|wis|there|has|had" +
        "|could|present)",
      "(?:the )?only (?:other )?(?:one|1|wan|ane|person|man|woman|witness)",
      "(?:sole|single|lone) (?:witness|eyewitness|listener|person|source|observer|onlooker|bystander|viewer|passer-by)",
      "(?:nobody|no one|no-one|no1|noone|naebody|nae yin|nane|none|anybody|anyone|any one) (?:else" +
        "|besides|but|other|apart)",
      "no other (?:person|people|witness|one)|nobody (?:saw|knows|heard) (?:it|this|of|about|except|but)",
      "(?:apart from|except for?|other than|besides|but) (?:those involved|the source|the caller|me|her" +
        "|him|us|them|the person|the informant|one person)",
      "(?:source|informant|caller|witness|she|he|they) alone|alone (?:with|in|at|when)|(?:was|were|wis" +
        "|being) alone",
      "in (?:private|confidence)|told (?:it |this |that )?(?:to )?(?:one person|(?:her|him|them) alone)" +
        "|(?:to|tae) (?:one|a single) (?:person|listener)",
    ],
  },
];

const OF_HINT: Readonly<Record<HintKind, string>> = {
  address: "unit",
  kin: "kin",
  name: "name",
  contact: "contact",
  time: "exact time",
  quote: "quoted speech",
  only: "only witness",
  routine: "vantage",
};

const NAMED = "This may be somebody's name. Nobody is named in what leaves the desk.";
const EDGE = "(^|[^\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}]|'(?:s|t)\\b)";
const COMPILED = RULES.map((one) => ({
  ...one,
  pattern: new RegExp(`${EDGE}(?:${one.signs.join("|")})${END}`, "giu"),
}));
/** The words that the rules look for, of four letters and more. */
const KNOWN: ReadonlySet<string> = new Set(
  RULES.flatMap(({ signs }) => signs)
    .join(" ")
    .toLowerCase()
    .replace(/\\\w(?:\{\w+\})?/g, " ")
    .match(/\p{L}{3,}s?\??/gu)!
    .flatMap((word) =>
      word.endsWith("s?") ? [word.slice(0, -2), word.slice(0, -1)] : [word.replace("?", "")],
    )
    .filter((word) => word.length > 3),
);
/** A number, in digits or as the page's hints know it in words. */
const COUNTED = new RegExp(`\\d|\\b(?:${ENGLISH["cue.count"]})\\b`, "iu");
/** A house number before a name with capitals; a day of a month is none. */
const NUMBERED = new RegExp(
  "(^|[^\\p{L}\\p{N}:.,£$€])(\\d{1,3}[a-z]?,? (?!(?:January|February|March|April|May|June|July|August" +
    "|September|October|November|December)\\b)\\p{Lu}[\\p{L}'-]+ \\p{Lu}[\\p{L}'-]+)",
  "gu",
);
/** Words between single quotation marks, three and more; an apostrophe within a word ends nothing. */
const SINGLE = /(^|[^\p{L}\p{N}])(['‘](?:[^'‘’\n]|['’](?=\p{L})){1,300}['’])(?!\p{L})/gu;

/** Of a child's own words on the page, those that in a log tell of somebody else: boys are sold to after school. */
const OF_OTHERS = /^(?:primary|(?:at|in|after|efter|before|from|fae) (?:school|schuil|class|[sp]\d|year))\b/iu;

/** All findings but of copied words and names that stand by themselves, in the order of the text. */
export function pointersIn(text: string): Finding[] {
  const plain = text.replace(/[’]/g, "'");
  const found: { start: number; finding: Finding }[] = [];
  const taken: { rule: string; start: number; end: number }[] = [];
  const add = (start: number, end: number, finding: Finding): void => {
    const { rule } = finding;
    if (taken.some((one) => one.rule === rule && start < one.end && one.start < end)) return;
    taken.push({ rule, start, end });
    found.push({ start, finding });
  };
  for (const { kind, start, end, coarser } of hintsIn(text, ENGLISH)) {
    const words = text.slice(start, end);
    if (kind === "routine" && OF_OTHERS.test(words)) continue;
    const rule = kind === "address" && !COUNTED.test(words) ? "vantage" : OF_HINT[kind];
    const { says, needs } = RULES.find((one) => one.rule === rule) ?? {
      says: kind === "name" ? NAMED : CONTACT,
      needs: "second person" as const,
    };
    if (kind === "name" && coarser !== "") continue; // somebody with a title: among the names, with more titles
    if (kind === "quote" && words.split(" ").length < 3) continue; // a word for a thing is nobody's speech
    add(start, end, { rule, words, says, needs, ...(coarser ? { coarser } : {}) });
  }
  const look = (rule: Rule, pattern: RegExp, read: Mended): void => {
    for (const match of read.text.matchAll(pattern)) {
      const start = read.typed(match.index + (match[1] ?? "").length);
      const end = Math.max(read.typed(match.index + match[0].length), start + 1);
      const words = text.slice(start, end);
      if (words === "US") continue; // the country
      const { says, needs, coarser } = rule;
      add(start, end, { rule: rule.rule, words, says, needs, ...(coarser ? { coarser } : {}) });
    }
  };
  const asTyped: Mended = { text: plain, typed: (place) => place };
  for (const read of [asTyped, mended(plain, KNOWN)]) {
    for (const one of COMPILED) look(one, one.pattern, read);
  }
  look(RULES.find(({ rule }) => rule === "unit")!, NUMBERED, asTyped);
  const speech = RULES.find(({ rule }) => rule === "quoted speech")!;
  for (const match of text.matchAll(SINGLE)) {
    const words = match[2]!;
    if (words.split(" ").length < 3) continue;
    const start = match.index + match[1]!.length;
    const { rule, says, needs } = speech;
    add(start, start + words.length, { rule, words, says, needs });
  }
  return found.sort((one, other) => one.start - other.start).map(({ finding }) => finding);
}
