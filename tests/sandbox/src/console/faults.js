// The faults that can be switched on, and how those that are on read.

export const FAULTS = [
  { value: "drop_answer", label: "processed, no answer" },
  { value: "truncate", label: "processed, answer cut off" },
  { value: "not_json", label: "processed, answer is HTML" },
  { value: "fail:500", label: "500, not processed" },
  { value: "fail:502", label: "502, not processed" },
  { value: "fail:503", label: "503, not processed" },
];

/** The body of `POST /sandbox/faults`. */
export function faultBody(request, value) {
  const [method, path] = request.split(" ");
  const [fault, status] = value.split(":");
  return { method, path, fault, ...(status ? { status: Number(status) } : {}) };
}
