// Gives modules that node itself runs (`node --import ./words_for_node.mjs`) what the build writes into them.

import { codedWords } from "./coded_words.mjs";
import { forenames } from "./forenames.mjs";

globalThis.CODED_WORDS = codedWords();
globalThis.FORENAMES = forenames();
