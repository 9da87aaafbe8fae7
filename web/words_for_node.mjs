// Gives modules run by node itself what the build writes into the bundle: node --import ./words_for_node.mjs
// …

import { codedWords } from "./coded_words.mjs";

globalThis.CODED_WORDS = codedWords();
