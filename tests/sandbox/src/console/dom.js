// Small helpers: everything from the server becomes text, never markup.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; `data` and `aria-*` go to attributes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("data-") || name.startsWith("aria-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * Makes the children of `list` follow `items`, keyed, so that what a person has
 * opened, focused or scrolled to stays where it is. An item's element is made
 * again only if the item changed.
 */
export function follow(list, items, key, build) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const text = JSON.stringify(item);
    let element = old.get(name);
    old.delete(name);
    if (!element || element.seen !== text) {
      const next = build(item, element);
      next.dataset.key = name;
      next.seen = text;
      if (element) {
        if (element === place) place = next;
        element.replaceWith(next);
      }
      element = next;
    }
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  for (const gone of old.values()) gone.remove();
}

/** Hours, minutes and seconds of server time, in UTC as the server counts. */
export const clockText = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);

/** Replaces the options of a select and keeps what was chosen. */
export function options(select, entries) {
  const text = JSON.stringify(entries);
  if (select.seen === text) return;
  select.seen = text;
  const chosen = select.value;
  select.replaceChildren(...entries.map(([value, label]) => make("option", { value, textContent: label })));
  if (entries.some(([value]) => String(value) === chosen)) select.value = chosen;
}

/** Tabs by click and by arrow keys. */
export function tabs(list) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const select = (tab) => {
    for (const other of all) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = !chosen;
    }
  };
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = all[(index + step + all.length) % all.length];
      select(next);
      next.focus();
      event.preventDefault();
    });
  });
}
