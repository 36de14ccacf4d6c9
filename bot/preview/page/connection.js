// The WebSocket to the preview server: reconnects by itself, and remembers the chat of this tab.

const KEY = "chat";
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

export class Connection {
  /** `onFrame` gets each frame of the server, `onState` whether there is a connection. */
  constructor(onFrame, onState) {
    this.onFrame = onFrame;
    this.onState = onState;
    this.wait = FIRST_WAIT;
    this.open();
  }

  open() {
    const address = new URL("/socket", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("chat", sessionStorage.getItem(KEY) ?? "");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => {
      this.wait = FIRST_WAIT;
      this.onState(true);
    });
    this.socket.addEventListener("message", (event) => this.onFrame(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      this.onState(false);
      // Tabs that lost the server together should not all come back in the same instant.
      setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    });
  }

  /** Whether the frame could be sent. */
  send(frame) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Remember the chat that the server gave; whether it is another one than before. */
  remember(key) {
    const before = sessionStorage.getItem(KEY);
    sessionStorage.setItem(KEY, key);
    return before !== key;
  }

  /** Begin anew. */
  forget() {
    sessionStorage.removeItem(KEY);
    location.reload();
  }
}
