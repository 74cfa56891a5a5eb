// The control API (`/sandbox/...`) of the server that this page comes from.

/** A refusal in the server's words. */
export class Refused extends Error {}

async function call(method, path, body, type = "application/json") {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": type },
      body: body === undefined || type !== "application/json" ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refused("The sandbox does not answer. Is it still running?");
  }
  const json = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(reason(json, response.status));
  return json;
}

/** What went wrong and where, for a person. */
function reason(json, status) {
  const fields = Object.entries(json.error_properties ?? {}).map(([name, texts]) => `${name}: ${[texts].flat().join(", ")}`);
  return [json.error_description ?? `The sandbox answered ${status}`, ...fields].join(" · ");
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

/** The text of the code in a picture; the browser decodes the picture itself. */
export async function scan(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Refused("This file is not a picture that the browser can show.");
  });
  // As large as a phone's camera frame, which is what the scanner is made for.
  const scale = Math.min(1, 1920 / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const luma = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < luma.length; i += 1, p += 4) {
    luma[i] = (data[p] * 77 + data[p + 1] * 150 + data[p + 2] * 29) >> 8;
  }
  return call("POST", `/sandbox/scan?width=${width}&height=${height}`, luma, "application/octet-stream");
}
