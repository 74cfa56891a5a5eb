// What the tests read from the page. Loaded before its own scripts.

globalThis.consoleTest = (() => {
  const now = () => performance.timeOrigin + performance.now();

  /** The time at which `holds` first does: looked at now and after each change. */
  const until = (holds) => new Promise((resolve) => {
    const observer = new MutationObserver(() => look());
    const look = () => {
      if (!holds()) return;
      observer.disconnect();
      resolve(now());
    };
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    look();
  });

  /** When everything that is to be seen is there. */
  const painted = async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].filter((image) => image.src && image.checkVisibility()).map((image) => image.decode()));
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
  };

  const middleOf = (id) => {
    const element = document.getElementById(id);
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  };

  const name = (element) => `${element.tagName.toLowerCase()}${element.id && `#${element.id}`}${
    [...element.classList].map((part) => `.${part}`).join("")}`;

  /** What a person would have to scroll sideways for. */
  const sideways = () => {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.documentElement.scrollWidth > width) {
      const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 0.5);
      found.push(`the page: ${document.documentElement.scrollWidth} of ${width} pixels (${out.slice(-3).map(name).join(", ")})`);
    }
    for (const one of document.body.querySelectorAll("*")) {
      const scrolls = ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
      if (scrolls && one.scrollWidth > one.clientWidth) found.push(`${name(one)}: ${one.scrollWidth} of ${one.clientWidth} pixels`);
    }
    return found;
  };

  // Any colour that CSS knows, as red, green, blue and alpha.
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [red, green, blue, alpha / 255]);
    }
    return known.get(text);
  };
  const over = ([r, g, b, alpha], below) => [r, g, b].map((value, i) => value * alpha + below[i] * (1 - alpha));

  /** The opaque colour behind an element's text. */
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const layer = colour(getComputedStyle(one).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), colour("Canvas"));
  };

  // WCAG 2, relative luminance and contrast ratio.
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  /** Every text that is shown: its words, its element and the style of its letters. */
  const texts = function* () {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const { width, height } = element.getBoundingClientRect();
      // A single pixel is for screen readers; options are drawn by the system.
      if (!node.data.trim() || width <= 1 || height <= 1 || element.tagName === "OPTION") continue;
      yield [node.data.trim(), element, getComputedStyle(element)];
    }
    for (const field of document.querySelectorAll("input:not([type=radio], [type=checkbox], [type=file]), select, textarea")) {
      yield [field.value, field, getComputedStyle(field)];
      if (field.placeholder) yield [field.placeholder, field, getComputedStyle(field, "::placeholder")];
    }
  };

  /** What is shown with less contrast than `least`; and how many texts were looked at. */
  const pale = (least) => {
    const found = [];
    let count = 0;
    for (const [words, element, style] of texts()) {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(":disabled")) continue;
      count += 1;
      let [r, g, b, alpha] = colour(style.color);
      for (let one = element; one; one = one.parentElement) alpha *= Number(getComputedStyle(one).opacity);
      const behind = ground(element);
      const ratio = contrast(over([r, g, b, alpha], behind), behind);
      if (ratio < least) found.push(`${ratio.toFixed(2)}: ${name(element)} "${words.slice(0, 40)}" ${style.color} on ${behind.map(Math.round)}`);
    }
    return { found, count };
  };

  return { now, until, painted, middleOf, sideways, pale };
})();
