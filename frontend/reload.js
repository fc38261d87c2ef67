// Only in a build for development: when `make dev` has started the portal again, the page loads itself again.
let away = false;
setInterval(async () => {
  const here = await fetch("/ready").then((answer) => answer.ok, () => false);
  if (here && away) location.reload();
  away = !here;
}, 250);
