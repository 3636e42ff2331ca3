import { spawn } from "node:child_process";

/** A headless Chromium, driven by its DevTools protocol over two pipes: https://chromedevtools.github.io/devtools-protocol/. */
export class Browser {
  #process;
  #calls = new Map();
  #pages = new Map();
  #last = 0;

  /** @param profile A directory of its own, which need not be there. */
  constructor(profile) {
    this.#process = spawn("chromium", [
      "--headless=new", "--no-sandbox", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "--no-first-run", "--disable-gpu",
      "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--lang=en",
    ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    let rest = "";
    this.#process.stdio[4].setEncoding("utf8").on("data", text => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  call(method, parameters = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.#process.stdio[3].write(JSON.stringify({ id, method, params: parameters, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.#calls.set(id, { method, resolve, reject }));
  }

  async open(url) {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    this.#pages.set(sessionId, page);
    for (const domain of ["Page", "Runtime", "Log", "Network", "Audits"]) await page.call(`${domain}.enable`);
    await page.call("Page.navigate", { url });
    return page;
  }

  async close() {
    const ended = new Promise(resolve => this.#process.on("exit", resolve));
    await this.call("Browser.close");
    await ended;
  }

  #take({ id, method, params, sessionId, result, error }) {
    if (id === undefined) {
      this.#pages.get(sessionId)?.see(method, params);
      return;
    }

    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call.reject(new Error(`${call.method}: ${error.message}`));
    else call.resolve(result);
  }
}

/** A tab, and what it has complained of and asked for. */
export class Page {
  /** Of level error or warning, exceptions, and issues such as a violation of the Content-Security-Policy. */
  complaints = [];

  /** The URLs of all requests. */
  requests = [];

  constructor(browser, sessionId, targetId) {
    this.call = (method, parameters) => browser.call(method, parameters, sessionId);
    this.close = () => browser.call("Target.closeTarget", { targetId });
  }

  see(event, details) {
    if (event === "Network.requestWillBeSent") this.requests.push(details.request.url);
    if (event === "Runtime.exceptionThrown") this.complaints.push(details.exceptionDetails.exception?.description ?? details.exceptionDetails.text);
    if (event === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(details.type))
      this.complaints.push(details.args.map(({ value }) => value).join(" "));
    if (event === "Log.entryAdded" && ["error", "warning"].includes(details.entry.level)) this.complaints.push(details.entry.text);
    if (event === "Audits.issueAdded") this.complaints.push(JSON.stringify(details.issue));
  }

  /** The value of an expression of the page. */
  async value(expression) {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  text(id) {
    return this.value(`document.getElementById(${JSON.stringify(id)})?.innerText ?? ""`);
  }

  /** Waits until an element has a text that fits, and gives the text; or the one that it has after so many seconds. */
  async textLike(id, pattern, seconds = 10) {
    for (const end = Date.now() + seconds * 1000; ;) {
      const text = await this.text(id);
      if (pattern.test(text) || Date.now() > end) return text;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  /** The size of the window in CSS pixels, and whether the user prefers dark colours. */
  async show({ width, height, isPhone = false, isDark = false }) {
    await this.call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: isPhone });
    await this.call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: isDark ? "dark" : "light" }] });
  }

  async press(key) {
    for (const type of ["keyDown", "keyUp"]) await this.call("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: 9 });
  }

  async picture() {
    const { cssContentSize } = await this.call("Page.getLayoutMetrics");
    const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
    const { data } = await this.call("Page.captureScreenshot", { clip, captureBeyondViewport: true });
    return Buffer.from(data, "base64");
  }
}
