// The faults that can be switched on, and how those that are on read.

export const FAULTS = [
  { value: "drop_answer", label: "processed, no answer" },
  { value: "truncate", label: "processed, answer cut off" },
  { value: "not_json", label: "processed, answer is HTML" },
  { value: "wrong_content_type", label: "processed, answer is text/plain" },
  { value: "process_twice", label: "processed twice" },
  { value: "delay:2000", label: "processed after 2 seconds" },
  { value: "drop_request", label: "not processed, connection closed" },
  { value: "silence", label: "not processed, no answer" },
  { value: "fail:429", label: "429 with Retry-After, not processed" },
  { value: "fail:500", label: "500, not processed" },
  { value: "fail:502", label: "502, not processed" },
  { value: "fail:503", label: "503 with Retry-After, not processed" },
];

const WAITS = { 429: 5, 503: 5 };

/** The body of `POST /sandbox/faults`. */
export function faultBody(request, value, often) {
  const [method, path] = request.split(" ");
  const [fault, number] = value.split(":");
  const body = { path, fault, ...(method === "any" ? {} : { method }), ...often_(often) };
  if (fault === "fail") return { ...body, status: Number(number), retry_after: WAITS[number] ?? null };
  if (fault === "delay") return { ...body, milliseconds: Number(number) };
  return body;
}

const often_ = (often) => ({
  once: { times: 1 },
  always: { times: 0 },
  sometimes: { times: 0, chance_per_mille: 250 },
})[often];

/** How often a rule is used, in words. */
export function howOften({ times, chance_per_mille: chance }) {
  const part = chance < 1000 ? `${chance / 10} % of them` : "all of them";
  return times === null ? part : times === 1 && chance === 1000 ? "the next one" : `${times} times, ${part}`;
}
