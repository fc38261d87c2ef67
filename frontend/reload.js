// Only in a build for development: when `make dev` has started the portal again, the page loads itself again.
let started;
setInterval(async () => {
  const now = await fetch("/pkg/started.txt", { cache: "no-store" }).then((answer) => (answer.ok ? answer.text() : started), () => started);
  if (started !== undefined && now !== started) location.reload();
  started = now;
}, 500);
