// The shop's own code: finishes change the address without loading a page, the basket counts.
const finishes = [...document.querySelectorAll("[data-finish]")];
const product = document.querySelector("h1").textContent;

function wear(finish) {
  for (const button of finishes) {
    button.setAttribute("aria-pressed", String(button.dataset.finish === finish));
  }
  document.body.dataset.finish = finish;
  document.title = `${product}, ${finish} · Marrow & Pine`;
}

for (const button of finishes) {
  button.addEventListener("click", () => {
    history.pushState({}, "", `?finish=${button.dataset.finish}`);
    wear(button.dataset.finish);
  });
}
addEventListener("popstate", () => {
  wear(new URLSearchParams(location.search).get("finish") ?? "brass");
});
const asked = new URLSearchParams(location.search).get("finish");
if (asked) {
  wear(asked);
}
document.getElementById("buy").addEventListener("click", () => {
  const count = document.getElementById("count");
  count.textContent = String(Number(count.textContent) + 1);
});
