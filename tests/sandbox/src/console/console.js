// The page: reads the state whenever the server says that something changed.

import { get, post, remove, Refused, scan } from "./api.js";
import { byId, clockText, follow, options, tabs } from "./dom.js";
import { FAULTS, faultBody } from "./faults.js";
import { callbackRow, counterpartRow, deedRow, faultRow, requestRow, transactionRow, walletCard } from "./views.js";

const MERCHANT = "merchant";
const SHOWN_DEEDS = 20;
let state = null;
let clockOffset = 0;
let reviewed = null;
let opened = false;
let addresses = [];

// --- Words to the person

let noticeTimer = 0;
function say(text, tone = "bad") {
  const notice = byId("notice");
  notice.textContent = text;
  notice.dataset.tone = tone;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { notice.hidden = true; }, tone === "good" ? 4000 : 9000);
}

/** Runs what a person asked for; a refusal is shown, never swallowed. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message);
  }
}

const onSubmit = (id, work) => byId(id).addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(() => work(Object.fromEntries(new FormData(form)), form));
});

// --- State

let reading = false;
let again = false;
async function refresh() {
  if (reading) { again = true; return; }
  reading = true;
  try {
    do {
      again = false;
      const [next, { requests }, callbacks] = await Promise.all([
        get("/sandbox/state"), get("/sandbox/requests?limit=100"), get("/sandbox/callbacks?limit=50"),
      ]);
      state = next;
      show(requests);
      showCallbacks(callbacks);
    } while (again);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    live(false);
  } finally {
    reading = false;
  }
}

function show(requests) {
  const { server, wallets, transactions, faults, counterparts, deeds, locations } = state;
  clockOffset = server.time - Date.now() / 1000;
  follow(byId("wallets"), wallets, (wallet) => wallet.wallet, walletCard);
  const first = !opened;
  opened = true;
  follow(byId("transactions"), transactions, (one) => one.transaction_key, (one, before) => {
    const row = transactionRow(one, before, actAsMerchant);
    // What changed catches the eye; what was there when the page opened does not.
    row.classList.toggle("fresh", !first);
    return row;
  });
  byId("transactions-empty").hidden = transactions.length > 0;
  byId("transactions-count").textContent = transactions.length ? `latest ${transactions.length}` : "";
  follow(byId("requests-list"), [...requests].reverse(), (request) => request.seq, requestRow);
  byId("requests-empty").hidden = requests.length > 0;
  follow(byId("faults-list"), faults, (fault) => fault.id, (fault) => faultRow(fault, takeBack("faults")));
  byId("faults-empty").hidden = faults.length > 0;
  follow(byId("counterparts-list"), counterparts, (one) => one.id, (one) => counterpartRow(one, takeBack("counterparts")));
  byId("counterparts-empty").hidden = counterparts.length > 0;
  const latest = deeds.slice(-SHOWN_DEEDS).reverse();
  follow(byId("deeds-list"), latest, (deed) => `${deed.counterpart} ${deed.transaction_key}`, deedRow);
  byId("deeds-title").hidden = deeds.length === 0;

  const customers = wallets.filter((wallet) => wallet.role !== MERCHANT);
  options(byId("customer"), customers.map(({ wallet, name }) => [wallet, name]));
  options(byId("counterpart-who"), [...customers.map(({ wallet, name }) => [wallet, name]), [MERCHANT, "The merchant"]]);
  showActs();
  options(byId("money-wallet"), wallets.map(({ wallet, name }) => [wallet, name]));
  options(byId("counterpart-location"), [["", "everywhere"], ...locations.map(({ id, title }) => [id, title])]);
  options(byId("till-location"), locations.map(({ id, title }) => [id, title]));
  showCustomer();
  tick();
  auditSoon();
}

function showCallbacks({ callbacks, projects }) {
  follow(byId("callbacks-list"), callbacks, (one) => one.id, (one, before) => callbackRow(one, before, sendAgain));
  byId("callbacks-empty").hidden = callbacks.length > 0;
  addresses = projects;
  options(byId("callback-project"), projects.map(({ id, title }) => [id, title]));
  showAddress();
}

/** Puts the project's address into its field, but not over what a person types. */
function showAddress() {
  const project = addresses.find(({ id }) => String(id) === byId("callback-project").value);
  const field = byId("callback-uri");
  const known = JSON.stringify(project);
  if (field.seen === known) return;
  field.seen = known;
  field.value = project?.callback_uri ?? "";
}

// The audit reads every entry: not with each change, but soon after the last.
let audit = 0;
function auditSoon() {
  audit ||= setTimeout(() => attempt(async () => {
    audit = 0;
    const { balanced } = await get("/sandbox/ledger");
    const badge = byId("ledger");
    badge.textContent = balanced ? "balanced" : "NOT balanced";
    badge.dataset.tone = balanced ? "good" : "bad";
  }), 1000);
}

function tick() {
  if (state) byId("clock").textContent = `${clockText(Math.floor(Date.now() / 1000 + clockOffset))} UTC`;
}
setInterval(tick, 500);

// --- Live

function live(on) {
  const badge = byId("live");
  badge.textContent = on ? "connected" : "no connection";
  badge.dataset.tone = on ? "good" : "bad";
}

const events = new EventSource("/sandbox/events");
events.addEventListener("open", () => { live(true); refresh(); });
events.addEventListener("change", refresh);
events.addEventListener("error", () => live(false));

// --- At the till

const symbol = (kind, text) => `/sandbox/symbol.svg?kind=${kind}&text=${encodeURIComponent(text)}`;

