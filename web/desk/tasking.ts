// Where an answer asks somebody to find out more.
//
// An answer needs no question, and hardly an order: so nearly all of both are found, and what a desk may well
// say (call 999, look after yourself) is let be. It is better to write an answer anew than to send somebody
// out.

import { folded } from "./folding.ts";
import type { Finding } from "./gate.ts";

const DOING =
  "ask|bring|buy|carry on|check|chat|collect|come back|confirm|contact|copy|count|cycle|describe" +
    "|discover|draw|drive|drop|email|explain|" +
  "film|find|follow|gather|get|give|go|grab|hang|hear|help us|hold|identify|inform|jot|join|keep|learn" +
    "|let|like to|list|listen|look|lure|" +
  "make|map|mark|meet|memorise|mention|message|mind|name|note|notice|observe|offer|open|pass|pay|phone" +
    "|photograph|pick|point|pop|pretend|provide|" +
  "put|record|remember|report|ring|say|search|see|send|share|show|sit|snap|speak|spot|spy|stand|stay" +
    "|stick|take|talk|tell|test|text|" +
  "think back|trace|track|trail|try|turn up|update|use|visit|wait|walk|watch|work out|write|befriend" +
    "|call|figure|eavesdrop|overhear|catch|peek";
/** What nobody is to bring. */
const THING =
  "(?:names?|plates?|numbers?|registrations?|addresses|address|photos?|photographs?|pictures?|details?" +
  "|dates?|times?|proof|evidence|descriptions?|looks?|keeks?|words?|more)";
const ASIDE =
  "(?:please|kindly|perhaps|maybe|just|also|then|and|so|but|or|do|always|again|still|simply|quietly" +
    "|tonight|tomorrow|next time|if you can|if possible|meanwhile|for now|gonnae|wid ye|jist)[, ]+";

/** What one is told not to put off is asked for. */
const PUT_OFF =
  "(?:(?:hesitate|forget|delay|wait|fail|neglect|omit|hold back|be (?:afraid|shy|slow|scared|feart)) to (?=\\p{L})" +
  "|(?:forget|leave out|leave off|omit|neglect|miss)(?! (?:that|us|it|about)\\b) (?=\\p{L})" +
  "|be (?:missed|forgotten|left out)|(?:do|go|be) better\\b)";

const ASKING: readonly RegExp[] = [
  /\?/u,
  new RegExp(`(?:\\b(?:not|never|dinnae|cannot)|n't)(?: \\p{L}+ly)? ${PUT_OFF}`, "iu"),
  new RegExp(`\\bbetter (?:than )?to (?:${DOING})\\b`, "iu"),
  // What cannot go on before something is known.
  new RegExp(
    "\\b(?:without|unless|until|till|with)\\b(?: \\p{L}+){0,3}? (?:the|an?|his|her|their|any|some|more) " +
      `(?:\\p{L}+ )?${THING}\\b`,
    "iu",
  ),
  new RegExp("\\b(?:without|before|until|till) (?:knowing|learning|hearing|seeing|being told)\\b", "iu"),
  // An order: a verb of doing at the beginning of a sentence or of its second half.
  new RegExp(`^["'“(,;\\s]*(?:${ASIDE})*(?:${DOING})(?:ing)?\\b`, "iu"),
  new RegExp(
    "^[^,;:]*\\b(?:if|when|whenever|once|should|next|after|before|while|as soon as|until)\\b[^,;:]*[,;:] ?" +
      `(?:${ASIDE})*(?:${DOING})\\b`,
    "iu",
  ),
  new RegExp(
    `\\b(?:and|then|or|but)\\s+(?:${ASIDE})*(?:ask|bring|check|count|film|find|follow|keep|let|listen|` +
      "look|note|photograph|record|report|send|tell|watch|write|describe|see what|see who|see if|see whether)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:try|want you|like you|need you|ask you|asking you|hope you|wish you|trust you|rely on you|" +
      `up to you|for you|you) to (?:${DOING}|be)\\b`,
    "iu",
  ),
  // A wish, or what somebody could do.
  new RegExp(
    "\\b(?:you|ye|your \\p{L}+|someone|somebody|anyone|anybody|they|he|she) (?:\\p{L}+ )?" +
      "(?:could|can|might|may|would|should|will|must|ought to|able to)" +
      "(?: \\p{L}+ly| also| just| perhaps| maybe| always| still| even)* (?:be able to )?" +
      `(?:${DOING})\\b`,
    "iu",
  ),
  new RegExp(
    "\\b(?:would|could|might|will|wid) (?:\\p{L}+ )?(?:be (?:\\p{L}+ )?(?:good|great|useful|helpful" +
      "|handy|interesting|interested|willing|grateful|glad|ideal|worth)|help|make (?:all the|a big|a) " +
      "difference|like to (?:know|hear|see|learn|have)|love|appreciate|welcome|mind)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:we|the desk|i)(?:'d| are| were|'re| still| really| would| only)* (?:need|want|wonder|lack" +
      "|miss|hope|hoping|looking|interested|keen|curious|like|love|waiting|wondering|require)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:anything|something|whatever|everything|any|more|further|extra|another|names?|photos?" +
      "|details?|descriptions?) (?:\\p{L}+ ){0,3}(?:you|ye|about|on|helps?|useful|needed|wanted|welcome" +
      "|missing|please)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:let|tell|inform|update|send|show|give|text|ring|call|phone|message|write to|report to|get " +
      "back to|come back to|share with|keep) (?:to )?(?:us|me|the desk)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:next time|your next (?:message|letter|report)|when you (?:write|call|come) again|(?:if|when" +
      "|whenever|should|once) (?:you|ye|it|they|he|she|that|this|there|anything|the \\p{L}+) (?:do |does " +
      "|ever |happens? to |next |is |are |should )?(?:see|hear|notice|spot|learn|find|remember|happen" +
      "|happens|return|returns|come|comes|change|changes|turn|turns|appear|appears|start" +
      "|starts))\\b[^.!?]*\\b(?:us|desk|write|note|tell|say|know|hear|look|take|count|send|make|keep" +
      "|get)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:keep(?:ing)?|have) (?:an? |your |both |one )?(?:\\p{L}+ )?(?:eyes?|ears?|watch|lookout|look" +
      "|listen|diary|log|record|note|list|track|tabs)\\b",
    "iu",
  ),
];

