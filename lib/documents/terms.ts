/** The words of a text as the search sees them: lower case, without the endings of English. */
export function terms(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []).map(stem);
}

/** Rough on purpose: it has to bring "resumes", "resumed" and "resuming" together, and no more. */
function stem(word: string): string {
  const bare = word.replace(/(?:ing|ed|es|(?<!s)s)$/, "");
  return (bare.length >= 3 ? bare : word).replace(/(?<=..[^aeiou])e$/, "");
}

const COMMON = new Set(
  terms(
    `a about above after again all also am an and any are as at be because been before being but by
    can could did do does doing done each few for from get give go had has have having he her here
    him his how i if in into is it its just let like make many may me might more most much must my
    no not now of off ok on once one only or other our out over please s same she should show so
    some such t tell than thank thanks that the their them then there these they thing this those
    to too under until up us use used using very want was we were what when where which while who
    whom whose why will with would write yes you your explain describe summarise summarize answer
    question happen happens handle handles handled best difference between
    need needs apply word words sentence sentences paragraph paragraphs work works hello hi hey`,
  ),
);

/** Groups of words that are taken for each other: what people ask, and what the documents call it. */
const SAME = [
  "crash crashes crashed dies died death killed kill",
  "reconnect reconnects reconnection resume resumes resumption back",
  "sse eventsource",
  "websocket websockets socket sockets",
  "database db postgres postgresql",
  "test tests testing",
  "install start starts run",
  "ordered ordering order gapless sequence",
  "lost lose loses",
  "contribute contributing style",
].map((group) => [...new Set(terms(group))]);

/** The term and what is taken for it. */
export function alike(term: string): string[] {
  return SAME.find((group) => group.includes(term)) ?? [term];
}

/** Whether a term says something about what is asked. */
export function isTelling(term: string): boolean {
  return !COMMON.has(term);
}
