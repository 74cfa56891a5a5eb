// How the state of the sandbox looks.

import { clockText, make } from "./dom.js";
import { howOften } from "./faults.js";

const TONES = {
  new: "quiet", waiting: "wait", waiting_funds: "wait", waiting_registration: "wait", waiting_password: "wait",
  reserved: "wait", confirmed: "good", rejected: "bad", revoked: "bad", failed: "bad", deleted: "quiet",
};

const SERVICES = { pay: "Payment", cash_out: "Cash-out", cash_in: "Cash-in" };

const words = (name) => name.replaceAll("_", " ");

const chip = (text, tone) => make("span", { className: "chip", "data-tone": tone, textContent: text });

const sum = (money, className = "sum number") =>
  make("span", { className }, money.amount_decimal, " ", make("small", { textContent: money.currency }));

/** A wallet: whose, how much, and what stands in its way. */
export function walletCard(wallet) {
  const tags = [];
  if (wallet.level !== "identified" && wallet.level !== "fully_identified") tags.push(chip(words(wallet.level), "wait"));
  if (wallet.status !== "active") tags.push(chip(wallet.status, "bad"));
  const balances = wallet.balances.length ? wallet.balances : [{ at_disposal_decimal: "0.00", reserved: 0, currency: "GEL" }];
  return make("li", { className: "card" },
    make("p", { className: "name" }, wallet.name, make("code", { textContent: `wallet ${wallet.wallet}` })),
    ...balances.flatMap((balance) => [
      make("p", {}, sum({ amount_decimal: balance.at_disposal_decimal, currency: balance.currency })),
      make("p", { className: "held", textContent: balance.reserved ? `${balance.reserved_decimal} ${balance.currency} held` : "" }),
    ]),
    make("p", { className: "tags" }, ...tags));
}

/** A transaction and, opened, every status that it had. */
export function transactionRow(transaction, before, act) {
  const details = make("details", { open: before?.querySelector("details")?.open ?? false },
    make("summary", {},
      make("span", { className: "what", textContent: transaction.description || words(transaction.status) }),
      sum(transaction),
      make("span", { className: "meta", textContent: meta(transaction) }),
      chip(words(transaction.status), TONES[transaction.status] ?? "quiet")),
    make("div", { className: "inside" },
      make("p", {}, make("code", { textContent: transaction.transaction_key })),
      ...(transaction.allowance ? [make("p", { textContent: transaction.allowance })] : []),
      make("ol", { className: "history" }, ...transaction.history.map((step) =>
        make("li", {},
          make("time", { className: "number", textContent: clockText(step.at) }),
          make("strong", { textContent: words(step.status) }),
          make("span", { className: "actor", textContent: `by ${step.actor.replace(":", " ")}` })))),
      merchantButtons(transaction, act)));
  return make("li", {}, details);
}

/** What the merchant can do with it now. */
function merchantButtons(transaction, act) {
  const button = (text, action, className) => {
    const element = make("button", { type: "button", className, textContent: text });
    element.addEventListener("click", () => act(transaction, action));
    return element;
  };
  const open = ["new", "waiting", "reserved", "waiting_funds", "waiting_registration", "waiting_password"];
  return make("p", { className: "buttons" },
    transaction.status === "reserved" ? button("Confirm as the merchant", "confirm", "") : null,
    open.includes(transaction.status) ? button("Take back", "revoke", "quiet") : null);
}

function meta({ service, payer_name, wallet, beneficiary_name, type, created_at }) {
  const parts = [clockText(created_at), SERVICES[service] ?? "Several"];
  if (wallet) parts.push(`${payer_name ?? `wallet ${wallet}`} → ${beneficiary_name}`);
  else parts.push(`to ${beneficiary_name}`);
  if (type) parts.push(words(type));
  return parts.join(" · ");
}

/** A request and, if it was refused, why. */
export function requestRow(request) {
  const refused = request.status >= 400;
  const what = request.error ? `${request.status} ${request.error}` : String(request.status || "no answer");
  const why = [request.reason, request.fault && `fault: ${request.fault}`].filter(Boolean).join(" · ");
  return make("li", {},
    make("time", { className: "number", textContent: clockText(request.at) }),
    make("strong", { textContent: request.method }),
    make("span", {}, make("code", { textContent: request.path }),
      request.mac_id ? make("span", { className: "who", textContent: ` ${request.mac_id}` }) : null),
    chip(what, refused || !request.status ? "bad" : "good"),
    why ? make("p", { className: "why", textContent: why }) : null);
}

const DELIVERIES = { pending: ["wait", "waits"], delivered: ["good", "delivered"], given_up: ["bad", "given up"] };

/** What a merchant is told and, opened, every attempt to tell it. */
export function callbackRow(callback, before, sendAgain) {
  const { id, type, transaction_key, created_at, uri, status, next_attempt_at, attempts } = callback;
  const [tone, word] = DELIVERIES[status];
  const again = make("button", { type: "button", className: "quiet", textContent: "Send again now" });
  again.addEventListener("click", () => sendAgain(callback));
  const link = { href: `/sandbox/callbacks/${id}`, target: "_blank", rel: "noopener", textContent: "What is sent, signed" };
  return make("li", {}, make("details", { open: before?.querySelector("details")?.open ?? false },
    make("summary", {},
      make("span", { className: "what", textContent: `${words(type)} · ${transaction_key}` }),
      make("span", { className: "sum number", textContent: attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts` }),
      make("span", { className: "meta", textContent: `${clockText(created_at)} · ${uri}` }),
      chip(next_attempt_at && attempts.length ? `next ${clockText(next_attempt_at)}` : word, tone)),
    make("div", { className: "inside" },
      make("p", {}, make("code", { textContent: uri })),
      make("ol", { className: "history" }, ...attempts.map(({ at, http_status, error }) =>
        make("li", {},
          make("time", { className: "number", textContent: clockText(at) }),
          make("strong", { textContent: http_status ? `answered ${http_status}` : "no answer" }),
          make("span", { className: "actor", textContent: error ?? "delivered" })))),
      make("p", { className: "buttons" }, again, make("a", link)))));
}

/** A button at the end of a row. */
function rowButton(text, act) {
  const button = make("button", { type: "button", className: "quiet", textContent: text });
  button.addEventListener("click", act);
  return button;
}

/** Somebody who acts by itself. */
export const counterpartRow = (counterpart, sendAway) => make("li", { className: "line" },
  make("strong", { textContent: counterpart.text }),
  rowButton("Send away", () => sendAway(counterpart)));

/** What one of them did, or why it was refused. */
export const deedRow = ({ at, transaction_key, status, refusal }) => make("li", { className: "line" },
  make("time", { className: "number", textContent: clockText(at) }),
  make("code", { textContent: transaction_key }),
  chip(status ? words(status) : refusal, status ? TONES[status] : "bad"));

/** A fault that is on. */
export const faultRow = (fault, switchOff) => make("li", { className: "line" },
  make("code", { textContent: `${fault.method} …${fault.path}` }),
  make("strong", { textContent: fault.fault }),
  make("span", { className: "quiet", textContent: howOften(fault) }),
  rowButton("Switch off", () => switchOff(fault)));
