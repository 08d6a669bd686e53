#!/usr/bin/env node
// Adapter of Node's HTTP clients. fetch, http and http-close come with Node;
// undici, axios and axios-retry are played after `npm ci`; null sends nothing.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { serve } from './protocol.mjs';

const require = createRequire(import.meta.url);
const version = name => { try { return require(`${name}/package.json`).version; } catch { return undefined; } };
const tls = init => ({ ca: init.ca_file && readFileSync(init.ca_file) });
const identity = headers => ({ 'accept-encoding': 'identity', ...headers }); // for those that ask for gzip by themselves

// The built-in fetch has no switch for its pool; its class is to be had only by
// way of the global one, which is there once fetch has been loaded.
function builtin(init) {
  void Headers;
  const Agent = globalThis[Symbol.for('undici.globalDispatcher.1')].constructor;
  const dispatcher = new Agent({ connect: tls(init) });
  const send = async (url, { method, headers, body }, signal) => {
    const res = await fetch(url, { method, headers: identity(headers), body, signal, dispatcher, redirect: 'manual' });
    return [res.status, Buffer.from(await res.arrayBuffer())];
  };
  return { send, close: () => dispatcher.destroy() };
}

async function undici(init) {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: tls(init) });
  const send = async (url, { method, headers, body }, signal) => {
    const res = await request(url, { method, headers, body, signal, dispatcher });
    return [res.statusCode, Buffer.from(await res.body.arrayBuffer())];
  };
  return { send, close: () => dispatcher.destroy() };
}

function classic(init, keepAlive) {
  const lib = init.base_url.startsWith('https:') ? https : http;
  const agent = new lib.Agent({ keepAlive, ...tls(init) });
  const send = (url, { method, headers, body }, signal) => new Promise((resolve, reject) => {
    const req = lib.request(url, { method, headers, agent, signal }, res => {
      const chunks = [];
      res.on('data', chunk => chunks.push(chunk));
      res.on('end', () => resolve([res.statusCode, Buffer.concat(chunks)]));
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(body);
  });
  return { send, close: () => agent.destroy() };
}

async function axios(init, retry) {
  const lib = init.base_url.startsWith('https:') ? https : http;
  const agent = new lib.Agent({ keepAlive: true, ...tls(init) });
  const instance = (await import('axios')).default.create({ httpAgent: agent, httpsAgent: agent, proxy: false,
    maxRedirects: 0, decompress: false, responseType: 'arraybuffer', validateStatus: () => true });
  if (retry) (await import('axios-retry')).default(instance); // as it comes: 3 resends where the method is idempotent
  const send = async (url, { method, headers, body }, signal) => {
    const res = await instance.request({ url, method, headers: identity(headers), data: body, signal });
    return [res.status, res.data];
  };
  return { send, close: () => agent.destroy() };
}

const lib = ['undici', 'axios', 'axios-retry'].filter(version).map(name => `${name} ${version(name)}`);
await serve([`fetch of undici ${process.versions.undici}`, ...lib].join(', '), {
  fetch: builtin,
  http: init => classic(init, true),
  'http-close': init => classic(init, false),
  ...(version('undici') && { undici }),
  ...(version('axios') && { axios: init => axios(init, false) }),
  ...(version('axios') && version('axios-retry') && { 'axios-retry': init => axios(init, true) }),
  null: () => ({ send: async () => [200, Buffer.alloc(0)], close() {} }),
});