/** What begins a question or an errand, after somebody to turn to. */
const ERRAND =
  "(?![^\\p{L}]*(?:and )?(?:who|whom|whose|what|which|where|when|how|why|whether|that|to|about (?:the|his|her|their)" +
  "|sales?|deals?)\\b)";

/**
 * What a desk may say though it is an order: where help is, and care for oneself. It covers its own words and
 * nothing beyond; with an errand behind it, not even those.
 */
const ALLOWED = new RegExp(
  "\\b(?:(?:(?:you (?:can|could|may)(?: also| always)? )?(?:" +
    "(?:call|ring|phone|text|contact|ask|speak to|talk to|tell|see|visit|go to|come to)(?: for)? (?:\\p{L}+ )?" +
    "(?:999|101|111|0\\d{3}|crimestoppers|childline|samaritans|women's aid|nhs|your (?:own )?(?:gp|doctor|solicitor)" +
    "|a (?:doctor|solicitor|lawyer)|drop-in|advice|somebody you trust|someone you trust|whoever is on the desk)" +
    "|(?:call|ring|phone|text|contact|tell) (?:it|them) yourself))" +
    "|(?:look after|take care of) yourself|take care|stay (?:safe|away|well|out of it)" +
    "|keep (?:yourself |well )?(?:safe|away|out of it|this to yourself|clear|your distance)|call us(?=[,:])" +
    "|(?:nothing|no) (?:more|further|else) (?:is|was) (?:needed|wanted|asked|expected)(?: (?:from|of) (?:you|ye))?" +
    `|right to tell us)(?![\\p{L}\\p{N}])${ERRAND}`,
  "giu",
);

/**
 * What is told not to be done, or what the desk cannot do: up to the next mark, or to what turns it round. What
 * one is told not to put off is no such thing.
 */
const DENIED = new RegExp(
  "\\b(?:do not|don't|dinnae|never|no need (?:for you )?to|need not|needn't|not (?:asked|expected" +
    "|meant|supposed) to|nobody (?:will|should|may|can)(?: ever)? (?:ask|expect)|we (?:do not|don't" +
    "|will not|won't|never|cannot|can't|would never)|must not|mustn't|should not|shouldn't|cannot|can't" +
    `|without)\\b(?! (?:\\p{L}+ly )?${PUT_OFF})(?<!without(?= (?:the|an?|his|her|their|any|some|more|knowing) ))` +
    "[^,;:.!?]*?(?=[,;:.!?]|$|\\b(?:but|instead|though|unless|until|till|without|except|if|when|while|only|just" +
    "|so that|and then|better than)\\b)",
  "giu",
);

const SAYS =
  "This may ask somebody to find out more. Nobody is ever asked to: who does so for a desk can come to " +
    "harm, and the law makes a source of them.";

/**
 * The sentences of `text` that may be a task: questions, wishes and orders to look, ask, note or tell more.
 */
export function askedToFindOut(text: string): Finding[] {
  const sentences = folded(text).replace(/’/g, "'").match(/[^.!?\n]+[.!?]*/g) ?? [];
  return sentences
    .filter((one) => {
      const rest = one.replace(ALLOWED, "").replace(DENIED, "");
      return ASKING.some((asking) => asking.test(rest));
    })
    .map((one) => ({ rule: "tasking", words: one.trim(), says: SAYS, needs: "second person" }));
}
