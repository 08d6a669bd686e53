// The protocol's side of an adapter in JavaScript, version 1: one JSON object a
// line on stdin and stdout. client.mjs is the clients' side of it.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

const now = () => Number(process.hrtime.bigint());
const tell = (...messages) => process.stdout.write(messages.map(m => JSON.stringify(m) + '\n').join(''));

// until waits for a moment. Node's timers are a millisecond coarse: the rest is
// waited for in turns of the event loop, so that sockets are seen meanwhile.
async function until(t) {
  const ms = (t - now()) / 1e6;
  if (ms > 1.5) await new Promise(resolve => setTimeout(resolve, ms - 1));
  while (now() < t) await new Promise(setImmediate);
}

function told(error) {
  const chain = [];
  for (let e = error.cause ?? error.errors?.[0]; e && chain.length < 8; e = e.cause)
    chain.push(`${e.name}${e.code ? ` [${e.code}]` : ''}: ${e.message}`);
  return { name: error.name, code: error.code && String(error.code), msg: error.message || error.name, chain };
}

// exchange carries one command, within one limit for all of it.
async function exchange({ send, base_url, timeout_ms }, run, command) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout_ms);
  command.headers ??= {};
  const res = { type: 'res', run, seq: command.seq, t0: now() };
  try {
    const [status, body] = await send(base_url + command.path, command, limit.signal);
    res.t1 = now();
    Object.assign(res, { status, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') });
  } catch (cause) {
    res.t1 = now();
    const late = new Error(`no whole answer within ${timeout_ms} ms`, { cause });
    res.err = told(limit.signal.aborted ? Object.assign(late, { name: 'TimeoutError' }) : cause);
  }
  clearTimeout(timer);
  return res;
}

async function play(client, { id, report, gap_us = 0, pace, concurrency, ...run }) {
  const begin = now(), batch = [], commands = run.commands ?? [];
  let next = 0;
  const caller = async () => {
    while (next < commands.length) {
      const i = next++;
      if (pace) await until(begin + pace.at_us[i] * 1e3);
      const res = await exchange(client, id, commands[i]);
      report === 'stream' ? tell(res) : batch.push(res);
      const gap = pace ? 0 : commands[i].gap_us ?? gap_us;
      if (gap) await until(res.t1 + gap * 1e3); // not a turn of the event loop for a gap of 0
    }
  };
  await Promise.all(Array.from({ length: concurrency || 1 }, caller));
  tell(...batch, { type: 'done', run: id });
}

// serve plays what stdin asks for until it ends. profiles are functions, by
// name: of an init message to { send(url, command, signal), close() }, where
// send resolves to [status, body].
export async function serve(lib, profiles) {
  let client;
  const answers = {
    sync: ({ id }) => tell({ type: 'sync', id, t: now() }),
    run: message => play(client, message),
    init: async message => {
      await client?.close();
      client = undefined;
      if (message.protocol !== 1) throw new Error(`protocol ${message.protocol} is not spoken here`);
      if (!Object.hasOwn(profiles, message.profile)) throw new Error(`there is no profile ${message.profile}`);
      client = { ...message, ...await profiles[message.profile](message) };
      tell({ type: 'ready' });
    },
  };
  tell({ type: 'hello', protocol: 1, name: 'node', lib, runtime: `node ${process.version}`,
    caps: ['batch', 'stream', 'at', 'gaps', 'concurrency', 'tls'], profiles: Object.keys(profiles) });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const message = JSON.parse(line);
      if (!Object.hasOwn(answers, message.type)) throw new Error(`unknown type ${message.type}`);
      await answers[message.type](message);
    } catch (error) {
      tell({ type: 'error', msg: error.message });
    }
  }
  process.exit(0); // whatever still waits
}
