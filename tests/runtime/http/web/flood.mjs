// A server for one test alone: the page of a real agent, and events as fast as the page takes them.
import { createServer } from "node:http";

// `from` is the URL of the agent whose files and status it passes on; send() writes one more event.
export async function startFlood(from, sample) {
  const clients = new Set();
  let id = Date.now();
  const server = createServer(async (request, reply) => {
    if (request.url === "/api/events") {
      reply.writeHead(200, { "Content-Type": "text/event-stream" });
      clients.add(reply);
      return;
    }
    const got = await fetch(new URL(request.url, from), {
      headers: { Accept: request.headers.accept ?? "" },
    });
    const headers = Object.fromEntries(
      [...got.headers].filter(([name]) => ["content-type", "content-security-policy"].includes(name)),
    );
    reply.writeHead(got.status, headers).end(Buffer.from(await got.arrayBuffer()));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    clients: () => clients.size,
    // Each event is a second after the last one; `change` may alter it.
    async send(count, change = () => {}) {
      for (let i = 0; i < count; ++i) {
        id += 1000;
        const event = structuredClone(sample);
        for (const model of event.models) {
          model.moves = 1;
          model.observed = {
            requests: 3,
            total_us: 900 + (i % 50),
            slowest_us: 2000,
            forecast: { expected_us: 950, observed_us: 930 },
            terms: {
              head_us: 300,
              encode_us: 20,
              network_us: 400 + (i % 50),
              queue_us: 30,
              tail_us: 150,
            },
          };
        }
        change(event);
        const text = `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
        for (const client of clients) if (!client.write(text)) await new Promise((done) => client.once("drain", done));
      }
      return id;
    },
    stop() {
      for (const client of clients) client.destroy();
      server.close();
    },
  };
}
