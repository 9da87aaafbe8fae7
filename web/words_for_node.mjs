// Gives modules that node itself runs (`node --import ./words_for_node.mjs`) what the build writes into them.

import { codedWords, leftOut } from "./coded_words.mjs";
import { forenames } from "./forenames.mjs";
import { tradeWords } from "./trade_words.mjs";

globalThis.CODED_WORDS = codedWords();
globalThis.LEFT_OUT = leftOut();
globalThis.FORENAMES = forenames();
globalThis.TRADE_WORDS = tradeWords();
