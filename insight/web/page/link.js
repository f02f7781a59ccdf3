// The two ways to the server: its JSON API and the live connection, which is taken up again
// whenever it breaks.

export async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}

export function change(method, path, body) {
  return ask(path, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

export function runPath(run, rest = "") {
  return "/api/runs/" + encodeURIComponent(run) + rest;
}

const RETRY_MS = 1000;

export class Link {
  // hear(message) is given each message, state(name) "live" or "lost"; watched() says what is
  // looked at, with the cursors as they are now.
  constructor(hear, state, watched) {
    this.hear = hear;
    this.state = state;
    this.watched = watched;
    this.open();
  }

  open() {
    const socket = new WebSocket(`ws://${location.host}/api/live`);
    this.socket = socket;
    socket.onopen = () => {
      this.state("live");
      this.watch();
    };
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      this.send({ ack: message.n });
      this.hear(message);
    };
    socket.onclose = () => {
      this.state("lost");
      setTimeout(() => this.open(), RETRY_MS);
    };
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  // To be called when what is looked at has changed; several times at once count as one.
  watch() {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.send({ watch: this.watched() });
    });
  }
}