onSubmit("till", async ({ amount, currency, location, description }) => {
  const made = await post("/sandbox/transactions", {
    location_id: Number(location), price_decimal: amount, currency, description,
  });
  byId("till-qr").src = symbol("qr", made.code);
  byId("till-qr").alt = `QR code of ${amount} ${currency}`;
  byId("till-text").textContent = made.code;
  byId("till-code").hidden = false;
});

const actAsMerchant = (transaction, action) =>
  attempt(() => post(`/sandbox/transactions/${transaction.transaction_key}/${action}`));

// --- A customer's phone: showing

const customer = () => state?.wallets.find(({ wallet }) => String(wallet) === byId("customer").value);

function showCustomer() {
  const who = customer();
  if (!who) return;
  const kind = document.querySelector("input[name=code]:checked").value;
  const text = kind === "wallet" ? who.wallet_code : who.reservation_code;
  byId("customer-none").hidden = Boolean(text);
  byId("customer-text").closest("figure").hidden = !text;
  if (!text || byId("customer-text").textContent === text) return;
  byId("customer-text").textContent = text;
  byId("customer-qr").src = symbol("qr", text);
  byId("customer-qr").alt = `${kind} code of ${who.name} as QR`;
  byId("customer-bars").src = symbol("code128", text);
  byId("customer-bars").alt = `${kind} code of ${who.name} as Code 128`;
}

byId("customer").addEventListener("change", showCustomer);
for (const input of document.querySelectorAll("input[name=code]")) input.addEventListener("change", showCustomer);

// --- A customer's phone: paying

async function review(text) {
  byId("review").hidden = true;
  reviewed = await post("/sandbox/review", { text });
  byId("review-sum").textContent = `${reviewed.amount_decimal} ${reviewed.currency}`;
  byId("review-what").textContent = [
    reviewed.description, `to ${reviewed.beneficiary_name}`, reviewed.allowance,
  ].filter(Boolean).join(" · ");
  byId("review").hidden = false;
  byId("accept").focus();
}

const look = (file) => attempt(async () => {
  byId("tab-pay").click();
  await review((await scan(file)).text);
});

byId("picture").addEventListener("change", ({ target }) => {
  if (target.files[0]) look(target.files[0]);
  target.value = "";
});
onSubmit("by-text", ({ text }) => review(text));

const drop = byId("drop");
document.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = ""; });
document.addEventListener("dragleave", () => { delete drop.dataset.over; });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  if (event.dataTransfer.files[0]) look(event.dataTransfer.files[0]);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files[0]) look(event.clipboardData.files[0]);
});

async function answer(action, done) {
  const { transaction_key } = reviewed;
  for (const button of [byId("accept"), byId("decline")]) button.disabled = true;
  try {
    await post(`/sandbox/transactions/${transaction_key}/${action}`, { wallet: customer().wallet });
    byId("review").hidden = true;
    say(done, "good");
  } finally {
    for (const button of [byId("accept"), byId("decline")]) button.disabled = false;
  }
}
byId("accept").addEventListener("click", () => attempt(() => answer("accept", `${customer().name} accepted.`)));
byId("decline").addEventListener("click", () => attempt(() => answer("decline", `${customer().name} declined.`)));

// --- Switches

const CUSTOMER_ACTS = [
  ["accept", "pays"],
  ["accept_without_money", "pays, and tops up later"],
  ["decline", "declines"],
];

/** Takes one fault or counterpart back. */
const takeBack = (kind) => ({ id }) => attempt(async () => {
  await remove(`/sandbox/${kind}/${id}`);
  refresh();
});

/** What the chosen one can do by itself. */
function showActs() {
  const merchant = byId("counterpart-who").value === MERCHANT;
  options(byId("counterpart-does"), merchant ? [["confirm", "confirms"]] : CUSTOMER_ACTS);
}

byId("counterpart-who").addEventListener("change", showActs);
onSubmit("counterpart-form", async ({ who, does, after, location }) => {
  await post("/sandbox/counterparts", {
    does,
    after: Number(after),
    wallet: who === MERCHANT ? null : Number(who),
    location_id: location ? Number(location) : null,
  });
  refresh();
});
byId("counterparts-clear").addEventListener("click", () => attempt(async () => {
  await remove("/sandbox/counterparts");
  refresh();
}));

options(byId("fault-kind"), FAULTS.map(({ value, label }) => [value, label]));
onSubmit("fault-form", async ({ pattern, fault, often }) => {
  await post("/sandbox/faults", faultBody(pattern, fault, often));
  refresh();
});
byId("faults-clear").addEventListener("click", () => attempt(async () => {
  await remove("/sandbox/faults");
  refresh();
}));

const sendAgain = ({ id }) => attempt(() => post(`/sandbox/callbacks/${id}/retry`));
byId("callback-project").addEventListener("change", showAddress);
onSubmit("callback-form", async ({ project, uri }) => {
  await post(`/sandbox/projects/${project}/callback`, { callback_uri: uri || false });
  say(uri ? "Callbacks go there from now on." : "No callbacks, unless a transaction says where.", "good");
});

onSubmit("clock-form", async ({ advance }) => { await post("/sandbox/clock", { advance: Number(advance) }); refresh(); });
onSubmit("money-form", async ({ wallet, amount, currency }) => {
  await post(`/sandbox/wallets/${wallet}/money`, { price_decimal: amount, currency });
  say(`${amount} ${currency} added.`, "good");
});
onSubmit("reset-form", async () => {
  if (!confirm("Forget every transaction and plant the seed anew?")) return;
  await post("/sandbox/reset");
  byId("till-code").hidden = true;
  byId("review").hidden = true;
  say("The sandbox is as new.", "good");
  refresh();
});

byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a private window forgets it */ }
});
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* a private window has none */ }

for (const list of document.querySelectorAll("[role=tablist]")) tabs(list);
refresh();
