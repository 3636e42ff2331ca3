/** Asks for 1,000 IDs ten times a second, from the beginning until it is stopped. */
export class Load {
  #isOn = true;
  #running;

  constructor(service) {
    this.#running = this.#run(`${service}ids/1000`);
  }

  async stop() {
    this.#isOn = false;
    await this.#running;
  }

  async #run(url) {
    const began = Date.now();
    // What a busy machine let it miss, it asks for at once.
    for (let sent = 0; this.#isOn; await new Promise(resolve => setTimeout(resolve, 20)))
      for (; sent < (Date.now() - began) / 100; sent++) await (await fetch(url)).arrayBuffer();
  }
}
