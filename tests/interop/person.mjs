// SPDX-License-Identifier: Apache-2.0
// A person with a browser, as far as these parties need one: a cookie jar, and the button "agree".
export function makePerson(cookies) {
  const jar = new Map(Object.entries(cookies));

  async function browse(url, options = {}) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...options.headers, cookie };
    const response = await fetch(url, { ...options, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return response;
  }

  // Follows the portal's own redirects; answers where it sends her in the end.
  return async function visit(url) {
    let address = new URL(url);
    let response = await browse(address);
    let consented = false;
    for (let steps = 0; steps < 5; steps += 1) {
      if (response.status === 200) {
        const html = await response.text();
        const action = html.match(/action="(\/openid\/decide[^"]*)"/)[1].replaceAll("&amp;", "&");
        const token = html.match(/name="csrfmiddlewaretoken" value="([^"]+)"/)[1];
        const body = new URLSearchParams({ csrfmiddlewaretoken: token, decision: "agree" });
        response = await browse(new URL(action, address), { method: "POST", body });
        consented = true;
        continue;
      }
      if (response.status !== 303) throw new Error(`${response.status}: ${await response.text()}`);
      const next = new URL(response.headers.get("location"), address);
      if (next.origin !== address.origin) return { back: next, consented };
      address = next;
      response = await browse(address);
    }
    throw new Error(`still on the way: ${address}`);
  };
}
