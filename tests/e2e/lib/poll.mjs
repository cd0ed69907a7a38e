// Waiting for something that will come, with a bound.
export const slow = Number(process.env.BURGERPANEL_SLOW ?? 1); // how much slower than a release build the programs run

// Calls `look` until it gives something true, and returns that; fails after `seconds` times the slowness.
export async function poll(what, seconds, look) {
  const end = Date.now() + seconds * slow * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited ${seconds * slow} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
